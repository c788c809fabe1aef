"""Automatic mode beside a plain training of the same shop, one after the other.

In seconds on the clock, since a time budget is kept by the clock, and in processor
seconds, which say what was computed whatever else the machine did.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from clv_core.cleaning.tables import Tables
from clv_core.ingest.understand import understand_file
from clv_core.models.backend import use_compilation_cache
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.samples import write_samples
from clv_core.settings import RunSettings
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure

CUSTOMERS = 5_000
SEED = 11
SNAPSHOTS = 12
HORIZON_DAYS = 90  # the longest at which two years hold twelve snapshots before the holdout
MINUTES = 3.0
KINDS = ("orders", "events", "reviews", "customers")


@dataclass(frozen=True)
class AutomaticTime:
    """What a training took, and what automatic mode said of it.

    Attributes
    ----------
    seconds : float
        On the clock.
    computing_s : float
        Of the processor, all threads together.
    told : tuple of str
    """

    seconds: float
    computing_s: float
    told: tuple[str, ...]


def measure_automatic(scratch: Path) -> dict[str, AutomaticTime]:
    """Return what a plain training and one in automatic mode take, by name."""
    use_compilation_cache(scratch / "compiled")
    tables = _prepare_shop(scratch)
    plain = RunSettings.check(
        {"window": {"horizon_days": HORIZON_DAYS, "max_snapshots": SNAPSHOTS}}
    )
    asked = {"plain": plain, "automatic": plain.model_copy(update={"automatic_minutes": MINUTES})}
    return {name: _time_run(tables, settings) for name, settings in asked.items()}


def _prepare_shop(scratch: Path) -> Tables:
    shop, folder = scratch / "shop", scratch / "tables"
    for one in (shop, folder):
        one.mkdir()
    write_samples(shop, CUSTOMERS, SEED)
    return prepare_tables([understand_file(shop / f"{kind}.csv") for kind in KINDS], folder)[0]


def _time_run(tables: Tables, settings: RunSettings) -> AutomaticTime:
    begun, computed = time.perf_counter(), time.process_time()
    result = forecast_shop(tables, settings)
    return AutomaticTime(
        time.perf_counter() - begun,
        time.process_time() - computed,
        tuple(map(str, result.tuning)),
    )


def measure() -> list[Figure]:
    """Return what both trainings take; what automatic mode says of itself is printed."""
    with TemporaryDirectory(prefix="perennial-bench-") as scratch:
        trainings = measure_automatic(Path(scratch))
    plain, automatic = trainings["plain"], trainings["automatic"]
    for told in automatic.told:
        print(told)
    asked = f"{CUSTOMERS:,} customers x {SNAPSHOTS} snapshots"
    named = f"automatic training, {asked}"
    return [
        Figure("training", f"plain training, {asked}", plain.seconds, "s", CUSTOMERS),
        Figure(
            "training",
            named,
            automatic.seconds,
            "s",
            CUSTOMERS,
            "plain training",
            automatic.seconds / plain.seconds,
            f"< {MINUTES:g} minutes",
            automatic.seconds < 60 * MINUTES,
        ),
    ]


if __name__ == "__main__":
    sys.exit(run_benchmark(measure))
