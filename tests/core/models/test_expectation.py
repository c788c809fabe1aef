"""The statistical expectation as a feature: its own history, no later day."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.models.expectation import ExpectationModel, attach_expectation
from clv_core.models.forecaster import TrainingData
from clv_core.models.statistical import ParetoNbdForecaster
from tests.simulated import simulate_purchases, take_snapshot

COLUMNS = ["expected_spend", "expected_orders", "p_alive", "log_horizon_ratio"]
TRAINING_DAYS, HORIZON_DAYS = 90, 180


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Return two early snapshots over 90 days and a history over 180."""
    purchases = simulate_purchases(500, seed=3)
    return TrainingData(
        take_snapshot(purchases, 700, HORIZON_DAYS, label=False),
        tuple(take_snapshot(purchases, day, TRAINING_DAYS, label=True) for day in (400, 500)),
    )


def test_each_snapshot_gets_the_expectation_of_its_own_history(data: TrainingData) -> None:
    """The columns are what a Pareto/NBD fitted on that snapshot alone expects."""
    attached = attach_expectation(data)
    assert [s.cutoff for s in attached.labelled] == [s.cutoff for s in data.labelled]
    for before, after in zip(data.labelled, attached.labelled, strict=True):
        alone = ParetoNbdForecaster().fit(TrainingData(before, ())).predict(before)
        assert list(after.features.columns[-4:]) == COLUMNS
        np.testing.assert_allclose(after.features["expected_spend"], alone.spend, rtol=1e-3)
        np.testing.assert_allclose(after.features["expected_orders"], alone.orders, rtol=1e-3)
        assert (after.features["log_horizon_ratio"] == 0).all()


def test_history_is_carried_from_the_training_horizon_to_its_own(data: TrainingData) -> None:
    """Expected spend × exp(ratio) is the expectation over the history's own horizon."""
    features = attach_expectation(data).history.features
    full = ParetoNbdForecaster().fit(data).predict(data.history).spend
    carried = features["expected_spend"] * np.exp(features["log_horizon_ratio"])
    np.testing.assert_allclose(carried, full, rtol=1e-3)
    ratio = np.exp(features["log_horizon_ratio"])
    assert ((ratio > 1) & (ratio < HORIZON_DAYS / TRAINING_DAYS)).all()


def test_later_days_change_nothing(data: TrainingData) -> None:
    """Another history leaves the labelled snapshots' columns as they are, to the bit."""
    fewer = dataclasses.replace(data.history, features=data.history.features.iloc[:200])
    first = attach_expectation(data).labelled
    second = attach_expectation(TrainingData(fewer, data.labelled)).labelled
    for one, other in zip(first, second, strict=True):
        assert one.features[COLUMNS].equals(other.features[COLUMNS])


def test_snapshot_before_anybody_came_back_is_left_out(data: TrainingData) -> None:
    """It has no expectation; a history like it is refused instead."""
    early = data.labelled[0]
    few = dataclasses.replace(early, features=early.features.iloc[:10])
    attached = attach_expectation(TrainingData(data.history, (few, data.labelled[1])))
    assert [s.cutoff for s in attached.labelled] == [data.labelled[1].cutoff]
    with pytest.raises(TooFewCustomers):
        attach_expectation(TrainingData(few, ()))


def test_stored_expectation_attaches_the_same(data: TrainingData) -> None:
    """JSON there and back, to the bit; the snapshot given is not touched."""
    model = ExpectationModel.fit(data.history, TRAINING_DAYS)
    untouched = list(data.history.features.columns)
    before: Snapshot = model.attach(data.history)
    after = ExpectationModel.from_json(model.to_json()).attach(data.history)
    assert before.features.equals(after.features)
    assert list(data.history.features.columns) == untouched


def test_warm_start_ends_where_a_cold_one_does(data: TrainingData) -> None:
    """A neighbour's parameters save steps and nothing else."""
    neighbour = ExpectationModel.fit(data.labelled[0], TRAINING_DAYS)
    warm = ExpectationModel.fit(data.history, TRAINING_DAYS, start=neighbour)
    cold = ExpectationModel.fit(data.history, TRAINING_DAYS)
    np.testing.assert_allclose(
        warm.attach(data.history).features["expected_spend"],
        cold.attach(data.history).features["expected_spend"],
        rtol=1e-3,
    )
