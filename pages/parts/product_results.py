"""What was found out about products: lists by segment, demand by category."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.activation.demand import FEWEST_LINES
from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.activation.product_words import (
    METHOD_MEANINGS,
    METHOD_TITLES,
    tell_choice,
    tell_demand,
    tell_repeats,
)
from clv_core.runs.product_folder import ProductAdvice
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts import cached, derived, derived_products
from pages.parts.behind import open_customers
from pages.parts.charts import draw
from pages.parts.charts_products import demand_bars, demand_test_bars, method_dots
from pages.parts.clicks import draw_clickable
from pages.parts.cutoffs import chosen_cutoffs
from pages.parts.product_tables import demand_table
from pages.parts.product_words import category_name, metric_titles, product_label
from pages.parts.subject import Subject
from pages.parts.text import _, number, percent, safe, say
from pages.parts.words import marketing_tier, value_tier

MOST_SHOWN = 10  # products of a segment
MOST_PRODUCTS = 200  # of the table of demand by product


def show_recommendations(subject: Subject, advice: ProductAdvice, stamp: int) -> None:
    """Show what each segment is recommended, which way chose it and how it did."""
    st.subheader(_("What to recommend"), anchor=False)
    for told in tell_choice(advice.method, advice.validation, advice.holdout):
        st.markdown(safe(say(told)))
    if advice.holdout is not None:
        st.caption(safe(say(tell_repeats(advice.method, advice.holdout))))
    _show_segments(subject, stamp)
    if advice.holdout is not None:
        with st.expander(_("How each way of recommending did"), icon=":material/science:"):
            titles = metric_titles()
            metric = st.selectbox(
                _("Measure"), list(titles), format_func=titles.__getitem__, key="products_metric"
            )
            draw(method_dots(advice.holdout, metric, advice.method), "products_methods")
            st.caption(
                safe(
                    _(
                        "Lists of ten, made from what was known on the last day before the test,"
                        " held against what {customers} known customers bought after it. The way"
                        " in use was chosen on an earlier window. Whiskers: 95 % of resamples of"
                        " the customers."
                    ).format(customers=number(advice.holdout.customers))
                )
            )
            st.dataframe(
                pd.DataFrame(
                    {
                        _("Way"): [say(title) for title in METHOD_TITLES.values()],
                        _("What it recommends"): [say(told) for told in METHOD_MEANINGS.values()],
                    }
                ),
                hide_index=True,
                alt=_("Ways of recommending and what each recommends"),
            )


def _show_segments(subject: Subject, stamp: int) -> None:
    names = {"marketing_tier": _("Marketing tier"), "value_tier": _("Value tier")}
    title_of = {"marketing_tier": marketing_tier, "value_tier": value_tier}
    cutoffs = chosen_cutoffs(subject.run_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            _("Segments"),
            list(names),
            default="marketing_tier",
            required=True,
            format_func=names.__getitem__,
            key="products_by",
            persist_state="session",
        )
        derived_products.require_segments(subject.run_id, stamp, cutoffs)
        table = derived_products.segment_products(subject.run_id, stamp, cutoffs, by)
        order = MARKETING_TIERS if by == "marketing_tier" else VALUE_TIERS
        there = set(table["segment"])
        segments = [name for name in order if name in there]
        if not segments:
            st.markdown(safe(_("Nothing can be recommended: no product was sold lately.")))
            return
        chosen = st.selectbox(
            _("Segment"),
            segments,
            format_func=title_of[by],
            key=f"products_segment:{by}",
            width=320,
        )
        tiers = derived.tiers(subject.run_id, cutoffs)[by]
        count = int((tiers == chosen).sum())
        if st.button(
            _("Show {count} customers").format(count=number(count)),
            icon=":material/person_search:",
            key="products_segment_behind",
        ):
            open_customers(title_of[by](chosen), tiers.index[tiers == chosen])
    best = table[table["segment"] == chosen].head(MOST_SHOWN)
    known = derived_products.products(cached.dataset_of_run(subject.run_id))
    known = known.loc[best["product_key"]]
    shown = {_("Product"): [product_label(one) for _key, one in known.iterrows()]}
    if known["category"].notna().any():
        shown[_("Category")] = known["category"].tolist()
    shown[_("On the list of")] = [percent(share) for share in best["share"]]
    shown[_("Against all customers")] = [f"× {number(lift, 1)}" for lift in best["lift"]]
    st.dataframe(
        pd.DataFrame(shown),
        hide_index=True,
        alt=_("Products to recommend to the chosen segment, the best first"),
    )
    st.caption(
        _(
            "The best ten of the segment: high places on its customers' own lists count for most."
            " Each customer's own list is on the page Customers."
        )
    )


def show_demand(subject: Subject, advice: ProductAdvice, stamp: int, days: int) -> None:
    """Show what will be asked for by category and product, and how far off that was before."""
    st.subheader(_("What will be asked for"), anchor=False)
    if advice.demand.empty:
        st.markdown(safe(_("Nothing was sold of which more could be expected.")))
        return
    unit = st.segmented_control(
        _("In"),
        ["money", "pieces"],
        default="money",
        required=True,
        format_func={"money": _("Amount"), "pieces": _("Pieces")}.__getitem__,
        key="products_unit",
        persist_state="session",
    )
    if not advice.has_categories:
        st.caption(
            _(
                "Your products have no category. With a column that says it, demand is told for"
                " each; without, for all together and for single products."
            )
        )
    demand = advice.demand.sort_values("money", ascending=False)
    click = draw_clickable(demand_bars(demand, unit, days, subject.terms), "products_demand")
    if click:
        _open_buyers(subject.run_id, str(demand.index[click.at[0]]))
    _tell_range(advice)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = st.selectbox(
            _("Category"),
            list(demand.index),
            format_func=category_name,
            key="products_category",
            width=320,
        )
        count = derived_products.count_buyers(subject.run_id, stamp, category)
        if st.button(
            _("Show {count} customers").format(count=number(count)),
            icon=":material/person_search:",
            key="products_category_behind",
            disabled=not count,
            help=_(
                "Those who bring {share} of the money that known customers are expected to spend"
                " on it"
            ).format(share=percent(derived_products.DEMAND_SHARE)),
        ):
            _open_buyers(subject.run_id, category)
    with st.expander(_("The same as a table"), icon=":material/table:"):
        st.dataframe(
            demand_table(demand, unit, subject.terms),
            hide_index=True,
            alt=_("Expected demand of every category, with its range and the plain guesses"),
        )
    if advice.demand_test is not None:
        verdict, *errors = tell_demand(advice.demand_test)
        st.markdown(safe(say(verdict)))
        st.caption(safe(" ".join(say(told) for told in errors)))
        with st.expander(_("The test by category"), icon=":material/science:"):
            draw(demand_test_bars(advice.demand_test, unit, subject.terms), "products_test")
    _show_products(subject, advice)


def _open_buyers(run_id: str, category: str) -> None:
    open_customers(
        _("Likely to buy: {category}").format(category=category_name(category)),
        derived_products.likely_buyers(run_id, category),
    )


def _tell_range(advice: ProductAdvice) -> None:
    told = _(
        "Each customer's forecast is divided over the categories by what the customer bought so"
        " far; the categories add up to the forecast. Pieces are money at what a piece of the"
        " category brought lately. Returns are deducted."
    )
    if "low_money" not in advice.demand:
        told += " " + _("No range is told: history is too short to know how far totals are off.")
    elif advice.newcomers_miss is None:
        told += " " + _(
            "Whiskers allow for what known customers may do; of newcomers too few periods are known"
            " to say how much they change."
        )
    else:
        told += " " + _(
            "Whiskers allow for how far totals of earlier windows were off, for chance, and for how"
            " much newcomers changed from one period to the next ({share})."
        ).format(share=percent(advice.newcomers_miss))
    if "low_money" in advice.demand:
        told += " " + _("How often such ranges of categories hold has not been tested.")
    st.caption(safe(told))


def _show_products(subject: Subject, advice: ProductAdvice) -> None:
    if advice.products.empty:
        return
    rows = advice.products.head(MOST_PRODUCTS)
    known = derived_products.products(cached.dataset_of_run(subject.run_id)).loc[rows.index]
    with st.expander(_("Demand by product"), icon=":material/table:"):
        st.dataframe(
            pd.DataFrame(
                {
                    _("Product"): [product_label(one) for _key, one in known.iterrows()],
                    _("Category"): known["category"].tolist(),
                    _("Pieces expected"): rows["pieces"].round().tolist(),
                    _("Money expected"): rows["money"].round().tolist(),
                }
            ),
            hide_index=True,
            alt=_("Expected pieces and money of the products that sold most lately"),
        )
        st.caption(
            _(
                "A category's demand divided as its products sold in the period before. Only"
                " products with {fewest} order lines or more in it; a product that is new or going"
                " out needs your own judgement."
            ).format(fewest=number(FEWEST_LINES))
        )
