"""A small shop whose customers buy at their own pace, spend and silently leave.

Buying days follow the Pareto/NBD story (rates, lifetimes and mean spends drawn
once per customer), so past behaviour tells something about the future.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from clv_core.features.snapshots import Snapshot
from clv_core.models.expectation import attach_expectation
from clv_core.models.forecaster import TrainingData

FIRST_DAY = dt.date(2022, 1, 1)
DAYS = 900


def simulate_purchases(customers: int, seed: int) -> pd.DataFrame:
    """Return one row per purchase day: ``customer_key``, ``day``, ``spend``."""
    random = np.random.default_rng(seed)
    first = random.integers(0, 500, customers)
    rate = random.gamma(0.8, 1 / 40, customers)
    lifetime = random.exponential(random.choice([120, 900], customers))
    mean_spend = random.gamma(4.0, 10.0, customers)
    rows = []
    for key in range(customers):
        end = min(DAYS, int(first[key] + lifetime[key]))
        later = first[key] + 1 + np.flatnonzero(random.random(max(end - first[key], 0)) < rate[key])
        for day in (first[key], *later):
            rows.append((key + 1, int(day), round(random.gamma(5.0, mean_spend[key] / 5.0), 2)))
    return pd.DataFrame(rows, columns=["customer_key", "day", "spend"])


def take_snapshot(purchases: pd.DataFrame, day: int, horizon_days: int, label: bool) -> Snapshot:
    """Return the shop as of the end of ``day``, with some missing feature values."""
    known = purchases[purchases["day"] <= day]
    customers = known.groupby("customer_key")
    first, last, count = customers["day"].min(), customers["day"].max(), customers.size()
    spend = customers["spend"].sum()
    recent = known[known["day"] > day - 90].groupby("customer_key")["spend"].sum()
    features = pd.DataFrame(
        {
            "frequency": (count - 1).astype(float),
            "recency_days": (day - last).astype(float),
            "tenure_days": (day - first).astype(float),
            "monetary_value": spend / count,
            "net_spend": spend,
            "largest_order_amount": customers["spend"].max(),
            "spend_90d": recent.reindex(count.index).fillna(0.0),
            "gap_mean_days": ((last - first) / (count - 1)).where(count > 1),
        }
    )
    window = purchases[(purchases["day"] > day) & (purchases["day"] <= day + horizon_days)]
    future = window.groupby("customer_key")["spend"]
    return Snapshot(
        cutoff=FIRST_DAY + dt.timedelta(days=day),
        horizon_days=horizon_days,
        features=features,
        spend_sequence=_fill_bins(known, day, features.index, known["spend"]),
        purchase_sequence=_fill_bins(known, day, features.index, pd.Series(1.0, known.index)),
        future_spend=future.sum().reindex(features.index).fillna(0.0) if label else None,
        future_orders=future.size().reindex(features.index).fillna(0).astype("int64")
        if label
        else None,
    )


def _fill_bins(known: pd.DataFrame, day: int, keys: pd.Index, amounts: pd.Series) -> np.ndarray:
    """Sum amounts per customer and bin of 30 days back from ``day``, the newest last."""
    bins = 23 - (day - known["day"]) // 30
    table = np.zeros((len(keys), 24), dtype=np.float32)
    inside = (bins >= 0).to_numpy()
    places = keys.get_indexer(known["customer_key"]), bins.to_numpy()
    np.add.at(table, (places[0][inside], places[1][inside]), amounts.to_numpy()[inside])
    return table


def simulate_training(
    customers: int = 500, seed: int = 1, horizon_days: int = 120
) -> tuple[TrainingData, pd.Series]:
    """Return training data learnt over 90-day windows, and what then happened.

    The forecast's horizon is longer than the training windows, so forecasts are
    carried. The second value is each customer's true spend in the horizon.
    """
    purchases = simulate_purchases(customers, seed)
    cutoff = DAYS - horizon_days
    labelled = tuple(
        take_snapshot(purchases, cutoff - 90 - 45 * back, 90, label=True) for back in (3, 2, 1, 0)
    )
    truth = take_snapshot(purchases, cutoff, horizon_days, label=True)
    history = take_snapshot(purchases, cutoff, horizon_days, label=False)
    data = attach_expectation(TrainingData(history=history, labelled=labelled))
    assert truth.future_spend is not None
    return data, truth.future_spend
