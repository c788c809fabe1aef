"""Figures of products: what will be asked for, and how well ways of recommending did."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from clv_core.activation.demand_test import DemandTest
from clv_core.activation.product_words import GUESS_TITLES, METHOD_TITLES
from clv_core.activation.recommendations import RecommendationTest
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, error_bars, lay_out, plain, wrap
from pages.parts.product_words import category_name, unit_axis
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent, say

ROW_HEIGHT = 34
GUESS_COLOURS = {"forecast": GREEN, "last_period": BLUE, "last_year": ORANGE}


def demand_bars(demand: pd.DataFrame, unit: str, days: int, terms: Terms) -> go.Figure:
    """Draw what is expected of each category, with its range; known customers apart from new.

    One mark per category in each trace, in the order of the table.
    """
    names = [plain(wrap(category_name(name))) for name in demand.index]
    known, new = demand[f"known_{unit}"], demand[f"new_{unit}"].clip(lower=0)
    bars = [
        (known, _("Customers known today"), GREEN),
        (new, _("Newcomers, as in the period before"), GREY),
    ]
    figure = go.Figure(
        [
            go.Bar(
                x=values,
                y=names,
                orientation="h",
                name=name,
                marker_color=colour,
                hovertemplate="%{y}<br>" + name + ": %{x:,.0f}<extra></extra>",
            )
            for values, name, colour in bars
        ]
    )
    if f"low_{unit}" in demand:
        top = known + new
        low = demand[f"low_{unit}"].clip(upper=top).tolist()
        ends = error_bars(top.tolist(), low, demand[f"high_{unit}"].clip(lower=top).tolist())
        figure.data[1].error_x = ends | {"color": ORANGE}
    title = _("No more is expected to be sold than comes back.")
    if demand[unit].sum() > 0:
        most = demand[unit].max()
        title = _(
            "Most will be asked for in {category}: {amount} in {days} days, {share} of all."
        ).format(
            category=category_name(demand[unit].idxmax()),
            amount=write_amount(float(most), unit, terms),
            days=number(days),
            share=percent(float(most / demand[unit].sum())),
        )
    figure = lay_out(figure, title, x=unit_axis(unit, terms), height=110 + ROW_HEIGHT * len(names))
    return figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"})


def demand_test_bars(tested: DemandTest, unit: str, terms: Terms) -> go.Figure:
    """Draw what was sold of each category in the held-out window beside every guess."""
    table = tested.by_category.sort_values(f"actual_{unit}", ascending=False)
    names = [plain(wrap(category_name(name))) for name in table.index]
    bars = [
        go.Bar(
            x=table[f"{guess}_{unit}"],
            y=names,
            orientation="h",
            name=say(GUESS_TITLES[guess]),
            marker_color=GUESS_COLOURS[guess],
            hovertemplate="%{y}: %{x:,.0f}<extra></extra>",
        )
        for guess in tested.guesses
    ]
    sold = go.Scatter(
        x=table[f"actual_{unit}"],
        y=names,
        mode="markers",
        name=_("Sold"),
        marker={
            "symbol": "diamond",
            "size": 12,
            "color": PURPLE,
            "line": {"width": 2, "color": "white"},
        },
        hovertemplate="%{y}: %{x:,.0f}<extra></extra>",
    )
    errors = " · ".join(
        f"{say(GUESS_TITLES[guess])} {percent(tested.error(guess, unit))}"
        for guess in tested.guesses
    )
    title = _("Off by, over all categories: {errors}.").format(errors=errors)
    rows = len(names) * len(bars)
    figure = lay_out(
        go.Figure([*bars, sold]), title, x=unit_axis(unit, terms), height=120 + 22 * rows
    )
    return figure.update_layout(barmode="group", yaxis={"autorange": "reversed"})


def method_dots(tested: RecommendationTest, metric: str, chosen: str) -> go.Figure:
    """Draw how each way of recommending did in the held-out window, best first."""
    rows = tested.marks[tested.marks["metric"] == metric].sort_values("value", ascending=False)
    names = [wrap(say(METHOD_TITLES[method])) for method in rows["method"]]
    colours = [ORANGE if method == chosen else GREY for method in rows["method"]]
    dots = go.Scatter(
        x=rows["value"],
        y=names,
        mode="markers",
        marker={"size": 11, "color": colours},
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    if rows["low"].notna().all():
        dots.error_x = error_bars(
            rows["value"].tolist(), rows["low"].tolist(), rows["high"].tolist()
        ) | {"color": GREY}
    best = rows.iloc[0]["method"]
    title = _("Best in the held-out window: {best}. In use: {chosen}.").format(
        best=say(METHOD_TITLES[best]), chosen=say(METHOD_TITLES[chosen])
    )
    figure = lay_out(go.Figure([dots]), title, x=_("0 to 1"), height=90 + ROW_HEIGHT * len(names))
    return figure.update_layout(yaxis={"autorange": "reversed"}, showlegend=False)


def write_amount(amount: float, unit: str, terms: Terms) -> str:
    """Write money, or pieces."""
    if unit == "money":
        return terms.money(amount)
    return _("{count} pieces").format(count=number(amount))
