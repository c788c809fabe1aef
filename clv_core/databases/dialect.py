"""The questions a database is asked, as each of them wants to be asked.

Only what the database itself lists as its schemas, tables and columns comes into a
query, quoted; of the user's words only a day does, which was read as a date before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from clv_core.databases.catalogue import Column, Table

__all__ = ["Dialect", "quote", "select_cells"]


class Dialect(Protocol):
    """One kind of database.

    Attributes
    ----------
    driver : str
        Module of the ADBC driver.
    package : str
        What installs it.
    is_transactional : bool
        Whether reading happens in a transaction, which is given up at its end.
    """

    @property
    def driver(self) -> str:
        """Return the module of the ADBC driver."""

    @property
    def package(self) -> str:
        """Return what installs the driver."""

    @property
    def is_transactional(self) -> bool:
        """Return whether reading happens in a transaction, given up at its end."""

    def settings(self, timeout_s: float) -> list[str]:
        """Return statements that come first: read only, in UTC, for so long at most."""

    def catalogue(self, schema: str) -> str:
        """Return a query for ``catalogue.CATALOGUE_COLUMNS``, a row per column, in order."""

    def select(
        self,
        table: Table,
        columns: Sequence[Column],
        since: tuple[Column, dt.date] | None = None,
        limit: int | None = None,
    ) -> str:
        """Return a query for columns, called ``c0``, ``c1`` …, from a day on, so many rows."""

    def estimate(self, query: str) -> str | None:
        """Return a statement that says how many rows a query gives; None where there is none."""


def quote(name: str) -> str:
    """Return a name of the database's own as standard SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def select_cells(
    cells: str, table: Table, since: tuple[Column, dt.date] | None, limit: int | None
) -> str:
    """Return the query for cells of a table in standard SQL, from a day on, so many rows."""
    query = f"SELECT {cells} FROM {quote(table.schema)}.{quote(table.name)}"
    if since is not None:
        query += f" WHERE {quote(since[0].name)} >= '{since[1].isoformat()}'"
    return query if limit is None else f"{query} LIMIT {limit:d}"
