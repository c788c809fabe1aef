"""What the kept rows amount to, held against what learning needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clv_core.sentences import Sentence

__all__ = ["OrderFacts", "ReadinessCheck", "ValueFacts", "facts_from_json"]

_CUSTOMERS_NEEDED: Final = 500
_HISTORY_DAYS_NEEDED: Final = 180
_MOST_DAYS_SINCE_ORDER: Final = 30


@dataclass(frozen=True)
class ReadinessCheck:
    """One number of the readiness gate beside what the learned models need.

    Attributes
    ----------
    code : str
    label : Sentence
    actual, needed : int
    met : bool
        Below the gate the statistical models still work; nothing is refused.
    """

    code: str
    label: Sentence
    actual: int
    needed: int
    met: bool


@dataclass(frozen=True)
class OrderFacts:
    """What the kept orders amount to.

    Attributes
    ----------
    customers, orders, returns : int
        ``returns`` are orders that give money back.
    revenue : float
        Sum of all amounts, refunds negative, in ``currency``.
    repeat_customers, frequent_customers : int
        Customers with at least two and at least three orders.
    first_day, last_day : date
    history_days : int
        Days from the first to the last order day, both included.
    currency : str
        ISO code, empty where unknown.
    """

    customers: int
    orders: int
    returns: int
    revenue: float
    repeat_customers: int
    frequent_customers: int
    first_day: dt.date
    last_day: dt.date
    history_days: int
    currency: str = ""

    def check_readiness(self, today: dt.date) -> tuple[ReadinessCheck, ...]:
        """Hold the facts against the readiness gate.

        Parameters
        ----------
        today : date
            From which the days since the last order are counted.
        """
        days_since = max(0, (today - self.last_day).days)
        return (
            _at_least(
                "customers", Sentence("Customers with orders"), self.customers, _CUSTOMERS_NEEDED
            ),
            _at_least(
                "history_days", Sentence("Days of history"), self.history_days, _HISTORY_DAYS_NEEDED
            ),
            _at_least(
                "frequent_customers",
                Sentence("Customers with 3 or more orders"),
                self.frequent_customers,
                1,
            ),
            ReadinessCheck(
                "days_since_order",
                Sentence("Days since the last order"),
                days_since,
                _MOST_DAYS_SINCE_ORDER,
                days_since <= _MOST_DAYS_SINCE_ORDER,
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Return a form that :func:`facts_from_json` reads back."""
        days = {"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()}
        return {**self.__dict__, **days}


@dataclass(frozen=True)
class ValueFacts:
    """What a table with one row per customer amounts to.

    Attributes
    ----------
    customers, known_values, blank_values : int
        Customers kept; those whose value is given; those who are only forecast.
    total_value, mean_value : float
        Of the given values, in ``currency``; 0.0 where none is given.
    currency : str
        ISO code, empty where unknown.
    """

    customers: int
    known_values: int
    blank_values: int
    total_value: float
    mean_value: float
    currency: str = ""

    def check_readiness(self, _today: dt.date) -> tuple[ReadinessCheck, ...]:
        """Hold the facts against the readiness gate, of which no days are part here."""
        return (
            _at_least(
                "known_values",
                Sentence("Customers with a known value"),
                self.known_values,
                _CUSTOMERS_NEEDED,
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Return a form that :func:`facts_from_json` reads back."""
        return dict(self.__dict__)


def facts_from_json(stored: Mapping[str, Any]) -> OrderFacts | ValueFacts:
    """Rebuild facts of either kind from what their ``to_json`` wrote."""
    if "known_values" in stored:
        return ValueFacts(**stored)
    days = {day: dt.date.fromisoformat(stored[day]) for day in ("first_day", "last_day")}
    return OrderFacts(**{**stored, **days})


def _at_least(code: str, label: Sentence, actual: int, needed: int) -> ReadinessCheck:
    return ReadinessCheck(code, label, actual, needed, actual >= needed)
