"""A report as one HTML file that needs nothing else: no network, no server, no fonts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from pages.parts.report import Report

HERE: Final = Path(__file__).parent


def write_html(report: Report) -> bytes:
    """Write a report as HTML in UTF-8.

    Text is escaped by the template; the file's own policy forbids its pages to fetch
    anything from anywhere. Figures stay alive: values under the pointer, no editing.
    """
    templates = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined
    )
    sections = [
        {**section.__dict__, "figures": [_embed(figure) for figure in section.figures]}
        for section in report.sections
    ]
    text = templates.get_template("report.html").render(
        report={**replace(report, sections=()).__dict__, "sections": sections},
        plotly=Markup(get_plotlyjs()),  # noqa: S704  a library's own code, which may not be escaped
    )
    return text.encode("utf-8")


def _embed(figure: go.Figure) -> dict[str, Any]:
    """Return a figure's finding, and the figure without it as an element of HTML."""
    bare = go.Figure(figure).update_layout(title={"text": ""}, template="plotly_white")
    drawing = plotly.io.to_html(
        bare,
        full_html=False,
        include_plotlyjs=False,
        config={"displayModeBar": False, "responsive": True},
    )
    # Plotly escapes what is in the data so that it cannot end the script element.
    return {"finding": str(figure.layout.title.text), "drawing": Markup(drawing)}  # noqa: S704
