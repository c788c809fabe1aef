"""What cohorts, their periods and what is measured of them are called."""

from __future__ import annotations

from typing import Final

import pandas as pd
from babel.dates import format_date, format_skeleton

from clv_core.segments.cohorts import Measure
from clv_core.segments.payback import Standing
from clv_core.segments.periods import Unit
from clv_core.sentences import Sentence
from pages.parts.terms import Terms
from pages.parts.text import _, locale, number, percent, say

UNIT_TITLES: Final[dict[Unit, Sentence]] = {
    "week": Sentence("Week"),
    "month": Sentence("Month"),
    "quarter": Sentence("Quarter"),
}
SINCE_TITLES: Final[dict[Unit, Sentence]] = {
    "week": Sentence("Weeks since the first purchase"),
    "month": Sentence("Months since the first purchase"),
    "quarter": Sentence("Quarters since the first purchase"),
}
WON_TITLES: Final[dict[Unit, Sentence]] = {
    "week": Sentence("Week of the first purchase"),
    "month": Sentence("Month of the first purchase"),
    "quarter": Sentence("Quarter of the first purchase"),
}
MEASURE_TITLES: Final[dict[Measure, Sentence]] = {
    "retention": Sentence("Retention: share that bought"),
    "active": Sentence("Customers who bought"),
    "orders": Sentence("Orders"),
    "net_revenue": Sentence("Net revenue"),
    "cumulative_per_customer": Sentence("Revenue per customer, added up"),
}
STANDING_TITLES: Final[dict[Standing, Sentence]] = {
    "paid_back": Sentence("paid back"),
    "expected": Sentence("not yet, expected"),
    "possible": Sentence("not yet, possible"),
    "not_within": Sentence("not yet, not expected in these days"),
    "unknown": Sentence("cost not known"),
}


def cohort_told(cohort: pd.Timestamp, unit: Unit) -> str:
    """Return when a cohort was won, as a sentence says it."""
    name = cohort_name(cohort, unit)
    return _("the week of {day}").format(day=name) if unit == "week" else name


def cohort_name(cohort: pd.Timestamp, unit: Unit) -> str:
    """Return when a cohort was won, as axes and tables say it."""
    if unit == "week":
        return str(format_date(cohort, format="medium", locale=locale()))
    return str(format_skeleton({"month": "yMMM", "quarter": "yQQQ"}[unit], cohort, locale=locale()))


def period_name(period: int, unit: Unit) -> str:
    """Return what a period since the first purchase is called."""
    names = {
        "week": _("week {number}"),
        "month": _("month {number}"),
        "quarter": _("quarter {number}"),
    }
    return names[unit].format(number=number(period))


def measured(value: float, measure: Measure, terms: Terms) -> str:
    """Write what was measured in its unit."""
    if measure == "retention":
        return percent(value)
    return number(value) if measure in ("active", "orders") else terms.money(value)


def measure_title(measure: Measure) -> str:
    """Return what a measure is called."""
    return say(MEASURE_TITLES[measure])
