"""Spark on two processors of this machine beside the machine alone, from file to forecasts.

``python -m tests.benchmarks.spark_scale [--lines N] [--json FILE]``. Both score the same
orders with the same saved run by the command line's own verb, each in processes of its
own; Spark's time holds its start. The forecasts are compared, customer by customer.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import psutil

from clv_core.ingest.understand import understand_file
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.runs.folder import write_run
from clv_core.samples import write_samples
from clv_core.samples.order_lines import write_order_lines
from clv_core.settings import RunSettings
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import Cost

ENGINE = "local[2]"
DEFAULT_LINES = 100_000
TAUGHT = 1_000  # customers of the shop that the saved run was trained on
TOLERANCE = 1e-6
TOPIC = "spark"
_LOOK_S = 0.1  # between two looks at what the processes have computed
SETTINGS = {
    "window": {"horizon_days": 90, "max_snapshots": 3},
    "network": {"hidden_units": [8], "epochs": 3},
    "boosted": {"trees": 50},
    "evaluation": {"bootstrap_samples": 50},
}


def measure(lines: int = DEFAULT_LINES) -> list[Figure]:
    """Score the customers of so many order lines both ways."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        folder = Path(scratch)
        run = _train(folder)
        orders = folder / "orders.csv"
        write_order_lines(orders, lines)
        alone, here = _score(run, orders, folder / "alone.csv")
        spark, there = _score(run, orders, folder / "spark.csv", "--engine", ENGINE)
    apart = _largest_difference(here, there)
    return [
        Figure(TOPIC, "one machine, file to forecasts", alone.seconds, "s", lines),
        Figure(TOPIC, "one machine, processor time", alone.computing_s, "cpu s", lines),
        Figure(
            TOPIC,
            f"Spark {ENGINE}, file to forecasts",
            spark.seconds,
            "s",
            lines,
            "one machine",
            spark.seconds / alone.seconds,
        ),
        Figure(
            TOPIC,
            f"Spark {ENGINE}, processor time",
            spark.computing_s,
            "cpu s",
            lines,
            "one machine",
            spark.computing_s / alone.computing_s,
        ),
        Figure(
            TOPIC,
            "largest difference of a forecast, relative",
            apart,
            "",
            float(len(here)),
            "one machine",
            None,
            f"at most {TOLERANCE:g}",
            apart <= TOLERANCE,
        ),
    ]


def _train(folder: Path) -> Path:
    """Save a run on a small shop of the same kind."""
    shop, tables, run = (folder / name for name in ("shop", "tables", "run"))
    for one in (shop, tables, run):
        one.mkdir()
    write_samples(shop, TAUGHT, 11)
    cleaned, quality = prepare_tables([understand_file(shop / "orders.csv")], tables)
    result = forecast_shop(cleaned, RunSettings.check(SETTINGS))
    write_run(result, cleaned, quality, run, keeps_customers=True)
    return run


def _score(run: Path, orders: Path, out: Path, *engine: str) -> tuple[Cost, pd.DataFrame]:
    call = ["score", "--run", str(run), "--orders", str(orders), "--out", str(out), *engine]
    begun, seen = time.perf_counter(), dict[int, float]()
    with subprocess.Popen([sys.executable, "-m", "clv_core", *call]) as process:
        while process.poll() is None:
            _watch(process.pid, seen)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
    if process.returncode:
        raise RuntimeError("the command line did not score")
    cost = Cost(time.perf_counter() - begun, sum(seen.values()), 0.0)
    return cost, pd.read_csv(out, dtype={0: str}, low_memory=False)


def _watch(process: int, seen: dict[int, float]) -> None:
    """Note what every process of a tree has computed so far: Java is not waited for by Python."""
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(process)
        for one in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                seen[one.pid] = times.user + times.system


def _largest_difference(here: pd.DataFrame, there: pd.DataFrame) -> float:
    """Return the largest relative difference of any number of any customer."""
    ours, theirs = (one.set_index("customer_id").sort_index() for one in (here, there))
    if not ours.index.equals(theirs.index):
        return float("inf")
    numbers = ours.select_dtypes("number").columns
    expected, found = ours[numbers].to_numpy(), theirs[numbers].to_numpy()
    if not np.array_equal(np.isnan(expected), np.isnan(found)):
        return float("inf")
    return float(np.nanmax(np.abs(found - expected) / np.maximum(1.0, np.abs(expected))))


if __name__ == "__main__":
    sys.exit(run_benchmark(measure, "--lines", DEFAULT_LINES))
