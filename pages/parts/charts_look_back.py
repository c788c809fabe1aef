"""Figures of what happened after a forecast: beside it, and on lists beside their controls."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from clv_core.monitoring.effects import ALL_TIERS
from pages.parts.charts import GREEN, GREY, ORANGE, error_bars, lay_out, wrap
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent


def forecast_and_actual(
    rows: pd.DataFrame, names: list[str], title: str, x: str, terms: Terms
) -> go.Figure:
    """Hold each group's forecast, with its range, against what it brought.

    Parameters
    ----------
    rows : DataFrame
        Of ``monitoring.comparison.GROUP_COLUMNS``, one kind.
    names : list of str
        What the groups are called, in the same order.
    title : str
        The finding.
    x : str
        What the groups are.
    terms : Terms
    """
    forecast, low, high = (rows[name].tolist() for name in ("forecast", "low", "high"))
    has_ranges = rows["low"].notna().all()
    labels = [wrap(name, 14) for name in names]
    written = [
        [terms.money(row["forecast"]), terms.money(row["actual"]), number(row["customers"])]
        for row in rows.to_dict("records")
    ]
    figure = go.Figure(
        [
            go.Bar(
                x=labels,
                y=forecast,
                name=_("Forecast, with the range of its total") if has_ranges else terms.forecast,
                marker={"color": GREEN},
                error_y={**error_bars(forecast, low, high), "color": GREY, "thickness": 2.5}
                if has_ranges
                else None,
                customdata=written,
                hovertemplate="%{customdata[0]} (%{customdata[2]})",
            ),
            go.Scatter(
                x=labels,
                y=rows["actual"],
                name=_("Came in"),
                mode="markers",
                marker={
                    "color": ORANGE,
                    "size": 11,
                    "symbol": "diamond",
                    "line": {"color": "white", "width": 1},
                },
                customdata=written,
                hovertemplate="%{customdata[1]} (%{customdata[2]})",
            ),
        ]
    )
    lay_out(figure, title, x, terms.amounts(_("Total of the group")), height=380)
    figure.update_xaxes(type="category")
    return figure.update_yaxes(tickformat="~s")


def list_effect(table: pd.DataFrame, names: list[str], title: str, terms: Terms) -> go.Figure:
    """Draw how those on a list differ from those kept out of it, all together and by tier.

    Parameters
    ----------
    table : DataFrame
        Of ``monitoring.effects.EFFECT_COLUMNS``, one measure.
    names : list of str
        What the rows are called, in the same order.
    title : str
        The finding.
    terms : Terms
    """
    is_money = table["measure"].iloc[0] == "revenue"
    value, low, high = (table[name].tolist() for name in ("difference", "low", "high"))
    sizes = zip(table["treated_customers"], table["control_customers"], strict=True)
    write = terms.money if is_money else (lambda share: percent(share, 1))
    figure = go.Figure(
        go.Scatter(
            x=value,
            y=[wrap(name, 18) for name in names],
            mode="markers",
            marker={
                "size": [13 if tier == ALL_TIERS else 9 for tier in table["tier"]],
                "color": [GREEN if tier == ALL_TIERS else GREY for tier in table["tier"]],
            },
            error_x={**error_bars(value, low, high), "color": GREY},
            customdata=[
                _(
                    "{value}, between {low} and {high}: {treated} on the list, {control} kept out"
                ).format(
                    **{
                        name: "–" if pd.isna(number_) else write(number_)
                        for name, number_ in (("value", middle), ("low", bottom), ("high", top))
                    },
                    treated=number(treated),
                    control=number(control),
                )
                for middle, bottom, top, (treated, control) in zip(
                    value, low, high, sizes, strict=True
                )
            ],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_vline(x=0, line={"color": ORANGE, "dash": "dash", "width": 2})
    what = _("Difference per customer")
    axis = terms.amounts(what) if is_money else _("Difference in the share that bought")
    lay_out(figure, title, axis, height=120 + 42 * len(table))
    figure.update_xaxes(tickformat="~s" if is_money else ".0%")
    return figure.update_yaxes(autorange="reversed")
