"""Next month's file added to a year of orders, against reading all of it anew.

``python -m tests.benchmarks.extending [--lines N] [--json FILE]``. The file of the sample
shop is cut by its days: the last thirteenth of them is the new file. Each way runs in a
process of its own, from the files to the tables that features are made of; a new file
whose orders stand partly in the old one as well is added too, since then all rows have
to be judged again. The tables of both ways are compared.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import understand_confined
from clv_core.ingest.engine import cursor
from clv_core.pipeline import extend_files, prepare_tables
from clv_core.samples import write_order_lines
from tests.benchmarks.figures import Figure, print_figures
from tests.benchmarks.measured import Cost, measure_here, measure_in_process

__all__ = ["measure"]

TOPIC = "incremental"
MILLION = 1_000_000
NEW_SHARE = 1 / 13  # of the days; a month after a year
OVERLAP_DAYS = 3
WAYS = {
    "behind": "a month put behind the year",
    "overlapping": "a month that overlaps with the year",
}
TABLES = ("orders", "lines", "customers", "products")


def measure(lines: int = MILLION) -> list[Figure]:
    """Extend and rebuild a shop of so many order lines, and compare what comes of it."""
    with TemporaryDirectory(prefix="perennial-extending-") as name:
        folder = Path(name)
        days = _write_files(folder, lines)
        _measure_way(folder, "prepare", "old", ["old.csv"])
        figures: list[Figure] = []
        for way, told in WAYS.items():
            new = f"{way}.csv"
            rebuilt = _measure_way(folder, "prepare", f"rebuilt-{way}", ["old.csv", new])
            extended = _measure_way(folder, "extend", f"extended-{way}", [new])
            figures += _compare(told, extended, rebuilt, lines)
            _refuse_differences(folder / f"extended-{way}", folder / f"rebuilt-{way}")
            shutil.rmtree(folder / f"rebuilt-{way}")
            shutil.rmtree(folder / f"extended-{way}")
        kept = sum(file.stat().st_size for file in (folder / "old" / "rows").iterdir())
        read = (folder / "old.csv").stat().st_size
        figures.append(
            Figure(
                TOPIC,
                "rows kept to be added to",
                kept / 1e6,
                "MB",
                lines,
                f"the file of {days} days",
                kept / read,
            )
        )
    return figures


def _compare(told: str, extended: Cost, rebuilt: Cost, lines: int) -> list[Figure]:
    reference = "reading all files anew"
    return [
        Figure(
            TOPIC,
            told,
            extended.computing_s,
            "cpu s",
            lines,
            reference,
            extended.computing_s / rebuilt.computing_s,
        ),
        Figure(
            TOPIC,
            f"{told}, by the clock",
            extended.seconds,
            "s",
            lines,
            reference,
            extended.seconds / rebuilt.seconds,
        ),
        Figure(
            TOPIC,
            f"{told}, memory",
            extended.peak_mb,
            "MB",
            lines,
            reference,
            extended.peak_mb / rebuilt.peak_mb,
        ),
    ]


def _write_files(folder: Path, lines: int) -> int:
    """Write a year's file and next month's, and return how many days the first has."""
    whole = folder / "whole.csv"
    write_order_lines(whole, lines)
    with cursor() as connection:
        orders = connection.read_csv(str(whole), header=True, all_varchar=True)
        days = [str(row[0]) for row in orders.project("left(order_time, 10)").distinct().fetchall()]
        days.sort()
        cut = len(days) - max(1, round(len(days) * NEW_SHARE))
        parts = {
            "old": f"order_time < '{days[cut]}'",
            "behind": f"order_time >= '{days[cut]}'",
            "overlapping": f"order_time >= '{days[cut - OVERLAP_DAYS]}'",
        }
        for name, condition in parts.items():
            orders.filter(condition).write_csv(str(folder / f"{name}.csv"), header=True)
    whole.unlink()
    return cut


def _measure_way(folder: Path, way: str, out: str, files: list[str]) -> Cost:
    return measure_in_process("tests.benchmarks.extending", [f"--{way}", str(folder), out, *files])


def _do(way: str, folder: Path, out: str, names: list[str]) -> None:
    """Go from files to tables, in a process of its own."""
    files = understand_confined([(folder / name, name, FileChoice()) for name in names])
    target = folder / out
    target.mkdir()
    if way == "prepare":
        tables, quality = prepare_tables(files, target, keeps_rows=True)
    else:
        tables, quality = extend_files(folder / "old", files, target)
    tables.write_facts()
    (target / "quality.json").write_text(quality.to_json(), encoding="utf-8")


def _refuse_differences(one: Path, other: Path) -> None:
    """Stop where two data sets do not hold the same rows in the same order.

    Raises
    ------
    ValueError
        Names the table.
    """
    with cursor() as connection:
        for table in TABLES:
            sums = [
                connection.execute(
                    "SELECT count(*), sum(hash(row)::HUGEINT)"
                    " FROM read_parquet(?, file_row_number = true) AS row",
                    [str(folder / f"{table}.parquet")],
                ).fetchall()
                for folder in (one, other)
            ]
            if sums[0] != sums[1]:
                raise ValueError(f"{table} differ")


def main() -> int:
    """Measure, print and, where asked, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=MILLION)
    parser.add_argument("--json", type=Path)
    for way in ("prepare", "extend"):
        parser.add_argument(f"--{way}", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for way in ("prepare", "extend"):
        if asked := getattr(options, way):
            folder, out, *files = asked
            measure_here(lambda: _do(way, Path(folder), out, files))  # noqa: B023
            return 0
    figures = measure(options.lines)
    print_figures(figures)
    if options.json:
        options.json.write_text(json.dumps([figure.to_json() for figure in figures]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
