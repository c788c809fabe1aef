"""Scoring at size: a saved network beside bare matrix products, and the whole way of ``score``.

``python -m tests.benchmarks.scoring_scale [--customers N] [--json FILE]``. In processor
seconds of one thread: both sides multiply the same blocks by the same float32 weights,
and the network adds biases, cuts, and turns the outputs into money and a chance.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from threadpoolctl import threadpool_limits

from clv_core.cleaning.tables import Tables
from clv_core.features.build import build_snapshot
from clv_core.model_settings import NetworkSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.dense import ROWS_AT_ONCE, Array, DenseNetwork
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.expectation import ExpectationModel, attach_expectation
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.heads import Head
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import ParetoNbdForecaster
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.scale_shop import write_tables

FEATURES = 40
SMALL, LARGE = 100_000, 1_000_000
TAUGHT = 3_000  # customers of the shop that the scored model is fitted to
LINES_PER_CUSTOMER = 10
HORIZON_DAYS = 90
ROUNDS = 3
TARGET = 0.5  # of the speed of bare matrix products
TOPIC = "scoring"


def measure(customers: int = SMALL) -> list[Figure]:
    """Score so many customers both ways, and a shop of as many from its tables on."""
    return [*measure_network(customers), *measure_whole(customers)]


def measure_network(customers: int) -> list[Figure]:
    """Time a network of the default width beside its bare products."""
    network, rows = _make_network(), _draw_rows(customers)
    with threadpool_limits(1):
        products = _quickest(lambda: _multiply(network, rows))
        scored = _quickest(lambda: _score(network, rows))
    speed = products / scored
    return [
        Figure(TOPIC, "bare matrix products", products, "cpu s", customers),
        Figure(
            TOPIC,
            "network: money and chance of buying",
            scored,
            "cpu s",
            customers,
            "bare matrix products",
            scored / products,
            f"at least {TARGET} of their speed ({speed:.2f})",
            speed >= TARGET,
        ),
    ]


def measure_whole(customers: int) -> list[Figure]:
    """Time features, expectation and every member of an ensemble for a shop of that size."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        expectation, ensemble = _train(write_tables(small, TAUGHT * LINES_PER_CUSTOMER))
        tables = write_tables(large, customers * LINES_PER_CUSTOMER)
        taken: dict[str, float] = {}
        begun = time.process_time()
        snapshot = build_snapshot(tables, tables.last_day, HORIZON_DAYS, False, False)
        taken["features"] = time.process_time() - begun
        begun = time.process_time()
        attached = expectation.attach(snapshot)
        taken["expectation attached"] = time.process_time() - begun
        for member in ensemble.members_:
            begun = time.process_time()
            member.predict(attached)
            taken[f"member: {member.name}"] = time.process_time() - begun
    size = len(snapshot.features)
    whole = sum(taken.values())
    figures = [
        Figure(TOPIC, name, seconds, "cpu s", size, "the whole way", seconds / whole)
        for name, seconds in taken.items()
    ]
    return [
        *figures,
        Figure(TOPIC, "the whole way, tables to forecasts", whole, "cpu s", size),
        Figure(TOPIC, "customers scored", size / whole, "rows/cpu s", size),
    ]


def _make_network() -> DenseNetwork:
    random = np.random.default_rng(0)
    settings = NetworkSettings()
    head = Head("ziln", log_cap=8.0)
    sizes = [FEATURES, *settings.hidden_units, head.outputs]
    shapes = list(itertools.pairwise(sizes))
    return DenseNetwork(
        tuple(random.normal(0, (2 / sum(one)) ** 0.5, one).astype(np.float32) for one in shapes),
        tuple(random.normal(0, 0.1, width).astype(np.float32) for width in sizes[1:]),
        settings.activation,
        head,
    )


def _draw_rows(customers: int) -> Array:
    return np.random.default_rng(1).standard_normal((customers, FEATURES), dtype=np.float32)


def _multiply(network: DenseNetwork, rows: Array) -> None:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        values = rows[start : start + ROWS_AT_ONCE]
        for kernel in network.kernels:
            values = values @ kernel


def _score(network: DenseNetwork, rows: Array) -> None:
    """Do what ``NetworkForecaster.predict`` does with its matrix."""
    outputs = network.outputs(rows)
    network.head.money(outputs)
    network.head.buying_probability(outputs)


def _quickest(task: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        task()
        taken.append(time.process_time() - begun)
    return min(taken)


def _train(tables: Tables) -> tuple[ExpectationModel, MeanForecaster]:
    """Fit the ensemble's members to a small shop; how well does not matter here."""
    days = [tables.last_day.fromordinal(tables.last_day.toordinal() - back) for back in (180, 90)]
    bare = TrainingData(
        build_snapshot(tables, tables.last_day, HORIZON_DAYS, False, False),
        tuple(build_snapshot(tables, day, HORIZON_DAYS, True, False) for day in days),
    )
    data = attach_expectation(bare)
    members: tuple[Forecaster, ...] = (
        ParetoNbdForecaster(),
        BoostedForecaster(),
        NetworkForecaster(NetworkSettings(epochs=2)),
    )
    return ExpectationModel.fit(bare.history, HORIZON_DAYS), MeanForecaster(members).fit(data)


if __name__ == "__main__":
    sys.exit(run_benchmark(measure, "--customers", SMALL))
