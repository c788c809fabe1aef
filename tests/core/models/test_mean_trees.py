"""Trees of means against shares and means worked out by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import DecisionTreeSettings, RandomForestSettings
from clv_core.models.decision_tree import DecisionTreeForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.random_forest import RandomForestForecaster
from tests.small_shop import make_training_data


def label(features: pd.DataFrame, spend: np.ndarray) -> TrainingData:
    """Return customers whose purchases are those that brought money."""
    features.index.name = "customer_key"
    rows = Snapshot(
        cutoff=dt.date(2024, 1, 1),
        horizon_days=90,
        features=features,
        spend_sequence=np.zeros((len(features), 12), np.float32),
        future_spend=pd.Series(spend),
        future_orders=pd.Series((spend > 0).astype(np.int64)),
    )
    return TrainingData(rows, (rows,))


@pytest.mark.parametrize("unit", [1.0, 1e9])
def test_leaves_tell_the_means_of_two_groups(unit: float) -> None:
    """Of 100 new customers a quarter brings 40, of 100 loyal ones every one 100, in any money."""
    loyal = np.repeat([0.0, 1.0], 100)
    spend = np.where(loyal > 0, 100.0, np.where(np.arange(200) % 4 == 0, 40.0, 0.0)) * unit
    data = label(pd.DataFrame({"loyal": loyal}), spend)
    told = DecisionTreeForecaster(DecisionTreeSettings(leaves=2)).fit(data).predict(data.history)
    np.testing.assert_allclose(told.spend, np.where(loyal > 0, 100.0, 10.0) * unit)
    np.testing.assert_allclose(told.p_buy, np.where(loyal > 0, 1.0, 0.25))


def test_one_huge_order_does_not_decide_the_split() -> None:
    """The only split tells buyers from others, not the one who spent a million from the rest."""
    random = np.random.default_rng(0)
    buyer, other = np.repeat([0.0, 1.0], 200), random.normal(size=400)
    spend = np.where(buyer > 0, 50.0, 0.0)
    spend[np.argmax(other)] = 1e6
    data = label(pd.DataFrame({"buyer": buyer, "other": other}), spend)
    settings = DecisionTreeSettings(leaves=2, min_rows_per_leaf=50)
    told = DecisionTreeForecaster(settings).fit(data).predict(data.history)
    assert told.p_buy is not None
    np.testing.assert_allclose(told.p_buy[buyer > 0], 1.0)
    assert (told.p_buy[buyer == 0] < 0.01).all()


def test_refunds_count_in_the_means() -> None:
    """A group whose refunds exceed its orders is forecast below zero."""
    group = np.repeat([0.0, 1.0], 100)
    spend = np.where(group > 0, 30.0, np.where(np.arange(200) % 2 == 0, -20.0, 10.0))
    data = label(pd.DataFrame({"group": group}), spend)
    told = DecisionTreeForecaster(DecisionTreeSettings(leaves=2)).fit(data).predict(data.history)
    np.testing.assert_allclose(told.spend, np.where(group > 0, 30.0, -5.0))


def test_a_forest_is_calmer_than_its_trees() -> None:
    """The mean of the trees errs less on new rows than the trees do on average."""
    data = make_training_data(customers=400)
    model = RandomForestForecaster(RandomForestSettings(trees=30), seed=5).fit(data)
    truth = data.history.future_spend
    assert truth is not None
    inputs = model.read_inputs(data.history.features)
    alone = [tree.predict(inputs)[:, -1] / model.scale_ for tree in model.list_trees()]
    of_trees = np.mean([np.square(told - truth).mean() for told in alone])
    together = model.predict(data.history).spend
    np.testing.assert_allclose(together, np.mean(alone, axis=0))
    assert np.square(together - truth).mean() < of_trees


def test_no_tree_outgrows_what_can_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rows are many, leaves hold more of them than was asked for."""
    monkeypatch.setattr("clv_core.models.random_forest.MOST_LEAVES", 10)
    data = make_training_data(customers=400)
    settings = RandomForestSettings(trees=10, min_rows_per_leaf=1)
    model = RandomForestForecaster(settings, seed=5).fit(data)
    assert max(tree.get_n_leaves() for tree in model.list_trees()) <= 10
