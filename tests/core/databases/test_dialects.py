"""What each kind of database is sent, as text; only Postgres is here to answer."""

from __future__ import annotations

import datetime as dt
import decimal

import duckdb
import pyarrow as pa
import pytest

from clv_core.databases.catalogue import CATALOGUE_COLUMNS, Column, Table, list_tables
from clv_core.databases.session import DIALECTS
from clv_core.databases.table_reading import cells_as_text

TABLE = Table("da`ta", 'or"ders')
COLUMNS = (Column('Cust"omer', "STRING"), Column("ti`me", "TIMESTAMP", is_time=True))
SINCE = (COLUMNS[1], dt.date(2024, 5, 1))


def test_postgres_is_asked_for_text() -> None:
    """Names are quoted with doubled quotes."""
    assert DIALECTS["postgresql"].select(TABLE, COLUMNS, SINCE, 10) == (
        'SELECT "Cust""omer"::text AS c0, "ti`me"::text AS c1 FROM "da`ta"."or""ders"'
        " WHERE \"ti`me\" >= '2024-05-01' LIMIT 10"
    )


def test_bigquery_is_asked_for_text() -> None:
    """Names stand in ticks; a day is compared as what the column is."""
    assert DIALECTS["bigquery"].select(TABLE, COLUMNS, SINCE) == (
        'SELECT CAST(`Cust"omer` AS STRING) AS c0, CAST(`ti\\`me` AS STRING) AS c1'
        " FROM `da\\`ta`.`or\"ders` WHERE `ti\\`me` >= TIMESTAMP '2024-05-01'"
    )


def test_snowflake_is_asked_for_its_own_types() -> None:
    """Also its aliases are quoted, which it would spell in capitals."""
    assert DIALECTS["snowflake"].select(TABLE, COLUMNS, SINCE, 5) == (
        'SELECT "Cust""omer" AS "c0", "ti`me" AS "c1" FROM "da`ta"."or""ders"'
        " WHERE \"ti`me\" >= '2024-05-01' LIMIT 5"
    )


def test_the_settings_of_each_come_first() -> None:
    """Where a transaction can be read only it is; everywhere there is a limit and UTC."""
    postgres = DIALECTS["postgresql"].settings(90.5)
    assert postgres[:2] == [
        "SET TRANSACTION READ ONLY",
        "SET LOCAL statement_timeout = 90500",
    ]
    assert DIALECTS["snowflake"].settings(90.5) == [
        "ALTER SESSION SET TIMEZONE = 'UTC'",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 90",
    ]
    assert DIALECTS["bigquery"].settings(90.5) == []


@pytest.mark.parametrize("kind", ["postgresql", "bigquery", "snowflake"])
def test_every_catalogue_gives_the_same_columns(kind: str) -> None:
    """As many expressions as there are columns, by DuckDB's reading of the query."""
    query = DIALECTS[kind].catalogue("sh`op").replace("r'^", "'^").replace("\\`", "")
    query = query.replace("`shop`", "shop")
    told = duckdb.sql("SELECT json_serialize_sql($query)", params={"query": query}).fetchone()
    assert told is not None
    assert '"error":true' not in told[0]
    parsed = duckdb.sql(
        "SELECT json_array_length(json_extract($told, '$.statements[0].node.select_list'))",
        params={"told": told[0]},
    ).fetchone()
    assert parsed == (len(CATALOGUE_COLUMNS),)


def test_a_catalogue_is_put_together_by_table() -> None:
    """A table without a column that may be read is listed all the same."""
    rows = [
        ("s", "a", False, 5, True, "x", "text", True, False),
        ("s", "a", False, 5, True, "y", "date", True, True),
        ("s", "b", True, None, False, None, None, None, None),
    ]
    first, second = list_tables(rows)
    assert [column.name for column in first.columns] == ["x", "y"]
    assert (second.full_name, second.columns, second.may_read) == ("s.b", (), False)
    assert Table.from_json(first.to_json()) == first


def test_what_a_warehouse_sends_becomes_exact_text() -> None:
    """Decimals keep their digits, moments of any zone are told in UTC, nulls stay nulls."""
    moment = dt.datetime(2024, 3, 10, 8, 30, 0, 250_000, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    arrays = [
        pa.array([decimal.Decimal("12345678901234567890.10"), None], pa.decimal128(38, 2)),
        pa.array([moment, None], pa.timestamp("us", tz="Asia/Shanghai")),
        pa.array([dt.datetime(2024, 3, 10, 2, 30), None], pa.timestamp("ns")),
        pa.array([dt.date(2024, 2, 29), None], pa.date32()),
        pa.array([0.1, None], pa.float64()),
        pa.array([True, None], pa.bool_()),
        pa.array(["", None], pa.large_string()),
        pa.array([2**62, None], pa.int64()),
    ]
    fetched = pa.table(dict(zip((f"c{n}" for n in range(len(arrays))), arrays, strict=True)))
    query = f"SELECT {', '.join(cells_as_text(len(arrays)))} FROM fetched"  # noqa: S608
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("fetched", fetched)
        first, second = connection.execute(query).fetchall()
    assert first == (
        "12345678901234567890.10",
        "2024-03-10 00:30:00.25+00",
        "2024-03-10 02:30:00",
        "2024-02-29",
        "0.1",
        "true",
        None,
        "4611686018427387904",
    )
    assert second == (None,) * len(arrays)
