"""Ingest at size: from a generated file of order lines to cleaned tables with their account.

``python -m tests.benchmarks.ingest_scale [--lines N] [--limit-gb G] [--json FILE]``. In
processor seconds per million lines, beside the same of a million lines and a bare scan
of the file in the same run; memory is that of the largest process and of all of them
together. With ``--limit-gb``, and of itself beyond ten million lines, cleaning runs under a
hard limit for all processes together (``limited.py``; Linux, as root): what would need
more is killed instead of being measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import understand_confined
from clv_core.ingest.engine import cursor
from clv_core.pipeline import prepare_tables
from clv_core.samples import write_order_lines
from tests.benchmarks.figures import Figure, print_figures
from tests.benchmarks.limited import can_limit, limited_memory
from tests.benchmarks.measured import Cost, measure_here, measure_in_process

__all__ = ["measure"]

TOPIC = "ingest"
MILLION = 1_000_000
MOST_GROWTH = 1.3  # of the cost of a line, from a million lines on
MOST_MB = 6_000.0  # of the largest process
MOST_TOGETHER_MB = 3_000.0  # of all processes, where little may be used
SAMPLED_EVERY_S = 0.05
COLUMNS = (
    *("order_id", "order_time", "customer_id", "product_id", "product_name", "category"),
    *("quantity", "unit_price", "amount", "currency"),
)
SCAN = """SELECT {counts} FROM read_csv(?, auto_detect = false, columns = {{{declared}}},
    delim = ',', quote = '"', escape = '"', header = true)"""


@dataclass(frozen=True)
class Ingested:
    """What a file of order lines took.

    Attributes
    ----------
    lines : int
    written, scanned, prepared : Cost
        Generating it; reading every cell and keeping nothing; all of the way to the tables.
    together_mb : float
        Peak memory of all processes of the last.
    """

    lines: int
    written: Cost
    scanned: Cost
    prepared: Cost
    together_mb: float

    def per_million(self, cost: Cost) -> float:
        """Return processor seconds per million lines."""
        return cost.computing_s * MILLION / self.lines


def measure(lines: int = MILLION, limit_gb: float | None = None) -> list[Figure]:
    """Generate so many order lines and make tables of them; a million too, where it is more.

    Parameters
    ----------
    lines : int
    limit_gb : float, optional
        What all processes together may hold; whoever takes more is killed. Beyond ten
        million lines 3 GB, where this process may set limits.
    """
    if limit_gb is None and lines > 10 * MILLION and can_limit():
        limit_gb = MOST_TOGETHER_MB / 1000
    base = _ingest(min(lines, MILLION), None)
    found = base if lines <= MILLION else _ingest(lines, limit_gb)
    generated = found.written
    speed = found.lines / generated.computing_s
    figures = [
        Figure(TOPIC, "generating order lines", speed, "lines/cpu s", lines),
        Figure(TOPIC, "generating order lines, memory", generated.peak_mb, "MB", lines),
        Figure(TOPIC, "a bare scan", found.per_million(found.scanned), "cpu s per M lines", lines),
        *_compare(found, base),
        Figure(
            TOPIC,
            "file to tables, memory of the largest process",
            found.prepared.peak_mb,
            "MB",
            lines,
            target=f"under {MOST_MB:,.0f} MB",
            is_met=found.prepared.peak_mb < MOST_MB,
        ),
        Figure(
            TOPIC,
            "file to tables, memory of all processes",
            found.together_mb,
            "MB",
            lines,
            target=f"under {MOST_TOGETHER_MB:,.0f} MB",
            is_met=found.together_mb < MOST_TOGETHER_MB,
        ),
    ]
    if limit_gb is not None:
        done = f"file to tables where all processes together get {limit_gb:g} GB at most"
        figures.append(Figure(TOPIC, done, found.prepared.seconds, "s", lines))
    return figures


def _compare(found: Ingested, base: Ingested) -> Iterator[Figure]:
    """Hold the cost of a line against a bare scan and against that in a million lines."""
    name, unit = "file to tables", "cpu s per M lines"
    value = found.per_million(found.prepared)
    scans = found.prepared.computing_s / found.scanned.computing_s
    yield Figure(TOPIC, name, value, unit, found.lines, "a bare scan", scans)
    if found is not base:
        growth = value / base.per_million(base.prepared)
        yield Figure(
            TOPIC,
            f"{name}, growth of a line's cost",
            value,
            unit,
            found.lines,
            "a million lines",
            growth,
            f"at most {MOST_GROWTH} times",
            growth <= MOST_GROWTH,
        )


def _ingest(lines: int, limit_gb: float | None) -> Ingested:
    """Do all of it with a file of its own, each task in a process of its own."""
    with TemporaryDirectory(prefix="perennial-bench-") as scratch:
        path = str(Path(scratch) / "orders.csv")
        written = _run("write", path, str(lines))
        scanned = _run("scan", path)
        with _watching() as watched:
            prepared = _run("prepare", path, *(() if limit_gb is None else (str(limit_gb),)))
    return Ingested(lines, written, scanned, prepared, watched[0])


def _run(*arguments: str) -> Cost:
    return measure_in_process("tests.benchmarks.ingest_scale", ["--task", *arguments])


@contextmanager
def _watching() -> Iterator[list[float]]:
    """Note the most memory, in MB, that this process's descendants held at one time."""
    peak, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLED_EVERY_S):
            peak[0] = max(peak[0], sum(map(_resident_mb, psutil.Process().children(True))))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _resident_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / (1 << 20)
    except psutil.NoSuchProcess:
        return 0.0


def _scan(path: str) -> None:
    """Read every cell as text and keep nothing."""
    counts = ", ".join(f"count({name})" for name in COLUMNS)
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    with cursor() as connection:
        connection.execute(SCAN.format(counts=counts, declared=declared), [path]).fetchall()


def _prepare(path: str, limit_gb: str | None = None) -> None:
    """Understand, read and clean the file as the app does."""
    limited = nullcontext() if limit_gb is None else limited_memory(float(limit_gb))
    with limited, TemporaryDirectory(prefix="perennial-") as scratch:
        files = understand_confined([(Path(path), "orders.csv", FileChoice())])
        prepare_tables(files, Path(scratch))


def main() -> int:
    """Measure, or do one task in this process and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=MILLION)
    parser.add_argument("--limit-gb", type=float)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--task", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.task:
        _do(*asked.task)
        return 0
    figures = measure(asked.lines, asked.limit_gb)
    print_figures(figures)
    if asked.json:
        asked.json.write_text(json.dumps([one.to_json() for one in figures]), encoding="utf-8")
    return 0


def _do(task: str, path: str, *rest: str) -> None:
    cursor().close()  # the engine is open in the app too
    if task == "write":
        measure_here(lambda: write_order_lines(Path(path), int(rest[0])))
    elif task == "scan":
        measure_here(lambda: _scan(path))
    else:
        measure_here(lambda: _prepare(path, *rest))


if __name__ == "__main__":
    sys.exit(main())
