"""Customers by the time of their first purchase: who comes back, and what they bring."""

import streamlit as st

from clv_core.segments.cohort_outlook import continue_curve
from clv_core.segments.cohorts import MEASURES
from clv_core.segments.periods import UNITS, choose_unit
from pages.parts import cached, derived, derived_cohorts
from pages.parts.behind import open_customers
from pages.parts.charts import draw
from pages.parts.charts_cohort_curves import retention_curves, revenue_curves
from pages.parts.charts_cohorts import cohort_heatmap, first_period, outlook_bars
from pages.parts.clicks import draw_clickable
from pages.parts.cohort_tables import cell_table
from pages.parts.cohort_words import (
    UNIT_TITLES,
    cohort_name,
    cohort_told,
    measure_title,
    period_name,
)
from pages.parts.layout import empty_state, next_step, page_head
from pages.parts.payback import show_payback
from pages.parts.state import require_run
from pages.parts.subjects import show_subject
from pages.parts.text import _, number, safe, say


def open_cell(at: int, period: int | None) -> None:
    """Go to a cohort's customers, or to those of them who bought in one period."""
    cohort = cohorts.sizes.index[at]
    title = _("Won in {cohort}").format(cohort=cohort_told(cohort, unit))
    if period is not None:
        title = _("Won in {cohort}, bought in {period}").format(
            cohort=cohort_told(cohort, unit), period=period_name(period, unit)
        )
    open_customers(title, derived_cohorts.members(run.id, unit, cohort, period))


page_head(
    _("Cohorts"),
    _("Customers by the time of their first purchase: who comes back, and what they bring."),
)
run = require_run()
subject = show_subject(run.id)
if cached.shape(run.id) == "value_table":
    empty_state(
        _(
            "A table with one value per customer knows no days, so it has no cohorts. Bring the"
            " shop's orders to see them."
        ),
        _("Bring data in"),
        "pages/prepare/upload.py",
        ":material/upload_file:",
    )
    st.stop()
terms, dataset = subject.terms, cached.dataset_of_run(run.id)

with st.container(horizontal=True, vertical_alignment="bottom"):
    tables = cached.tables(dataset)
    unit = st.segmented_control(
        _("Cohorts by"),
        UNITS,
        default=choose_unit(tables.first_day, tables.last_day),
        required=True,
        format_func=lambda name: say(UNIT_TITLES[name]),
        key=f"cohorts_unit:{dataset}",
        persist_state="session",
    )
    measure = st.selectbox(
        _("Show"),
        MEASURES,
        format_func=measure_title,
        width=320,
        key="cohorts_measure",
        persist_state="session",
    )
derived_cohorts.require(run.id, unit)
cohorts = derived_cohorts.cohorts(run.id, unit)
outlook = derived_cohorts.outlook(run.id, unit)
sizes = cohorts.sizes

click = draw_clickable(cohort_heatmap(cohorts, measure, terms), "cohorts_heatmap")
if click:
    open_cell(click.at[0], click.at[1] + first_period(measure))
st.caption(
    _(
        "A column is a period of the calendar after that of the first purchase, which is 0. Grey:"
        " not over on the last day of data. The oldest cohort also holds whoever had bought before"
        " your data begin."
    )
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    at = st.selectbox(
        _("Won in"),
        range(len(sizes)),
        index=max(0, len(sizes) - 7),
        format_func=lambda place: cohort_name(sizes.index[place], unit),
        width=220,
        key=f"cohorts_chosen:{run.id}:{unit}",
    )
    chosen = sizes.index[at]
    last = int(cohorts.cells.loc[cohorts.cells["cohort"] == chosen, "period"].max())
    period = st.selectbox(
        _("Who bought in"),
        [None, *range(1, last + 1)],
        format_func=lambda one: _("any") if one is None else period_name(one, unit),
        width=220,
        key=f"cohorts_period:{run.id}:{unit}:{at}",
    )
    count = derived_cohorts.count_members(run.id, unit, chosen, period)
    if st.button(
        _("Show {count} customers").format(count=number(count)),
        icon=":material/person_search:",
        disabled=not count,
    ):
        open_cell(at, period)
with st.expander(_("The same as a table"), icon=":material/table:"):
    st.dataframe(
        cell_table(cohorts, measure, terms),
        hide_index=True,
        alt=_("Every cohort with its customers and what was measured of it by period"),
    )

left, right = st.columns(2)
with left:
    draw(retention_curves(cohorts, chosen), "cohorts_retention")
with right:
    ahead = continue_curve(cohorts, outlook, chosen, subject.days)
    draw(revenue_curves(cohorts, chosen, ahead, subject.days, terms), "cohorts_revenue")

st.subheader(_("What each cohort is still expected to bring"), anchor=False)
click = draw_clickable(outlook_bars(outlook, cohorts, terms), "cohorts_outlook")
if click:
    open_cell(click.at[0], None)
total = derived.total(run.id)
if total is not None:
    st.caption(safe(say(total.contains)))
show_payback(run.id, unit, subject, open_cell)
next_step(
    _("What changed since an earlier result: who rose, who fell."),
    _("Compare results"),
    "pages/model/compare.py",
    ":material/compare_arrows:",
)
