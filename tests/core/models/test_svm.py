"""Support vector machines: what they can tell, and that plain arrays tell it again."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import SvmSettings
from clv_core.models.forecaster import TrainingData
from clv_core.models.linked_sums import KernelMap
from clv_core.models.svm import SvmForecaster
from tests.small_shop import make_training_data
from tests.value_tables import as_training


def draw_corners(customers: int, seed: int) -> tuple[TrainingData, np.ndarray]:
    """Draw customers who buy mostly where two features have the same sign."""
    random = np.random.default_rng(seed)
    features = pd.DataFrame(random.normal(size=(customers, 2)), columns=["left", "right"])
    features.index.name = "customer_key"
    chance = np.where(features["left"] * features["right"] > 0, 0.9, 0.1)
    bought = random.random(customers) < chance
    spend = np.where(bought, random.lognormal(3, 0.5, customers), 0.0)
    rows = Snapshot(
        cutoff=dt.date(2024, 1, 1),
        horizon_days=90,
        features=features,
        spend_sequence=np.zeros((customers, 12), np.float32),
        future_spend=pd.Series(spend),
        future_orders=pd.Series(bought.astype(np.int64)),
    )
    return TrainingData(rows, (rows,)), chance


def test_a_radial_kernel_tells_what_no_line_can() -> None:
    """Who buys in two opposite corners is told with the radial kernel and not with the linear."""
    data, chance = draw_corners(2000, seed=1)
    error = {}
    for kernel in ("rbf", "linear"):
        settings = SvmSettings(kernel=kernel, narrowness=1.0, cost=1.0)
        told = SvmForecaster(settings, seed=2).fit(data).predict(data.history)
        assert told.p_buy is not None
        error[kernel] = np.abs(told.p_buy - chance).mean()
    assert error["rbf"] < 0.12
    assert error["linear"] > 0.35


def test_chances_are_calibrated() -> None:
    """Of customers told about p, about the share p buys, on rows it has not learnt from."""
    settings = SvmSettings(narrowness=1.0, cost=1.0)
    model = SvmForecaster(settings, seed=2).fit(draw_corners(2000, seed=1)[0])
    others, _ = draw_corners(4000, seed=9)
    told = model.predict(others.history).p_buy
    assert told is not None
    assert others.history.future_orders is not None
    table = pd.DataFrame({"told": told, "bought": others.history.future_orders})
    groups = table.groupby(pd.qcut(table["told"], 5)).mean()
    assert (groups["told"] - groups["bought"]).abs().max() < 0.1


def test_forecasts_add_up_to_what_came_in() -> None:
    """On the rows it learnt from, forecasts come to the net spend."""
    data = make_training_data(customers=300)
    model = SvmForecaster(seed=2).fit(data)
    told = sum(model.predict(snapshot).spend.sum() for snapshot in data.labelled)
    came = sum(snapshot.future_spend.sum() for snapshot in data.labelled)  # type: ignore[union-attr]
    assert told == pytest.approx(came)


def test_landmarks_are_customers() -> None:
    """Likeness to itself is 1, and falls with the distance as the kernel says."""
    data = make_training_data(customers=300)
    model = SvmForecaster(SvmSettings(landmarks=50), seed=2).fit(data)
    assert isinstance(model.map_, KernelMap)
    landmarks = model.map_.landmarks
    assert landmarks.shape[0] == 50
    likeness = np.exp(model.map_.log_likeness(landmarks))
    np.testing.assert_allclose(np.diag(likeness), 1.0)
    distance = np.square(landmarks[0] - landmarks[1]).sum()
    assert likeness[0, 1] == pytest.approx(np.exp(-model.map_.gamma * distance))


def test_many_rows_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the most rows a sample teaches, the same every time, and the forecast stays near."""
    data, _ = draw_corners(2000, seed=1)
    whole = SvmForecaster(SvmSettings(narrowness=1.0), seed=2).fit(data).predict(data.history)
    monkeypatch.setattr("clv_core.models.svm.MOST_ROWS", 1000)
    sampled, again = (
        SvmForecaster(SvmSettings(narrowness=1.0), seed=2).fit(data).predict(data.history)
        for _ in range(2)
    )
    pd.testing.assert_series_equal(sampled.spend, again.spend)
    assert sampled.spend.corr(whole.spend, method="spearman") > 0.9


def test_values_are_told_as_means() -> None:
    """Of a skewed value that nothing tells, everybody gets about its mean, not its median."""
    random = np.random.default_rng(4)
    people = pd.DataFrame({"noise": random.normal(size=1000)}).assign(
        value=random.lognormal(3, 1, 1000)
    )
    data = as_training(people)
    told = SvmForecaster(SvmSettings(margin=0.0, cost=0.01)).fit(data).predict(data.history).spend
    assert told.mean() == pytest.approx(people["value"].mean(), rel=0.03)
