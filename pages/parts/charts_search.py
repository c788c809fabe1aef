"""Figures of a search for better settings."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pages.parts.charts import BLUE, GREEN, GREY, lay_out
from pages.parts.text import _, duration, number

SECONDS_A_MINUTE = 60.0


def search_history(history: pd.DataFrame) -> go.Figure:
    """Draw the score of every trial that was finished, and the best so far.

    Parameters
    ----------
    history : DataFrame with ``trial, elapsed_s, score, best_score, state``
        From ``SearchFolder.history``; 1 is the score of the default settings.
    """
    finished = history[history["score"].notna()]
    minutes = history["elapsed_s"] / SECONDS_A_MINUTE
    figure = go.Figure()
    figure.add_scatter(
        x=finished["elapsed_s"] / SECONDS_A_MINUTE,
        y=finished["score"],
        name=_("Settings tried to the end"),
        mode="markers",
        marker={"size": 8, "color": BLUE},
        customdata=finished["trial"],
        hovertemplate="%{customdata}: %{y:.3f}<extra></extra>",
    )
    figure.add_scatter(
        x=minutes,
        y=history["best_score"],
        name=_("Best so far"),
        mode="lines",
        line={"color": GREEN, "width": 2.5, "shape": "hv"},
        hovertemplate="%{y:.3f}<extra></extra>",
    )
    figure.add_hline(y=1.0, line={"color": GREY, "width": 1.5, "dash": "dash"})
    lay_out(
        figure,
        _tell_best(history),
        _("Time searched (minutes)"),
        _("Score (error against the defaults', which are 1)"),
    )
    return figure.update_xaxes(rangemode="tozero")


def _tell_best(history: pd.DataFrame) -> str:
    """Say how good the best settings are, and when they were found."""
    others = int((history["state"] != "failed").sum()) - 1
    best = history.loc[history["score"].idxmin()]
    if others < 1:
        return _("The default settings are measured: their score is 1")
    if best["trial"] == 0:
        return _("Other settings tried: {count}; none has a lower score than the defaults").format(
            count=number(others)
        )
    return _("Settings tried: {count}; the best have the score {score}, found after {time}").format(
        count=number(others), score=number(best["score"], 3), time=duration(best["elapsed_s"])
    )
