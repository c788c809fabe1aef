"""What became of every row: one file as a picture, all files as a table."""

from __future__ import annotations

import secrets
from typing import Final

import pandas as pd
import streamlit as st

from clv_core.activation.formula_guard import guard_cells
from clv_core.cleaning.report import QualityReport
from pages.parts.charts import in_money
from pages.parts.fields import kind_names
from pages.parts.quality_charts import rows_figure, rows_finding
from pages.parts.text import _, safe, say

NO_BAR: Final = {"displayModeBar": False}
NO_MONEY: Final = "–"
LONGEST_NAME: Final = 30  # characters of a file name on a button
FILE_COLUMNS: Final = 2  # file and kind, which say nothing where there is one file


def choose_file(report: QualityReport) -> int:
    """Ask which of the files is looked at; return its place."""
    if len(report.files) == 1:
        return 0
    names = name_files(report)
    place = st.segmented_control(
        _("File"),
        list(range(len(report.files))),
        default=0,
        format_func=lambda at: safe(names[at]),
        required=True,
        key="reviewed_file",
    )
    return min(int(place), len(report.files) - 1)


def name_files(report: QualityReport) -> list[str]:
    """Return what tells the files apart: what is in them, else their names."""
    kinds = kind_names()
    told = [kinds[file.kind] for file in report.files]
    if len(set(told)) < len(told):
        told = [file.file_name for file in report.files]
    return [f"{at} · {shorten(name)}" for at, name in enumerate(told, start=1)]


def shorten(name: str) -> str:
    """Cut a long file name in its middle: exports differ at the end."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME // 2]}…{name[1 - LONGEST_NAME // 2 :]}"


def show_rows(report: QualityReport, place: int) -> None:
    """Show the account of one file as a picture, and of all files as a table."""
    file = report.files[place]
    st.text(file.file_name)
    st.markdown(f"**{safe(rows_finding(file))}**")
    st.plotly_chart(rows_figure(file), alt=rows_finding(file), config=NO_BAR, key="rows_of_file")
    table = account_table(report)
    st.dataframe(
        table,
        hide_index=True,
        placeholder=NO_MONEY,
        column_order=list(table.columns)[0 if len(report.files) > 1 else FILE_COLUMNS :],
        alt=_("Rows kept and dropped, by file and reason"),
        column_config={
            _("Rows"): st.column_config.NumberColumn(format="localized"),
            in_money(_("Money"), report.facts.currency): st.column_config.NumberColumn(
                format="localized",
                help=_(
                    "Sum of the amounts in the rows dropped, or the change that reading them"
                    " otherwise made; empty where no money is concerned."
                ),
            ),
        },
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


def account_table(report: QualityReport) -> pd.DataFrame:
    """Return the account of every file's rows in the reader's words."""
    table = report.to_table()
    return pd.DataFrame(
        {
            _("File"): table["file"],
            _("Kind"): table["kind"].map(kind_names()),
            _("Outcome"): table["outcome"].map(outcome_names()),
            _("Reason"): [say(reason) for reason in table["reason"]],
            _("Rows"): table["rows"],
            in_money(_("Money"), report.facts.currency): round_money(table["amount"]),
        }
    )


def round_money(amounts: pd.Series) -> pd.Series:
    """Round amounts to cents, and nothing to a plain zero."""
    return amounts.round(2) + 0.0


def outcome_names() -> dict[str, str]:
    """Return what people call the outcomes of an account."""
    return {"kept": _("kept"), "rejected": _("dropped"), "treated": _("among those kept")}
