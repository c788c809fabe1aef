"""Whether customers and orders still look as they did when a model was trained."""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw
import numpy as np
import pandas as pd

from clv_core.evaluation.metrics import Floats
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.expressions import (
    Frame,
    count_where,
    day_after,
    from_fixed,
    sum_where,
    to_fixed,
)

STEADY_BELOW: Final = 0.1  # of the stability index, by the convention of credit scoring
CHANGED_FROM: Final = 0.25
BINS: Final = 10
PER_DAYS: Final = 30  # what counts of the shop are told per
YEAR_DAYS: Final = 365
SHOP_COLUMNS: Final = ("measure", "before", "year_before", "since")
SHOP_MEASURES: Final = (
    *("new_customers", "orders", "net_revenue", "mean_order_amount"),
    "returned_share",
)
FEATURE_COLUMNS: Final = ("family", "feature", "psi", "median_before", "median_after")
_HALF: Final = 0.5  # of a customer in every bin, so that an empty one has a logarithm


def compare_features(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Measure how far each feature's distribution has moved.

    Parameters
    ----------
    before, after : DataFrame, a row per customer
        Features as of the day the forecast began, and as of a later day.

    Returns
    -------
    DataFrame with ``FEATURE_COLUMNS``
        A row per feature that both have, most moved first; without those that nobody had
        before, which no model can have read, and those that tell the day and not the
        customer (season), equal for all before and for all after.
    """
    names = [name for name in CATALOGUE if name in before and name in after]
    names = [name for name in names if before[name].notna().any()]
    names = [name for name in names if _differs(before[name]) or _differs(after[name])]
    rows = [
        (
            CATALOGUE[name].family,
            name,
            stability_index(before[name].to_numpy(float), after[name].to_numpy(float)),
            float(before[name].median()),
            float(after[name].median()),
        )
        for name in names
    ]
    table = pd.DataFrame(rows, columns=list(FEATURE_COLUMNS))
    return table.sort_values("psi", ascending=False, kind="stable", ignore_index=True)


def _differs(values: pd.Series) -> bool:
    return bool(values.nunique(dropna=False) > 1)


def stability_index(before: Floats, after: Floats) -> float:
    """Return the population stability index of a feature.

    ``Σ (a − b) · ln(a / b)`` over bins, with the shares *b* of the values before and *a*
    of those after: the symmetric Kullback-Leibler divergence of the two (Siddiqi 2006,
    "Credit Risk Scorecards", chapter 9). Bins lie between the tenths of the values
    before; missing values have one of their own, and half a customer is added to each.
    """
    edges = np.empty(0)
    if np.isfinite(before).any():
        edges = np.unique(np.nanquantile(before, np.arange(1, BINS) / BINS))
    b, a = (_shares(values, edges) for values in (before, after))
    return float(((a - b) * np.log(a / b)).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counts = np.bincount(place.astype(int), minlength=len(edges) + 2) + _HALF
    return np.asarray(counts / counts.sum())


def sum_families(features: pd.DataFrame) -> pd.DataFrame:
    """Sum :func:`compare_features` up by family.

    Returns
    -------
    DataFrame with ``family``, ``features``, ``changed`` (from ``CHANGED_FROM`` on),
    ``psi`` and ``feature`` (the most moved one), most moved family first
    """
    table = features.groupby("family", sort=False).agg(
        features=("feature", "size"),
        changed=("psi", lambda psi: int((psi >= CHANGED_FROM).sum())),
        psi=("psi", "first"),
        feature=("feature", "first"),
    )
    return table.reset_index()


def compare_shop(orders: Frame, first_day: dt.date, cutoff: dt.date, days: int) -> pd.DataFrame:
    """Set the days since a cutoff beside as many before it, and beside those a year earlier.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    first_day : date
        Of the orders.
    cutoff : date
    days : int
        Since the cutoff.

    Returns
    -------
    DataFrame with ``SHOP_COLUMNS``
        A row per ``SHOP_MEASURES``: numbers and net revenue per ``PER_DAYS`` days, mean
        amount of an order, money returned ÷ money taken in. NaN where the orders do not
        reach back so far; of new customers where they do not reach back as many days more,
        since whoever bought before the orders begin would pass for new.
    """
    closes = {
        "before": cutoff,
        "year_before": cutoff + dt.timedelta(days=days - YEAR_DAYS),
        "since": cutoff + dt.timedelta(days=days),
    }
    told = {}
    for name, last_day in closes.items():
        opens = last_day - dt.timedelta(days=days)
        reaches = opens + dt.timedelta(days=1) >= first_day
        told[name] = _sum_shop(orders, opens, days) if reaches else dict.fromkeys(SHOP_MEASURES)
        if opens - dt.timedelta(days=days - 1) < first_day:
            told[name] |= {"new_customers": np.nan}
    rows = [(measure, *(told[name][measure] for name in closes)) for measure in SHOP_MEASURES]
    table = pd.DataFrame(rows, columns=list(SHOP_COLUMNS))
    return table.astype(dict.fromkeys(closes, float))


def _sum_shop(orders: Frame, day: dt.date, days: int) -> dict[str, float]:
    time, returned, amount = nw.col("order_time"), nw.col("is_return"), to_fixed(nw.col("amount"))
    opens, closes = day_after(day), day_after(day + dt.timedelta(days=days))
    inside = orders.filter(time >= nw.lit(opens), time < nw.lit(closes)).select(
        count_where(~returned).alias("orders"),
        from_fixed(sum_where(~returned, amount)).alias("taken"),
        from_fixed(sum_where(returned, -amount)).alias("returned"),
    )
    first = orders.filter(~returned).group_by("customer_key").agg(time.min().alias("first"))
    came = first.filter(nw.col("first") >= nw.lit(opens), nw.col("first") < nw.lit(closes))
    (row,) = inside.collect("pyarrow").to_pandas().fillna(0.0).to_dict("records")
    ((newcomers,),) = came.select(nw.len()).collect("pyarrow").to_pandas().to_numpy()
    per = PER_DAYS / days
    return {
        "new_customers": float(newcomers) * per,
        "orders": row["orders"] * per,
        "net_revenue": (row["taken"] - row["returned"]) * per,
        "mean_order_amount": row["taken"] / row["orders"] if row["orders"] else np.nan,
        "returned_share": row["returned"] / row["taken"] if row["taken"] else np.nan,
    }
