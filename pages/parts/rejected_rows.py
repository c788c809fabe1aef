"""The rows that were left out, one by one: where they stand in the file, and why."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.activation.formula_guard import guard_cells
from clv_core.cleaning.rejected import REJECTED_FILE, list_rejected
from clv_core.cleaning.report import QualityReport
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Stored
from pages.parts.text import _, number, safe, say

ROWS_SHOWN: Final = 500
ROWS_WRITTEN: Final = 1_000_000  # about what a sheet of a spreadsheet program holds
HEIGHT: Final = 320  # pixels; the table scrolls inside
EVERY: Final = ""


def show_rejected(dataset: Stored, report: QualityReport, place: int) -> None:
    """Show the first rejected rows of one file, by reason, and hand out all of them."""
    file = report.files[place]
    cases = {case.code: case for case in file.rejected if case.rows}
    if not cases:
        st.caption(_("No row of this file was left out."))
        return
    if not (dataset.folder / REJECTED_FILE).is_file():
        st.caption(_("Single rows were not kept of this data set. Read its files again."))
        return
    code = st.selectbox(
        _("Reason"),
        [EVERY, *cases],
        format_func=lambda code: say(cases[code].reason) if code else _("Every reason"),
        key=f"reason_{dataset.id}_{place}",
    )
    chosen = code or None
    rows = cases[code].rows if code else file.rows_read - file.rows_kept
    listed = list_rejected(dataset.folder, report, ROWS_SHOWN, place, chosen)
    told = {case.reason: say(case.reason) for case in cases.values()}
    names = column_names()
    st.markdown(f"**{safe(_rejected_finding(rows))}**")
    st.dataframe(
        rejected_table(listed, told, names),
        hide_index=True,
        height=HEIGHT if len(listed) > HEIGHT // 40 else "content",
        placeholder="–",
        alt=_("Rows that were left out, with file, line, column and reason"),
        column_config={names["reason"]: st.column_config.TextColumn(width="large")},
    )
    st.download_button(
        _("Download these rows (CSV)"),
        partial(write_rejected_csv, dataset, report, place, chosen, told, names),
        file_name=f"rejected-{secrets.token_hex(4)}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download_rejected_{place}",
    )
    if rows > ROWS_WRITTEN:
        st.caption(
            _("The file holds the first {rows}; choose one reason to see more of its rows.").format(
                rows=number(ROWS_WRITTEN)
            )
        )


def column_names() -> dict[str, str]:
    """Return what the columns of the list are called."""
    return {
        "file": _("File"),
        "line": _("Line"),
        "row": _("Row"),
        "column": _("Column"),
        "reason": _("Reason"),
    }


def rejected_table(
    listed: pd.DataFrame, told: Mapping[Sentence, str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Return a list of rejected rows with its reasons and headings as text."""
    return listed.assign(reason=listed["reason"].map(told)).rename(columns=dict(names))


def write_rejected_csv(
    dataset: Stored,
    report: QualityReport,
    place: int,
    code: str | None,
    told: Mapping[Sentence, str],
    names: Mapping[str, str],
) -> bytes:
    """Write all of them; runs apart from the page, so that every word is given."""
    listed = list_rejected(dataset.folder, report, ROWS_WRITTEN, place, code)
    table = guard_cells(rejected_table(listed, told, names))
    return table.to_csv(index=False).encode("utf-8-sig")


def _rejected_finding(rows: int) -> str:
    if rows <= ROWS_SHOWN:
        return _("{rows} rows were left out").format(rows=number(rows))
    return _("{rows} rows were left out; these are the first {shown}").format(
        rows=number(rows), shown=number(ROWS_SHOWN)
    )
