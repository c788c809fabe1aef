"""Carrying a forecast from the horizon learnt to the one that is wanted."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from clv_core.features.snapshots import Snapshot

HORIZON_RATIO: Final = "log_horizon_ratio"
"""Feature that ``models.expectation`` attaches: log of the statistical model's
expectation over the snapshot's horizon ÷ over the training horizon."""


def read_log_ratio(snapshot: Snapshot, training_horizon_days: int) -> np.ndarray:
    """Return the log factor that carries each customer to the snapshot's horizon.

    Raises
    ------
    KeyError
        When the horizons differ and no expectation was attached to the snapshot.
    """
    if HORIZON_RATIO not in snapshot.features and snapshot.horizon_days == training_horizon_days:
        return np.zeros(len(snapshot.features))
    return np.asarray(snapshot.features[HORIZON_RATIO], dtype=np.float64)


def carry_probability(p_trained: np.ndarray, log_ratio: np.ndarray) -> np.ndarray:
    """Carry the chance of buying to the wanted horizon: ``1 - (1 - p)**ratio``.

    Purchases at an even (Poisson) pace, ``ratio`` times as many expected, have
    that chance of not being zero; 1e-12 is kept from certainty.
    """
    p_below_one = np.minimum(p_trained, 1 - 1e-12)
    return np.asarray(-np.expm1(np.exp(log_ratio) * np.log1p(-p_below_one)))


def drop_log_ratio(features: pd.DataFrame) -> pd.DataFrame:
    """Leave the ratio out of what a model learns from: it is 0 in every training row."""
    return features.drop(columns=HORIZON_RATIO, errors="ignore")
