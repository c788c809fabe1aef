"""PostgreSQL, and what speaks as it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clv_core.databases.catalogue import Column, Table
from clv_core.databases.dialect import quote, select_cells

__all__ = ["Postgres"]

# Tables, partitioned tables, views, materialised views, foreign tables; of a domain the
# type behind it. typcategory A, C and R: arrays, rows and ranges.
_CATALOGUE: Final = """
SELECT n.nspname::text, c.relname::text, c.relkind IN ('v', 'm'),
       CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::bigint END,
       has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT'),
       a.attname::text, format_type(a.atttypid, NULL)::text,
       t.typcategory NOT IN ('A', 'C', 'R') AND coalesce(b.typname, t.typname) <> 'bytea',
       coalesce(b.typname, t.typname) IN ('date', 'timestamp', 'timestamptz')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a
       ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(c.oid, a.attnum, 'SELECT')
LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY n.nspname, c.relname, a.attnum"""


@dataclass(frozen=True)
class Postgres:
    """What PostgreSQL is asked (:class:`~clv_core.databases.dialect.Dialect`).

    Cells come as the server writes them as text: exact numbers, moments in UTC, the
    names of enumerations. That is quicker than the driver's own types, too, which turn
    a day ``infinity`` into one long ago.
    """

    driver: str = "adbc_driver_postgresql.dbapi"
    package: str = "adbc-driver-postgresql"
    is_transactional: bool = True

    def settings(self, timeout_s: float) -> list[str]:
        """Return what makes the transaction safe, and its answer the same every time.

        Without workers beside it and without joining another's scan half-way, a table
        is read in the order in which it lies.
        """
        return [
            "SET TRANSACTION READ ONLY",
            f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}",
            "SET LOCAL client_encoding = 'UTF8'",
            "SET LOCAL TimeZone = 'UTC'",
            "SET LOCAL DateStyle = 'ISO, YMD'",
            "SET LOCAL extra_float_digits = 1",
            "SET LOCAL max_parallel_workers_per_gather = 0",
            "SET LOCAL synchronize_seqscans = off",
        ]

    def catalogue(self, schema: str) -> str:
        """Return the query for all that the user can see."""
        return _CATALOGUE

    def select(
        self,
        table: Table,
        columns: Sequence[Column],
        since: tuple[Column, dt.date] | None = None,
        limit: int | None = None,
    ) -> str:
        """Return the query for columns as text."""
        cells = ", ".join(f"{_as_text(column)} AS c{at}" for at, column in enumerate(columns))
        return select_cells(cells, table, since, limit)

    def estimate(self, query: str) -> str | None:
        """Return the statement that plans a query; its answer is JSON."""
        return f"EXPLAIN (FORMAT JSON) {query}"


def _as_text(column: Column) -> str:
    # Money is written with the sign of the server's country; its number is not.
    number = "::numeric" if column.type_name == "money" else ""
    return f"{quote(column.name)}{number}::text"
