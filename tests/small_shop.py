"""Training data small enough for many fits: features straight from hidden traits.

Each customer has a hidden pace and basket; features are noisy views of both,
and the label is a zero-inflated lognormal that depends on both.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import TrainingData

HORIZON_DAYS = 90


def make_training_data(customers: int = 150, snapshots: int = 4, seed: int = 11) -> TrainingData:
    """Return labelled snapshots, and a newest one whose label no model may read."""
    random = np.random.default_rng(seed)
    pace = random.normal(size=customers)
    basket = random.normal(size=customers)
    taken = [
        _take_snapshot(random, pace, basket, dt.date(2024, 1, 1) + dt.timedelta(days=30 * number))
        for number in range(snapshots + 1)
    ]
    return TrainingData(history=taken[-1], labelled=tuple(taken[:-1]))


def _take_snapshot(
    random: np.random.Generator, pace: np.ndarray, basket: np.ndarray, cutoff: dt.date
) -> Snapshot:
    count = len(pace)
    features = pd.DataFrame(
        {
            "orders": np.exp(1 + pace + random.normal(0, 0.2, count)),
            "monetary_value": np.exp(3 + 0.5 * basket + random.normal(0, 0.1, count)),
            "recency_days": 60 - 20 * pace + random.normal(0, 5, count),
            "gap_mean_days": np.where(pace > -1, 30 - 8 * pace, np.nan),
            "log_horizon_ratio": 0.0,
        },
        index=pd.RangeIndex(1, count + 1, name="customer_key"),
    )
    bought = random.random(count) < 1 / (1 + np.exp(-1.5 * pace))
    spend = np.where(bought, np.exp(3.5 + 0.5 * basket + random.normal(0, 0.4, count)), 0.0)
    refunded = random.random(count) < 0.02
    return Snapshot(
        cutoff=cutoff,
        horizon_days=HORIZON_DAYS,
        features=features,
        spend_sequence=np.zeros((count, 12), dtype=np.float32),
        future_spend=pd.Series(np.where(refunded, -5.0, spend), index=features.index),
        future_orders=pd.Series(bought.astype(np.int64), index=features.index),
    )
