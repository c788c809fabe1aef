"""One connection to a database, as long as it is needed: it reads and cannot write.

ADBC's drivers give Arrow batches as they arrive, so a table of any size passes through
a few megabytes. One interface serves all kinds of database (decision 043).
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa

from clv_core.databases.catalogue import Table, list_tables
from clv_core.databases.connections import Connection
from clv_core.databases.dialect import Dialect
from clv_core.databases.postgres import Postgres
from clv_core.databases.refusals import (
    explain_connecting,
    explain_query,
    explain_stream,
    no_driver,
    timed_out,
)
from clv_core.databases.warehouses import BigQuery, Snowflake
from clv_core.errors import UnreadableDatabase
from clv_core.sentences import Sentence

__all__ = ["DIALECTS", "Session", "opened"]

DIALECTS: Final[dict[str, Dialect]] = {
    "postgresql": Postgres(),
    "bigquery": BigQuery(),
    "snowflake": Snowflake(),
}
_STOPPED: Final = "57014"  # query_canceled: by statement_timeout, as nobody else cancels


class Session:
    """An open connection.

    Parameters
    ----------
    connection : Connection
    native : DB-API connection of an ADBC driver
    limit_s : float
        The longest that one answer may take.
    """

    def __init__(self, connection: Connection, native: Any, limit_s: float) -> None:
        self._connection = connection
        self._native = native
        self._limit_s = limit_s
        self.dialect = DIALECTS[connection.kind]
        self._errors: tuple[type[Exception], ...] = (
            importlib.import_module("adbc_driver_manager").Error,
            OSError,  # what Arrow makes of a driver's error in the middle of a stream
            pa.ArrowInvalid,
        )

    def prepare(self) -> None:
        """Say first that nothing will be written, and how long we wait."""
        for statement in self.dialect.settings(self._limit_s):
            self._ask(statement, self._connection.name).close()

    def tables(self) -> list[Table]:
        """Return all tables and views that the user can see."""
        query = self.dialect.catalogue(self._connection.schema)
        with self._asked(query, self._connection.name) as cursor:
            return list_tables(cursor.fetchall())

    def count_about(self, query: str, table: Table) -> int | None:
        """Return about how many rows a query gives, where the database says."""
        statement = self.dialect.estimate(query)
        if statement is None:
            return None
        cursor = self._native.cursor()
        try:
            # A plan cannot be had through COPY, which the driver uses for everything.
            cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
            cursor.execute(statement)
            plan = json.loads(cursor.fetchone()[0])
            return int(plan[0]["Plan"]["Plan Rows"])
        except self._errors as error:
            raise explain_query(error, table.name) from None
        finally:
            cursor.close()

    @contextmanager
    def batches(self, query: str, table: Table) -> Iterator[tuple[pa.Schema, Iterator[Any]]]:
        """Give a query's columns and its rows, batch by batch as they arrive.

        Raises
        ------
        UnreadableDatabase
            Where rows stop coming before all have come.
        """
        begun = time.monotonic()
        with self._asked(query, table.name) as cursor:
            reader = cursor.fetch_record_batch()
            yield reader.schema, self._follow(reader, table.name, begun)

    def _follow(self, reader: pa.RecordBatchReader, table: str, begun: float) -> Iterator[Any]:
        try:
            yield from reader
        except self._errors as error:
            if self._is_late(error, begun):
                raise timed_out(table, self._limit_s) from None
            raise explain_stream(error, table) from None

    @contextmanager
    def _asked(self, query: str, about: str) -> Iterator[Any]:
        cursor = self._ask(query, about)
        try:
            yield cursor
        finally:
            cursor.close()

    def _ask(self, query: str, about: str) -> Any:
        begun = time.monotonic()
        cursor = self._native.cursor()
        try:
            cursor.execute(query)
        except self._errors as error:
            cursor.close()
            if self._is_late(error, begun):
                raise timed_out(about, self._limit_s) from None
            raise explain_query(error, about) from None
        return cursor

    def _is_late(self, error: Exception, begun: float) -> bool:
        """Say whether it was our own limit; a server's words may be in any language."""
        was_stopped = getattr(error, "sqlstate", None) in (None, _STOPPED)
        return was_stopped and time.monotonic() - begun >= self._limit_s


@contextmanager
def opened(connection: Connection, limit_s: float) -> Iterator[Session]:
    """Open a connection for a while; whatever was begun is given up at the end.

    Raises
    ------
    UnreadableDatabase
        Where the driver is missing, or the database does not let us in.
    """
    dialect = DIALECTS[connection.kind]
    try:
        driver = importlib.import_module(dialect.driver)
    except ModuleNotFoundError:
        raise no_driver(dialect.package) from None
    native = _connect(driver, connection, dialect.is_transactional)
    try:
        session = Session(connection, native, limit_s)
        session.prepare()
        yield session
    finally:
        native.close()  # gives up an open transaction


def _connect(driver: Any, connection: Connection, is_transactional: bool) -> Any:
    errors = importlib.import_module("adbc_driver_manager").Error
    given = {"db_kwargs": dict(connection.options), "autocommit": not is_transactional}
    try:
        if connection.address:
            return driver.connect(connection.address, **given)
        return driver.connect(**given)
    except errors as error:
        raise explain_connecting(error, connection.name) from None
    except OSError:
        raise UnreadableDatabase(
            Sentence("The driver of this kind of database cannot be loaded here."),
            Sentence(
                "An admin installs it again: pip install {package}.",
                package=DIALECTS[connection.kind].package,
            ),
        ) from None
