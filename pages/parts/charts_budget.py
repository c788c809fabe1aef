"""Figures of a budget: who gets how much, what the next unit brings, what may go wrong."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from clv_core.activation.budget import BREAK_EVEN, BudgetPlan
from clv_core.activation.budget_risk import STEP, Sensitivity
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, lay_out, wrap
from pages.parts.terms import Terms
from pages.parts.text import _, number, percent
from pages.parts.words import marketing_tier


def allocation_bars(plan: BudgetPlan, terms: Terms) -> go.Figure:
    """Set what each tier gets beside the margin it is assumed to add.

    Parameters
    ----------
    plan : BudgetPlan
        Its table's order is the bars'.
    terms : Terms
    """
    names = [wrap(marketing_tier(tier), 14) for tier in plan.table.index]
    figure = go.Figure()
    for column, label, colour in (
        ("spend", _("Spent"), GREY),
        ("gain", _("Margin added, as assumed"), GREEN),
    ):
        figure.add_bar(
            y=names,
            x=plan.table[column],
            name=label,
            orientation="h",
            marker={"color": colour},
            text=[terms.money(amount) for amount in plan.table[column]],
            textposition="auto",
            textangle=0,
            hovertemplate="%{y}: %{text}",
        )
    first = plan.table["spend"].idxmax()
    title = (
        _("{tier} gets the most: {part} of {total}").format(
            tier=marketing_tier(first),
            part=terms.money(float(plan.table.loc[first, "spend"])),
            total=terms.money(plan.spend),
        )
        if plan.spend > 0
        else _("Nothing is spent: under these assumptions no money comes back")
    )
    lay_out(figure, title, terms.amounts(_("Amount")), height=140 + 50 * len(names))
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(autorange="reversed")


def marginal_curve(curve: pd.DataFrame, plan: BudgetPlan, terms: Terms) -> go.Figure:
    """Show what the next unit of money adds, by the size of the budget.

    Parameters
    ----------
    curve : DataFrame
        From ``budget.trace_budgets``.
    plan : BudgetPlan
        Marked on it.
    terms : Terms
    """
    figure = go.Figure(
        [
            go.Scatter(
                x=curve["budget"],
                y=curve["marginal"],
                mode="lines",
                line={"color": BLUE, "width": 3},
                name=_("Added by the next unit of money"),
                hovertemplate="%{x:,.0f} → %{y:.2f}<extra></extra>",
            ),
            go.Scatter(
                x=[float(curve["budget"].iloc[0]), float(curve["budget"].iloc[-1])],
                y=[BREAK_EVEN, BREAK_EVEN],
                mode="lines",
                line={"color": GREY, "width": 1.5, "dash": "dot"},
                name=_("Comes back as itself"),
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[plan.budget],
                y=[plan.marginal],
                mode="markers",
                marker={"color": ORANGE, "size": 12},
                name=_("Your budget"),
                hovertemplate="%{x:,.0f} → %{y:.2f}<extra></extra>",
            ),
        ]
    )
    title = (
        _("Beyond {spend} the next unit of money brings back less than itself").format(
            spend=terms.money(plan.spend)
        )
        if plan.unspent > 0
        else _("At a budget of {budget} the next unit of money adds {marginal} of margin").format(
            budget=terms.money(plan.budget), marginal=number(plan.marginal, 2)
        )
    )
    lay_out(figure, title, terms.amounts(_("Budget")), _("Margin per unit of money"), height=340)
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(type="log", dtick="D2")  # first units bring many times the last


def tornado(sensitivity: Sensitivity, terms: Terms) -> go.Figure:
    """Show what the net gain becomes where an assumption is off.

    Parameters
    ----------
    sensitivity : Sensitivity
    terms : Terms
    """
    table = sensitivity.table
    names = [wrap(name_assumption(row.assumption, row.tier), 30) for row in table.itertuples()]
    figure = go.Figure()
    for column, label, colour in (
        ("net_down", _("Lower than assumed"), ORANGE),
        ("net_up", _("Higher than assumed"), GREEN),
    ):
        figure.add_bar(
            y=names,
            x=table[column] - sensitivity.base,
            base=sensitivity.base,
            name=label,
            orientation="h",
            marker={"color": colour},
            customdata=[terms.money(net) for net in table[column]],
            hovertemplate="%{y}: %{customdata}",
        )
    widest = table.iloc[0]
    title = _("{assumption} moves the net gain most: between {low} and {high}").format(
        assumption=name_assumption(widest["assumption"], widest["tier"]),
        low=terms.money(min(widest["net_down"], widest["net_up"])),
        high=terms.money(max(widest["net_down"], widest["net_up"])),
    )
    lay_out(figure, title, terms.amounts(_("Net gain")), height=140 + 44 * len(names))
    figure.update_layout(barmode="overlay")
    figure.add_vline(x=sensitivity.base, line={"color": GREY, "width": 1.5})
    return figure.update_yaxes(autorange="reversed")


def name_assumption(assumption: str, tier: str) -> str:
    """Name what is moved, and by how much."""
    step = percent(STEP)
    if assumption == "tier_lift":
        return _("Greatest lift of {tier} ±{step}").format(tier=marketing_tier(tier), step=step)
    if assumption == "half_spend":
        return _("Half spend ±{step}").format(step=step)
    if assumption == "value_range":
        return _("Forecast at the ends of its range")
    return _("Margin, forecast or greatest lift ±{step}").format(step=step)
