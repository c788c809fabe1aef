"""Trainings with one setting changed at a time, on rows of plain numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import use_compilation_cache
from clv_core.models.dense import DenseNetwork
from clv_core.models.forecaster import ignore_report
from clv_core.models.network_rows import MatrixRows
from clv_core.models.network_training import (
    LearningPath,
    Progress,
    train_on_all,
    train_validated,
)

TINY: dict[str, Any] = {"hidden_units": (8,), "epochs": 3, "batch_size": 64, "learning_rate": 0.01}


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


def make_rows(count: int = 512, seed: int = 1) -> MatrixRows:
    """Three inputs; the first moves the chance of buying, the second the spend."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(count, 3)).astype(np.float32)
    bought = random.random(count) < 1 / (1 + np.exp(-inputs[:, 0]))
    spend = np.where(bought, np.exp(3 + 0.5 * inputs[:, 1]), 0.0)
    return MatrixRows(inputs, np.where(random.random(count) < 0.05, -spend, spend))


def train(path: LearningPath | None = None, **changes: Any) -> DenseNetwork:
    """Train a tiny network for two epochs with some settings changed."""
    settings = NetworkSettings(**(TINY | changes))
    progress = Progress(ignore_report, settings.epochs, 1)
    trained = train_on_all(make_rows(), settings, path or LearningPath(2, ()), 1, progress)
    assert isinstance(trained.network, DenseNetwork)
    return trained.network


def is_same(one: DenseNetwork, other: DenseNetwork) -> bool:
    """Whether two networks forecast the same for every row, bit for bit."""
    rows = make_rows(100, seed=2).inputs
    return np.array_equal(one.money(rows), other.money(rows))


@pytest.fixture(scope="module")
def plain() -> DenseNetwork:
    """The tiny network as it is without changes."""
    return train()


CHANGES: list[dict[str, Any]] = [
    {"hidden_units": (8, 4)},
    {"activation": "tanh"},
    {"dropout_share": 0.5},
    {"l1_penalty": 0.01},
    {"l2_penalty": 0.01},
    {"batch_normalisation": True},
    {"loss": "mse"},
    {"loss": "mae"},
    {"loss": "huber"},
    {"loss": "tweedie"},
    {"loss": "hurdle"},
    {"loss": "cross_entropy"},
    {"loss": "signed_ziln"},
    {"input_noise": 0.2},
    {"mixup_alpha": 0.3},
    {"optimiser": "adam"},
    {"optimiser": "sgd"},
    {"optimiser": "rmsprop"},
    {"learning_rate": 0.02},
    {"schedule": "constant"},
    {"schedule": "exponential"},
    {"batch_size": 32},
    {"epochs": 4},  # the cosine falls more slowly
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(*change.items()))
def test_every_setting_changes_the_network(plain: DenseNetwork, change: dict[str, Any]) -> None:
    """No setting is decoration, and each gives a finite forecast."""
    changed = train(**change)
    assert not is_same(changed, plain)
    assert np.isfinite(changed.money(make_rows().inputs)).all()


def test_nothing_changed_gives_the_same_network(plain: DenseNetwork) -> None:
    """The yardstick of the test above: an equal training is equal to the bit."""
    assert is_same(train(), plain)


@pytest.mark.parametrize(
    ("loss", "name", "value"), [("huber", "huber_delta", 0.1), ("tweedie", "tweedie_power", 1.2)]
)
def test_loss_parameters_change_the_network(loss: str, name: str, value: float) -> None:
    """The Huber delta and the Tweedie power reach their losses."""
    assert not is_same(train(loss=loss), train(loss=loss, **{name: value}))


def test_recorded_rates_are_replayed() -> None:
    """A second epoch at rate zero leaves what one epoch made."""
    one = train(LearningPath(1, (0.01,)), schedule="plateau")
    stopped = train(LearningPath(2, (0.01, 0.0)), schedule="plateau")
    assert is_same(one, stopped)


def train_wildly(report: Any = ignore_report, **changes: Any) -> LearningPath:
    """Train at a rate so high that the validation loss soon rises."""
    settings = NetworkSettings(**(TINY | {"epochs": 12, "learning_rate": 0.2} | changes))
    progress = Progress(report, settings.epochs, 1)
    return train_validated(make_rows(), make_rows(200, 3), settings, 1, progress).path


def test_plateau_records_falling_rates() -> None:
    """Where the validation loss stalls, the rate falls by the plateau's factor."""
    path = train_wildly(schedule="plateau", early_stopping=False)
    assert len(path.learning_rates) == path.epochs == 12
    assert path.learning_rates[0] == pytest.approx(0.2)
    assert path.learning_rates[-1] <= 0.2 * 0.3 * 1.001


def test_early_stopping_waits_for_its_patience_and_keeps_the_best_epoch() -> None:
    """The path ends at the least validation loss; patience more epochs were tried."""
    rows: list[dict[str, Any]] = []
    path = train_wildly(rows.append, patience_epochs=2)
    losses = [row["validation_loss"] for row in rows]
    assert len(losses) < 12
    assert path.epochs == int(np.argmin(losses)) + 1
    assert len(losses) == path.epochs + 2


def test_rank_correlation_of_a_constant_is_not_given() -> None:
    """Labels that are all alike have no order: None, neither a number nor a warning."""
    rows: list[dict[str, Any]] = []
    settings = NetworkSettings(**TINY)
    alike = MatrixRows(make_rows(50, 3).inputs, np.full(50, 7.0))
    train_validated(make_rows(), alike, settings, 1, Progress(rows.append, 3, 1))
    assert [row["validation_spearman"] for row in rows] == [None] * 3


def test_without_early_stopping_every_epoch_is_learnt() -> None:
    """All epochs run and all are kept for the training on every row."""
    rows: list[dict[str, Any]] = []
    assert train_wildly(rows.append, early_stopping=False).epochs == len(rows) == 12


def test_padding_fills_batches_with_rows_that_exist() -> None:
    """Five rows at batch 4 become eight; the first five are untouched."""
    rows = MatrixRows(np.arange(5, dtype=np.float32)[:, None], np.arange(5.0))
    padded = rows.pad(4, seed=1)
    assert len(padded.spend) == 8
    np.testing.assert_array_equal(padded.spend[:5], rows.spend)
    assert set(padded.spend) <= set(rows.spend)
    np.testing.assert_array_equal(padded.inputs[:, 0], padded.spend)
