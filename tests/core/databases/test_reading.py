"""A table is read as a file with the same rows would be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.databases.reading import (
    Source,
    fetch_sample,
    fetch_tables,
    read_sources,
    understand_sources,
)
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.pipeline import prepare_tables
from tests.conftest import KINDS
from tests.postgres_server import PostgresServer

EVERY_TYPE = """
CREATE TABLE public.types (
    customer_id bigint, order_time timestamptz, amount numeric, small smallint, real real,
    double double precision, label text, short varchar(9), padded char(6), flag boolean, day date,
    local timestamp, code uuid, mood public.mood, price money, document jsonb, named public.name_,
    bytes bytea, list integer[]
)"""
ROWS = """
INSERT INTO public.types VALUES
 (9007199254740993, '2024-03-10 08:30:00.25+08', 12345678901234567890.123456789, 7, 0.1, 0.1,
  'Größe 好 "x", y', 'abc', 'ab', true, '2024-02-29', '2024-03-10 02:30',
  '00000000-0000-0000-0000-00000000000a', 'fine', 1234.5, '{"a": 1}', 'n', 'x', '{1,2}'),
 (2, '1999-12-31 23:59:59Z', 'NaN', -7, 'Infinity', 1e300, '', '', '', false, 'infinity',
  '-infinity', null, null, -0.5, null, '', null, null),
 (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
  null, null, null),
 (4, 'infinity', 0.10, 0, '-0', 1e-7, 'NULL', 'NA', 'None', null, '0044-03-15 BC', '1-1-1', null,
  null, null, 'null', ' ', null, null)"""


@pytest.fixture(scope="module")
def every_type(server: PostgresServer) -> str:
    """Make a table with a column of each type."""
    server.execute(
        "CREATE TYPE public.mood AS ENUM ('fine', 'bad')",
        "CREATE DOMAIN public.name_ AS text",
        EVERY_TYPE,
        ROWS,
        "GRANT SELECT ON public.types TO PUBLIC",
    )
    return "public.types"


def understand(table: DatabaseTable, folder: Path, **said: Any) -> RawTable:
    """Say what a table is."""
    choice = FileChoice.check({"kind": "orders", **said})
    sources: list[Source] = [(table, table.title, choice)]
    (raw,) = understand_sources(sources, folder)
    return raw


def read_text(raw: RawTable, folder: Path) -> pd.DataFrame:
    """Read a table as text, in its order."""
    (rows,) = read_sources([raw], folder)
    return duckdb.read_parquet(str(rows.parquet)).df()


def test_every_type_becomes_exact_text(shop: str, every_type: str, tmp_path: Path) -> None:
    """Nothing is rounded, moments are in UTC, and infinity is no day long ago."""
    fields = {
        "order_id": "small",
        "quantity": "double",
        "unit_price": "real",
        "product_name": "label",
        "product_id": "short",
        "category": "padded",
    }
    table = DatabaseTable(shop, every_type)
    text = read_text(understand(table, tmp_path, mapping=fields), tmp_path)
    assert text["customer_id"].tolist()[:2] == ["9007199254740993", "2"]
    assert text["order_time"].fillna("-").tolist() == [
        "2024-03-10 00:30:00.25+00",
        "1999-12-31 23:59:59+00",
        "-",
        "infinity",
    ]
    assert text["amount"].fillna("-").tolist() == [
        "12345678901234567890.123456789",
        "NaN",
        "-",
        "0.10",
    ]
    assert text["quantity"].fillna("-").tolist() == ["0.1", "1e+300", "-", "1e-07"]
    assert text["unit_price"].fillna("-").tolist() == ["0.1", "Infinity", "-", "-0"]
    assert text["product_name"].fillna("-").tolist() == ['Größe 好 "x", y', "-", "-", "NULL"]
    assert text["category"].fillna("-").tolist() == ["ab", "-", "-", "None"]


def test_days_names_and_money_are_read_too(shop: str, every_type: str, tmp_path: Path) -> None:
    """An enumeration is its name, a domain what it is made of, money a number without a sign."""
    fields = {
        "customer_id": "code",
        "order_time": "day",
        "amount": "price",
        "product_name": "mood",
        "category": "flag",
        "product_id": "document",
        "order_id": "named",
        "order_status": "local",
    }
    table = DatabaseTable(shop, every_type)
    text = read_text(understand(table, tmp_path, mapping=fields), tmp_path)
    first = text.iloc[0].to_dict()
    assert first == {
        "customer_id": "00000000-0000-0000-0000-00000000000a",
        "order_time": "2024-02-29",
        "amount": "1234.50",
        "product_name": "fine",
        "category": "true",
        "product_id": '{"a": 1}',
        "order_id": "n",
        "order_status": "2024-03-10 02:30:00",
    }
    assert text["order_time"].fillna("-").tolist()[1:] == ["infinity", "-", "0044-03-15 BC"]


def test_nothing_and_empty_are_both_no_value(shop: str, every_type: str, tmp_path: Path) -> None:
    """As in a file, where an empty cell is all there can be; words like NULL stay words."""
    raw = understand(DatabaseTable(shop, every_type), tmp_path, mapping={"product_name": "label"})
    labels = read_text(raw, tmp_path)["product_name"]
    assert labels.isna().tolist() == [False, True, True, False]
    assert labels[3] == "NULL"


def test_names_with_odd_letters_are_names(
    server: PostgresServer, shop: str, tmp_path: Path
) -> None:
    """Quotes, blanks, capitals and commands in names reach the database as names."""
    schema, table = 'We"ird; DROP TABLE x --', "Orders 'of' 2024. 好"
    quoted = '"We""ird; DROP TABLE x --"."Orders \'of\' 2024. 好"'
    server.execute(
        'CREATE SCHEMA "We""ird; DROP TABLE x --"',
        f'CREATE TABLE {quoted} ("Customer ""No.""" text, "Order, Date" date, "a;b" numeric)',
        f"INSERT INTO {quoted} VALUES ('c1', '2024-01-02', 3.50)",  # noqa: S608
        'GRANT USAGE ON SCHEMA "We""ird; DROP TABLE x --" TO PUBLIC',
        f"GRANT SELECT ON {quoted} TO PUBLIC",
    )
    fields = {"customer_id": 'Customer "No."', "order_time": "Order, Date", "amount": "a;b"}
    raw = understand(DatabaseTable(shop, f"{schema}.{table}"), tmp_path, mapping=fields)
    assert read_text(raw, tmp_path).iloc[0].tolist() == ["c1", "2024-01-02", "3.50"]


def test_a_database_in_another_encoding_is_read(
    server: PostgresServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Letters come as Unicode, whatever the database stores them in."""
    server.execute("CREATE DATABASE old ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    server.execute(
        "CREATE TABLE orders AS"
        " SELECT U&'M\\00FCller' AS customer_id, date '2024-01-02' AS order_time, 1.5 AS amount",
        database="old",
    )
    address = f"postgresql://owner@/old?host={server.folder}&port={server.port}"
    monkeypatch.setenv("PERENNIAL_DATABASE_OLD", address)
    raw = understand(DatabaseTable("old", "orders"), tmp_path)
    assert read_text(raw, tmp_path)["customer_id"].tolist() == ["Müller"]


def test_rows_from_a_day_on_are_asked_of_the_database(
    server: PostgresServer, shop: str, tmp_path: Path
) -> None:
    """The first moment of the day in UTC is the first that is read."""
    server.execute(
        "CREATE TABLE public.moments AS SELECT 'c' || n AS customer_id, 1.0 AS amount,"
        " timestamptz '2024-05-01 00:00:00Z' + (n - 2) * interval '1 second' AS order_time"
        " FROM generate_series(1, 4) n",
        "GRANT SELECT ON public.moments TO PUBLIC",
    )
    table = DatabaseTable(shop, "moments", since=dt.date(2024, 5, 1))
    raw = understand(table, tmp_path)
    assert read_text(raw, tmp_path)["customer_id"].tolist() == ["c2", "c3", "c4"]


def test_a_view_is_read_like_a_table(
    server: PostgresServer, shop: str, orders_table: str, tmp_path: Path
) -> None:
    """A view's rows can be counted by nobody before; they are read all the same."""
    server.execute(
        f"CREATE VIEW public.few AS SELECT * FROM {orders_table} LIMIT 30",  # noqa: S608
        "GRANT SELECT ON public.few TO PUBLIC",
    )
    listed = {table.full_name: table for table in fetch_tables(shop)}
    assert (listed["public.few"].is_view, listed["public.few"].rows) == (True, None)
    assert len(read_text(understand(DatabaseTable(shop, "few"), tmp_path), tmp_path)) == 30


def test_the_list_tells_columns_and_about_how_many_rows(shop: str, orders_table: str) -> None:
    """Enough to choose a table by."""
    listed = {table.full_name: table for table in fetch_tables(shop)}
    table = listed[orders_table]
    assert table.rows is not None
    assert table.rows > 1000
    types = {column.name: (column.type_name, column.is_time) for column in table.columns}
    assert types["order_time"] == ("timestamp without time zone", True)
    assert types["amount"] == ("numeric", False)


def test_a_sample_holds_the_first_rows_only(
    server: PostgresServer, shop: str, tmp_path: Path
) -> None:
    """A long table is looked at like the beginning of a file, long cells cut."""
    server.execute(
        "CREATE TABLE public.long AS SELECT n AS customer_id, repeat('x', 3000) AS note"
        " FROM generate_series(1, 6000) n",
        "ANALYZE public.long",
        "GRANT SELECT ON public.long TO PUBLIC",
    )
    out = tmp_path / "sample.csv"
    found, known = fetch_sample(DatabaseTable(shop, "long"), out)
    rows = pd.read_csv(out)
    assert (len(rows), int(rows["note"].str.len().max())) == (5000, 1000)
    assert (found.name, found.rows) == ("public.long", 6000)
    assert [column.name for column in known.columns] == ["customer_id", "note"]


@pytest.fixture(scope="module")
def from_database(
    server: PostgresServer,
    orders_table: str,
    small_shop: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Tables, QualityReport]:
    """Prepare the small shop with its orders read from the database."""
    folder = tmp_path_factory.mktemp("from_database")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "PERENNIAL_DATABASE_SHOP",
            f"postgresql://owner@/postgres?host={server.folder}&port={server.port}",
        )
        table = DatabaseTable("shop", orders_table)
        sources: list[Source] = [(table, "orders.csv", FileChoice(kind="orders"))]
        files = [kind for kind in KINDS if kind != "orders"]
        sources += [(small_shop / f"{kind}.csv", f"{kind}.csv", FileChoice()) for kind in files]
        samples = tmp_path_factory.mktemp("samples")
        return prepare_tables(understand_sources(sources, samples), folder)


def test_tables_equal_those_of_the_same_rows_in_a_file(
    from_database: tuple[Tables, QualityReport], small_tables: tuple[Tables, QualityReport]
) -> None:
    """Every cleaned table is the same, cell by cell."""
    read, given = from_database[0], small_tables[0]
    names = sorted(path.name for path in given.folder.glob("*.parquet"))
    assert sorted(path.name for path in read.folder.glob("*.parquet")) == names
    for name in names:
        if name != "rejected.parquet":  # lines of a file count its header
            pd.testing.assert_frame_equal(
                pd.read_parquet(read.folder / name), pd.read_parquet(given.folder / name)
            )


def test_the_account_of_rows_equals_that_of_a_file(
    from_database: tuple[Tables, QualityReport], small_tables: tuple[Tables, QualityReport]
) -> None:
    """Rows read, kept, rejected and why, and what every column holds."""
    read, given = from_database[1].files[0], small_tables[1].files[0]
    assert read.to_json() | {"file_name": ""} == given.to_json() | {"file_name": ""}


def test_reading_repeats(shop: str, orders_table: str, tmp_path: Path) -> None:
    """Twice the same rows in the same order."""
    raw = understand(DatabaseTable(shop, orders_table), tmp_path)
    first, second = (tmp_path / name for name in ("first", "second"))
    first.mkdir()
    second.mkdir()
    pd.testing.assert_frame_equal(read_text(raw, first), read_text(raw, second))


def test_progress_is_told_by_rows(server: PostgresServer, shop: str, tmp_path: Path) -> None:
    """The share grows with the batches and is not 1 before all have come."""
    server.load(
        "public.wide",
        pa.table(
            {
                "customer_id": [f"c{n % 1000}" for n in range(120_000)],
                "order_time": ["2024-01-01"] * 120_000,
                "amount": ["1.50"] * 120_000,
                "product_name": ["x" * 300] * 120_000,
            }
        ),
        {"order_time": "date", "amount": "numeric"},
    )
    raw = understand(DatabaseTable(shop, "wide"), tmp_path)
    told: list[tuple[int, float]] = []
    read_sources([raw], tmp_path, lambda number, share: told.append((number, share)))
    shares = [share for _, share in told]
    assert told[0] == (0, 0.0)
    assert shares == sorted(shares)
    assert len(set(shares)) >= 3
    assert 0.9 < shares[-1] < 1.0
