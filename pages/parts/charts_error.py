"""Figures of how far forecasts lay from what came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.parts.charts import GREEN, ORANGE, error_bars, lay_out
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent
from pages.parts.words import model_name

FEW_DECADES = 2.5  # of amounts on an axis, below which powers of ten alone are too few ticks


def calibration(deciles: pd.DataFrame, model: str, terms: Terms) -> go.Figure:
    """Compare forecast and outcome in ten groups of customers.

    Parameters
    ----------
    deciles : DataFrame
        From ``decile_calibration``; decile 1 holds the highest forecasts.
    model : str
    terms : Terms
    """
    came, low, high = (
        deciles[name].astype(float).tolist()
        for name in ("actual_mean", "actual_low", "actual_high")
    )
    texts = [[terms.money(value) for value in row] for row in zip(came, low, high, strict=True)]
    figure = go.Figure(
        [
            go.Bar(
                x=deciles["decile"],
                y=deciles["predicted_mean"],
                name=terms.forecast,
                marker={"color": GREEN},
                customdata=[terms.money(value) for value in deciles["predicted_mean"]],
                hovertemplate="%{customdata}",
            ),
            go.Scatter(
                x=deciles["decile"],
                y=came,
                name=terms.outcome,
                mode="markers",
                marker={"color": ORANGE, "size": 9, "symbol": "diamond"},
                error_y={**error_bars(came, low, high), "color": ORANGE},
                customdata=texts,
                hovertemplate="%{customdata[0]} (%{customdata[1]} – %{customdata[2]})",
            ),
        ]
    )
    first = deciles.iloc[0]
    title = terms.calibration_title.format(
        model=model_name(model),
        predicted=terms.money(first["predicted_mean"]),
        actual=terms.money(first["actual_mean"]),
    )
    lay_out(
        figure,
        title,
        terms.decile,
        terms.amounts(_("Mean per customer")),
        height=380,
    )
    figure.update_xaxes(dtick=1)
    return figure.update_yaxes(tickformat="~s")


def predicted_against_actual(cells: pd.DataFrame, error: float, terms: Terms) -> go.Figure:
    """Draw how many customers lie where by forecast and outcome, on logarithmic axes.

    Parameters
    ----------
    cells : DataFrame
        From ``evaluation.curves.predicted_against_actual``; the bin that reaches from
        0 to 0 holds nothing and refunds, and is drawn left of the others.
    error : float
        The model's mean absolute error in the test.
    terms : Terms
    """
    customers = int(cells["customers"].sum())
    nothing = int(cells.loc[cells["actual_high"] <= 0, "customers"].sum())
    positive = cells.loc[cells["predicted_high"] > 0, "predicted_high"]
    zero = float(np.log10(positive.min())) - 0.5 if len(positive) else 0.0
    x, y = (_log_place(cells[f"{name}_high"], zero) for name in ("predicted", "actual"))
    figure = go.Figure(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            marker={
                "size": np.sqrt(cells["customers"]),
                "sizemode": "diameter",
                "sizeref": float(np.sqrt(cells["customers"].max())) / 26,
                "sizemin": 3,
                "color": GREEN,
                "opacity": 0.65,
            },
            customdata=np.column_stack(
                [
                    [terms.money(value) for value in cells["predicted_high"]],
                    [terms.money(value) for value in cells["actual_high"]],
                    [number(value) for value in cells["customers"]],
                ]
            ),
            hovertemplate=terms.outcome_hover.format(
                customers="%{customdata[2]}", x="%{customdata[0]}", y="%{customdata[1]}"
            )
            + "<extra></extra>",
            showlegend=False,
        )
    )
    ends = [min(x.min(), y.min()), max(x.max(), y.max())]
    figure.add_scatter(
        x=ends,
        y=ends,
        mode="lines",
        line={"color": ORANGE, "dash": "dash", "width": 2},
        name=terms.as_forecast,
        hoverinfo="skip",
    )
    title = terms.outcome_title.format(
        nothing=number(nothing),
        customers=number(customers),
        share=percent(nothing / customers),
        error=terms.money(error),
    )
    lay_out(
        figure,
        title,
        terms.amounts(terms.forecast),
        terms.amounts(terms.outcome_axis),
        height=420,
    )
    ticks = _log_ticks(zero, ends[1])
    return figure.update_xaxes(**ticks).update_yaxes(**ticks)


def _log_place(upper_edges: pd.Series, zero: float) -> np.ndarray:
    edges = upper_edges.to_numpy(float)
    return np.log10(edges, out=np.full(len(edges), zero), where=edges > 0)


def _log_ticks(zero: float, highest: float) -> dict[str, object]:
    powers = range(int(np.floor(zero)), int(np.ceil(highest)) + 1)
    steps = (1, 2, 5) if highest - zero < FEW_DECADES else (1,)
    places = [float(np.log10(step)) + power for power in powers for step in steps]
    shown = [place for place in places if zero + 0.25 <= place <= highest]
    texts = [number(10.0**place, max(-int(np.floor(place)), 0)) for place in shown]
    return {"tickvals": [zero, *shown], "ticktext": ["0", *texts]}


def coverage_bars(
    by_decile: pd.DataFrame, share: float, covered_share: float, terms: Terms
) -> go.Figure:
    """Show how many customers of each tenth fell inside their range.

    Parameters
    ----------
    by_decile : DataFrame with ``decile, customers, covered_share``
    share, covered_share : float
        Meant to fall inside, and did.
    terms : Terms
    """
    figure = go.Figure(
        go.Bar(
            x=by_decile["decile"],
            y=by_decile["covered_share"],
            marker={"color": GREEN},
            name=_("Fell inside their range"),
            hovertemplate="%{y:.0%}<extra></extra>",
        )
    )
    figure.add_hline(y=share, line={"color": ORANGE, "dash": "dash", "width": 2})
    title = _(
        "{covered} of the customers in the test fell inside their range; it was built for {share}"
        " (dashed line)"
    ).format(covered=percent(covered_share), share=percent(share))
    lay_out(
        figure,
        title,
        terms.decile,
        _("Share inside the range"),
        height=300,
    )
    figure.update_xaxes(dtick=1)
    return figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
