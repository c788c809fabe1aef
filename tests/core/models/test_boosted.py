"""Boosted trees: what is learnt, when growing stops, what is told meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import BoostedSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.forecaster import TrainingData
from tests.simulated import simulate_training

QUICK = BoostedSettings(trees=60, learning_rate=0.1, min_rows_per_leaf=20)


def make_snapshot(spend: list[float], feature: list[float], ratio: float = 0.0) -> Snapshot:
    """Return a snapshot with one feature, labelled."""
    index = pd.Index(range(1, len(spend) + 1), name="customer_key")
    return Snapshot(
        cutoff=dt.date(2024, 1, 1),
        horizon_days=90,
        features=pd.DataFrame({"group": feature, "log_horizon_ratio": ratio}, index=index),
        spend_sequence=np.zeros((len(spend), 12), dtype=np.float32),
        future_spend=pd.Series(spend, index=index),
        future_orders=pd.Series((np.array(spend) > 0).astype(int), index=index),
    )


def train_on(*labelled: Snapshot) -> TrainingData:
    """Return training data whose history is the newest snapshot."""
    return TrainingData(history=labelled[-1], labelled=labelled)


@pytest.fixture(scope="module")
def two_groups() -> Snapshot:
    """Return 200 customers of whom group 0 spends 10 each and group 1 spends 40."""
    return make_snapshot([10.0] * 100 + [40.0] * 100, [0.0] * 100 + [1.0] * 100)


def test_learns_group_means(two_groups: Snapshot) -> None:
    """With one telling feature the forecast of a group is its mean spend."""
    settings = BoostedSettings(trees=400, learning_rate=0.1)
    forecast = BoostedForecaster(settings, seed=1).fit(train_on(two_groups)).predict(two_groups)
    assert forecast.spend.iloc[0] == pytest.approx(10, rel=0.05)
    assert forecast.spend.iloc[-1] == pytest.approx(40, rel=0.05)


def test_negative_labels_count_as_zero(two_groups: Snapshot) -> None:
    """Customers whose refunds exceed their orders are learnt as spending nothing."""
    assert two_groups.future_spend is not None
    lowered = two_groups.future_spend - 10.0
    refunded = replace(two_groups, future_spend=lowered.where(lowered > 0, -25.0))
    nothing = replace(two_groups, future_spend=lowered)
    forecasts = [
        BoostedForecaster(QUICK, seed=1).fit(train_on(s)).predict(s).spend
        for s in (refunded, nothing)
    ]
    pd.testing.assert_series_equal(forecasts[0], forecasts[1], rtol=0, atol=0)


def test_carries_spend_and_chance_to_a_longer_horizon() -> None:
    """Twice the expectation doubles spend, and 1 - p becomes (1 - p) squared."""
    mixed = make_snapshot([0.0, 30.0] * 100, [0.0] * 200)
    model = BoostedForecaster(QUICK, seed=1).fit(train_on(mixed))
    longer = make_snapshot([0.0, 30.0] * 100, [0.0] * 200, ratio=np.log(2.0))
    near, far = model.predict(mixed), model.predict(replace(longer, horizon_days=180))
    np.testing.assert_allclose(far.spend, 2 * near.spend)
    assert near.p_buy is not None
    assert far.p_buy is not None
    np.testing.assert_allclose(1 - far.p_buy, (1 - near.p_buy) ** 2)


def test_refuses_an_uncarried_longer_horizon(two_groups: Snapshot) -> None:
    """Without an attached expectation a longer horizon is a bug and stays loud."""
    model = BoostedForecaster(QUICK).fit(train_on(two_groups))
    bare = two_groups.features.drop(columns="log_horizon_ratio")
    with pytest.raises(KeyError):
        model.predict(replace(two_groups, features=bare, horizon_days=180))


def test_missing_values_are_told_apart() -> None:
    """Trees learn from a value that is not there."""
    snapshot = make_snapshot([5.0] * 100 + [50.0] * 100, [1.0] * 100 + [np.nan] * 100)
    forecast = BoostedForecaster(QUICK, seed=1).fit(train_on(snapshot)).predict(snapshot).spend
    assert forecast.iloc[-1] > 5 * forecast.iloc[0]


def test_reports_every_ten_trees() -> None:
    """Progress rows count trees and show both deviances while growing is tested."""
    data, _ = simulate_training(customers=300)
    rows: list[dict[str, Any]] = []
    model = BoostedForecaster(QUICK, seed=1).fit(data, rows.append)
    assert [row["epoch"] for row in rows] == list(range(10, 10 * len(rows) + 1, 10))
    assert all(row["validation_loss"] > 0 and row["loss"] > 0 for row in rows)
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert 1 <= model.spend_trees_.num_trees() <= QUICK.trees


def test_stops_early_on_the_newest_snapshot() -> None:
    """Where the newest snapshot contradicts the older ones hardly a tree is grown."""
    older = make_snapshot([10.0] * 100 + [40.0] * 100, [0.0] * 100 + [1.0] * 100)
    newest = make_snapshot([40.0] * 100 + [10.0] * 100, [0.0] * 100 + [1.0] * 100)
    settings = BoostedSettings(trees=500)
    model = BoostedForecaster(settings, seed=1).fit(train_on(older, older, newest))
    assert model.spend_trees_.num_trees() <= 5


def test_two_snapshots_count_trees_on_other_customers() -> None:
    """Where no feature tells anything, hardly a tree is grown; where one does, more are."""
    random = np.random.default_rng(4)
    feature = random.normal(size=400)
    tells = make_snapshot(list(np.exp(1.0 + feature)), list(feature))
    tells_nothing = make_snapshot(list(random.gamma(1.0, 20.0, 400)), list(feature))
    grown = []
    for snapshot in (tells_nothing, tells):
        rows: list[dict[str, Any]] = []
        model = BoostedForecaster(BoostedSettings(), 1).fit(
            train_on(snapshot, snapshot), rows.append
        )
        grown.append(model.spend_trees_.num_trees())
    assert grown[0] < 40 < grown[1]
    assert rows[-1]["epoch"] == grown[1]
    assert rows[-1]["validation_loss"] is None


@pytest.mark.parametrize("snapshots", [1, 2, 3])
def test_a_single_buyer_is_learnt_from(snapshots: int) -> None:
    """Rows without any spend teach no trees: the number is counted on the others."""
    random = np.random.default_rng(5)
    feature = list(random.normal(size=120))
    one = make_snapshot([50.0] + [0.0] * 119, feature)
    nobody = make_snapshot([0.0] * 120, feature)
    labelled = (nobody, nobody, one)[-snapshots:]
    model = BoostedForecaster(QUICK, 1).fit(train_on(*labelled))
    assert 1 <= model.spend_trees_.num_trees() <= QUICK.trees


def test_attributions_add_up_to_the_log_forecast() -> None:
    """TreeSHAP's parts and constant are the log of the forecast over 90 days."""
    data, _ = simulate_training(customers=300)
    model = BoostedForecaster(QUICK, seed=1).fit(data)
    newest = data.labelled[-1]
    parts, constant = model.attribute_score(newest.features)
    assert parts.shape == (len(newest.features), len(model.feature_names_))
    np.testing.assert_allclose(parts.sum(axis=1) + constant, np.log(model.predict(newest).spend))


def test_keeps_its_settings_when_loaded(two_groups: Snapshot, tmp_path: Path) -> None:
    """Settings, seed, features and horizon come back from the folder."""
    model = BoostedForecaster(QUICK, seed=5).fit(train_on(two_groups))
    model.save(tmp_path)
    loaded = BoostedForecaster.load(tmp_path)
    assert (loaded.settings, loaded.seed) == (QUICK, 5)
    assert loaded.feature_names_ == ["group"]
    assert loaded.training_horizon_days_ == 90


def test_refuses_what_no_tree_can_split(two_groups: Snapshot) -> None:
    """No window, too few rows and a window in which nobody bought, each by its own error."""
    forecaster = BoostedForecaster(QUICK)
    with pytest.raises(HistoryTooShort, match="longer order history"):
        forecaster.fit(TrainingData(history=two_groups, labelled=()))
    with pytest.raises(TooFewCustomers, match="40 customers or more; there are 39"):
        forecaster.fit(train_on(make_snapshot([1.0] * 39, [0.0] * 39)))
    with pytest.raises(NoRepeatBuyers, match="No customer bought again"):
        forecaster.fit(train_on(make_snapshot([0.0] * 99, [0.0] * 99)))
