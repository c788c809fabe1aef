"""Expected demand held against what was sold, beside the two plain guesses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clv_core.activation.demand import expect_demand, guess_plainly, share_customers
from clv_core.activation.demand_history import OTHERS, gather_small, sum_window
from clv_core.cleaning.tables import Tables

__all__ = ["GUESSES", "DemandTest", "try_demand"]

GUESSES: Final = ("forecast", "last_period", "last_year")


@dataclass(frozen=True)
class DemandTest:
    """What was expected of each category in a window, and what was sold.

    Attributes
    ----------
    cutoff : date
        Last day that was seen.
    horizon_days : int
    by_category : DataFrame, index category
        ``actual_money``, ``actual_pieces``, and for each guess that could be made
        ``<guess>_money``, ``<guess>_pieces``.
    newcomers_share : float
        Of the money sold in the window, that of customers who came in it.
    """

    cutoff: dt.date
    horizon_days: int
    by_category: pd.DataFrame
    newcomers_share: float

    @property
    def guesses(self) -> tuple[str, ...]:
        """Those that could be made."""
        return tuple(name for name in GUESSES if f"{name}_money" in self.by_category)

    def error(self, guess: str, unit: str) -> float:
        """Return the sum of the misses ÷ all that was sold (WAPE over categories)."""
        actual = self.by_category[f"actual_{unit}"]
        missed = (self.by_category[f"{guess}_{unit}"] - actual).abs().sum()
        return float(missed / actual.sum())

    def best(self, unit: str) -> str:
        """Return the guess with the smallest error."""
        return min(self.guesses, key=lambda guess: self.error(guess, unit))


def try_demand(
    tables: Tables, cutoff: dt.date, horizon_days: int, predicted: pd.Series
) -> DemandTest | None:
    """Expect demand as of a past day and compare it with what was sold after it.

    Parameters
    ----------
    tables : Tables
    cutoff : date
    horizon_days : int
        The window ends by the last day of the data.
    predicted : Series, index customer key
        What each customer then known was expected to spend, by a model that saw nothing
        after ``cutoff``.

    Returns
    -------
    DemandTest or None
        None where nothing was sold in the window.
    """
    actual = sum_window(tables, cutoff, horizon_days)
    shares = share_customers(tables, cutoff, predicted.index)
    if not len(actual) or actual["money"].sum() <= 0 or not len(shares.columns):
        return None
    guessed = {"forecast": expect_demand(tables, cutoff, horizon_days, predicted, shares)}
    guessed |= guess_plainly(tables, cutoff, horizon_days)
    has_others = OTHERS in shares.columns
    categories = shares.columns if has_others else actual.index.union(shares.columns)
    table = pd.DataFrame(index=pd.Index(categories, name="category"))
    for name, sold in {"actual": actual, **guessed}.items():
        gathered = gather_small(sold, categories)
        for unit in ("money", "pieces"):
            table[f"{name}_{unit}"] = gathered[unit].reindex(categories).fillna(0.0)
    known = float(actual["known_money"].sum() / actual["money"].sum())
    return DemandTest(cutoff, horizon_days, table, 1 - known)
