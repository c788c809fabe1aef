"""Figures of what a forecast showed on other days, with other seeds, with less to learn from."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.stability import Stability
from pages.parts.charts import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    TIER_COLOURS,
    error_bars,
    lay_out,
    wrap,
)
from pages.parts.terms import Terms
from pages.parts.text import _, day, number, percent
from pages.parts.words import metric_value, model_name, value_tier

WINDOW_MARKS = ((BLUE, "circle"), (ORANGE, "square"), (PURPLE, "triangle-up"), (GREY, "cross"))
TIER_ORDER = ("high", "middle", "low")


def tests_dots(
    scores: pd.DataFrame, summary: pd.DataFrame, metric: str, in_use: str, terms: Terms
) -> go.Figure:
    """Show every model's value of one metric in every test, and its mean.

    Parameters
    ----------
    scores : DataFrame with ``cutoff, seed, model, value``
        Of one metric.
    summary : DataFrame with ``model, mean, low, high, tests``
        From ``proof.summarise_scores``, best first.
    metric : str
    in_use : str
        The model in use.
    terms : Terms
    """
    names = {model: wrap(model_name(model), 18) for model in summary["model"]}
    figure = go.Figure()
    for (cutoff, own), (colour, symbol) in zip(
        scores.groupby("cutoff", sort=True), cycle(WINDOW_MARKS), strict=False
    ):
        figure.add_scatter(
            x=own["value"],
            y=own["model"].map(names),
            mode="markers",
            name=_("Test after {day}").format(day=day(cutoff)),
            marker={"size": 8, "color": colour, "symbol": symbol, "opacity": 0.7},
            customdata=_tell_tests(own, metric, terms),
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    figure.add_scatter(
        x=summary["mean"],
        y=summary["model"].map(names),
        mode="markers",
        name=_("Mean of all tests"),
        marker={
            "size": 13,
            "symbol": "diamond-open",
            "line": {"width": 2.5},
            "color": [GREEN if model == in_use else GREY for model in summary["model"]],
        },
        customdata=[metric_value(metric, mean, terms.currency) for mean in summary["mean"]],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    top = summary.iloc[0]
    title = _(
        "{model} has the best mean {metric} of {tests} tests: {mean}, from {low} to {high}"
    ).format(
        model=model_name(top["model"]),
        metric=terms.metric_label(metric),
        tests=number(top["tests"]),
        **{
            name: metric_value(metric, top[name], terms.currency)
            for name in ("mean", "low", "high")
        },
    )
    lay_out(figure, title, _axis(metric, terms), height=130 + 38 * len(summary))
    figure.update_xaxes(tickformat=_ticks(metric), nticks=6)
    return figure.update_yaxes(
        categoryorder="array", categoryarray=[names[model] for model in summary["model"][::-1]]
    )


def history_curve(rows: pd.DataFrame, metric: str, finding: str, terms: Terms) -> go.Figure:
    """Trace one metric against the days of history that were learnt from.

    Parameters
    ----------
    rows : DataFrame with ``days, value, low, high``
        Of one metric.
    metric : str
    finding : str
        What it shows.
    terms : Terms
    """
    rows = rows.sort_values("days")
    values, lows, highs = (rows[name].tolist() for name in ("value", "low", "high"))
    figure = go.Figure(
        go.Scatter(
            x=rows["days"],
            y=values,
            mode="lines+markers",
            line={"color": GREEN, "width": 2.5},
            marker={"size": 9},
            error_y={**error_bars(values, lows, highs), "color": GREEN},
            customdata=[
                _("{days} days: {value}, between {low} and {high}").format(
                    days=number(days), **_write(metric, (value, low, high), terms)
                )
                for days, value, low, high in zip(rows["days"], values, lows, highs, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    lay_out(figure, finding, _("History before the test (days)"), _axis(metric, terms))
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(tickformat=_ticks(metric))


def file_gains(rows: pd.DataFrame, metric: str, finding: str, terms: Terms) -> go.Figure:
    """Show how much one metric changes with each further file.

    Parameters
    ----------
    rows : DataFrame with ``added, gain, gain_low, gain_high``
        Of one metric; ``added`` in the reader's language.
    metric : str
    finding : str
        What it shows.
    terms : Terms
    """
    rows = rows.iloc[::-1]
    gains, lows, highs = (rows[name].tolist() for name in ("gain", "gain_low", "gain_high"))
    figure = go.Figure(
        go.Scatter(
            x=gains,
            y=[wrap(added, 18) for added in rows["added"]],
            mode="markers",
            marker={"size": 11, "color": GREEN},
            error_x={**error_bars(gains, lows, highs), "color": GREEN},
            customdata=[
                _("{value}, between {low} and {high}").format(
                    **_write(metric, (gain, low, high), terms)
                )
                for gain, low, high in zip(gains, lows, highs, strict=True)
            ],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_vline(x=0, line={"color": GREY, "dash": "dash", "width": 1.5})
    label = _("Change of: {metric}").format(metric=terms.metric_label(metric))
    is_money = METRICS[metric].unit == "money"
    lay_out(
        figure, finding, terms.amounts(label) if is_money else label, height=90 + 50 * len(rows)
    )
    figure.update_yaxes(range=[-0.5, len(rows) - 0.5])
    return figure.update_xaxes(tickformat=_ticks(metric), nticks=5)


def moved_tiers(stability: Stability) -> go.Figure:
    """Show how many customers of each value tier another seed puts elsewhere."""
    tiers = [tier for tier in TIER_ORDER if tier in stability.moved_by_tier][::-1]
    shares = [stability.moved_by_tier[tier] for tier in tiers]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=[value_tier(tier) for tier in tiers],
            orientation="h",
            marker={"color": [TIER_COLOURS[tier] for tier in tiers]},
            text=[percent(share, 1) for share in shares],
            textposition="auto",
            textangle=0,
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    title = _(
        "{moved} of customers change value tier when only the seed changes; the total changes by"
        " {total}"
    ).format(
        moved=percent(stability.moved_share, 1),
        total=percent(stability.total_change, 1),
    )
    lay_out(figure, title, _("Share in another tier with another seed"), height=210)
    return figure.update_xaxes(tickformat=".0%", range=[0, max([*shares, 0.04]) * 1.25], nticks=5)


def _tell_tests(own: pd.DataFrame, metric: str, terms: Terms) -> list[str]:
    return [
        _("{value}, seed {seed}").format(
            value=metric_value(metric, value, terms.currency), seed=str(seed)
        )
        for value, seed in zip(own["value"], own["seed"], strict=True)
    ]


def _write(metric: str, ends: tuple[float, float, float], terms: Terms) -> dict[str, Any]:
    written = (metric_value(metric, end, terms.currency) for end in ends)
    return dict(zip(("value", "low", "high"), written, strict=True))


def _axis(metric: str, terms: Terms) -> str:
    label = terms.metric_label(metric)
    return terms.amounts(label) if METRICS[metric].unit == "money" else label


def _ticks(metric: str) -> str:
    return {"share": ".0%", "money": ""}.get(METRICS[metric].unit, "~g")
