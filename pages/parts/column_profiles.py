"""The columns of a file, profiled: type, missing, different values, range, a small chart."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.cleaning.report import FileQuality
from clv_core.ingest.summaries import ColumnSummary
from pages.parts.fields import field_names
from pages.parts.quality_charts import distribution_figure, distribution_finding
from pages.parts.text import _, number, safe

HEIGHT: Final = 420  # pixels; a longer table scrolls inside
RANGE_WIDTH: Final = 160  # pixels: a day with its time
ROWS_AT_ONCE: Final = 11
UNKNOWN: Final = "–"
NO_BAR: Final = {"displayModeBar": False}


def show_columns(file: FileQuality, key: str) -> None:
    """Show a file's columns as a table, and the chosen one as a chart."""
    if not file.summaries:
        st.caption(_("The columns of this file were not profiled."))
        return
    st.markdown(f"**{safe(missing_finding(file))}**")
    chosen = st.dataframe(
        profile_table(file),
        hide_index=True,
        height=HEIGHT if len(file.summaries) > ROWS_AT_ONCE else "content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"profiles_{key}",
        alt=_("The columns of the file with type, missing and different values"),
        column_config={
            "column": st.column_config.TextColumn(_("Column"), pinned=True),
            "field": st.column_config.TextColumn(_("Read as")),
            "type": st.column_config.TextColumn(_("Type"), width="small"),
            "missing": st.column_config.ProgressColumn(
                _("Missing"), format="percent", min_value=0, max_value=1, width="small"
            ),
            "distinct": st.column_config.NumberColumn(_("Different values"), format="localized"),
            "low": st.column_config.TextColumn(_("From"), width=RANGE_WIDTH),
            "high": st.column_config.TextColumn(_("To"), width=RANGE_WIDTH),
            "bins": st.column_config.BarChartColumn(
                _("How they are spread"), y_min=0, width="medium"
            ),
        },
    )
    if any(summary.is_sampled for summary in file.summaries):
        st.caption(_("Columns that are not read are described by the first rows of the file."))
    _show_chosen(file, chosen["selection"]["rows"], key)


def _show_chosen(file: FileQuality, places: list[int], key: str) -> None:
    summary = file.summaries[places[0]] if places and places[0] < len(file.summaries) else None
    if summary is None or not summary.bins:
        st.caption(_("Choose a row with a small chart to see it large."))
        return
    st.text(summary.name)
    finding = distribution_finding(summary)
    st.markdown(f"**{safe(finding)}**")
    st.plotly_chart(
        distribution_figure(summary), alt=finding, config=NO_BAR, key=f"distribution_{key}"
    )


def missing_finding(file: FileQuality) -> str:
    """Name the column with most of its values missing."""
    worst = max(file.summaries, key=_missing_share)
    if not worst.missing_rows:
        return _("No value is missing in any of the {count} columns").format(
            count=number(len(file.summaries))
        )
    return _("Most is missing in “{column}”: {count} of {rows} values").format(
        column=worst.name, count=number(worst.missing_rows), rows=number(worst.rows)
    )


def profile_table(file: FileQuality) -> pd.DataFrame:
    """Return one row per column of a file, in the file's order."""
    types, fields = type_names(), field_names()
    rows = [
        {
            "column": one.name,
            "field": fields.get(one.field or "", UNKNOWN),
            "type": types[one.type],
            "missing": _missing_share(one),
            "distinct": one.distinct,
            "low": one.low or UNKNOWN,
            "high": one.high or UNKNOWN,
            "bins": [bin_.rows for bin_ in one.bins] or None,
        }
        for one in file.summaries
    ]
    return pd.DataFrame(rows)


def type_names() -> dict[str, str]:
    """Return what people call the types of columns."""
    return {
        "number": _("Number"),
        "time": _("Time"),
        "yes_no": _("Yes or no"),
        "category": _("Category"),
        "text": _("Text"),
        "id": _("Id"),
        "empty": _("Empty"),
    }


def _missing_share(summary: ColumnSummary) -> float:
    return summary.missing_rows / summary.rows if summary.rows else 0.0
