"""Figures of how far forecasts lay from what came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pages.parts.charts import GREEN, ORANGE, error_bars, in_money, lay_out
from pages.parts.text import _, money, number, percent
from pages.parts.words import model_name


def calibration(deciles: pd.DataFrame, model: str, currency: str = "") -> go.Figure:
    """Compare forecast and outcome in ten groups of customers.

    Parameters
    ----------
    deciles : DataFrame
        From ``decile_calibration``; decile 1 holds the highest forecasts.
    model : str
    currency : str
    """
    came, low, high = (
        deciles[name].astype(float).tolist()
        for name in ("actual_mean", "actual_low", "actual_high")
    )
    texts = [[money(value, currency) for value in row] for row in zip(came, low, high, strict=True)]
    figure = go.Figure(
        [
            go.Bar(
                x=deciles["decile"],
                y=deciles["predicted_mean"],
                name=_("Forecast"),
                marker={"color": GREEN},
                customdata=[money(value, currency) for value in deciles["predicted_mean"]],
                hovertemplate="%{customdata}",
            ),
            go.Scatter(
                x=deciles["decile"],
                y=came,
                name=_("What came in, with its 95% interval"),
                mode="markers",
                marker={"color": ORANGE, "size": 9, "symbol": "diamond"},
                error_y={**error_bars(came, low, high), "color": ORANGE},
                customdata=texts,
                hovertemplate="%{customdata[0]} (%{customdata[1]} – %{customdata[2]})",
            ),
        ]
    )
    first = deciles.iloc[0]
    title = _(
        "The tenth of customers that {model} forecast highest was expected to bring {predicted}"
        " each and brought {actual}"
    ).format(
        model=model_name(model),
        predicted=money(first["predicted_mean"], currency),
        actual=money(first["actual_mean"], currency),
    )
    lay_out(
        figure,
        title,
        _("Tenth of customers by forecast (1 = highest)"),
        in_money(_("Mean per customer"), currency),
        height=380,
    )
    figure.update_xaxes(dtick=1)
    return figure.update_yaxes(tickformat="~s")


def predicted_against_actual(cells: pd.DataFrame, currency: str = "") -> go.Figure:
    """Draw how many customers lie where by forecast and outcome, on logarithmic axes.

    Parameters
    ----------
    cells : DataFrame
        From ``evaluation.curves.predicted_against_actual``; the bin that reaches from
        0 to 0 holds nothing and refunds, and is drawn left of the others.
    currency : str
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
                    [money(value, currency) for value in cells["predicted_high"]],
                    [money(value, currency) for value in cells["actual_high"]],
                    [number(value) for value in cells["customers"]],
                ]
            ),
            hovertemplate=_("{customers} customers: forecast up to {x}, brought up to {y}").format(
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
        name=_("Brought exactly what was forecast"),
        hoverinfo="skip",
    )
    title = _(
        "{nothing} of {customers} customers in the test ({share}) brought nothing: what one"
        " customer brings is far less certain than what a group brings"
    ).format(
        nothing=number(nothing), customers=number(customers), share=percent(nothing / customers)
    )
    lay_out(
        figure,
        title,
        in_money(_("Forecast"), currency),
        in_money(_("Brought in the test"), currency),
        height=420,
    )
    ticks = _log_ticks(zero, ends[1])
    return figure.update_xaxes(**ticks).update_yaxes(**ticks)


def _log_place(upper_edges: pd.Series, zero: float) -> np.ndarray:
    edges = upper_edges.to_numpy(float)
    return np.log10(edges, out=np.full(len(edges), zero), where=edges > 0)


def _log_ticks(zero: float, highest: float) -> dict[str, object]:
    powers = list(range(int(np.ceil(zero + 0.25)), int(np.floor(highest)) + 1))
    texts = [number(10.0**power, max(-power, 0)) for power in powers]
    return {"tickvals": [zero, *powers], "ticktext": ["0", *texts]}


def coverage_bars(by_decile: pd.DataFrame, share: float, covered_share: float) -> go.Figure:
    """Show how many customers of each tenth fell inside their range.

    Parameters
    ----------
    by_decile : DataFrame with ``decile, customers, covered_share``
    share, covered_share : float
        Meant to fall inside, and did.
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
        _("Tenth of customers by forecast (1 = highest)"),
        _("Share inside the range"),
        height=300,
    )
    figure.update_xaxes(dtick=1)
    return figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
