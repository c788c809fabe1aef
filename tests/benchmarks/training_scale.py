"""Training on a large shop's snapshots: seconds an epoch, and memory that does not grow with them.

``python -m tests.benchmarks.training_scale [--customers N] [--json FILE]``. Snapshots lie in
files; the network is fed window by window, LightGBM block by block. The references are a
loop written by hand over arrays that lie in memory (``tests.benchmarks.training``), an
epoch of as many rows, and LightGBM's own data set made of one array.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time

import numpy as np
import pandas as pd

from clv_core.features.mapped import MappedTable, split_rows
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import MatrixSettings, NetworkSettings
from clv_core.models.network_inputs import Material, NetworkInputs
from clv_core.models.network_training import LearningPath, Progress, train_on_all
from clv_core.models.training_rows import stack_rows
from clv_core.models.tree_inputs import TreeInputs
from clv_core.models.tree_rows import make_dataset, read_tables
from clv_core.models.windowed_rows import EPOCH_ROWS, WindowedRows, thin_out
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import measure_here, measure_in_process
from tests.benchmarks.training import BY_HAND, ROWS, measure_by_hand

FEATURES = 40
SNAPSHOTS = 3
SMALL, LARGE = 100_000, 1_000_000
EPOCHS = 3  # of which the first compiles
TARGET = 1.5  # of the loop by hand, whose rows lie in memory
MOST_GROWTH_MB = 1_000.0  # of the process that trains, over one that holds nothing
FIRST_DAY = dt.date(2024, 1, 1)
TOPIC = "training"
MODULE = "tests.benchmarks.training_scale"


def measure(customers: int = SMALL) -> list[Figure]:
    """Train a network and make LightGBM's data set of three snapshots of so many customers."""
    rows = customers * SNAPSHOTS
    size_mb = rows * FEATURES * 8 / 2**20
    nothing, network, trees, at_once = (
        measure_in_process(MODULE, ["--task", task, str(customers)])
        for task in ("nothing", "network", "trees", "trees at once")
    )
    by_hand = measure_by_hand() / ROWS
    epoch_s, epoch_rows = _time_epoch(customers)
    each = epoch_s / epoch_rows
    growth = network.peak_mb - nothing.peak_mb
    return [
        Figure(TOPIC, "snapshots in files", size_mb, "MB", customers),
        Figure(TOPIC, BY_HAND, by_hand * 1e6, "cpu s/M rows", ROWS),
        Figure(
            TOPIC,
            "network, window by window",
            each * 1e6,
            "cpu s/M rows",
            customers,
            BY_HAND,
            each / by_hand,
            f"at most {TARGET} loops by hand",
            each <= TARGET * by_hand,
        ),
        Figure(
            TOPIC,
            "network: memory beyond a process that only makes snapshots",
            growth,
            "MB",
            customers,
            "the snapshots' size",
            growth / size_mb,
            f"at most {MOST_GROWTH_MB:,.0f} MB, whatever the size",
            growth <= MOST_GROWTH_MB,
        ),
        Figure(
            TOPIC,
            "LightGBM's data, block by block: memory likewise",
            trees.peak_mb - nothing.peak_mb,
            "MB",
            customers,
            "made of one array",
            (trees.peak_mb - nothing.peak_mb) / (at_once.peak_mb - nothing.peak_mb),
        ),
        Figure(
            TOPIC,
            "LightGBM's data, block by block",
            trees.computing_s - nothing.computing_s,
            "cpu s",
            customers,
            "made of one array",
            (trees.computing_s - nothing.computing_s) / (at_once.computing_s - nothing.computing_s),
        ),
    ]


def make_snapshots(customers: int) -> tuple[Snapshot, ...]:
    """Return labelled snapshots in files; the first columns move chance and amount of buying."""
    names = [f"feature_{number}" for number in range(FEATURES)]
    index = pd.RangeIndex(customers, name="customer_key")
    found = []
    for number in range(SNAPSHOTS):
        random = np.random.default_rng(number)
        table = MappedTable(index, names)
        for block in split_rows(customers):
            rows = min(block.stop, customers) - block.start
            table.write(block.start, random.normal(size=(rows, FEATURES)))
        features = table.read()
        bought = random.random(customers) < 1 / (1 + np.exp(1 - features["feature_0"].to_numpy()))
        spend = np.where(bought, np.exp(3 + 0.5 * features["feature_1"].to_numpy()), 0.0)
        found.append(
            Snapshot(
                FIRST_DAY + dt.timedelta(days=30 * number),
                90,
                features,
                np.zeros((customers, 0), dtype=np.float32),
                pd.Series(spend, index),
                pd.Series(bought.astype(np.int64), index),
            )
        )
    return tuple(found)


def _make_windows(customers: int) -> WindowedRows:
    labelled = make_snapshots(customers)
    rows = stack_rows(labelled)
    material = Material.collect(rows, labelled, "dense")
    some = material.take(thin_out(np.arange(len(rows.spend)), ROWS))
    inputs = NetworkInputs.learn(some, "dense", MatrixSettings(), "median", 0)
    return WindowedRows(material, inputs, NetworkSettings(), np.arange(len(rows.spend)))


def _train(customers: int) -> list[float]:
    """Train for a few epochs as the app does; returns when each ended, in processor seconds."""
    ends: list[float] = []
    progress = Progress(lambda row: ends.append(time.process_time()), EPOCHS, 1)
    path = LearningPath(EPOCHS, ())
    train_on_all(_make_windows(customers), NetworkSettings(), path, 1, progress)
    return ends


def _time_epoch(customers: int) -> tuple[float, int]:
    """Return processor seconds of a steady epoch, and how many rows it holds."""
    rows = min(customers * SNAPSHOTS, EPOCH_ROWS)
    return statistics.median(np.diff(_train(customers))), rows


def _make_data_set(customers: int, is_large: bool) -> None:
    labelled = make_snapshots(customers)
    features = [one.features for one in labelled]
    spend = np.concatenate([one.read_spend() for one in labelled])
    inputs = TreeInputs.learn(features[0].iloc[:ROWS], spend[:ROWS], MatrixSettings())
    make_dataset(read_tables(inputs, features, is_large), spend).construct()


TASKS = {
    "nothing": make_snapshots,
    "network": _train,
    "trees": lambda customers: _make_data_set(customers, is_large=True),
    "trees at once": lambda customers: _make_data_set(customers, is_large=False),
}


if __name__ == "__main__":
    if "--task" in sys.argv[1:2]:
        measure_here(lambda: TASKS[sys.argv[2]](int(sys.argv[3])))
    else:
        sys.exit(run_benchmark(measure, "--customers", SMALL))
