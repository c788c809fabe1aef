"""What looking back showed: the forecast, the lists, and what has changed."""

from __future__ import annotations

import streamlit as st

from clv_core.monitoring.drift import sum_families
from clv_core.monitoring.effects import Effect
from clv_core.monitoring.findings import ListOutcome, LookBack
from clv_core.monitoring.list_words import tell_days, tell_effect
from pages.parts.charts import draw
from pages.parts.charts_chances import reliability_curve
from pages.parts.charts_look_back import forecast_and_actual, list_effect
from pages.parts.look_back_tables import (
    effect_name,
    effect_table,
    family_table,
    group_name,
    group_table,
    marks_table,
    shop_table,
    target_name,
)
from pages.parts.terms import Terms
from pages.parts.text import _, day, number, percent, safe, say


def show_summary(found: LookBack, terms: Terms) -> None:
    """Show the numbers that matter most, and say what they come to."""
    total = found.total
    has_range = total["low"] == total["low"]
    with st.container(horizontal=True):
        st.metric(
            _("Forecast for {days} days").format(days=number(found.days)),
            safe(terms.money(total["forecast"])),
            border=True,
        )
        if has_range:
            st.metric(
                _("Range of the total"),
                safe(f"{terms.money(total['low'])} – {terms.money(total['high'])}"),
                border=True,
            )
        st.metric(_("Came in"), safe(terms.money(total["actual"])), border=True)
        st.metric(
            _("From {customers} new customers, in no forecast").format(
                customers=number(found.new_customers)
            ),
            safe(terms.money(found.new_revenue)),
            border=True,
        )
    with st.container(border=True):
        for place, finding in enumerate(found.findings):
            told = safe(say(finding, terms.currency))
            st.markdown(f"**{told}**" if place == 0 else f"- {told}")


def show_groups(found: LookBack, terms: Terms) -> None:
    """Show forecast and outcome by tier and by tenth of the customers."""
    st.subheader(_("By group of customers"), anchor=False)
    deciles = found.take("decile")
    draw(
        forecast_and_actual(
            deciles, deciles["group"].tolist(), _tell_deciles(found), terms.decile, terms
        ),
        "look_back_deciles",
    )
    left, right = st.columns(2)
    for place, kind, axis in (
        (left, "value_tier", _("Value tier")),
        (right, "marketing_tier", _("Marketing tier")),
    ):
        rows = found.take(kind)
        names = [group_name(kind, group) for group in rows["group"]]
        with place:
            draw(
                forecast_and_actual(rows, names, _tell_furthest(found, kind), axis, terms),
                f"look_back_{kind}",
            )
    kinds = ("all", "value_tier", "marketing_tier", "decile")
    titles = {
        "all": _("All customers"),
        "value_tier": _("Value tiers"),
        "marketing_tier": _("Marketing tiers"),
        "decile": _("Tenths by forecast"),
    }
    chosen = st.segmented_control(
        _("In numbers"),
        kinds,
        default="value_tier",
        format_func=titles.__getitem__,
        key="look_back_kind",
        required=True,
    )
    st.dataframe(
        group_table(found.take(chosen), terms),
        hide_index=True,
        alt=_("Forecast, range and outcome of every group"),
    )


def show_marks(found: LookBack, terms: Terms) -> None:
    """Show the model in use beside its plain rivals, and its chances beside what came."""
    st.subheader(_("Against plain baselines"), anchor=False)
    st.dataframe(
        marks_table(found.scoreboard, terms),
        hide_index=True,
        alt=_("Measures of the model in use and of plain baselines on the days that passed"),
    )
    st.caption(
        safe(
            _(
                "Measured on the same {customers} customers and days; what is known of them is what"
                " was known on the result's last day."
            ).format(customers=number(found.customers))
        )
    )
    if len(found.reliability):
        title = _(
            "Of the customers told the highest chances, {told} on average, {came} bought in these"
            " days"
        )
        draw(reliability_curve(found.reliability, title), "look_back_chances")


def show_lists(found: LookBack, terms: Terms) -> None:
    """Show what lists changed, against the customers who were kept out of them."""
    st.subheader(_("Lists and their control groups"), anchor=False)
    if not found.lists:
        st.markdown(
            safe(
                _(
                    "No list was exported from this result. An export keeps some customers out at"
                    " random; what the others did differently will stand here."
                )
            )
        )
        return
    measures = {"revenue": _("Net revenue"), "bought": _("Share that bought")}
    measure = st.segmented_control(
        _("Compared by"),
        list(measures),
        default="revenue",
        format_func=measures.__getitem__,
        key="look_back_measure",
        required=True,
    )
    for taken in found.lists:
        _show_list(taken, measure, terms)


def _show_list(taken: ListOutcome, measure: str, terms: Terms) -> None:
    with st.container(border=True):
        st.markdown(
            safe(
                _("{target}, exported on {day}: {members} customers").format(
                    target=target_name(taken.target),
                    day=day(taken.made_on),
                    members=number(taken.members),
                )
            )
        )
        effect = next(one for one in taken.effects if one.measure == measure)
        finding = say(tell_effect(effect, taken.is_rehearsal), terms.currency)
        shown = effect.table.dropna(subset="difference")
        if effect.verdict == "no_control" or shown.empty:
            st.markdown(safe(finding))
            return
        names = [effect_name(tier) for tier in shown["tier"]]
        draw(list_effect(shown, names, finding, terms), f"look_back_{taken.export}")
        st.caption(safe(_tell_comparison(taken, effect, terms)))
        table = st.expander(
            _("In numbers"), on_change="rerun", key=f"look_back_table_{taken.export}"
        )
        if table.open:
            table.dataframe(
                effect_table(effect.table, terms),
                hide_index=True,
                alt=_("Customers on the list and kept out of it, by tier"),
            )


def _tell_comparison(taken: ListOutcome, effect: Effect, terms: Terms) -> str:
    told = _(
        "Whoever was on the file counts, whatever became of it. Tiers are compared one by one and"
        " put together by their sizes; bars are 95% intervals."
    )
    parts = [say(tell_days(taken), terms.currency), told]
    if taken.matched < taken.members:
        parts.append(
            _(
                "{count} of them are not in the newer orders and count as having done nothing."
            ).format(count=number(taken.members - taken.matched))
        )
    return " ".join(parts)


def show_changes(found: LookBack, terms: Terms) -> None:
    """Show how the shop and its customers have changed."""
    st.subheader(_("What has changed"), anchor=False)
    st.dataframe(
        shop_table(found.shop, terms),
        hide_index=True,
        alt=_("New customers, orders and money before and since"),
    )
    if found.features.empty:
        st.caption(
            _(
                "Whether customers look different now cannot be said: the newer orders do not reach"
                " back to where those of the result began."
            )
        )
        return
    st.dataframe(
        family_table(sum_families(found.features)),
        hide_index=True,
        alt=_("How far each kind of fact about customers has moved since the training"),
    )
    st.caption(
        safe(
            _(
                "All customers as they were on {cutoff} against all customers on {last_day}, by the"
                " population stability index: below 0.1 as before, from 0.25 on changed. Days as a"
                " customer grow by themselves where few new customers come."
            ).format(cutoff=day(found.cutoff), last_day=day(found.last_day))
        )
    )


def _tell_deciles(found: LookBack) -> str:
    deciles = found.take("decile")
    inside = deciles["actual"].between(deciles["low"], deciles["high"])
    if deciles["low"].isna().any():
        top = deciles.iloc[0]
        return _("The tenth forecast highest brought {share} of what was forecast of it").format(
            share=percent(top["ratio"])
        )
    return _(
        "{inside} of {groups} tenths of the customers brought a total inside its range"
    ).format(inside=number(int(inside.sum())), groups=number(len(deciles)))


def _tell_furthest(found: LookBack, kind: str) -> str:
    """Name the group whose total was missed by most money."""
    rows = found.take(kind)
    missed = (rows["actual"] - rows["forecast"]).abs()
    row = rows.loc[missed.idxmax()]
    return _("Furthest off: {group} brought {share} of what was forecast").format(
        group=group_name(kind, row["group"]),
        share=percent(row["ratio"]) if row["ratio"] == row["ratio"] else "–",
    )
