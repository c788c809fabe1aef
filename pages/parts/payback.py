"""The part of a page that says when cohorts have paid for themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from clv_core.segments.payback import cost_cohorts, list_missing, measure_payback
from clv_core.segments.periods import Unit
from pages.parts import cached, derived_cohorts
from pages.parts.charts_payback import payback_bars
from pages.parts.clicks import draw_clickable
from pages.parts.cohort_tables import payback_table
from pages.parts.dated_forecast import DatedForecast
from pages.parts.economics import choose_economics
from pages.parts.text import _, safe, say


def show_payback(
    run_id: str, unit: Unit, subject: DatedForecast, open_cohort: Callable[[int, None], None]
) -> None:
    """Ask for margin and costs, and show when each cohort earned them back.

    Parameters
    ----------
    run_id : str
    unit : {"week", "month", "quarter"}
    subject : DatedForecast
    open_cohort : callable
        Takes the place of a cohort, oldest first, and goes to its customers.
    """
    st.subheader(_("When has a cohort paid for itself?"), anchor=False)
    economics = choose_economics(cached.dataset_of_run(run_id), subject.currency)
    missing = list_missing(economics)
    if missing or economics.margin_rate is None:
        for sentence in missing:
            st.info(safe(say(sentence)), icon=":material/payments:")
        return
    cohorts = derived_cohorts.cohorts(run_id, unit)
    costs = cost_cohorts(derived_cohorts.won(run_id, unit), economics)
    payback = measure_payback(
        cohorts, derived_cohorts.outlook(run_id, unit), costs, economics.margin_rate
    )
    terms, days = subject.terms, subject.days
    click = draw_clickable(payback_bars(payback, unit, days, terms), "cohorts_payback")
    if click:
        open_cohort(click.at[0], None)
    st.dataframe(
        payback_table(payback, unit, cohorts.last_day, days, terms),
        hide_index=True,
        alt=_("Cost, margin, payback and LTV:CAC of each cohort"),
    )
    st.caption(
        _(
            "Margin is your rate times net revenue. “Expected around” takes the forecast to come"
            " in evenly over its days. LTV:CAC is margin per customer divided by the cost of one;"
            " its range is that of the cohort's total forecast."
        )
    )
