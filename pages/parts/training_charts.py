"""Learning curves, while a training runs and afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts.text import _, number

PHASES: Final = ("validation", "holdout", "forecast")
COLOURS: Final = dict(zip(PHASES, ("#4a6fa5", "#c9772b", "#2f8c75"), strict=True))
HEIGHT: Final = 300


def phase_names() -> dict[str, str]:
    """Return what people call the three times every model is fitted."""
    return {
        "validation": _("to choose the model"),
        "holdout": _("for the test"),
        "forecast": _("for the forecast"),
    }


def show_learning(rows: Sequence[dict[str, Any]], key: str) -> None:
    """Draw the curves of the models that learn in steps, as far as they have come.

    Parameters
    ----------
    rows : sequence of dict
        Progress rows, or the records of a run's ``training.parquet``.
    key : str
        Keeps the charts in place from one second to the next.
    """
    learnt = pd.DataFrame([row for row in rows if "epoch" in row])
    if learnt.empty:
        return
    network = learnt[learnt["model"] == "network"]
    trees = learnt[learnt["model"] == "boosted_trees"]
    panels = (
        (
            network,
            "loss",
            _("Network: loss lowest after {best} of {count} epochs")
            if _is_held_back(network)
            else _("Network: {count} epochs so far"),
            _("epoch"),
        ),
        (
            network,
            "validation_spearman",
            _("Network: order of unseen customers best after {best} of {count} epochs"),
            _("epoch"),
        ),
        (
            trees,
            "loss",
            _("Boosted trees: loss lowest after {best} of {count} trees")
            if _is_held_back(trees)
            else _("Boosted trees: {count} trees so far"),
            _("trees"),
        ),
    )
    drawn = [panel for panel in panels if panel[1] in panel[0] and panel[0][panel[1]].notna().any()]
    if not drawn:
        return
    for column, (frame, measure, title, axis) in zip(st.columns(len(drawn)), drawn, strict=True):
        with column:
            finding = _finding(frame, measure, title)
            st.markdown(f"**{finding}**")
            st.caption(_latest(frame, measure))
            st.plotly_chart(
                learning_figure(frame, measure, axis),
                key=f"{key}_{axis}_{measure}",
                alt=f"{finding}. {_latest(frame, measure)}",
                config={"displayModeBar": False},
            )
    st.caption(
        _(
            "Solid: rows that are learnt from. Dashed: rows held back to see when to stop. Where a"
            " solid line begins anew, the network learns once more from all rows."
        )
    )


def learning_figure(frame: pd.DataFrame, measure: str, axis: str) -> go.Figure:
    """Draw one model's curves: a colour per phase, dashes for what was held back.

    Parameters
    ----------
    frame : DataFrame
        ``phase``, ``epoch``, ``loss``, ``validation_loss`` and further measures, one model.
    measure : str
        ``loss`` is drawn together with ``validation_loss``.
    axis : str
        What an epoch is called.
    """
    names, figure = phase_names(), go.Figure()
    lines = [("loss", "solid"), ("validation_loss", "dash")] if measure == "loss" else []
    for phase in PHASES:
        curve = frame[frame["phase"] == phase]
        for column, dash in lines or [(measure, "solid")]:
            known = curve[curve[column].notna()]
            if known.empty:
                continue
            figure.add_scatter(
                x=known["epoch"],
                y=known[column],
                name=names[phase],
                legendgroup=phase,
                showlegend=dash == "solid",
                mode="lines",
                line={"color": COLOURS[phase], "dash": dash, "width": 2},
            )
    figure.update_xaxes(title=axis, rangemode="tozero")
    figure.update_yaxes(
        title=_("loss") if measure == "loss" else _("rank correlation"), automargin=True
    )
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "y": -0.3},
        showlegend=True,
    )
    return figure


def _held_back(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the rows where the measure was taken on held-back rows, as its ``held_back``."""
    column = "validation_loss" if measure == "loss" else measure
    return frame.assign(held_back=frame[column]).dropna(subset="held_back")


def _is_held_back(frame: pd.DataFrame) -> bool:
    """Whether any loss was taken on held-back rows: a given number of trees needs none."""
    return "validation_loss" in frame and bool(frame["validation_loss"].notna().any())


def _finding(frame: pd.DataFrame, measure: str, title: str) -> str:
    """Say when the latest fit was at its best, as far as it has come."""
    known = _held_back(frame, measure)
    if known.empty:
        return title.format(count=number(frame["epoch"].iloc[-1]))
    latest = known[known["phase"] == known.iloc[-1]["phase"]]
    best = latest["held_back"].idxmin() if measure == "loss" else latest["held_back"].idxmax()
    return title.format(
        best=number(latest.loc[best, "epoch"]), count=number(latest["epoch"].iloc[-1])
    )


def _latest(frame: pd.DataFrame, measure: str) -> str:
    known = _held_back(frame, measure)
    last = (frame if known.empty else known).iloc[-1]
    phase = phase_names()[last["phase"]]
    if known.empty:
        return _("rows that are learnt from, {phase}: {value}").format(
            phase=phase, value=number(last[measure], 4)
        )
    if measure == "loss":
        return _("held-back rows, {phase}: {value}").format(
            phase=phase, value=number(last["held_back"], 4)
        )
    return _("rank correlation, {phase}: {value}").format(
        phase=phase, value=number(last["held_back"], 3)
    )
