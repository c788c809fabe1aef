"""Figures of customers who have one row each: how they were divided, and their categories."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from clv_core.evaluation.splits import SplitPlan
from pages.parts.charts import BLUE, GREEN, GREY, ORANGE, PURPLE, lay_out, plain, wrap
from pages.parts.text import _, listed, number, percent
from pages.parts.words import value_tier

COLOURS = (GREEN, ORANGE, BLUE, PURPLE, "#b0873a")  # of the most frequent categories


def division_bar(plan: SplitPlan) -> go.Figure:
    """Draw how many customers were learnt from, kept back, and are only predicted."""
    parts = (
        (_("To learn from"), plan.learning, BLUE),
        (_("Kept back for the test"), plan.holdout, ORANGE),
        (_("Value not given, only predicted"), plan.customers - plan.known, GREY),
    )
    figure = go.Figure(
        [
            go.Bar(
                y=[""],
                x=[count],
                name=name,
                orientation="h",
                marker={"color": colour},
                text=[number(count)],
                textposition="inside",
                textangle=0,
                insidetextanchor="middle",
                hovertemplate="%{x:,}",
            )
            for name, count, colour in parts
            if count
        ]
    )
    title = _("{learning} customers to learn from, {holdout} kept back for the test").format(
        learning=number(plan.learning), holdout=number(plan.holdout)
    )
    lay_out(figure, title, _("Customers"), height=170)
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_xaxes(tickformat=",", nticks=6)
    return figure.update_yaxes(showticklabels=False)


def category_bars(
    shares: pd.DataFrame, label: str, names: Mapping[str, str] | None = None
) -> go.Figure:
    """Compare the categories of one feature between value tiers.

    Parameters
    ----------
    shares : DataFrame
        Rows of one feature from ``segments.tier_features.describe_categories``. The
        most frequent categories are drawn one by one, the rest together.
    label : str
        The feature's name.
    names : mapping of str to str, optional
        What categories are called that do not bear the user's own names.
    """
    drawn = list(dict.fromkeys(shares["category"]))[: len(COLOURS)]
    tiers = list(dict.fromkeys(shares["tier"]))
    table = shares.pivot(index="tier", columns="category", values="share").reindex(tiers)
    titles = {name: (names or {}).get(name, name) for name in drawn}
    parts = [
        (plain(wrap(titles[name])), table[name], colour)
        for name, colour in zip(drawn, COLOURS, strict=False)
    ]
    if table.shape[1] > len(drawn):
        parts.append((_("All others"), table.drop(columns=drawn).sum(axis=1), GREY))
    figure = go.Figure(
        [
            go.Bar(
                y=[value_tier(tier) for tier in tiers],
                x=part,
                name=name,
                orientation="h",
                marker={"color": colour},
                text=[percent(share) if share >= 0.06 else "" for share in part],
                textposition="inside",
                textangle=0,
                insidetextanchor="middle",
                hovertemplate="%{y}: %{x:.1%}",
            )
            for name, part, colour in parts
        ]
    )
    known = table[drawn[0]].dropna()
    title = _("{label}: the share of {category} is {shares}").format(
        label=label,
        category=titles[drawn[0]],
        shares=listed(f"{percent(share)} ({value_tier(tier)})" for tier, share in known.items()),
    )
    lay_out(figure, title, _("Share of the tier's customers"), height=340)
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return figure.update_yaxes(autorange="reversed")
