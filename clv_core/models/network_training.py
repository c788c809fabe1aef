"""Training: how many epochs, then on which rows.

Imports Keras: only for code that trains.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import spearmanr

from clv_core.model_settings import NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.forecaster import Report
from clv_core.models.head_start import HeadStart, start_head
from clv_core.models.heads import SIGNED_MUS
from clv_core.models.network_building import build_network, read_dense, shift_output
from clv_core.models.network_rows import MatrixRows, ScoringNetwork
from clv_core.models.network_windows import WindowFeed
from clv_core.models.schedules import build_callbacks, replay_learning_rates
from clv_core.models.sequence_building import (
    build_sequence_network,
    list_inputs,
    read_sequence_network,
)
from clv_core.models.sequence_network import JointRows
from clv_core.models.windowed_rows import WindowedRows

keras = import_keras()

SMALLEST_STEPS_PER_EPOCH: Final = 8
SMALLEST_BATCH: Final = 8


class Progress:
    """Turns epochs of several trainings into one row of progress after another.

    Parameters
    ----------
    report : callable
        Takes the rows.
    epochs : int
        The most that one training can last.
    trainings_on_all : int
        How many follow the validated one.
    """

    def __init__(self, report: Report, epochs: int, trainings_on_all: int) -> None:
        self._report = report
        self._began = time.perf_counter()
        self._epoch = 0
        self._trainings_on_all = trainings_on_all
        self._epochs = epochs * (1 + trainings_on_all)

    def settle(self, path: LearningPath) -> None:
        """Note how long the remaining trainings will last."""
        self._epochs = self._epoch + path.epochs * self._trainings_on_all

    def watch(self, stage: str, measure: Callable[[], float | None] | None = None) -> Any:
        """Return the callback that reports every epoch of one training."""

        def report_epoch(epoch: int, logs: dict[str, float]) -> None:
            self._epoch += 1
            validation_loss = logs.get("val_loss")
            self._report(
                {
                    "epoch": self._epoch,
                    "epochs": self._epochs,
                    "stage": stage,
                    "loss": float(logs["loss"]),
                    "validation_loss": None if validation_loss is None else float(validation_loss),
                    "validation_spearman": measure() if measure else None,
                    "seconds": time.perf_counter() - self._began,
                }
            )

        return keras.callbacks.LambdaCallback(on_epoch_end=report_epoch)


@dataclass(frozen=True)
class LearningPath:
    """What a validated training found: how long to learn, and at which rates."""

    epochs: int
    learning_rates: tuple[float, ...]


@dataclass(frozen=True)
class TrainedNetwork:
    """A network as plain numbers, its Keras form, and how it was learnt."""

    network: ScoringNetwork
    keras_model: Any
    path: LearningPath


def train_validated(
    training: MatrixRows | WindowedRows,
    validation: MatrixRows,
    settings: NetworkSettings,
    seed: int,
    progress: Progress,
) -> TrainedNetwork:
    """Train while watching rows that are not learnt from; keep the best epoch."""
    start, model, fed = _prepare(training, settings, seed)
    watch = progress.watch(
        "validated", lambda: _rank_correlation(model, settings, start, validation)
    )
    history = model.fit(
        **fed,
        epochs=settings.epochs,
        validation_data=_list_validation(validation, start),
        validation_batch_size=len(validation.spend),
        callbacks=[*build_callbacks(settings), watch],
        verbose=0,
    )
    path = _read_path(history.history, settings)
    progress.settle(path)
    return _finish(model, settings, start, path, training)


def train_on_all(
    rows: MatrixRows | WindowedRows,
    settings: NetworkSettings,
    path: LearningPath,
    seed: int,
    progress: Progress,
) -> TrainedNetwork:
    """Train for a known number of epochs, at known rates, on every row there is."""
    start, model, fed = _prepare(rows, settings, seed)
    callbacks = [progress.watch("all_rows")]
    if path.learning_rates:
        callbacks.append(replay_learning_rates(list(path.learning_rates)))
    model.fit(
        **fed,
        epochs=path.epochs,
        callbacks=callbacks,
        verbose=0,
    )
    return _finish(model, settings, start, path, rows)


def _prepare(
    rows: MatrixRows | WindowedRows, settings: NetworkSettings, seed: int
) -> tuple[HeadStart, Any, dict[str, Any]]:
    """Return where the head begins, the network, and what Keras is to learn from."""
    keras.utils.set_random_seed(seed)
    batch_size = _choose_batch(len(rows.spend), settings)
    start = start_head(rows.spend, settings).raise_logit(rows.row_weights.log_odds)
    if isinstance(rows, WindowedRows):
        feed = WindowFeed(rows, start, batch_size, seed)
        return start, _build(rows.sample, settings, start, len(feed)), {"x": feed, "shuffle": False}
    mixed = rows.mix(settings.mixup_alpha, seed) if settings.mixup_alpha else rows
    padded = mixed.pad(batch_size, seed)
    fed = {
        "x": list_inputs(padded.inputs),
        "y": start.encode(padded.spend),
        "sample_weight": padded.row_weights.weights,
        "batch_size": batch_size,
    }
    return start, _build(rows, settings, start, len(padded.spend) // batch_size), fed


def _build(rows: MatrixRows, settings: NetworkSettings, start: HeadStart, steps: int) -> Any:
    if isinstance(rows.inputs, JointRows):
        return build_sequence_network(rows.inputs, settings, start, steps, rows.embedding)
    return build_network(rows.inputs.shape[1], settings, start, steps, rows.embedding)


def _list_validation(rows: MatrixRows, start: HeadStart) -> tuple[Any, ...]:
    labelled = (list_inputs(rows.inputs), start.encode(rows.spend))
    weights = rows.row_weights.weights
    return labelled if weights is None else (*labelled, weights)


def _choose_batch(rows: int, settings: NetworkSettings) -> int:
    """Halve the batch until an epoch of a small shop has a few steps."""
    batch_size = settings.batch_size
    while batch_size > SMALLEST_BATCH and rows < batch_size * SMALLEST_STEPS_PER_EPOCH:
        batch_size //= 2
    return batch_size


def _read_path(history: dict[str, list[float]], settings: NetworkSettings) -> LearningPath:
    losses = history["val_loss"]
    epochs = int(np.argmin(losses)) + 1 if settings.early_stopping else len(losses)
    rates = tuple(float(rate) for rate in history.get("learning_rate", ())[:epochs])
    return LearningPath(epochs, rates)


def _finish(
    model: Any,
    settings: NetworkSettings,
    start: HeadStart,
    path: LearningPath,
    rows: MatrixRows | WindowedRows,
) -> TrainedNetwork:
    if rows.row_weights.log_odds:
        shift_output(model, 0, -rows.row_weights.log_odds)
    if start.head.kind == "signed_ziln":
        seen = rows.sample if isinstance(rows, WindowedRows) else rows
        _settle_totals(model, settings, start, seen)
    return TrainedNetwork(_read_network(model, settings, start), model, path)


def _settle_totals(
    model: Any, settings: NetworkSettings, start: HeadStart, rows: MatrixRows
) -> None:
    """Let what comes in and what goes back add up to the training rows' own totals.

    Where amounts are not quite lognormal, the mean that mu and sigma imply is off
    by a factor; the rows tell it (the smearing estimate of Duan 1983, Journal of
    the American Statistical Association 78(383), as a ratio of sums).
    """
    outputs = _read_network(model, settings, start).outputs(rows.inputs).astype(np.float64)
    for branch, mu in zip(start.head.branches, SIGNED_MUS, strict=True):
        actual = np.maximum(branch.sign * rows.spend, 0).sum()
        said = branch.sign * branch.money(outputs, 0.0).sum()
        if actual > 0:
            shift_output(model, mu, float(np.log(actual / said)))


def _read_network(model: Any, settings: NetworkSettings, start: HeadStart) -> ScoringNetwork:
    if settings.architecture == "dense":
        return read_dense(model, settings, start.head)
    return read_sequence_network(model, settings, start.head)


def _rank_correlation(
    model: Any, settings: NetworkSettings, start: HeadStart, validation: MatrixRows
) -> float | None:
    """Return Spearman's correlation, None where one side is the same for everybody."""
    forecast = _read_network(model, settings, start).money(validation.inputs)
    if np.ptp(forecast) == 0 or np.ptp(validation.spend) == 0:
        return None
    return float(spearmanr(forecast, validation.spend).statistic)
