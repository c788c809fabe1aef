"""From a CSV of order lines to typed tables with their account, beside a bare scan.

The reference is what DuckDB needs to read every cell of the same file as text,
columns declared, nothing written: less cannot be done with the file. Each is
timed in a process of its own, so that its peak memory is its own too, and the
quickest of a few rounds counts: others on the machine only ever add to it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from clv_core.ingest.engine import cursor
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import prepare_tables

MEGABYTE = 1 << 20
PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
LINES_PER_ORDER = 4
LINES_PER_CUSTOMER = 40
COLUMNS = (
    "order_id",
    "customer_id",
    "order_date",
    "product_id",
    "quantity",
    "unit_price",
    "amount",
)
SCAN = """SELECT count(*), {counts} FROM read_csv(?, auto_detect = false, columns = {{{declared}}},
    delim = ',', quote = '"', escape = '"', header = true)"""


@dataclass(frozen=True)
class Cost:
    """What one task took.

    Attributes
    ----------
    seconds : float
        By the clock.
    computing_s : float
        Of processor time, on all cores and in all processes.
    peak_mb : float
        Memory of the largest process that took part.
    """

    seconds: float
    computing_s: float
    peak_mb: float


@dataclass(frozen=True)
class ReadingTime:
    """What reading one file took.

    Attributes
    ----------
    lines : int
    size_mb : float
    scan : Cost
        A bare scan of the file.
    text : Cost
        The file as text in Parquet, every row counted and every column profiled.
    tables : Cost
        All of it: understood, read in a confined process, cleaned, accounted for.
    """

    lines: int
    size_mb: float
    scan: Cost
    text: Cost
    tables: Cost


def measure_reading(lines: int, folder: Path, rounds: int = 1) -> ReadingTime:
    """Write a file of order lines, scan it and read it.

    Parameters
    ----------
    lines : int
    folder : Path
        Where the file is written; it is deleted afterwards.
    rounds : int
        The quickest counts.
    """
    path = folder / "order_lines.csv"
    write_order_lines(path, lines)
    try:
        costs = [
            min((_time(task, path) for _ in range(rounds)), key=lambda cost: cost.seconds)
            for task in TASKS
        ]
        return ReadingTime(lines, path.stat().st_size / MEGABYTE, *costs)
    finally:
        path.unlink()


def write_order_lines(path: Path, lines: int) -> None:
    """Write order lines that look like a shop's, the same ones every time."""
    with duckdb.connect() as connection:
        connection.execute(  # our own constants and a path that we made
            f"""COPY (
                SELECT 100000 + line // {LINES_PER_ORDER} AS order_id,
                       'C' || lpad((hash(line // {LINES_PER_ORDER})
                           % greatest(1, {lines} // {LINES_PER_CUSTOMER}))::VARCHAR, 7, '0')
                           AS customer_id,
                       strftime(TIMESTAMP '2022-01-01' + to_seconds(
                           (line // {LINES_PER_ORDER}) * 94608000 // greatest(1, {lines} // 4)),
                           '%Y-%m-%d %H:%M:%S') AS order_date,
                       'SKU-' || (hash(line) % 5000)::VARCHAR AS product_id,
                       1 + hash(line * 7) % 5 AS quantity,
                       printf('%.2f', 1 + (hash(line * 13) % 20000) / 100) AS unit_price,
                       printf('%.2f', (1 + hash(line * 7) % 5)
                           * (1 + (hash(line * 13) % 20000) / 100)) AS amount
                FROM range({lines}) AS numbers(line)
            ) TO '{path}' (FORMAT csv, HEADER)"""  # noqa: S608
        )


def _time(task: str, path: Path) -> Cost:
    """Do one task in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reading", task, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return Cost(*map(float, told.split()))


def scan(path: Path) -> None:
    """Read every cell as text and keep nothing."""
    counts = ", ".join(f"count({name})" for name in COLUMNS)
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    with cursor() as connection:
        connection.execute(SCAN.format(counts=counts, declared=declared), [str(path)]).fetchall()


def read(path: Path) -> None:
    """Understand the file and read it as text into Parquet."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        read_text_rows(understand_file(path), Path(scratch) / "rows.parquet")


def prepare(path: Path) -> None:
    """Understand, read and clean the file as the app does."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        prepare_tables([understand_file(path)], Path(scratch))


TASKS = {"scan": scan, "read": read, "prepare": prepare}


def main(arguments: list[str]) -> int:
    """Do one task and print its seconds, its processor seconds and the peak memory in MB."""
    task, path = TASKS[arguments[0]], Path(arguments[1])
    cursor().close()  # the engine is open in the app too
    begun, computed = time.perf_counter(), _computing_s()
    task(path)
    print(time.perf_counter() - begun, _computing_s() - computed, _peak_mb())
    return 0


def _computing_s() -> float:
    used = [resource.getrusage(who) for who in PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mb() -> float:
    return max(resource.getrusage(who).ru_maxrss for who in PROCESSES) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
