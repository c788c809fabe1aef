"""Forecasts of customers who do not exist: some inputs of one person, the rest of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clv_core.explain.statistical import keep_possible
from clv_core.features.snapshots import Snapshot
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Forecaster
from clv_core.models.statistical import StatisticalForecaster


def predict_mixed(
    forecaster: Forecaster,
    snapshot: Snapshot,
    features: pd.DataFrame,
    sequences: Mapping[str, Any],
) -> np.ndarray:
    """Forecast customers put together from the inputs of several.

    Parameters
    ----------
    forecaster : Forecaster
    snapshot : Snapshot
        Says how far ahead to look.
    features : DataFrame, one row per mixed customer
    sequences : mapping of str to ndarray, shape (customers, months)
        Their sequences, by name.

    Returns
    -------
    ndarray, shape (customers,)
        Money. Where purchase models are asked, someone who would have bought last
        before they bought first is mended.
    """
    if isinstance(forecaster, MeanForecaster):
        parts = [
            predict_mixed(member, snapshot, features, sequences) for member in forecaster.members_
        ]
        return forecaster.average(parts)
    if isinstance(forecaster, StatisticalForecaster):
        features = keep_possible(features)
    mixed = Snapshot(
        cutoff=snapshot.cutoff,
        horizon_days=snapshot.horizon_days,
        features=features,
        **sequences,
    )
    return np.asarray(forecaster.predict(mixed).spend, dtype=np.float64)
