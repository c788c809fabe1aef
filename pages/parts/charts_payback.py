"""The figure of what cohorts cost and how far their margin has paid for it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from clv_core.segments.periods import Unit
from pages.parts.charts import BLUE, GREEN, ORANGE, lay_out
from pages.parts.cohort_words import WON_TITLES, cohort_name
from pages.parts.terms import Terms
from pages.parts.text import _, number, say


def payback_bars(payback: pd.DataFrame, unit: Unit, days: int, terms: Terms) -> go.Figure:
    """Set each cohort's margin per customer, so far and expected, beside its cost.

    Parameters
    ----------
    payback : DataFrame
        From ``segments.payback.measure_payback``; a bar per row.
    unit : {"week", "month", "quarter"}
    days : int
        That are forecast.
    terms : Terms
    """
    names = [cohort_name(cohort, unit) for cohort in payback.index]
    known = payback["margin_further_low"].notna().any()
    low, high = payback["margin_further_low"], payback["margin_further_high"]
    error = {
        "type": "data",
        "symmetric": False,
        "array": (high - payback["margin_further"]).tolist(),
        "arrayminus": (payback["margin_further"] - low).tolist(),
        "thickness": 1.5,
        "width": 3,
        "color": BLUE,
    }
    figure = go.Figure(
        [
            _bars(names, payback["margin_so_far"], _("Margin so far"), GREEN, terms),
            _bars(names, payback["margin_further"], _("Expected further"), BLUE, terms).update(
                error_y=error if known else None
            ),
            go.Scatter(
                x=names,
                y=payback["cost"],
                mode="markers",
                marker={
                    "symbol": "line-ew",
                    "size": 16,
                    "line": {"width": 4, "color": ORANGE},
                },
                name=_("Cost of winning one customer"),
                customdata=[terms.money(cost) for cost in payback["cost"].fillna(0)],
                hovertemplate="%{x}: %{customdata}",
            ),
        ]
    )
    lay_out(
        figure,
        _tell_standings(payback, days),
        say(WON_TITLES[unit]),
        terms.amounts(_("Per customer")),
        380,
    )
    figure.update_layout(barmode="relative", legend={"traceorder": "normal"})
    figure.update_xaxes(type="category", tickangle=-60)
    return figure.update_yaxes(tickformat="~s")


def _tell_standings(payback: pd.DataFrame, days: int) -> str:
    counts = payback["standing"].value_counts()
    expected = int(counts.get("expected", 0))
    template = (
        _(
            "{paid} of {cohorts} cohorts have earned back what winning them cost; {expected} more"
            " are expected to within {days} days"
        )
        if expected
        else _(
            "{paid} of {cohorts} cohorts have earned back what winning them cost; no other is"
            " expected to within {days} days"
        )
    )
    return template.format(
        paid=number(counts.get("paid_back", 0)),
        cohorts=number(len(payback)),
        expected=number(expected),
        days=days,
    )


def _bars(names: list[str], values: pd.Series, name: str, colour: str, terms: Terms) -> go.Bar:
    return go.Bar(
        x=names,
        y=values,
        name=name,
        marker={"color": colour},
        customdata=[terms.money(value) for value in values],
        hovertemplate="%{x}: %{customdata}",
    )
