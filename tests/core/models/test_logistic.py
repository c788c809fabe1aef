"""Logistic regression against a shop whose chances and amounts are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from clv_core.errors import TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import LogisticSettings
from clv_core.models.forecaster import TrainingData
from clv_core.models.logistic import LogisticForecaster
from tests.small_shop import make_training_data

SPREAD = 0.8  # of log amounts around their mean


def draw(customers: int, seed: int) -> tuple[TrainingData, np.ndarray, np.ndarray]:
    """Draw customers with their true chances and mean amounts."""
    random = np.random.default_rng(seed)
    pace, basket = random.normal(size=customers), random.normal(size=customers)
    chance, log_amount = expit(-0.5 + 1.2 * pace), 3.0 + 0.5 * basket
    bought = random.random(customers) < chance
    spend = np.where(bought, np.exp(log_amount + random.normal(0, SPREAD, customers)), 0.0)
    features = pd.DataFrame({"pace": pace, "basket": basket})
    features.index.name = "customer_key"
    rows = Snapshot(
        cutoff=dt.date(2024, 1, 1),
        horizon_days=90,
        features=features,
        spend_sequence=np.zeros((customers, 12), np.float32),
        future_spend=pd.Series(spend),
        future_orders=pd.Series(bought.astype(np.int64)),
    )
    return TrainingData(rows, (rows,)), chance, np.exp(log_amount + SPREAD**2 / 2)


def test_finds_the_true_chances_and_means() -> None:
    """P(buy) and forecast come near the truth they were drawn from, the mean of logs included."""
    data, chance, amount = draw(20_000, seed=3)
    told = LogisticForecaster(LogisticSettings(penalty=1.0)).fit(data).predict(data.history)
    assert told.p_buy is not None
    assert np.abs(told.p_buy - chance).mean() < 0.01
    assert np.abs(told.spend / (chance * amount) - 1).mean() < 0.05


def test_forecasts_add_up_to_what_came_in() -> None:
    """On the rows it learnt from, refunds included, forecasts come to the net spend."""
    data = make_training_data(customers=300)
    model = LogisticForecaster().fit(data)
    told = sum(model.predict(snapshot).spend.sum() for snapshot in data.labelled)
    came = sum(snapshot.future_spend.sum() for snapshot in data.labelled)  # type: ignore[union-attr]
    assert told == pytest.approx(came)


def test_where_everyone_buys_the_chance_is_near_one() -> None:
    """With no row that bought nothing, n + 1 of n + 2 buy (Laplace's rule)."""
    data, _, _ = draw(200, seed=3)
    rows = data.history
    everyone = replace(
        rows,
        future_orders=pd.Series(1, index=rows.features.index),
        future_spend=pd.Series(20.0, index=rows.features.index),
    )
    told = LogisticForecaster().fit(TrainingData(rows, (everyone,))).predict(rows)
    np.testing.assert_allclose(told.p_buy, 201 / 202)
    np.testing.assert_allclose(told.spend, 20.0)


def test_refuses_where_hardly_anybody_paid() -> None:
    """Nine purchases teach no amounts; the refusal counts them."""
    data, _, _ = draw(200, seed=3)
    rows = data.history
    few = pd.Series(0.0, index=rows.features.index)
    few.iloc[:9] = 20.0
    labelled = replace(rows, future_spend=few, future_orders=(few > 0).astype(np.int64))
    with pytest.raises(TooFewCustomers, match="there are 9"):
        LogisticForecaster().fit(TrainingData(rows, (labelled,)))
