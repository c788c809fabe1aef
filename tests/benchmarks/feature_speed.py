"""Features at a cutoff from cleaned tables, beside a bare scan and beside pandas.

The bare scan reads every value of the columns that features need, orders' and lines',
and adds it up: less cannot be done with them. ``pandas_features`` is the same features
as a good pandas user writes them. Every task has a process of its own, one thread and
the app's usual memory limit; processor seconds count, the fewest of a few rounds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.tables import Tables
from clv_core.features.batches import build_batches
from clv_core.features.build import build_snapshot, feature_frames
from clv_core.features.day_table import write_day_tables
from clv_core.ingest.engine import cursor
from tests.benchmarks.figures import Figure, print_figures
from tests.benchmarks.measured import Cost, measure_here, measure_in_process
from tests.benchmarks.pandas_features import features_in_pandas
from tests.benchmarks.scale_shop import write_tables

__all__ = ["measure"]

MODULE = "tests.benchmarks.feature_speed"
ONE_THREAD = {"PERENNIAL_THREADS": "1", "OMP_NUM_THREADS": "1"}
MILLION = 1_000_000
# Lines: beyond, pandas takes more memory than a laptop has, and the rest is more of the same.
MOST_IN_DETAIL = 10 * MILLION
CUTOFFS = 12
CUTOFF_DAYS_BACK, CUTOFF_STEP_DAYS = 90, 30
MOST_SCANS, MOST_GROWTH, MOST_MB = 8.0, 1.3, 6144.0
PANDAS_TIME, PANDAS_MEMORY = 1 / 3, 1 / 2
TIGHT_GB = "0.5"  # of DuckDB's own count, which leaves the process far below 3 GB
SCANNED = {
    "orders": "sum(customer_key), sum(epoch_us(order_time)), sum(amount), sum(quantity),"
    " sum(distinct_products), count_if(is_return)",
    "lines": "sum(customer_key), sum(epoch_us(order_time)), sum(product_key), sum(amount)",
}


def measure(lines: int, tables: Path | None = None) -> list[Figure]:
    """Measure features of a sample shop of so many order lines.

    Parameters
    ----------
    lines : int
    tables : Path, optional
        Cleaned tables of as many lines, read only; made for the occasion otherwise.
        Beyond a million lines a million is measured too, for the growth of the cost.
    """
    with TemporaryDirectory(prefix="perennial-") as scratch:
        big = _measure_shop(lines, Path(scratch) / "big", tables)
        if lines <= MILLION:
            return big
        small = _measure_shop(MILLION, Path(scratch) / "small", None, rounds=2)
        return [*big, *_compare_growth(big, small)]


def _measure_shop(
    lines: int, folder: Path, given: Path | None, rounds: int | None = None
) -> list[Figure]:
    rounds = rounds or (2 if lines <= MILLION else 1)
    folder.mkdir()
    if given is None:
        write_tables(folder, lines)
    else:
        for path in given.iterdir():
            (folder / path.name).symlink_to(path.resolve())

    def time(task: str, limit_gb: str = "", rounds: int = rounds) -> Cost:
        limit = {"PERENNIAL_MEMORY_GB": limit_gb} if limit_gb else {}
        costs = [
            measure_in_process(MODULE, [task, str(folder)], ONE_THREAD | limit)
            for _ in range(rounds)
        ]
        return min(costs, key=lambda cost: cost.computing_s)

    scan, straight = time("scan"), time("compute")
    days = time("days", rounds=1)
    stored, file, tight = time("compute"), time("file"), time("file", TIGHT_GB, 1)
    figures = _tell_scans(lines, scan, straight, days, stored)
    figures += _tell_file(lines, scan, file, tight)
    if lines <= MOST_IN_DETAIL:
        figures += _tell_cutoffs(lines, scan, time("cutoffs", rounds=1), time("months", rounds=1))
        figures += _tell_pandas(lines, time("frame"), time("pandas"))
    return figures


def _tell_scans(lines: int, scan: Cost, straight: Cost, days: Cost, stored: Cost) -> list[Figure]:
    return [
        Figure("features", "bare scan of orders and lines", scan.computing_s, "CPU s", lines),
        _in_scans("features, the days written before", lines, stored, scan, MOST_SCANS),
        _in_scans("features, straight from orders and lines", lines, straight, scan, MOST_SCANS),
        _in_scans("writing the days of a data set, once", lines, days, scan),
        _peak("peak memory of writing the days", lines, days, MOST_MB),
    ]


def _tell_file(lines: int, scan: Cost, file: Cost, tight: Cost) -> list[Figure]:
    return [
        _in_scans("features written as a file", lines, file, scan),
        _peak("peak memory of it", lines, file, MOST_MB),
        _in_scans(f"the same with {TIGHT_GB} GB for the engine", lines, tight, scan),
        _peak("peak memory of that", lines, tight, MOST_MB / 2),
    ]


def _tell_cutoffs(lines: int, scan: Cost, cutoffs: Cost, months: Cost) -> list[Figure]:
    each = Cost(cutoffs.seconds, cutoffs.computing_s / CUTOFFS, cutoffs.peak_mb)
    return [
        _in_scans(f"each of {CUTOFFS} labelled snapshots, in batches", lines, each, scan),
        _in_scans("one labelled snapshot with its months", lines, months, scan),
    ]


def _in_scans(name: str, lines: int, cost: Cost, scan: Cost, most: float | None = None) -> Figure:
    ratio = cost.computing_s / scan.computing_s
    target = f"at most {most:g} scans" if most else ""
    is_met = ratio <= most if most else None
    told = (cost.computing_s, "CPU s", lines, "bare scans", ratio, target, is_met)
    return Figure("features", name, *told)


def _peak(name: str, lines: int, cost: Cost, most_mb: float) -> Figure:
    target, is_met = f"below {most_mb:.0f} MB", cost.peak_mb < most_mb
    return Figure("features", name, cost.peak_mb, "MB", lines, target=target, is_met=is_met)


def _tell_pandas(lines: int, frame: Cost, pandas: Cost) -> list[Figure]:
    told = (
        ("a snapshot as a data frame", "CPU s", PANDAS_TIME, frame.computing_s, pandas.computing_s),
        ("its peak memory", "MB", PANDAS_MEMORY, frame.peak_mb, pandas.peak_mb),
    )
    return [
        Figure(
            *("features", name, value, unit, lines, "the same in pandas", value / reference),
            target=f"at most {most:.2f}",
            is_met=value / reference <= most,
        )
        for name, unit, most, value, reference in told
    ]


def _compare_growth(big: list[Figure], small: list[Figure]) -> list[Figure]:
    """Compare the cost per line with that of a million lines, where both are given."""
    before = {one.name: one for one in small if one.unit == "CPU s"}
    figures = []
    for one in big:
        if one.name not in before or not one.size:
            continue
        per_line = one.value / one.size
        growth = per_line / (before[one.name].value / MILLION)
        told = (per_line * 1e9, "ns/line", one.size, "per line of a million", growth)
        target, is_met = f"at most {MOST_GROWTH}", growth <= MOST_GROWTH
        figures.append(Figure("features: cost per line", one.name, *told, target, is_met))
    return figures


def scan(tables: Tables) -> None:
    """Read every value that features need and keep nothing but its sum."""
    with cursor() as connection:
        for name, sums in SCANNED.items():
            path = str(tables.folder / f"{name}.parquet")
            query = f"SELECT {sums} FROM read_parquet(?)"  # noqa: S608
            connection.execute(query, [path]).fetchall()


def compute(tables: Tables) -> None:
    """Compute all features, one query after the other, and keep none."""
    for frame in feature_frames(tables, _cutoff(tables)).values():
        relation: duckdb.DuckDBPyRelation = frame.to_native()
        for batch in relation.to_arrow_reader(100_000):
            del batch


def write_file(tables: Tables) -> None:
    """Write the features of all customers as a file."""
    batches = build_batches(tables, _cutoff(tables), 0, label=False, has_months=False)
    with TemporaryDirectory(prefix="perennial-") as scratch:
        parts = (pa.Table.from_pandas(one.features) for one in batches)
        first = next(parts)
        with pq.ParquetWriter(Path(scratch) / "features.parquet", first.schema) as writer:
            for part in itertools.chain([first], parts):
                writer.write_table(part)


def build_cutoffs(tables: Tables) -> None:
    """Build labelled snapshots at several cutoffs, in batches of customers."""
    for place in range(CUTOFFS):
        cutoff = _cutoff(tables) - dt.timedelta(days=CUTOFF_STEP_DAYS * place)
        for snapshot in build_batches(tables, cutoff, CUTOFF_DAYS_BACK, True, has_months=False):
            del snapshot


def build_months(tables: Tables) -> None:
    """Build one labelled snapshot with its sequences, in batches of customers."""
    for snapshot in build_batches(tables, _cutoff(tables), CUTOFF_DAYS_BACK, True):
        del snapshot


def build_frame(tables: Tables) -> None:
    """Build one snapshot as models take it."""
    build_snapshot(tables, _cutoff(tables), CUTOFF_DAYS_BACK, label=False, has_months=False)


def _cutoff(tables: Tables) -> dt.date:
    return tables.last_day - dt.timedelta(days=CUTOFF_DAYS_BACK)


TASKS: dict[str, Callable[[Tables], object]] = {
    "scan": scan,
    "compute": compute,
    "days": write_day_tables,
    "file": write_file,
    "cutoffs": build_cutoffs,
    "months": build_months,
    "frame": build_frame,
    "pandas": lambda tables: features_in_pandas(tables.folder, _cutoff(tables)),
}


def main(arguments: list[str]) -> int:
    """Print the figures; or do one task and print what it took."""
    if arguments and arguments[0] in TASKS:
        tables = Tables.open(Path(arguments[1]))
        tables.scan("products").head(1).collect("pyarrow")  # the engine is open in the app too
        measure_here(lambda: TASKS[arguments[0]](tables))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=MILLION)
    parser.add_argument("--tables", type=Path, help="cleaned tables of as many lines")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    figures = measure(asked.lines, asked.tables)
    print_figures(figures)
    if asked.json:
        asked.json.write_text(json.dumps([one.to_json() for one in figures]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
