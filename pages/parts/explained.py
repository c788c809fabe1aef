"""The views of the page Reasons: all customers, one fact, like customers, two groups."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from clv_core.errors import UserDataError
from clv_core.explain.comparison import compare_in_words
from clv_core.explain.families import FAMILY_TITLES
from clv_core.explain.interactions import strongest_partner
from clv_core.explain.summaries import label_of
from clv_core.segments.value_tiers import VALUE_TIERS
from pages.parts import cached, derived_explain
from pages.parts.behind import open_customers
from pages.parts.charts import draw, plain
from pages.parts.charts_explain import beeswarm, family_bars, importance_bars
from pages.parts.charts_explain_closely import dependence
from pages.parts.charts_explain_groups import comparison_waterfall, pattern_heatmap
from pages.parts.clicks import draw_clickable
from pages.parts.cutoffs import chosen_cutoffs, tell_moved_cutoffs
from pages.parts.subject import Subject
from pages.parts.text import _, day_of, number, percent, safe, say, show_error
from pages.parts.words import marketing_tier, value_tier

TOP = 10
PARTNERS = 5  # offered as the colour, strongest first
# Customers in the swarm: without a graphics card every point costs the page time.
FEW_POINTS = 120
MANY_POINTS = 1000
CLOSE_POINTS = 600


def show_all(subject: Subject) -> None:
    """Show what weighs most over all customers; a bar opens those it weighs most for."""
    run_id, own = subject.run_id, subject.has_own_names
    features = derived_explain.feature_importance(run_id)
    bars = importance_bars(features, subject.terms, top=TOP, has_own_names=own)
    families = derived_explain.family_importance(run_id)
    if own:
        clicked = draw_clickable(bars, "explain_features")
    else:
        left, right = st.columns(2)
        with left:
            family = draw_clickable(family_bars(families, subject.terms), "explain_families")
        if family is not None:
            _open_led(subject, "family", str(families["family"].iloc[family.at[0]]))
        with right:
            clicked = draw_clickable(bars, "explain_features")
    if clicked is not None:
        _open_led(subject, "feature", str(features["feature"].iloc[clicked.at[0]]))
    _choose_led(subject, features.head(TOP), families)
    _show_swarm(subject)


def _show_swarm(subject: Subject) -> None:
    is_dense = st.toggle(
        _("Draw more customers, which takes longer"), key="explain_dense", persist_state="session"
    )
    points = MANY_POINTS if is_dense else FEW_POINTS
    swarm = derived_explain.swarm(subject.run_id, points)
    draw(beeswarm(swarm, subject.terms, has_own_names=subject.has_own_names), "explain_swarm")
    st.caption(
        _("At most {points} customers, drawn at random.").format(points=number(points))
        + " "
        + _(
            "Right of zero a fact adds to a forecast, left of it it takes away. The colour tells"
            " whether the customer's own value is small or large; grey where it is not known, or is"
            " no number."
        )
    )


def _choose_led(subject: Subject, features: pd.DataFrame, families: pd.DataFrame) -> None:
    """Offer the customers behind the bars without a mouse."""
    kinds = [] if subject.has_own_names else [("family", str(one)) for one in families["family"]]
    options = [*kinds, *(("feature", str(one)) for one in features["feature"])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind, name = st.selectbox(
            _("Customers for whom this weighs most"),
            options,
            format_func=lambda one: _name_led(subject, *one),
            key=f"explain_led:{subject.run_id}",
            width=420,
        )
        count = derived_explain.count_led(subject.run_id, kind).get(name, 0)
        if st.button(
            _("Show {count} customers").format(count=number(count)),
            icon=":material/group:",
            disabled=not count,
            key="explain_open_led",
        ):
            _open_led(subject, kind, name)


def _name_led(subject: Subject, kind: str, name: str) -> str:
    if kind == "family":
        return say(FAMILY_TITLES[name])
    return say(label_of(name, subject.has_own_names))


def _open_led(subject: Subject, kind: str, name: str) -> None:
    leading = derived_explain.leading(subject.run_id, kind)
    title = _("Weighs most for them: {reason}").format(reason=_name_led(subject, kind, name))
    keys = leading.index[leading == name]
    if len(keys):
        open_customers(title, keys)
    st.toast(_("It weighs most for no customer."))


def show_closely(subject: Subject) -> None:
    """Show one fact by its value, coloured by the one it depends on most."""
    run_id, own = subject.run_id, subject.has_own_names
    names = [str(name) for name in derived_explain.feature_importance(run_id)["feature"]]

    def name_of(name: str) -> str:
        return say(label_of(name, own))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        feature = st.selectbox(
            _("Fact"), names, format_func=name_of, key=f"explain_fact:{run_id}", width=420
        )
        ranked = derived_explain.interactions(run_id, feature)
        shares = ranked.set_index("feature")["share"]
        found = strongest_partner(ranked)
        offered = [*shares.index[:PARTNERS]]
        partner = st.selectbox(
            _("Colour by"),
            [None, *offered],
            index=0 if found is None else 1 + offered.index(found),
            format_func=lambda name: _("Nothing") if name is None else name_of(name),
            key=f"explain_partner:{run_id}:{feature}",
            width=420,
        )
    points = derived_explain.dependence(run_id, feature, partner, CLOSE_POINTS)
    share = 0.0 if partner is None else float(shares[partner])
    figure = dependence(points, feature, partner, share, subject.terms, has_own_names=own)
    told = cached.own_features(run_id).get(feature)
    if told is not None and told.newest:
        days = _("days before {day}").format(day=day_of(told.newest))
        figure.update_xaxes(title_text=plain(f"{name_of(feature)} ({days})"))
    draw(figure, "explain_dependence")
    if found is None:
        st.caption(_("At like values, no other fact changes notably what this one adds or takes."))
    else:
        st.caption(
            safe(
                _(
                    "Offered first is the fact that tells most about what else this one's"
                    " contribution depends on: {partner}, {share} of all its differences. They go"
                    " together; neither need cause the other."
                ).format(partner=name_of(found), share=percent(float(shares[found]), 1))
            )
        )
    unknown = int(points["value"].isna().sum())
    if unknown:
        st.caption(
            _("{count} of {points} customers drawn have no value here and are left out.").format(
                count=number(unknown), points=number(len(points))
            )
        )


def show_patterns(subject: Subject) -> None:
    """Show customers with like reasons as columns; each opens its customers."""
    patterns = derived_explain.patterns(subject.run_id)
    groups = patterns.groups
    figure = pattern_heatmap(patterns, subject.terms, has_own_names=subject.has_own_names)
    clicked = draw_clickable(figure, "explain_patterns")
    if clicked is not None:
        _open_pattern(subject, clicked.at[1])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.selectbox(
            _("Group"),
            list(groups.index),
            format_func=lambda at: _("{customers} customers at {mean} on average").format(
                customers=number(groups["customers"][at]),
                mean=subject.terms.money(groups["mean_forecast"][at]),
            ),
            key=f"explain_group:{subject.run_id}",
            width=420,
        )
        if st.button(
            _("Show {count} customers").format(count=number(groups["customers"][group])),
            icon=":material/group:",
            key="explain_open_group",
        ):
            _open_pattern(subject, group)
    st.caption(
        _(
            "All customers are in one of the groups: those whose forecasts rest on like reasons"
            " stand together, and like groups beside each other. Blue adds, orange takes away,"
            " measured from a typical customer; a column adds up to what its group stands at."
        )
    )


def _open_pattern(subject: Subject, group: int) -> None:
    patterns = derived_explain.patterns(subject.run_id)
    mean = subject.terms.money(patterns.groups["mean_forecast"][group])
    title = _("Customers with like reasons, {mean} on average").format(mean=mean)
    open_customers(title, patterns.customers_of(group))


def show_comparison(subject: Subject) -> None:
    """Show why one tier is above another, in two sentences and step by step."""
    cutoffs = chosen_cutoffs(subject.run_id)
    column, above, below, steps = _choose_groups(subject)
    tell_moved_cutoffs(subject.run_id)
    derived_explain.require_means(subject.run_id, cutoffs)
    if above == below:
        st.info(_("Choose two different groups."), icon=":material/compare_arrows:")
        return
    try:
        found = derived_explain.comparison(subject.run_id, cutoffs, column, (above, below), steps)
    except UserDataError as error:
        show_error(error)
        return
    name_of = value_tier if column == "value_tier" else marketing_tier
    for sentence in compare_in_words(found, name_of(above), name_of(below)):
        st.markdown(safe(say(sentence, subject.currency)))
    figure = comparison_waterfall(found, name_of(above), name_of(below), subject.terms)
    draw(figure, "explain_comparison")
    st.caption(
        _(
            "Every step is the difference of the two groups' mean contributions; together they are"
            " the whole difference of the means."
        )
    )


def _choose_groups(subject: Subject) -> tuple[str, str, str, str]:
    titles = {"value_tier": _("Value"), "marketing_tier": _("Marketing tier")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.segmented_control(
            _("Groups"),
            list(titles),
            default="value_tier",
            required=True,
            format_func=titles.__getitem__,
            key="explain_groups",
            persist_state="session",
        )
        steps = "features"
        if not subject.has_own_names:
            kinds = {"features": _("Fact by fact"), "families": _("By kind of fact")}
            steps = st.segmented_control(
                _("Steps"),
                list(kinds),
                default="features",
                required=True,
                format_func=kinds.__getitem__,
                key="explain_steps",
                persist_state="session",
            )
        is_value = column == "value_tier"
        tiers = list(VALUE_TIERS) if is_value else list(subject.marketing_tiers)
        name_of = value_tier if is_value else marketing_tier
        above = st.selectbox(
            _("Why is"), tiers, format_func=name_of, key=f"explain_above:{column}", width=200
        )
        below = st.selectbox(
            _("above"),
            tiers,
            index=len(tiers) - 1,
            format_func=name_of,
            key=f"explain_below:{column}",
            width=200,
        )
    return str(column), str(above), str(below), str(steps)
