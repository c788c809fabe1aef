"""How much of each category customers will ask for, from what each of them is expected to spend.

Customers known today: their forecasts, divided over the categories by their own
purchases so far (:mod:`~clv_core.activation.category_shares`). The parts of a
customer add up to the forecast, so the categories add up to its total. Customers who
are yet to come are in no forecast; they are taken to buy as those did who came in
the period before (of a history of less than two periods, in its later half). Pieces
are money by what a piece of the category brought lately.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from clv_core.activation.category_shares import fit_concentration, smooth_shares
from clv_core.activation.demand_history import (
    OTHERS,
    BoughtBefore,
    gather_small,
    list_products_sold,
    read_bought_before,
    sum_window,
)
from clv_core.cleaning.tables import Tables
from clv_core.evaluation.totals import TotalInterval

__all__ = [
    "FEWEST_LINES",
    "bound_demand",
    "expect_demand",
    "expect_products",
    "guess_plainly",
    "measure_newcomers",
    "share_customers",
]

BoundGroup = Callable[[pd.Series, pd.Series | None], TotalInterval]

FEWEST_LINES: Final = 30  # of a product in the period before, for a forecast of its own
_YEAR_DAYS: Final = 364
_PERIODS: Final = 5  # looked back on, to see how much newcomers' demand changes

Floats = npt.NDArray[np.float64]


def share_customers(tables: Tables, cutoff: dt.date, keys: pd.Index) -> pd.DataFrame:
    """Return the share of each category in what each customer will spend.

    Parameters
    ----------
    tables : Tables
        With ``lines`` and ``products``.
    cutoff : date
        Nothing after it is seen.
    keys : Index of customer keys

    Returns
    -------
    DataFrame, index ``keys``, a column per category
        Rows add up to 1; the category that brought most money first. Without any
        column where nothing was ever sold.
    """
    before = read_bought_before(tables, cutoff)
    if not before.categories:
        return pd.DataFrame(index=keys)
    shares = before.spent.sum(axis=0) / before.spent.sum()
    concentration = fit_concentration(before.lines, before.lines.sum(axis=0) / before.lines.sum())
    own = _take(before, keys)
    smoothed = smooth_shares(own[0], own[1].sum(axis=1), shares, concentration)
    return pd.DataFrame(smoothed, index=keys, columns=list(before.categories))


def expect_demand(
    tables: Tables,
    cutoff: dt.date,
    horizon_days: int,
    predicted: pd.Series,
    shares: pd.DataFrame,
) -> pd.DataFrame:
    """Say what will be asked for of each category in the days after a day.

    Parameters
    ----------
    tables : Tables
    cutoff : date
        Nothing after it is seen.
    horizon_days : int
    predicted : Series, index customer key
        Expected spend of each known customer, in the shop's currency.
    shares : DataFrame
        Of the same customers, from :func:`share_customers`.

    Returns
    -------
    DataFrame, index category
        ``known_money`` and ``known_pieces`` of known customers (``known_money`` adds up to
        ``predicted``), ``new_money`` and ``new_pieces`` as of those who came lately,
        ``money``, ``pieces`` of all, and ``price``, money per piece lately. Net of returns.
    """
    opens = cutoff - dt.timedelta(days=horizon_days)
    table = pd.DataFrame(index=pd.Index(shares.columns, name="category"))
    lately = gather_small(sum_window(tables, opens, horizon_days), table.index)
    table["known_money"] = predicted.to_numpy(np.float64) @ shares.to_numpy(np.float64)
    table["price"] = _price_pieces(tables, cutoff, lately, table.index)
    table["known_pieces"] = table["known_money"] / table["price"]
    newcomers = _sum_newcomers(tables, cutoff, horizon_days, table.index)
    for unit in ("money", "pieces"):
        table[f"new_{unit}"] = newcomers[unit]
        table[unit] = table[f"known_{unit}"] + table[f"new_{unit}"]
    return table


def _sum_newcomers(
    tables: Tables, cutoff: dt.date, horizon_days: int, categories: pd.Index
) -> pd.DataFrame:
    """Return ``money``, ``pieces`` of those who came in the period before.

    Orders have to reach back another period, or whoever had bought before they begin
    would pass for new. Where they do not, the later half of the days stands for the period.
    """
    history_days = (cutoff - tables.first_day).days + 1
    days = min(horizon_days, max(history_days // 2, 1))
    sold = gather_small(sum_window(tables, cutoff - dt.timedelta(days=days), days), categories)
    new = {unit: (sold[unit] - sold[f"known_{unit}"]) for unit in ("money", "pieces")}
    return pd.DataFrame(new).reindex(categories).fillna(0.0) * (horizon_days / days)


def guess_plainly(tables: Tables, cutoff: dt.date, horizon_days: int) -> dict[str, pd.DataFrame]:
    """Return what was sold in the period before a day, and in the coming one a year earlier.

    The latter a whole number of weeks earlier, so that weekdays meet weekdays. Without
    those that the data do not reach back to.

    Returns
    -------
    dict of ``last_period``, ``last_year`` to DataFrame
        As from :func:`~clv_core.activation.demand_history.sum_window`.
    """
    opens = {
        "last_period": cutoff - dt.timedelta(days=horizon_days),
        "last_year": cutoff - dt.timedelta(days=_YEAR_DAYS),
    }
    return {
        name: sum_window(tables, day, horizon_days)
        for name, day in opens.items()
        if day >= tables.first_day - dt.timedelta(days=1)
        and day + dt.timedelta(days=horizon_days) <= cutoff
    }


def bound_demand(
    demand: pd.DataFrame,
    predicted: pd.Series,
    shares: pd.DataFrame,
    variance: pd.Series | None,
    bound: BoundGroup,
    newcomers_miss: float | None,
    interval_share: float,
) -> pd.DataFrame:
    """Put a range around the money and the pieces of each category.

    A customer's spend on a category has, at most, the variance that it has where all of
    an outcome falls to one category: with share ``s``, mean ``m`` and variance ``v`` that
    is ``s (v + m²) − (s m)²``. The category's total is then bounded like that of any group of
    customers, and what newcomers may bring is added in quadrature.

    Parameters
    ----------
    demand : DataFrame
        From :func:`expect_demand`.
    predicted, shares
        As given there.
    variance : Series, index customer key, or None
        Of what each customer brings.
    bound : callable
        Expected amounts of customers, their variances → TotalInterval.
    newcomers_miss : float or None
        Relative standard deviation of what newcomers bring; None where unknown: then
        the range allows for known customers only.
    interval_share : float
        Intended chance that the outcome lies inside.

    Returns
    -------
    DataFrame
        ``demand`` with ``low_money``, ``high_money``, ``low_pieces``, ``high_pieces``.
    """
    z = float(stats.norm.ppf((1 + interval_share) / 2))
    ends = []
    for category, row in demand.iterrows():
        share = shares[category]
        part = predicted * share
        spread = None if variance is None else share * (variance + predicted**2) - part**2
        known = bound(part, spread)
        miss = 0.0 if newcomers_miss is None else z * newcomers_miss * float(row["new_money"])
        below = float(np.hypot(known.expected - known.low, miss))
        above = float(np.hypot(known.high - known.expected, miss))
        ends.append((max(float(row["money"]) - below, 0.0), float(row["money"]) + above))
    table = demand.copy()
    table[["low_money", "high_money"]] = np.array(ends).reshape(-1, 2)
    for end in ("low", "high"):
        table[f"{end}_pieces"] = table[f"{end}_money"] / table["price"]
    return table


def measure_newcomers(tables: Tables, cutoff: dt.date, horizon_days: int) -> float | None:
    """Return how far newcomers' demand in one period was off that of the period before.

    Root mean square of the relative changes from one period of ``horizon_days`` to the
    next, over all categories together, of the few periods before ``cutoff``; None with
    fewer than two periods that begin a period after the first day, before which
    everybody is a newcomer.
    """
    totals = []
    for back in range(1, _PERIODS + 1):
        opens = cutoff - dt.timedelta(days=back * horizon_days)
        if opens < tables.first_day + dt.timedelta(days=horizon_days):
            break
        window = sum_window(tables, opens, horizon_days)
        totals.append(float((window["money"] - window["known_money"]).sum()))
    pairs = [(after, before) for after, before in pairwise(totals) if before > 0]
    if not pairs:
        return None
    return float(np.sqrt(np.mean([(after / before - 1) ** 2 for after, before in pairs])))


def expect_products(
    tables: Tables, cutoff: dt.date, horizon_days: int, demand: pd.DataFrame
) -> pd.DataFrame:
    """Divide each category's demand over its products as they sold in the period before.

    Returns
    -------
    DataFrame, index ``product_key``
        ``category``, ``money``, ``pieces`` expected, ``lines`` in the period before; only
        products with ``FEWEST_LINES`` of them, most money first.
    """
    opens = cutoff - dt.timedelta(days=horizon_days)
    sold = list_products_sold(tables, opens, horizon_days)
    sold[["money", "pieces"]] = sold[["money", "pieces"]].clip(lower=0)
    apart = sold["category"].isin(demand.index)
    sold["category"] = sold["category"].where(apart, OTHERS)
    table = sold[sold["lines"] >= FEWEST_LINES].copy()
    for unit in ("money", "pieces"):
        whole = sold.groupby("category")[unit].transform("sum")
        expected = table["category"].map(demand[unit]).astype(float)
        table[unit] = table[unit] / whole.reindex(table.index) * expected
    return table.sort_values("money", ascending=False, kind="stable")


def _take(before: BoughtBefore, keys: pd.Index) -> tuple[Floats, Floats]:
    """Return what customers spent and their lines, nothing for those who bought nothing."""
    row = pd.Index(before.customers).get_indexer(keys)
    found = (row >= 0)[:, None]
    return np.where(found, before.spent[row], 0.0), np.where(found, before.lines[row], 0.0)


def _price_pieces(
    tables: Tables, cutoff: dt.date, lately: pd.DataFrame, categories: pd.Index
) -> pd.Series:
    """Return what a piece of each category brought lately, else ever."""
    days = (cutoff - tables.first_day).days + 1
    ever = sum_window(tables, tables.first_day - dt.timedelta(days=1), days)
    prices = [
        (window["money"] / window["pieces"]).where((window["pieces"] > 0) & (window["money"] > 0))
        for window in (lately, gather_small(ever, categories))
    ]
    return prices[0].reindex(categories).fillna(prices[1])
