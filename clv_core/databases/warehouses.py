"""BigQuery and Snowflake.

Written by their documentation and tested as text: neither can be started on a test's
machine. Both know no read-only transaction; that only queries are sent is ours, that
nothing else could be done is the business of the rights of the connection's user.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clv_core.databases.catalogue import Column, Table
from clv_core.databases.dialect import quote, select_cells

__all__ = ["BigQuery", "Snowflake"]

# https://cloud.google.com/bigquery/docs/information-schema-columns and -tables
_BIGQUERY: Final = """
SELECT t.table_schema, t.table_name, t.table_type LIKE '%VIEW%', r.row_count, TRUE,
       c.column_name, c.data_type,
       NOT REGEXP_CONTAINS(c.data_type, r'^(BYTES|ARRAY|STRUCT|GEOGRAPHY|RANGE|JSON|INTERVAL)'),
       c.data_type IN ('DATE', 'DATETIME', 'TIMESTAMP')
FROM {schema}.INFORMATION_SCHEMA.TABLES AS t
JOIN {schema}.INFORMATION_SCHEMA.COLUMNS AS c USING (table_schema, table_name)
LEFT JOIN {schema}.__TABLES__ AS r ON r.table_id = t.table_name
ORDER BY t.table_name, c.ordinal_position"""

# https://docs.snowflake.com/en/sql-reference/info-schema/columns and /tables
_SNOWFLAKE: Final = """
SELECT t.table_schema, t.table_name, t.table_type LIKE '%VIEW%', t.row_count, TRUE,
       c.column_name, c.data_type,
       c.data_type NOT IN
           ('BINARY', 'ARRAY', 'OBJECT', 'VARIANT', 'GEOGRAPHY', 'GEOMETRY', 'VECTOR'),
       c.data_type LIKE 'TIMESTAMP%' OR c.data_type = 'DATE'
FROM information_schema.tables AS t
JOIN information_schema.columns AS c
  ON c.table_schema = t.table_schema AND c.table_name = t.table_name
WHERE t.table_schema <> 'INFORMATION_SCHEMA'
ORDER BY t.table_schema, t.table_name, c.ordinal_position"""


@dataclass(frozen=True)
class BigQuery:
    """What BigQuery is asked; the tables of one data set, its ``schema``."""

    driver: str = "adbc_driver_bigquery.dbapi"
    package: str = "adbc-driver-bigquery"
    is_transactional: bool = False

    def settings(self, timeout_s: float) -> list[str]:
        """Return nothing: a query stands alone, and times are in UTC."""
        return []

    def catalogue(self, schema: str) -> str:
        """Return the query for the data set's tables."""
        return _BIGQUERY.format(schema=_ticked(schema))

    def select(
        self,
        table: Table,
        columns: Sequence[Column],
        since: tuple[Column, dt.date] | None = None,
        limit: int | None = None,
    ) -> str:
        """Return the query for columns as text."""
        cells = ", ".join(
            f"CAST({_ticked(column.name)} AS STRING) AS c{at}" for at, column in enumerate(columns)
        )
        query = f"SELECT {cells} FROM {_ticked(table.schema)}.{_ticked(table.name)}"
        if since is not None:
            column, day = since
            query += f" WHERE {_ticked(column.name)} >= {column.type_name} '{day.isoformat()}'"
        return query if limit is None else f"{query} LIMIT {limit:d}"

    def estimate(self, query: str) -> str | None:
        """Return None: a plan tells bytes, not rows."""
        return None


@dataclass(frozen=True)
class Snowflake:
    """What Snowflake is asked; cells come in the driver's own types."""

    driver: str = "adbc_driver_snowflake.dbapi"
    package: str = "adbc-driver-snowflake"
    is_transactional: bool = False

    def settings(self, timeout_s: float) -> list[str]:
        """Return what sets the session's clock and its patience."""
        return [
            "ALTER SESSION SET TIMEZONE = 'UTC'",
            f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {max(1, int(timeout_s))}",
        ]

    def catalogue(self, schema: str) -> str:
        """Return the query for the tables of the connection's database."""
        return _SNOWFLAKE

    def select(
        self,
        table: Table,
        columns: Sequence[Column],
        since: tuple[Column, dt.date] | None = None,
        limit: int | None = None,
    ) -> str:
        """Return the query for columns as they are."""
        # Unquoted, c0 would come back as C0.
        cells = ", ".join(f'{quote(column.name)} AS "c{at}"' for at, column in enumerate(columns))
        return select_cells(cells, table, since, limit)

    def estimate(self, query: str) -> str | None:
        """Return None: the catalogue's number has to do."""
        return None


def _ticked(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
