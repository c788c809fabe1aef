"""What rules of cleaning would do to the files, found out before they are applied."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.cleaning.comparison import compare_reports, count_rows
from clv_core.cleaning.report import QualityReport
from clv_core.errors import NothingStored
from clv_core.jobs.queue import Job, submit_job
from pages.parts import cached, progress, state
from pages.parts.charts import in_money
from pages.parts.data_facts import fact_values
from pages.parts.row_account import NO_MONEY, account_table, outcome_names, round_money
from pages.parts.text import _, number, safe, say, show_error

JOB_KIND: Final = "preview_dataset"
TOLD: Final = ("files", "cleaning")  # what a preview depends on


def submit(spec: dict[str, Any]) -> None:
    """Ask the worker to clean the files for a look, and follow it."""
    state.choose_job(submit_job(state.workspace(), "prepare", JOB_KIND, spec))
    st.rerun()


def current(dataset_id: str | None = None) -> Job | None:
    """Return the preview that this session or its link follows, of this data set or of none."""
    job = state.current_job("prepare")
    is_here = job is not None and job.kind == JOB_KIND and job.spec.get("dataset") == dataset_id
    return job if is_here else None


def show(job: Job, spec: dict[str, Any], now: QualityReport | None = None) -> None:
    """Follow a preview to its end and show what came of it.

    Parameters
    ----------
    job : Job
    spec : dict
        What would be previewed now: where it differs, the preview is of something else.
    now : QualityReport, optional
        The account under the rules that hold, to compare with.
    """
    if not job.has_ended:
        progress.follow(job)
        return
    if job.state != "done":
        progress.show_ending(job)
        return
    if any(job.spec[part] != spec[part] for part in TOLD):
        st.warning(
            _("The rules or files have changed since this preview. Preview again to see more."),
            icon=":material/history:",
        )
    try:
        then = cached.preview(job.id)
    except NothingStored as error:
        show_error(error)
        return
    _show_totals(then, now)
    if now is None:
        st.dataframe(account_table(then), hide_index=True, placeholder=NO_MONEY, alt=_rows_alt())
    else:
        _show_comparison(now, then)


def _show_totals(then: QualityReport, now: QualityReport | None) -> None:
    read, kept = count_rows(then)
    totals = {_("Rows kept"): number(kept), **fact_values(then.facts)}
    before = {}
    if now is not None and type(now.facts) is type(then.facts):
        before = {_("Rows kept"): number(count_rows(now)[1]), **fact_values(now.facts)}
    finding = _("{kept} of {read} rows would be kept").format(kept=number(kept), read=number(read))
    st.markdown(f"**{safe(finding)}**")
    with st.grid(5, min_column_width=130):
        for label, value in totals.items():
            st.metric(
                label,
                safe(value),
                delta=safe(_("now {value}").format(value=before[label]))
                if label in before
                else None,
                delta_color="off",
                delta_arrow="off",
                border=True,
            )


def _show_comparison(now: QualityReport, then: QualityReport) -> None:
    table = compare_reports(now, then)
    currency = then.facts.currency
    st.dataframe(
        pd.DataFrame(
            {
                "rule": [say(reason) for reason in table["reason"]],
                "outcome": table["outcome"].map(outcome_names()),
                "rows_before": table["rows_before"],
                "rows_after": table["rows_after"],
                "amount_before": round_money(table["amount_before"]),
                "amount_after": round_money(table["amount_after"]),
            }
        ),
        hide_index=True,
        placeholder=NO_MONEY,
        alt=_rows_alt(),
        column_config={
            "rule": st.column_config.TextColumn(_("Reason"), width="large"),
            "outcome": st.column_config.TextColumn(_("Outcome")),
            "rows_before": st.column_config.NumberColumn(_("Rows now"), format="localized"),
            "rows_after": st.column_config.NumberColumn(
                _("Rows then"), format="localized", help=_("With the rules above.")
            ),
            "amount_before": st.column_config.NumberColumn(
                _with_unit(_("Money now"), currency), format="localized"
            ),
            "amount_after": st.column_config.NumberColumn(
                _with_unit(_("Money then"), currency), format="localized"
            ),
        },
    )


def _with_unit(what: str, currency: str) -> str:
    return in_money(what, currency) if currency else what


def _rows_alt() -> str:
    return _("What each rule would drop or change")
