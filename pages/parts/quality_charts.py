"""Pictures of a quality report: what became of the rows, and the shop month by month."""

from __future__ import annotations

import html
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.ingest.summaries import ColumnSummary
from pages.parts.charts import GREEN, wrap
from pages.parts.text import _, money, month, number, percent, say

ROW_HEIGHT: Final = 44  # pixels for a bar with its label
MONTHS_HEIGHT: Final = 320


def rows_figure(file: FileQuality) -> go.Figure:
    """Draw the rows of one file as a fall from read to kept, a step per reason."""
    steps = [(_("Read"), file.rows_read, "relative")]
    steps += [(say(case.reason), -case.rows, "relative") for case in file.rejected if case.rows]
    steps.append((_("Kept"), file.rows_kept, "total"))
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=[_fold(label) for label, _rows, _measure in steps],
            x=[rows for _label, rows, _measure in steps],
            measure=[measure for _label, _rows, measure in steps],
            text=[_label_rows(abs(rows), file.rows_read) for _label, rows, _measure in steps],
            textposition="auto",
            connector={"line": {"width": 1, "color": "rgba(128,128,128,0.5)"}},
            totals={"marker": {"color": "#25806a"}},
            decreasing={"marker": {"color": "#c9772b"}},
            increasing={"marker": {"color": "#66736f"}},
            hoverinfo="y+text",
        )
    )
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title=_("rows"), rangemode="tozero", tickformat="~s")
    figure.update_layout(
        height=140 + ROW_HEIGHT * len(steps), margin={"l": 8, "r": 24, "t": 8, "b": 8}
    )
    return figure


def rows_finding(file: FileQuality) -> str:
    """Say in one line what became of the rows."""
    if not file.rows_read:
        return _("This file has no rows.")
    if file.rows_kept == file.rows_read:
        return _("All {rows} rows were kept").format(rows=number(file.rows_read))
    return _("{share} of {rows} rows were kept").format(
        share=percent(file.rows_kept / file.rows_read, 1), rows=number(file.rows_read)
    )


def months_figure(monthly: pd.DataFrame, column: str, axis: str) -> go.Figure:
    """Draw a column of ``QualityReport.monthly`` as bars."""
    figure = go.Figure(go.Bar(x=monthly["month"], y=monthly[column], marker={"color": "#25806a"}))
    figure.update_traces(hovertemplate="%{x|%Y-%m}: %{y:,.0f}<extra></extra>")
    figure.update_yaxes(title=axis, rangemode="tozero", automargin=True, tickformat="~s")
    figure.update_xaxes(title=_("month"), tickformat="%Y-%m")
    figure.update_layout(height=MONTHS_HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def orders_finding(report: QualityReport) -> str:
    """Name the month with the most orders."""
    best = report.monthly.loc[report.monthly["orders"].idxmax()]
    return _("Most orders: {month}, with {count}").format(
        month=month(best["month"]), count=number(best["orders"])
    )


def revenue_finding(report: QualityReport) -> str:
    """Name the month with the most revenue."""
    best = report.monthly.loc[report.monthly["revenue"].idxmax()]
    return _("Most revenue: {month}, with {amount}").format(
        month=month(best["month"]), amount=money(best["revenue"], report.facts.currency)
    )


def distribution_figure(summary: ColumnSummary, unit: str = "") -> go.Figure:
    """Draw how a column's values are spread, a bar per range or per category.

    A range is written below its bar by where it begins. Categories are the customers'
    own text, and Plotly would read tags in it.
    """
    labels = [
        html.escape(bin_label(summary, place), quote=False) for place in range(len(summary.bins))
    ]
    figure = go.Figure(
        go.Bar(x=labels, y=[bin_.rows for bin_ in summary.bins], marker={"color": GREEN})
    )
    figure.update_traces(hovertemplate="%{x}: %{y:,.0f}<extra></extra>")
    figure.update_yaxes(title=_("rows"), rangemode="tozero", automargin=True, tickformat="~s")
    figure.update_xaxes(
        title=unit or _("values"),
        type="category",
        tickvals=labels,
        ticktext=[wrap(html.escape(bin_.low, quote=False)) for bin_ in summary.bins],
        automargin=True,
        fixedrange=True,
    )
    figure.update_layout(height=MONTHS_HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def distribution_finding(summary: ColumnSummary) -> str:
    """Name the range or category that most values fall into."""
    counts = [bin_.rows for bin_ in summary.bins]
    most = counts.index(max(counts))
    return _("Most values: {label}, {share} of them").format(
        label=bin_label(summary, most), share=percent(counts[most] / max(sum(counts), 1))
    )


def bin_label(summary: ColumnSummary, place: int) -> str:
    """Return what a bar stands for: a category, or a range in the reader's language."""
    low, high = summary.bins[place].low, summary.bins[place].high
    return low if low == high else _("{low} to {high}").format(low=low, high=high)


def _label_rows(rows: int, read: int) -> str:
    return f"{number(rows)} ({percent(rows / read, 1)})"


def _fold(label: str, width: int = 34) -> str:
    """Break a long label: an axis does not."""
    lines, line = [], ""
    for word in label.split(" "):
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line])
