"""Figures of cohorts as curves: who came back, and what a customer has brought."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from clv_core.segments.cohorts import Cohorts, average_retention, average_revenue, lay_out_cells
from pages.parts.charts import GREEN, ORANGE, lay_out
from pages.parts.cohort_words import (
    SINCE_TITLES,
    cohort_name,
    cohort_told,
    measure_title,
    period_name,
)
from pages.parts.terms import Terms
from pages.parts.text import _, percent, say

FADED = "rgba(125,138,134,0.35)"  # cohorts in the background


def retention_curves(cohorts: Cohorts, chosen: pd.Timestamp) -> go.Figure:
    """Draw every cohort's retention, the chosen one's and the mean.

    Parameters
    ----------
    cohorts : Cohorts
    chosen : Timestamp
        First day of the chosen cohort's period.
    """
    cells = lay_out_cells(cohorts, "retention").loc[:, 1:]
    mean = average_retention(cohorts).loc[1:]
    own = cells.loc[chosen].dropna()
    name = cohort_told(chosen, cohorts.unit)
    figure = _draw_curves(cells, own, mean, cohort_name(chosen, cohorts.unit))
    if own.empty:
        title = _("Customers won in {cohort}: it is too early to tell who comes back").format(
            cohort=name
        )
    else:
        last = int(own.index[-1])
        title = _(
            "Customers won in {cohort}: {own} bought in {period}, {mean} on average of all cohorts"
        ).format(
            cohort=name,
            own=percent(own[last]),
            period=period_name(last, cohorts.unit),
            mean=percent(mean[last]),
        )
    lay_out(figure, title, say(SINCE_TITLES[cohorts.unit]), measure_title("retention"), 380)
    figure.update_traces(hovertemplate="%{x}: %{y:.0%}")
    return figure.update_yaxes(tickformat=".0%", rangemode="tozero")


def revenue_curves(
    cohorts: Cohorts, chosen: pd.Timestamp, ahead: pd.DataFrame, days: int, terms: Terms
) -> go.Figure:
    """Draw every cohort's revenue per customer, and the chosen one's carried on.

    Parameters
    ----------
    cohorts : Cohorts
    chosen : Timestamp
        First day of the chosen cohort's period.
    ahead : DataFrame
        From ``cohort_outlook.continue_curve``.
    days : int
        That are forecast.
    terms : Terms
    """
    cells = lay_out_cells(cohorts, "cumulative_per_customer")
    own = cells.loc[chosen].dropna()
    name = cohort_told(chosen, cohorts.unit)
    figure = _draw_curves(cells, own, average_revenue(cohorts), cohort_name(chosen, cohorts.unit))
    now, then = ahead.iloc[0], ahead.iloc[1]
    has_range = bool(np.isfinite(then["low"]))
    if has_range:
        figure.add_scatter(
            x=[*ahead["period"], *ahead["period"][::-1]],
            y=[*ahead["high"], *ahead["low"][::-1]],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor="rgba(207,109,23,0.2)",
            name=_("Range of its forecast"),
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=ahead["period"],
        y=ahead["value"],
        mode="lines+markers",
        line={"color": ORANGE, "dash": "dash", "width": 3},
        marker={"size": 7},
        name=_("Its forecast"),
    )
    title = _(
        "Customers won in {cohort} have brought {so_far} each; {further} more is expected"
        " within {days} days"
    ).format(
        cohort=name,
        so_far=terms.money(now["value"]),
        further=terms.money(then["value"] - now["value"]),
        days=days,
    )
    if has_range:
        title += " " + _("({low} to {high})").format(
            low=terms.money(then["low"] - now["value"]),
            high=terms.money(then["high"] - now["value"]),
        )
    y = terms.amounts(measure_title("cumulative_per_customer"))
    lay_out(figure, title, say(SINCE_TITLES[cohorts.unit]), y, 380)
    figure.update_traces(hovertemplate="%{x:.1f}: %{y:,.2f}", selector={"hoverinfo": None})
    return figure.update_yaxes(rangemode="tozero")


def _draw_curves(cells: pd.DataFrame, own: pd.Series, mean: pd.Series, name: str) -> go.Figure:
    """Draw all cohorts faintly, in one trace with gaps, below the mean and the chosen one."""
    x = [*cells.columns.astype(float), None] * len(cells)
    y = [value for row in cells.to_numpy() for value in (*row, None)]
    return go.Figure(
        [
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                line={"color": FADED, "width": 1.2},
                name=_("Other cohorts"),
            ),
            go.Scatter(
                x=mean.index,
                y=mean,
                mode="lines",
                line={"color": GREEN, "width": 3},
                name=_("Mean of all cohorts"),
            ),
            go.Scatter(
                x=own.index,
                y=own,
                mode="lines+markers",
                line={"color": ORANGE, "width": 3},
                marker={"size": 6},
                name=name,
            ),
        ]
    )
