"""Reading orders from a database, against the same rows as CSV and against a bare fetch.

A server of its own (``tests/postgres_server.py``) on the same machine: what it computes
for us competes for the same processors, and there is no network to wait for. Times are
by the clock, best of two, because half of the work is in the server's process.

    python -m tests.benchmarks.database_speed [--rows N] [--json FILE]
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import adbc_driver_postgresql.dbapi

from clv_core.databases.connections import ADDRESS_VARIABLE
from clv_core.databases.reading import read_sources, understand_sources
from clv_core.databases.session import DIALECTS
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.samples.order_lines import write_order_lines
from tests.benchmarks.command import run_benchmark
from tests.benchmarks.figures import Figure
from tests.benchmarks.measured import Cost, measure_here, measure_in_process
from tests.postgres_server import PostgresServer, running_server

DEFAULT_ROWS: Final = 1_000_000
_REPEATS: Final = 2
_NAME: Final = "public.orders"
_COLUMNS: Final = {
    "order_id": "text",
    "order_time": "timestamp",
    "customer_id": "text",
    "product_id": "text",
    "product_name": "text",
    "category": "text",
    "quantity": "integer",
    "unit_price": "numeric(10, 2)",
    "amount": "numeric(10, 2)",
    "currency": "text",
}


def measure(rows: int = DEFAULT_ROWS) -> list[Figure]:
    """Return seconds and memory of reading so many order lines from a table and from a file."""
    with TemporaryDirectory() as folder, running_server() as server:
        file = _load(server, rows, Path(folder))
        address = f"postgresql://owner@/postgres?host={server.folder}&port={server.port}"
        environment = {f"{ADDRESS_VARIABLE}SHOP": address}
        os.environ.update(environment)
        sources = {
            "table": (DatabaseTable("shop", _NAME), "orders", FileChoice(kind="orders")),
            "file": (file, file.name, FileChoice(kind="orders")),
        }
        costs = {"bare": _cost(["bare", address], environment)}
        for name, source in sources.items():
            (raw,) = understand_sources([source], Path(folder))
            words = [name, _keep(raw, Path(folder) / f"{name}.json")]
            costs[name] = _cost(words, environment)
    return _describe(rows, costs["table"], costs["file"], costs["bare"])


def _load(server: PostgresServer, rows: int, folder: Path) -> Path:
    """Write the rows as CSV and load them from there, as the server reads them itself."""
    file = server.folder / "orders.csv"
    write_order_lines(file, rows)
    file.chmod(0o644)
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    server.execute(
        f"CREATE TABLE {_NAME} ({columns})",
        f"COPY {_NAME} FROM '{file}' CSV HEADER",
        f"ANALYZE {_NAME}",
    )
    return file.rename(folder / file.name)


def _keep(raw: RawTable, path: Path) -> str:
    path.write_text(json.dumps(raw.to_json()), "utf-8")
    return str(path)


def _cost(words: list[str], environment: dict[str, str]) -> Cost:
    """Return the quickest of a few."""
    module = "tests.benchmarks.database_speed"
    costs = [measure_in_process(module, ["--task", *words], environment) for _ in range(_REPEATS)]
    return min(costs, key=lambda cost: cost.seconds)


def _describe(rows: int, table: Cost, file: Cost, bare: Cost) -> list[Figure]:
    from_csv = "the same rows from CSV"
    return [
        Figure(
            *("database", "reading a Postgres table into text Parquet, profiled"),
            *(table.seconds, "s", rows, from_csv, table.seconds / file.seconds),
        ),
        Figure("database", "the same, rows a second", rows / table.seconds, "rows/s", rows),
        Figure(
            *("database", "a bare ADBC fetch of the same columns as text"),
            *(bare.seconds, "s", rows, "reading the table", bare.seconds / table.seconds),
        ),
        Figure(
            *("database", "peak memory of reading the table, largest process"),
            *(table.peak_mb, "MB", rows, from_csv, table.peak_mb / file.peak_mb),
        ),
        Figure(
            *("database", "processor time of reading the table, server apart"),
            *(table.computing_s, "s", rows, from_csv, table.computing_s / file.computing_s),
        ),
    ]


def _task(name: str, given: str) -> Callable[[], object]:
    """Return what is measured in a process of its own."""
    if name == "bare":
        return lambda: _fetch(given)
    raw = RawTable.from_json(json.loads(Path(given).read_text("utf-8")))
    return lambda: _read(raw)


def _read(raw: RawTable) -> None:
    with TemporaryDirectory() as folder:
        read_sources([raw], Path(folder))


def _fetch(address: str) -> None:
    """Let all batches pass by."""
    query = f"SELECT {', '.join(f'{name}::text' for name in _COLUMNS)} FROM {_NAME}"  # noqa: S608
    with (
        adbc_driver_postgresql.dbapi.connect(address) as connection,
        connection.cursor() as cursor,
    ):
        for statement in DIALECTS["postgresql"].settings(3600):
            cursor.execute(statement)
        cursor.execute(query)
        for _ in cursor.fetch_record_batch():
            pass


def main() -> int:
    """Print the figures, or do one task and print what it took."""
    if sys.argv[1:2] == ["--task"]:
        measure_here(_task(*sys.argv[2:4]))
        return 0
    return run_benchmark(measure, "--rows", DEFAULT_ROWS)


if __name__ == "__main__":
    sys.exit(main())
