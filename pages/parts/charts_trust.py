"""Figures of how good the forecast was when it was tested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.evaluation.metrics import METRICS
from pages.parts.charts import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    error_bars,
    lay_out,
    wrap,
)
from pages.parts.terms import Terms
from pages.parts.text import _, day, percent, say
from pages.parts.words import ROLE_TITLES, metric_value, model_name

REFERENCES = ("perfect", "random")


def scoreboard_dots(
    table: pd.DataFrame, metric: str, recommended: str, best: str, terms: Terms
) -> go.Figure:
    """Show every model's value of one metric with its bootstrap interval.

    Parameters
    ----------
    table : DataFrame with ``model, value, low, high``
        Of one metric, undefined rows left out.
    metric : str
    recommended, best : str
        The model in use and the one with the best value.
    terms : Terms
    """
    rows = table.iloc[::-1]
    names = [wrap(model_name(model), 18) for model in rows["model"]]
    values, lows, highs = (rows[name].astype(float).tolist() for name in ("value", "low", "high"))
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=names,
            mode="markers",
            marker={
                "size": 11,
                "color": [GREEN if model == recommended else GREY for model in rows["model"]],
                "symbol": [
                    "diamond" if model == recommended else "circle" for model in rows["model"]
                ],
            },
            error_x={**error_bars(values, lows, highs), "color": GREY},
            customdata=[
                [metric_value(metric, number_, terms.currency) for number_ in row]
                for row in zip(values, lows, highs, strict=True)
            ],
            hovertemplate="%{y}: %{customdata[0]} (%{customdata[1]} – %{customdata[2]})"
            "<extra></extra>",
            showlegend=False,
        )
    )
    top = table.set_index("model").loc[best]
    title = _("{model} does best on {metric}: {value}, between {low} and {high}").format(
        model=model_name(best),
        metric=terms.metric_label(metric),
        **{
            name: metric_value(metric, top[name], terms.currency)
            for name in ("value", "low", "high")
        },
    )
    unit = METRICS[metric].unit
    label = terms.metric_label(metric)
    x = terms.amounts(label) if unit == "money" else label
    lay_out(figure, title, x, height=90 + 38 * len(rows))
    return figure.update_xaxes(tickformat={"share": ".0%", "money": ""}.get(unit, "~g"), nticks=6)


def gain_curve(curve: pd.DataFrame, highlighted: str, terms: Terms) -> go.Figure:
    """Trace the revenue caught as more customers are taken, best forecast first.

    Parameters
    ----------
    curve : DataFrame with ``model, customer_share, revenue_share``
        From ``cumulative_gain``, ``perfect`` and ``random`` included.
    highlighted : str
        The model that the title is about.
    terms : Terms
    """
    figure = go.Figure()
    colours = iter((ORANGE, BLUE, PURPLE, ORANGE, BLUE, PURPLE, GREY))
    dashes = iter(("solid", "solid", "solid", "dot", "dot", "dot", "dot"))
    caught = {}
    for model, rows in curve.groupby("model", sort=False):
        share, revenue = rows["customer_share"], rows["revenue_share"]
        caught[model] = float(np.interp(0.2, share, revenue))
        if model in REFERENCES:
            name = _("Perfect order") if model == "perfect" else _("Shuffled list")
            line = {"color": GREY, "width": 1.5, "dash": "dash" if model == "perfect" else "dot"}
        elif model == highlighted:
            name, line = model_name(str(model)), {"color": GREEN, "width": 3.5}
        else:
            name = model_name(str(model))
            line = {"color": next(colours), "width": 1.8, "dash": next(dashes)}
        figure.add_scatter(
            x=share,
            y=revenue,
            name=name,
            mode="lines",
            line=line,
            hovertemplate="%{x:.0%} → %{y:.0%}",
        )
    title = terms.gain_title.format(
        model=model_name(highlighted), share=percent(caught[highlighted])
    )
    lay_out(
        figure,
        title,
        _("Share of customers taken"),
        terms.gain_axis,
        height=420,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.01], dtick=0.25)
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def timeline(windows: pd.DataFrame) -> go.Figure:
    """Draw from when to when each part of the days reaches.

    Parameters
    ----------
    windows : DataFrame with ``role, start, end``
        From ``lay_out_windows``.
    """
    colours = {
        "history": GREY,
        "training": BLUE,
        "validation": PURPLE,
        "test": ORANGE,
        "forecast": GREEN,
    }
    figure = go.Figure()
    for role, start, end in windows.itertuples(index=False):
        name = wrap(say(ROLE_TITLES[role]), 14)
        figure.add_scatter(
            x=[start, end],
            y=[name, name],
            mode="lines",
            line={"color": colours[role], "width": 16},
            showlegend=False,
            hovertemplate=f"{day(start)} – {day(end)}<extra></extra>",
        )
    test = windows.set_index("role").loc["test"]
    title = _(
        "The test: forecast as of {start}, compared with what came in by {end}, which no model saw"
    ).format(start=day(test["start"]), end=day(test["end"]))
    lay_out(figure, title, _("Day"), height=90 + 42 * len(windows))
    figure.update_xaxes(tickformat="%Y-%m", nticks=6)
    return figure.update_yaxes(autorange="reversed")
