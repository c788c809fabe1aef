"""The chart of cost against size in ``docs/``: what a million rows cost in every step."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from tests.benchmarks.figures import Figure
from tests.benchmarks.kept import Record
from tests.e2e.server import ROOT, open_browser

__all__ = ["FILE", "draw_chart", "list_curves"]

FILE: Final = ROOT / "docs" / "benchmarks.svg"
_WIDTH, _HEIGHT = 1200, 620
_IN_ALL: Final = ("cpu s", "processor s")
_PER_MILLION: Final = ("cpu s per m lines", "cpu s/m rows")
_TO_SVG: Final = """figure => Plotly.newPlot(document.body, figure.data, figure.layout)
    .then(drawn => Plotly.toImage(drawn, {format: 'svg', width: %d, height: %d}))"""


def list_curves(records: Iterable[Record]) -> dict[str, dict[float, float]]:
    """Return processor seconds per million rows, by size, of what was measured on two sizes."""
    curves: dict[str, dict[float, float]] = defaultdict(dict)
    for record in records:
        for one in record.figures:
            if one.size and (each := _each_million(one)) is not None:
                curves[f"{one.topic}: {one.name} ({record.counts})"][one.size] = each
    return {name: points for name, points in curves.items() if len(points) > 1}


def _each_million(figure: Figure) -> float | None:
    unit = figure.unit.lower()
    if unit in _IN_ALL and figure.size:
        return figure.value / figure.size * 1e6
    return figure.value if unit in _PER_MILLION else None


def draw_chart(records: Iterable[Record]) -> bool:
    """Write the chart; False, and nothing written, where nothing was measured on two sizes."""
    curves = list_curves(records)
    if not curves:
        return False
    figure = go.Figure(
        [
            go.Scatter(x=sorted(points), y=[points[x] for x in sorted(points)], name=name)
            for name, points in curves.items()
        ]
    )
    figure.update_layout(
        title=_tell_finding(curves),
        template="plotly_white",
        xaxis={"type": "log", "dtick": 1, "title": "order lines or customers (as the legend says)"},
        yaxis={"type": "log", "dtick": 1, "title": "processor seconds per million"},
        legend={"x": 1.02, "font": {"size": 10}},
    )
    FILE.write_text(_render(figure), encoding="utf-8")
    return True


def _tell_finding(curves: dict[str, dict[float, float]]) -> str:
    """Say how much dearer one row became from the smallest to the largest size."""
    growths = []
    for points in curves.values():
        small, large = min(points), max(points)
        growths.append(points[large] / points[small])
    worst, middle = max(growths), float(np.median(growths))
    return (
        f"From the smallest size to the largest, a row costs {middle:.2f} × (at most {worst:.2f} ×)"
    )


def _render(figure: go.Figure) -> str:
    with open_browser() as browser:
        page = browser.new_page()
        page.add_script_tag(content=get_plotlyjs())
        address = page.evaluate(_TO_SVG % (_WIDTH, _HEIGHT), json.loads(figure.to_json()))
        page.close()
    return unquote(str(address).partition(",")[2])
