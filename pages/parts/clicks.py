"""Charts whose marks can be clicked: bars, cells, areas, flows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from pages.parts.charts import draw

HERE: Final = Path(__file__).parent

_LISTENER: Final = st.components.v2.component(
    "perennial_clicks", js=(HERE / "clicks.js").read_text("utf-8")
)


@dataclass(frozen=True)
class Click:
    """The mark that was clicked.

    Attributes
    ----------
    curve : int
        Place of its trace in the figure.
    at : tuple of int
        Place of the mark in its trace; row and column in a heatmap.
    part : {"", "node", "link"}
        Which of the two it is in a flow; its nodes answer where ``arrangement`` is "fixed".
    """

    curve: int
    at: tuple[int, ...]
    part: str = ""


def draw_clickable(figure: go.Figure, key: str) -> Click | None:
    """Show a figure under its finding and return what was just clicked, once.

    A click is there for the one run that it caused. Whoever uses this offers another
    way to the same place beside it, for those without a mouse.

    Parameters
    ----------
    figure : Figure
    key : str
        As for :func:`pages.parts.charts.draw`.
    """
    box = f"clicks_{key}"
    with st.container(gap=None, key=box):
        draw(figure, key)
        told = _LISTENER(
            key=f"{box}_listener",
            data={"box": box},
            height=1,
            on_clicked_change=_take_note,
        )
    if not told.clicked:
        return None
    return Click(
        curve=int(told.clicked["curve"]),
        at=tuple(int(place) for place in told.clicked["at"]),
        part=str(told.clicked["part"]),
    )


def _take_note() -> None:
    """Let a click run the page again; what was clicked is read where it was drawn."""
