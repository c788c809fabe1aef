"""Figures of chances of buying, held against what happened."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pages.parts.charts import GREEN, GREY, error_bars, lay_out
from pages.parts.text import _, number, percent


def reliability_curve(groups: pd.DataFrame, title: str = "") -> go.Figure:
    """Draw the share that bought against the chance they were given, in groups by chance.

    Parameters
    ----------
    groups : DataFrame with ``p_mean, bought_share, low, high, customers``
        From ``evaluation.chances.trace_reliability``, highest chances last.
    title : str, optional
        With ``{told}`` and ``{came}`` of those with the highest chances; of the test, if
        none is given.
    """
    came, low, high = (groups[name].tolist() for name in ("bought_share", "low", "high"))
    ends = [0.0, float(max(groups["p_mean"].max(), groups["high"].max()))]
    figure = go.Figure(
        [
            go.Scatter(
                x=ends,
                y=ends,
                mode="lines",
                name=_("As many as told"),
                line={"color": GREY, "dash": "dash", "width": 1.5},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=groups["p_mean"],
                y=came,
                mode="lines+markers",
                name=_("Bought, with its 95% interval"),
                line={"color": GREEN, "width": 2},
                marker={"size": 8},
                error_y={**error_bars(came, low, high), "color": GREEN},
                customdata=[number(count) for count in groups["customers"]],
                hovertemplate="%{x:.1%} → %{y:.1%} (%{customdata})<extra></extra>",
            ),
        ]
    )
    top = groups.iloc[-1]
    title = title or _(
        "Of the customers told the highest chances, {told} on average, {came} bought in the test"
    )
    title = title.format(told=percent(top["p_mean"]), came=percent(top["bought_share"]))
    lay_out(figure, title, _("Chance to buy, as told"), _("Share that bought"), height=340)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")
