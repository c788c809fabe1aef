"""Weeks, months and quarters of the calendar, numbered one after another."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

import narwhals as nw

Unit = Literal["week", "month", "quarter"]

UNITS: Final[tuple[Unit, ...]] = ("week", "month", "quarter")
MEAN_DAYS: Final[dict[Unit, float]] = {"week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4}

_FIRST_MONDAY: Final = dt.date(1970, 1, 5)  # week 0 begins here
_LONGEST_IN_WEEKS: Final = 26 * 7  # days of history that weeks still show at a glance
_LONGEST_IN_MONTHS: Final = 3 * 366


def choose_unit(first_day: dt.date, last_day: dt.date) -> Unit:
    """Return the periods that show a history at a glance: at most some three dozen of them."""
    days = (last_day - first_day).days + 1
    if days <= _LONGEST_IN_WEEKS:
        return "week"
    return "month" if days <= _LONGEST_IN_MONTHS else "quarter"


def number_times(time: nw.Expr, unit: Unit) -> nw.Expr:
    """Return the number (int64) of the period that each time lies in."""
    if unit == "week":
        return (time.dt.date() - nw.lit(_FIRST_MONDAY)).cast(nw.Int64()) // 7
    months = time.dt.year().cast(nw.Int64()) * 12 + time.dt.month().cast(nw.Int64()) - 1
    return months if unit == "month" else months // 3


def number_day(day: dt.date, unit: Unit) -> int:
    """Return the number of the period that a day lies in."""
    if unit == "week":
        return (day - _FIRST_MONDAY).days // 7
    months = day.year * 12 + day.month - 1
    return months if unit == "month" else months // 3


def open_period(number: int, unit: Unit) -> dt.date:
    """Return the first day of a period, by its number."""
    if unit == "week":
        return _FIRST_MONDAY + dt.timedelta(weeks=number)
    months = number if unit == "month" else number * 3
    return dt.date(months // 12, months % 12 + 1, 1)


def close_period(number: int, unit: Unit) -> dt.date:
    """Return the last day of a period, by its number."""
    return open_period(number + 1, unit) - dt.timedelta(days=1)


def count_reached(cohort: int, last_day: dt.date, unit: Unit) -> float:
    """Return where on an axis of periods the last day of data lies for a cohort.

    A period's number stands for its end, as in a cohort's curve: 2.0 once period 2 is
    over, 2.5 halfway through period 3, less than 0 while the cohort's own period lasts.

    Parameters
    ----------
    cohort : int
        Number of the period in which the cohort was won.
    last_day : date
    unit : {"week", "month", "quarter"}
    """
    current = number_day(last_day, unit)
    opens, closes = open_period(current, unit), close_period(current, unit)
    gone = ((last_day - opens).days + 1) / ((closes - opens).days + 1)
    return current - cohort - 1 + gone
