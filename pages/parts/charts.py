"""What every figure has in common: colours, layout, units. Figures are in ``charts_*``.

Figures are built from tables of the core and hold no customer's id. The title
states the finding; :func:`draw` shows it as text that wraps on a phone.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

from pages.parts.text import _, safe

# Told apart with any kind of colour vision, and at 3 to 1 at least against both backgrounds.
GREEN: Final = "#2f8c75"
ORANGE: Final = "#cf6d17"
BLUE: Final = "#4a7fc1"
PURPLE: Final = "#a5669f"
GREY: Final = "#7d8a86"
PALETTE: Final = (GREEN, ORANGE, BLUE, PURPLE, GREY)
RAMP: Final = ((0.0, BLUE), (0.5, "#9b8f8a"), (1.0, ORANGE))  # small to large

TIER_COLOURS: Final = {"high": GREEN, "middle": BLUE, "low": GREY}
_UNBROKEN: Final = re.compile(r"[!-~]+ ?|\s|.")  # words of Latin script, single others
LABEL_WIDTH: Final = 26  # characters of an axis label before it breaks
LABEL_LINES: Final = 4  # a user's header may be as long as it likes


def lay_out(
    figure: go.Figure, title: str, x: str = "", y: str = "", height: int = 340
) -> go.Figure:
    """Give a figure its title, its axes with units and the common look."""
    return figure.update_layout(
        title={"text": title},
        height=height,
        margin={"l": 4, "r": 12, "t": 8, "b": 4},
        dragmode=False,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "title": {"text": ""}},
        xaxis={"title": {"text": x}, "automargin": True, "fixedrange": True},
        yaxis={"title": {"text": y}, "automargin": True, "fixedrange": True},
        hoverlabel={"align": "left"},
    )


def draw(figure: go.Figure, key: str) -> None:
    """Show a figure under its finding, which is also its text alternative."""
    finding = str(figure.layout.title.text)
    with st.container(gap="xsmall"):
        st.markdown(f"**{safe(finding)}**")
        figure.layout.title.text = ""  # for a while: a copy takes as long as drawing it
        st.plotly_chart(figure, key=key, alt=finding, config={"displayModeBar": False})
        figure.layout.title.text = finding


def wrap(label: str, width: int = LABEL_WIDTH) -> str:
    """Break a label into lines for an axis; characters as wide as two count as two."""
    lines, room = [""], width
    for piece in _UNBROKEN.findall(label):
        size = sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in piece)
        if size > room and lines[-1]:
            lines.append("")
            room = width
        lines[-1] += piece
        room -= size
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], f"{lines[LABEL_LINES - 1].strip()}…"]
    return "<br>".join(line.strip() for line in lines)


def plain(label: str) -> str:
    """Disarm signs that Plotly would take for tags in a label of the user's; our breaks stay."""
    return "<br>".join(html.escape(line, quote=False) for line in label.split("<br>"))


def currency_unit(currency: str) -> str:
    """Return the unit of an axis of amounts."""
    return currency or _("shop's currency")


def in_money(what: str, currency: str) -> str:
    """Return an axis title with the currency as its unit."""
    return _("{what} ({unit})").format(what=what, unit=currency_unit(currency))


def error_bars(value: list[float], low: list[float], high: list[float]) -> dict[str, Any]:
    """Return asymmetric error bars from the ends of intervals."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [top - middle for top, middle in zip(high, value, strict=True)],
        "arrayminus": [middle - bottom for middle, bottom in zip(value, low, strict=True)],
        "thickness": 1.5,
        "width": 4,
    }
