"""Other programs name a table where they would name a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cli import main
from clv_core.command_words import build_parser
from clv_core.databases.reading import understand_sources
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.database_table import DatabaseTable
from tests.conftest import QUICK_SETTINGS
from tests.core.databases.conftest import PASSWORD
from tests.postgres_server import PostgresServer

QUICKEST = QUICK_SETTINGS.to_json()
MEMORY = """
import resource, sys
from pathlib import Path
from clv_core.databases.connections import find_connection
from clv_core.databases.session import opened
from clv_core.databases.table_reading import read_table
from clv_core.ingest.raw import RawTable
import json
raw = RawTable.from_json(json.loads(Path(sys.argv[1]).read_text()))
with opened(find_connection("shop"), 60) as session:
    rows = read_table(session, raw, Path(sys.argv[2]), lambda share: None)
print(rows.rows_read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_a_table_is_told_from_a_file() -> None:
    """What begins with db: names a connection and a table; everything else is a path."""
    told = build_parser().parse_args(["inspect", "db:shop/public.orders", "db.csv"]).files
    assert told == [DatabaseTable("shop", "public.orders"), Path("db.csv")]


@pytest.mark.usefixtures("shop")
def test_inspect_says_the_same_of_a_table(
    orders_table: str, small_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kind, mapping and the account of rows, beside a file that lacks its orders otherwise."""
    reviews = str(small_shop / "reviews.csv")
    assert main(["inspect", f"db:shop/{orders_table}", reviews, "--json"]) == 0
    table, with_orders = json.loads(capsys.readouterr().out)["files"]
    assert main(["inspect", str(small_shop / "orders.csv"), reviews, "--json"]) == 0
    file, alone = json.loads(capsys.readouterr().out)["files"]
    assert table["file"] == f"shop/{orders_table}"
    table["quality"]["files"][0]["file_name"] = "orders.csv"
    assert table | {"file": ""} == file | {"file": ""}
    assert with_orders == alone


@pytest.mark.usefixtures("shop")
def test_backtest_and_score_take_a_table(
    orders_table: str, small_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scored from the table or from the file is the same, byte by byte; no secret is kept."""
    settings = tmp_path / "settings.json"
    settings.write_text(QUICKEST, "utf-8")
    table = tmp_path / "run"
    words = ["--orders", f"db:shop/{orders_table}", "--settings", str(settings)]
    window = ["--cutoff", "2026-06-30", "--horizon-days", "90"]
    assert main(["backtest", *words, *window, "--out", str(table)]) == 0
    orders = str(small_shop / "orders.csv")
    scored = [str(tmp_path / name) for name in ("by_table.csv", "by_file.csv")]
    for source, out in zip((f"db:shop/{orders_table}", orders), scored, strict=True):
        assert main(["score", "--run", str(table), "--orders", source, "--out", out]) == 0
    assert Path(scored[0]).read_bytes() == Path(scored[1]).read_bytes()
    assert len(pd.read_csv(scored[0])) > 100
    told = capsys.readouterr()
    kept = b"".join(path.read_bytes() for path in table.rglob("*") if path.is_file())
    assert PASSWORD not in told.out + told.err
    assert PASSWORD.encode() not in kept
    assert b"s3cr" not in kept


@pytest.mark.usefixtures("shop")
def test_since_reads_later_rows_only(
    orders_table: str, capsys: pytest.CaptureFixture[str], small_shop: Path
) -> None:
    """It is asked of the database; of a file it is refused."""
    table = f"db:shop/{orders_table}"
    assert main(["inspect", table, "--since", "2026-06-01", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["files"]
    orders = pd.read_csv(small_shop / "orders.csv", parse_dates=["order_time"])
    later = int((orders["order_time"] >= "2026-06-01").sum())
    assert told["quality"]["files"][0]["rows_read"] == later
    file = str(small_shop / "orders.csv")
    out = str(small_shop / "never")
    assert main(["run", "--orders", file, "--since", "2026-06-01", "--out", out]) == 2
    assert "a file is read as a whole" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_table(
    server: PostgresServer, shop: str, tmp_path: Path
) -> None:
    """Four times the rows take no more than a row group's worth more."""
    peaks = []
    for rows in (100_000, 400_000):
        server.execute(
            f"CREATE TABLE public.rows_{rows} AS SELECT 'c' || n % 9999 AS customer_id,"  # noqa: S608
            " timestamp '2024-01-01' + n * interval '1 minute' AS order_time, n / 100.0 AS amount,"
            " md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text) AS product_name"
            f" FROM generate_series(1, {rows}) n",
            f"GRANT SELECT ON public.rows_{rows} TO PUBLIC",
        )
        table = DatabaseTable(shop, f"public.rows_{rows}")
        (raw,) = understand_sources([(table, table.title, FileChoice(kind="orders"))], tmp_path)
        (tmp_path / "raw.json").write_text(json.dumps(raw.to_json()), "utf-8")
        words = [str(tmp_path / name) for name in ("raw.json", "out.parquet")]
        told = subprocess.run(
            [sys.executable, "-c", MEMORY, *words],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PERENNIAL_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"},
        ).stdout.split()
        assert int(told[0]) == rows
        peaks.append(float(told[1]))
    grown_mb, data_mb = peaks[1] - peaks[0], 300_000 * 130 / 1e6
    assert grown_mb < data_mb
