"""Attributions of the statistical models and the baselines: exact, few inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, MONETARY, RECENCY, TENURE
from clv_core.explain.coalitions import Factor, attribute_exactly
from clv_core.explain.explanation import Explanation
from clv_core.features.snapshots import Snapshot
from clv_core.models.baselines import PastRate, PastSpend
from clv_core.models.purchase_process import DAYS_PER_WEEK, PurchaseHistories
from clv_core.models.statistical import StatisticalForecaster

STATISTICAL_INPUTS: Final = (FREQUENCY, RECENCY, TENURE, MONETARY)


def explain_statistical(
    forecaster: StatisticalForecaster | PastSpend | PastRate,
    snapshot: Snapshot,
    background: Snapshot,
) -> Explanation:
    """Attribute forecasts exactly to the few inputs they are computed from.

    Shapley values over all coalitions of inputs (``explain.coalitions``); the
    horizon is the snapshot's for everyone.

    Returns
    -------
    Explanation
        ``base_value`` is the mean forecast over the background.
    """
    names = read_by_statistical(forecaster)
    if isinstance(forecaster, StatisticalForecaster):
        factors = _factors_of_process(forecaster, snapshot.horizon_days)
    else:
        factors = (_whole_forecast(forecaster, snapshot),)
    inputs, typical = snapshot.features[names], background.features[names]
    contributions, base_value = attribute_exactly(
        factors, inputs.astype(np.float64), typical.astype(np.float64)
    )
    return Explanation(contributions[names], inputs, base_value)


def read_by_statistical(forecaster: StatisticalForecaster | PastSpend | PastRate) -> list[str]:
    """Name the features that a forecast reads."""
    if isinstance(forecaster, StatisticalForecaster):
        return list(STATISTICAL_INPUTS)
    past_spend = [FREQUENCY, MONETARY]
    return past_spend if isinstance(forecaster, PastSpend) else [*past_spend, TENURE]


def keep_possible(features: pd.DataFrame) -> pd.DataFrame:
    """Mend mixed customers who would have bought last before they bought first.

    A coalition takes some inputs from one customer and the rest from another.
    The models know no last purchase before the first one, so the days since the
    last purchase count as no more than the days since the first.
    """
    return features.assign(**{RECENCY: features[RECENCY].clip(upper=features[TENURE])})


def _factors_of_process(forecaster: StatisticalForecaster, horizon_days: int) -> tuple[Factor, ...]:
    """Split the forecast into P(alive), purchases while alive and value of one."""
    process, weeks = forecaster.process_, horizon_days / DAYS_PER_WEEK

    def while_alive(rows: pd.DataFrame) -> np.ndarray:
        # Does not depend on recency; the histories want one.
        histories = PurchaseHistories.from_features(rows.assign(**{RECENCY: 0.0}))
        return process.expected_while_alive(histories, weeks)

    return (
        Factor((FREQUENCY, RECENCY, TENURE), lambda rows: forecaster.p_alive(keep_possible(rows))),
        Factor((FREQUENCY, TENURE), while_alive),
        Factor((FREQUENCY, MONETARY), forecaster.purchase_day_value),
    )


def _whole_forecast(forecaster: PastSpend | PastRate, snapshot: Snapshot) -> Factor:
    def predict(rows: pd.DataFrame) -> np.ndarray:
        mixed = replace(snapshot, features=rows)
        return np.asarray(forecaster.predict(mixed).spend, dtype=np.float64)

    return Factor(tuple(read_by_statistical(forecaster)), predict)
