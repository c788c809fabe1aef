"""From a CSV of order lines to typed tables with their account, beside a bare scan.

The reference is what DuckDB needs to read every cell of the same file as text,
columns declared, nothing written: less cannot be done with the file. Each is
timed in a process of its own, so that its peak memory is its own too.
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
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import prepare_tables

MEGABYTE = 1 << 20
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
class ReadingTime:
    """Seconds and peak memory for one file.

    Attributes
    ----------
    lines : int
    size_mb, scan_s, read_s : float
    read_peak_mb : float
        Of the largest process that took part.
    """

    lines: int
    size_mb: float
    scan_s: float
    read_s: float
    read_peak_mb: float

    @property
    def ratio(self) -> float:
        """How many bare scans the reading takes."""
        return self.read_s / self.scan_s


def measure_reading(lines: int, folder: Path) -> ReadingTime:
    """Write a file of order lines, scan it and read it.

    Parameters
    ----------
    lines : int
    folder : Path
        Where the file is written; it is deleted afterwards.
    """
    path = folder / "order_lines.csv"
    write_order_lines(path, lines)
    try:
        scan_s, _ = _time("scan", path)
        read_s, peak_mb = _time("read", path)
        return ReadingTime(lines, path.stat().st_size / MEGABYTE, scan_s, read_s, peak_mb)
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
            ) TO '{path}' (FORMAT csv, HEADER)"""
        )


def _time(task: str, path: Path) -> tuple[float, float]:
    """Do one task in a process of its own; return its seconds and the peak memory."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reading", task, str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    seconds, peak = told.split()
    return float(seconds), float(peak)


def scan(path: Path) -> None:
    """Read every cell as text and keep nothing."""
    counts = ", ".join(f"count({name})" for name in COLUMNS)
    declared = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    with cursor() as connection:
        connection.execute(SCAN.format(counts=counts, declared=declared), [str(path)]).fetchall()


def read(path: Path) -> None:
    """Understand, read and clean the file as the app does."""
    with TemporaryDirectory(prefix="perennial-") as scratch:
        prepare_tables([understand_file(path)], Path(scratch))


def main(arguments: list[str]) -> int:
    """Do one task and print its seconds and the peak memory in MB."""
    task, path = {"scan": scan, "read": read}[arguments[0]], Path(arguments[1])
    begun = time.perf_counter()
    task(path)
    seconds = time.perf_counter() - begun
    peaks = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(seconds, max(peaks) / 1024)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
