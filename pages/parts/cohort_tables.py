"""Cohorts as tables of text."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from clv_core.segments.cohorts import Cohorts, Measure, lay_out_cells
from clv_core.segments.payback import Standing
from clv_core.segments.periods import Unit
from pages.parts.cohort_words import STANDING_TITLES, cohort_name, measured, period_name
from pages.parts.tables import UNKNOWN
from pages.parts.terms import Terms
from pages.parts.text import _, day, number, say


def cell_table(cohorts: Cohorts, measure: Measure, terms: Terms) -> pd.DataFrame:
    """Return a matrix as text: empty where a period has not begun, … where it is not over."""
    over = lay_out_cells(cohorts, measure)
    begun = cohorts.cells.pivot(index="cohort", columns="period", values=measure)
    columns = {
        period_name(int(period), cohorts.unit): [
            _write_cell(over.loc[cohort, period], begun.loc[cohort, period], measure, terms)
            for cohort in over.index
        ]
        for period in over.columns
    }
    return pd.DataFrame(
        {
            _("Won in"): [cohort_name(cohort, cohorts.unit) for cohort in over.index],
            _("Customers"): [number(size) for size in cohorts.sizes],
            **columns,
        }
    )


def _write_cell(over: float, begun: float, measure: Measure, terms: Terms) -> str:
    if pd.isna(begun):
        return ""
    return (
        f"({measured(begun, measure, terms)} …)"
        if pd.isna(over)
        else measured(over, measure, terms)
    )


def payback_table(
    payback: pd.DataFrame, unit: Unit, last_day: dt.date, days: int, terms: Terms
) -> pd.DataFrame:
    """Return costs, margins and payback of each cohort as text.

    Parameters
    ----------
    payback : DataFrame
        From ``segments.payback.measure_payback``.
    unit : {"week", "month", "quarter"}
    last_day : date
        Of the data.
    days : int
        That are forecast.
    terms : Terms
    """
    return pd.DataFrame(
        {
            _("Won in"): [cohort_name(cohort, unit) for cohort in payback.index],
            _("Customers"): [number(size) for size in payback["customers"]],
            _("Cost of one"): _amounts(payback["cost"], terms),
            _("Margin of one so far"): _amounts(payback["margin_so_far"], terms),
            _("Expected further"): _amounts(payback["margin_further"], terms),
            _("Paid back"): [
                tell_payback(row, unit, last_day, days) for row in payback.to_dict("records")
            ],
            _("LTV:CAC so far"): _ratios(payback["ratio_so_far"]),
            _("LTV:CAC with the forecast"): _ratios(payback["ratio"]),
            _("from"): _ratios(payback["ratio_low"]),
            _("to"): _ratios(payback["ratio_high"]),
        }
    )


def tell_payback(row: dict[str, float], unit: Unit, last_day: dt.date, days: int) -> str:
    """Say when a cohort paid back, or whether it will."""
    standing: Standing = row["standing"]
    if standing == "paid_back":
        return _("in {period}").format(period=period_name(int(row["period"]), unit))
    if standing == "expected":
        around = last_day + dt.timedelta(days=max(1, round(row["share_of_horizon"] * days)))
        return _("not yet, expected around {day}").format(day=day(around))
    return say(STANDING_TITLES[standing])


def _amounts(values: pd.Series, terms: Terms) -> list[str]:
    return [UNKNOWN if pd.isna(value) else terms.money(value) for value in values]


def _ratios(values: pd.Series) -> list[str]:
    return [UNKNOWN if pd.isna(value) else number(value, 2) for value in values]
