"""Labelled snapshots stacked, split without shared customers, or refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import TrainingData
from clv_core.models.training_rows import stack_rows
from tests.small_shop import make_training_data


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Four labelled snapshots of 150 customers."""
    return make_training_data()


def test_rows_keep_features_labels_and_order(data: TrainingData) -> None:
    """Snapshots follow each other, net spend stays negative where it is, no ratio is learnt."""
    rows = stack_rows(data.labelled)
    assert len(rows.features) == len(rows.spend) == len(rows.snapshot) == 4 * 150
    assert "log_horizon_ratio" not in rows.features
    assert rows.spend.min() < 0
    np.testing.assert_array_equal(rows.spend[150:300], data.labelled[1].future_spend)
    assert set(rows.snapshot[150:300]) == {1}


@pytest.mark.parametrize("snapshots", [1, 2, 3, 4])
def test_split_never_shares_a_customer(data: TrainingData, snapshots: int) -> None:
    """Validation customers teach nothing; from three snapshots on the newest only validates."""
    rows = stack_rows(data.labelled[-snapshots:])
    learns, validates = rows.split(seed=3)
    keys = rows.features.index.to_numpy()
    assert len(learns)
    assert len(validates)
    assert not set(keys[learns]) & set(keys[validates])
    if snapshots >= 3:
        assert rows.snapshot[learns].max() < rows.snapshot[validates].min()


def test_validation_rows_are_limited(monkeypatch: pytest.MonkeyPatch, data: TrainingData) -> None:
    """More validation rows than fit one batch are sampled from the same customers."""
    monkeypatch.setattr("clv_core.models.training_rows.MOST_VALIDATION_ROWS", 7)
    rows = stack_rows(data.labelled)
    learns, validates = rows.split(seed=3)
    assert len(validates) == 7
    keys = rows.features.index.to_numpy()
    assert not set(keys[learns]) & set(keys[validates])


def test_too_little_to_learn_from_is_refused(data: TrainingData) -> None:
    """No snapshot, too few rows and no spend at all each have their own refusal."""
    newest = data.labelled[-1]
    few = dataclasses.replace(
        newest,
        features=newest.features.iloc[:10],
        future_spend=newest.future_spend.iloc[:10],
    )
    silent = dataclasses.replace(newest, future_spend=newest.future_spend * 0)
    with pytest.raises(HistoryTooShort, match="Bring a longer order history"):
        stack_rows(())
    with pytest.raises(TooFewCustomers, match="there are 10"):
        stack_rows([few])
    with pytest.raises(NoRepeatBuyers, match="No customer bought again"):
        stack_rows([silent])


def test_unlabelled_snapshot_cannot_teach(data: TrainingData) -> None:
    """A snapshot without a label among the labelled ones is our own mistake, and loud."""
    blank: Snapshot = dataclasses.replace(data.labelled[0], future_spend=None)
    with pytest.raises(ValueError, match="no label"):
        stack_rows([blank])
