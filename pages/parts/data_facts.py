"""What a data set amounts to: its size, whether it is enough, how it is spread."""

from __future__ import annotations

import datetime as dt
from typing import Final

import streamlit as st

from clv_core.cleaning.report import OrderFacts, QualityReport, ValueFacts
from pages.parts.charts import currency_unit
from pages.parts.quality_charts import (
    distribution_figure,
    distribution_finding,
    months_figure,
    orders_finding,
    revenue_finding,
)
from pages.parts.text import _, day, money, number, safe, say

NO_BAR: Final = {"displayModeBar": False}


def show_facts(facts: OrderFacts | ValueFacts) -> None:
    """Show what the kept rows amount to."""
    with st.grid(4, min_column_width=150):
        for label, value in fact_values(facts).items():
            st.metric(label, safe(value), border=True)
    st.caption(safe(describe_facts(facts)))


def fact_values(facts: OrderFacts | ValueFacts) -> dict[str, str]:
    """Return the four numbers that stand for a data set, as text by their names."""
    if isinstance(facts, ValueFacts):
        return {
            _("Customers"): number(facts.customers),
            _("With a known value"): number(facts.known_values),
            _("Mean value"): money(facts.mean_value, facts.currency),
            _("Sum of the values"): money(facts.total_value, facts.currency),
        }
    return {
        _("Customers"): number(facts.customers),
        _("Orders"): number(facts.orders),
        _("Revenue"): money(facts.revenue, facts.currency),
        _("Bought again"): number(facts.repeat_customers),
    }


def describe_facts(facts: OrderFacts | ValueFacts) -> str:
    """Say what the four numbers leave out."""
    if isinstance(facts, ValueFacts):
        blank = _(
            "{blank} customers have no value yet: nothing is learnt from them, and they get a"
            " forecast."
        ).format(blank=number(facts.blank_values))
        fit = _("The forecast measures fit to the given column; it says nothing about when.")
        return " ".join([blank, fit] if facts.blank_values else [fit])
    told = _("{period}, {days} days; {returns} orders gave money back.")
    if not facts.returns:
        told = _("{period}, {days} days.")
    return told.format(
        period=f"{day(facts.first_day)} – {day(facts.last_day)}",
        days=number(facts.history_days),
        returns=number(facts.returns),
    )


def show_readiness(facts: OrderFacts | ValueFacts) -> None:
    """Hold the data against what the learned models need."""
    checks = facts.check_readiness(dt.date.today())
    with st.grid(4, min_column_width=150):
        for check in checks:
            limit = (
                _("at most {limit}") if check.code == "days_since_order" else _("at least {limit}")
            )
            st.metric(
                safe(say(check.label)),
                number(check.actual),
                delta=limit.format(limit=number(check.needed)),
                delta_color="green" if check.met else "orange",
                delta_arrow="off",
                border=True,
            )
    unmet = {check.code: check for check in checks if not check.met}
    old = unmet.pop("days_since_order", None)
    if old is not None:
        st.warning(
            safe(
                _(
                    "The last order is {days} days old. A forecast begins the day after it, not"
                    " today; newer orders would bring it up to date."
                ).format(days=number(old.actual))
            ),
            icon=":material/event_busy:",
        )
    if not unmet:
        st.caption(_("Enough for every model."))
    else:
        st.warning(
            _(
                "Something is missing (marked in orange). Forecasts still work, but the learned "
                "models may not beat the statistical ones; the scoreboard will say so."
            ),
            icon=":material/warning:",
        )


def show_months(report: QualityReport) -> None:
    """Show orders and revenue month by month."""
    sides = (
        ("orders", orders_finding(report), _("orders")),
        ("revenue", revenue_finding(report), currency_unit(report.facts.currency)),
    )
    for column, (name, finding, axis) in zip(st.columns(2), sides, strict=True):
        with column:
            st.markdown(f"**{safe(finding)}**")
            st.plotly_chart(
                months_figure(report.monthly, name, axis), alt=finding, config=NO_BAR, key=name
            )


def show_values(report: QualityReport) -> None:
    """Show how the known values of a value table are spread."""
    summary = next(
        (one for one in report.files[0].summaries if one.field == "target_value" and one.bins),
        None,
    )
    if summary is None:
        st.caption(_("The values of this data set were not counted by size."))
        return
    finding = distribution_finding(summary)
    st.markdown(f"**{safe(finding)}**")
    st.plotly_chart(
        distribution_figure(summary, report.facts.currency or _("column's unit")),
        alt=finding,
        config=NO_BAR,
        key="value_distribution",
    )
