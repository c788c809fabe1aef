"""What became of every row, and whether the shop is ready for a forecast."""

from __future__ import annotations

import datetime as dt
import secrets

import streamlit as st

from clv_core.activation.formula_guard import guard_cells
from pages.parts import cached, state
from pages.parts.fields import kind_names
from pages.parts.layout import next_step, page_head
from pages.parts.quality_charts import (
    months_figure,
    orders_finding,
    revenue_finding,
    rows_figure,
    rows_finding,
)
from pages.parts.tables import account_table
from pages.parts.text import _, day, money, number, safe, say

NO_BAR = {"displayModeBar": False}

page_head(
    _("Review"),
    _("What was kept, what was dropped and why; every row that was read is in one of the two."),
)
dataset = state.require_dataset()
report = cached.quality(dataset.id)
facts = report.facts


def show_facts() -> None:
    """Show what the kept orders amount to."""
    period = f"{day(facts.first_day)} – {day(facts.last_day)}"
    with st.grid(4, min_column_width=150):
        st.metric(_("Customers"), number(facts.customers), border=True)
        st.metric(_("Orders"), number(facts.orders), border=True)
        st.metric(_("Revenue"), safe(money(facts.revenue, facts.currency)), border=True)
        st.metric(_("Bought again"), number(facts.repeat_customers), border=True)
    st.caption(
        safe(
            _("{period}, {days} days; {returns} orders gave money back.").format(
                period=period, days=number(facts.history_days), returns=number(facts.returns)
            )
        )
    )


def show_rows() -> None:
    """Show the account of one file as a picture, and of all files as a table."""
    names = kind_names()
    place = 0
    if len(report.files) > 1:
        place = st.segmented_control(
            _("File"),
            list(range(len(report.files))),
            default=0,
            format_func=lambda at: f"{at + 1} · {names[report.files[at].kind]}",
            required=True,
            key="reviewed_file",
        )
    file = report.files[min(place, len(report.files) - 1)]
    st.text(file.file_name)
    st.markdown(f"**{safe(rows_finding(file))}**")
    st.plotly_chart(rows_figure(file), alt=rows_finding(file), config=NO_BAR, key="rows_of_file")
    table = account_table(report)
    st.dataframe(
        table,
        hide_index=True,
        alt=_("Rows kept and dropped, by file and reason"),
        column_config={_("Rows"): st.column_config.NumberColumn(format="localized")},
    )
    st.download_button(
        _("Download this table (CSV)"),
        guard_cells(table).to_csv(index=False).encode("utf-8-sig"),
        file_name=f"rows-{secrets.token_hex(4)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    for note in report.notes:
        st.caption(safe(say(note)))


def show_readiness() -> None:
    """Hold the shop against what the learned models need."""
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
    missing = [check for check in checks if not check.met and check.code != "days_since_order"]
    old = next((c for c in checks if not c.met and c.code == "days_since_order"), None)
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
    if not missing:
        st.caption(_("Enough for every model."))
    else:
        st.warning(
            _(
                "Something is missing (marked in orange). Forecasts still work, but the learned "
                "models may not beat the statistical ones; the scoreboard will say so."
            ),
            icon=":material/warning:",
        )


def show_months() -> None:
    """Show orders and revenue month by month."""
    sides = (
        ("orders", orders_finding(report), _("orders")),
        ("revenue", revenue_finding(report), facts.currency or _("revenue")),
    )
    for column, (name, finding, axis) in zip(st.columns(2), sides, strict=True):
        with column:
            st.markdown(f"**{safe(finding)}**")
            st.plotly_chart(
                months_figure(report.monthly, name, axis), alt=finding, config=NO_BAR, key=name
            )


show_facts()
next_step(
    _("The data are ready: let the models learn and be tested."),
    _("Train a forecast"),
    "pages/model/train.py",
    ":material/model_training:",
)
st.header(_("What became of the rows"))
show_rows()
st.header(_("Is it enough?"))
show_readiness()
st.header(_("Month by month"))
show_months()
