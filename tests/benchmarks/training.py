"""Steady epochs of the networks, beside a loop written by hand for the same arrays.

In processor seconds, all threads together: other work on the machine does not count.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
from threadpoolctl import threadpool_limits

from clv_core.model_settings import Architecture, NetworkSettings
from clv_core.models.backend import import_jax
from clv_core.models.dense import Array
from clv_core.models.forecaster import ignore_report
from clv_core.models.head_start import start_head
from clv_core.models.network_rows import Inputs, MatrixRows
from clv_core.models.sequence_network import JointRows
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure

ROWS = 100_000
COLUMNS = 40
BINS = 24
CHANNELS = 4
EPOCHS = 5  # of which the first compiles
BY_HAND = "dense, loop by hand"
TARGET = 1.5  # of the loop by hand
WEIGHT_DECAY = 0.004  # Keras' AdamW
ADAM = (0.9, 0.999, 1e-7)


def make_rows(architecture: Architecture) -> MatrixRows:
    """Return rows whose first inputs move the chance of buying and the amount."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    bought = random.random(ROWS) < 1 / (1 + np.exp(1 - matrix[:, 0]))
    spend = np.where(bought, np.exp(3 + 0.5 * matrix[:, 1]), 0.0)
    inputs: Inputs = matrix
    if architecture != "dense":
        sequence = random.normal(size=(ROWS, BINS, CHANNELS)).astype(np.float32)
        inputs = JointRows(sequence, matrix if architecture == "wide_and_deep" else None)
    return MatrixRows(inputs, spend)


def measure_training() -> dict[str, float]:
    """Return processor seconds of a steady epoch: every architecture, and the loop by hand."""
    measured = {BY_HAND: measure_by_hand()}
    for architecture in get_args(Architecture):
        settings = NetworkSettings(architecture=architecture, epochs=EPOCHS)
        measured[architecture] = _time_keras(make_rows(architecture), settings)
    return measured


def measure_by_hand() -> float:
    """Return processor seconds of a steady epoch of the loop by hand over ``ROWS`` rows."""
    return _time_by_hand(make_rows("dense"), NetworkSettings())


def measure_scoring() -> dict[str, float]:
    """Return rows that networks of every architecture score per processor second, without Keras."""
    from clv_core.models.network_training import LearningPath, Progress, train_on_all  # noqa: PLC0415

    found = {}
    for architecture in get_args(Architecture):
        rows = make_rows(architecture)
        few = rows.take(np.arange(1000))
        settings = NetworkSettings(architecture=architecture, epochs=1)
        path = LearningPath(1, ())
        network = train_on_all(few, settings, path, 1, Progress(ignore_report, 1, 1)).network
        network.money(few.inputs)
        with threadpool_limits(1):  # threads that wait for each other compute nothing
            begun = time.process_time()
            network.money(rows.inputs)
            found[architecture] = ROWS / (time.process_time() - begun)
    return found


def _time_keras(rows: MatrixRows, settings: NetworkSettings) -> float:
    """Train as the app does on all rows; the median of what lies between two reports."""
    from clv_core.models.network_training import LearningPath, Progress, train_on_all  # noqa: PLC0415

    ends: list[float] = []
    progress = Progress(lambda row: ends.append(time.process_time()), settings.epochs, 1)
    train_on_all(rows, settings, LearningPath(settings.epochs, ()), 1, progress)
    return statistics.median(np.diff(ends))


def _time_by_hand(rows: MatrixRows, settings: NetworkSettings) -> float:
    """Time the same network, loss, dropout, penalty and optimiser as a bare loop in JAX."""
    jax = import_jax()
    batch_size = settings.batch_size
    labels = start_head(rows.spend, settings).encode(rows.spend)
    steps = len(labels) // batch_size
    parameters = _draw_parameters(settings)
    state = (parameters, _zeros_like(parameters), _zeros_like(parameters), 0)
    step = jax.jit(_make_step(jax, settings, EPOCHS * steps), donate_argnums=0)
    random = np.random.default_rng(1)
    taken = []
    for epoch in range(EPOCHS):
        begun = time.process_time()
        total = 0.0
        for number, (inputs, label) in enumerate(_batches(rows, labels, batch_size, random)):
            state, loss = step(state, inputs, label, epoch * steps + number)
            total = total + loss
        float(total)
        taken.append(time.process_time() - begun)
    return statistics.median(taken[1:])


def _batches(
    rows: MatrixRows, labels: Array, batch_size: int, random: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    order = random.permutation(len(labels))
    inputs = np.asarray(rows.inputs)
    for start in range(0, len(order) - batch_size + 1, batch_size):
        chosen = order[start : start + batch_size]
        yield inputs[chosen], labels[chosen]


def _draw_parameters(settings: NetworkSettings) -> list[Any]:
    random = np.random.default_rng(2)
    sizes = [COLUMNS, *settings.hidden_units, 3]
    return [
        one.astype(np.float32)
        for inputs, outputs in itertools.pairwise(sizes)
        for one in (
            random.normal(0, np.sqrt(2 / (inputs + outputs)), (inputs, outputs)),
            np.zeros(outputs),
        )
    ]


def _zeros_like(parameters: list[Any]) -> list[Any]:
    return [np.zeros_like(one) for one in parameters]


def _make_step(jax: Any, settings: NetworkSettings, last_step: int) -> Any:
    """Return one correction: ZILN, dropout, L2, norm per weight clipped, AdamW, cosine."""
    numpy = jax.numpy
    keep = 1 - settings.dropout_share
    beta, gamma, tiny = ADAM

    def loss(parameters: list[Any], inputs: Any, label: Any, key: Any) -> Any:
        values, penalty = inputs, 0.0
        for layer in range(0, len(parameters) - 2, 2):
            values = jax.nn.relu(values @ parameters[layer] + parameters[layer + 1])
            key, own = jax.random.split(key)
            values = numpy.where(jax.random.bernoulli(own, keep, values.shape), values / keep, 0)
            penalty += settings.l2_penalty * (parameters[layer] ** 2).sum()
        output = values @ parameters[-2] + parameters[-1]
        spend = label[:, 0]
        bought = (spend > 0).astype(numpy.float32)
        sigma = numpy.maximum(jax.nn.softplus(output[:, 2]), 1e-3)
        log_spend = numpy.log(numpy.where(spend > 0, spend, 1.0))
        density = log_spend + numpy.log(sigma) + 0.5 * ((log_spend - output[:, 1]) / sigma) ** 2
        classification = jax.nn.softplus(output[:, 0]) - bought * output[:, 0]
        return (classification + bought * density).mean() + penalty

    def step(state: Any, inputs: Any, label: Any, number: Any) -> Any:
        parameters, first, second, count = state
        key = jax.random.fold_in(jax.random.key(3), number)
        value, slopes = jax.value_and_grad(loss)(parameters, inputs, label, key)
        rate = settings.learning_rate * 0.5 * (1 + numpy.cos(numpy.pi * number / last_step))
        count = count + 1
        moved: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        for weight, slope, mean, square in zip(parameters, slopes, first, second, strict=True):
            clipped = slope / numpy.maximum(1.0, numpy.sqrt((slope**2).sum()))
            mean_now = beta * mean + (1 - beta) * clipped
            square_now = gamma * square + (1 - gamma) * clipped**2
            unbiased = rate * numpy.sqrt(1 - gamma**count) / (1 - beta**count)
            decayed = weight * (1 - rate * WEIGHT_DECAY)
            moved[0].append(decayed - unbiased * mean_now / (numpy.sqrt(square_now) + tiny))
            moved[1].append(mean_now)
            moved[2].append(square_now)
        return (*moved, count), value

    return step


def measure() -> list[Figure]:
    """Return a steady epoch of every network in loops by hand, and how fast numpy scores."""
    epochs, scored = measure_training(), measure_scoring()
    by_hand = epochs[BY_HAND]
    figures = [Figure("training", f"{BY_HAND}, steady epoch", by_hand, "processor s", ROWS)]
    for name, seconds in epochs.items():
        if name != BY_HAND:
            ratio = seconds / by_hand
            asked = {"target": f"at most {TARGET} loops", "is_met": ratio <= TARGET}
            figures.append(
                Figure(
                    "training",
                    f"{name} network, steady epoch",
                    seconds,
                    "processor s",
                    ROWS,
                    "loop by hand",
                    ratio,
                    **(asked if name == "dense" else {}),
                )
            )
    return figures + [
        Figure("training", f"{name} network, rows scored by numpy", speed, "rows/s", ROWS)
        for name, speed in scored.items()
    ]


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
