"""The chart of cost against size in ``docs/``: seconds of every step, by how much it was given."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from tests.benchmarks.kept import Record
from tests.e2e.server import ROOT, open_browser

__all__ = ["FILE", "draw_chart", "list_curves"]

FILE: Final = ROOT / "docs" / "benchmarks.svg"
_WIDTH, _HEIGHT = 1000, 560
_SECONDS: Final = ("s", "processor s")
_TO_SVG: Final = """figure => Plotly.newPlot(document.body, figure.data, figure.layout)
    .then(drawn => Plotly.toImage(drawn, {format: 'svg', width: %d, height: %d}))"""


def list_curves(records: Iterable[Record]) -> dict[str, dict[float, float]]:
    """Return seconds by size of every figure that was measured on two sizes at least."""
    curves: dict[str, dict[float, float]] = defaultdict(dict)
    for record in records:
        for one in record.figures:
            if one.size and one.unit in _SECONDS:
                curves[f"{one.topic}: {one.name} ({record.counts})"][one.size] = one.value
    return {name: points for name, points in curves.items() if len(points) > 1}


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
        xaxis={"type": "log", "title": "order lines or customers (as the legend says)"},
        yaxis={"type": "log", "title": "seconds"},
        legend={"orientation": "h", "y": -0.2},
    )
    FILE.write_text(_render(figure), encoding="utf-8")
    return True


def _tell_finding(curves: dict[str, dict[float, float]]) -> str:
    """Say how much dearer one row became from the smallest to the largest size."""
    growths = []
    for points in curves.values():
        small, large = min(points), max(points)
        growths.append((points[large] / large) / (points[small] / small))
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
