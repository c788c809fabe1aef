"""A table's rows, from Arrow batches to the text that files become too."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd
import pyarrow as pa

from clv_core.databases.catalogue import Column, Table, find_table
from clv_core.databases.session import Session
from clv_core.errors import InvalidSetting, MissingColumns, UnreadableColumn, UnreadableDatabase
from clv_core.ingest.engine import cursor
from clv_core.ingest.headers import name_columns
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reading import TextRows
from clv_core.ingest.scanning import Source, list_targets, scan_text
from clv_core.ingest.summaries import look_at_others, summarise_columns
from clv_core.sentences import Sentence

__all__ = ["SAMPLE_ROWS", "cells_as_text", "read_table", "write_sample"]

SAMPLE_ROWS: Final = 5_000  # as many as are looked at of a file
_LONGEST_SHOWN: Final = 1_000  # letters of a cell in the sample
_MOST_REPEATED: Final = 2000  # different texts of a row group; numbering more is slow
_MOST_TOLD: Final = 0.99  # the number of rows to come is an estimate
_TIME_FIELDS: Final = {
    "orders": "order_time",
    "events": "event_time",
    "reviews": "review_time",
}


def write_sample(session: Session, name: str, out: Path) -> Table:
    """Write a table's first rows as CSV, long cells cut, to be recognised like any file.

    Returns
    -------
    Table
        The table, with the number of rows that reading all of it would give.

    Raises
    ------
    NothingStored
        Where there is no such table.
    UnreadableDatabase
        Where it may not be read, or has no rows.
    """
    table = find_table(session.tables(), name)
    columns = table.readable_columns
    query = session.dialect.select(table, columns, limit=SAMPLE_ROWS)
    with session.batches(query, table) as (schema, batches), cursor() as connection:
        connection.register("fetched", pa.RecordBatchReader.from_batches(schema, batches))
        cells = ", ".join(f"left({cell}, {_LONGEST_SHOWN})" for cell in cells_as_text(len(columns)))
        rows = connection.execute(f"SELECT {cells} FROM fetched").fetchall()
    if not rows:
        raise UnreadableDatabase(
            Sentence("{table} has no rows.", table=table.full_name),
            Sentence("Choose another table, or read it when there are orders in it."),
        )
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        writer.writerows(rows)
    every_row = session.dialect.select(table, columns[:1])
    return replace(table, rows=session.count_about(every_row, table) or table.rows)


def read_table(
    session: Session, raw: RawTable, out: Path, report: Callable[[float], None]
) -> TextRows:
    """Read the mapped columns of a table as text into Parquet, and profile all of them.

    Parameters
    ----------
    session : Session
    raw : RawTable
        Recognised by a sample of :func:`write_sample`, which ``raw.path`` still is.
    out : Path
        The Parquet file to write; it appears when it is complete.
    report : callable of float
        Told the share of the rows that have come, as far as their number is known.

    Raises
    ------
    UserDataError
        Where the table is not as it was, or rows stop coming; nothing is left then.
    """
    if raw.database is None:
        raise ValueError("this is a file, not a table of a database")
    table = find_table(session.tables(), raw.database.name)
    columns = table.readable_columns
    if name_columns([column.name for column in columns], len(columns)) != raw.column_names:
        raise MissingColumns(
            Sentence("The columns of {table} are not what they were.", table=table.full_name),
            Sentence("Choose the table again, and say which column is which."),
        )
    targets = list_targets(raw)
    query = session.dialect.select(
        table, [columns[at] for at in targets.values()], _find_first_day(raw, columns)
    )
    expected = session.count_about(query, table) or table.rows
    draft = out.with_name(f"{out.name}.part")
    try:
        with session.batches(query, table) as (schema, batches):
            arriving = _Arriving(batches, expected, report)
            arriving.write(schema, list(targets), draft)
        if not arriving.rows:
            raise UnreadableDatabase(
                Sentence("{table} has no rows to read.", table=table.full_name),
                Sentence("Choose an earlier day to begin with, or another table."),
            )
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
    return _describe(raw, out, arriving.rows)


class _Arriving:
    """Rows on their way: counted, and what stopped them kept from DuckDB's own words."""

    def __init__(
        self, batches: Iterator[Any], expected: int | None, report: Callable[[float], None]
    ) -> None:
        self._batches = batches
        self._expected = expected
        self._report = report
        self._failure: Exception | None = None
        self.rows = 0

    def write(self, schema: pa.Schema, targets: Sequence[str], draft: Path) -> None:
        """Write all of them, and raise what stopped them."""
        as_text = zip(cells_as_text(len(targets)), targets, strict=True)
        cells = ", ".join(f"{cell} AS {target}" for cell, target in as_text)
        with cursor() as connection:
            connection.register("fetched", pa.RecordBatchReader.from_batches(schema, self._count()))
            try:
                connection.execute(
                    f"COPY (SELECT {cells} FROM fetched) TO $draft (FORMAT parquet,"
                    f" DICTIONARY_SIZE_LIMIT {_MOST_REPEATED})",
                    {"draft": str(draft)},
                )
            except duckdb.Error:
                if self._failure is None:
                    raise
                raise self._failure from None

    def _count(self) -> Iterator[Any]:
        try:
            for batch in self._batches:
                self.rows += batch.num_rows
                if self._expected:
                    self._report(min(self.rows / self._expected, _MOST_TOLD))
                yield batch
        except UnreadableDatabase as error:
            self._failure = error
            raise


def cells_as_text(columns: int) -> list[str]:
    """Return SQL for the cells of fetched rows as text; none where one is empty, as in a file."""
    return [f"nullif(CAST(c{at:d} AS VARCHAR), '')" for at in range(columns)]


def _find_first_day(raw: RawTable, columns: Sequence[Column]) -> tuple[Column, dt.date] | None:
    """Return the column and the day to begin with, where one was asked for."""
    day = raw.database.since if raw.database is not None else None
    if day is None:
        return None
    field = _TIME_FIELDS.get(raw.kind)
    if field is None or field not in raw.mapping:
        raise InvalidSetting(
            Sentence("{file} has no column of days to begin with.", file=raw.file_name),
            Sentence("Read all of it."),
        )
    column = columns[raw.column_names.index(raw.mapping[field])]
    if not column.is_time:
        raise UnreadableColumn(
            Sentence(
                "Column {column} of {file} cannot be compared with a day: it is of the type"
                " {type}.",
                column=column.name,
                file=raw.file_name,
                type=column.type_name,
            ),
            Sentence("Read all of it, or make a view in which this column is a date."),
        )
    return column, day


def _describe(raw: RawTable, out: Path, rows: int) -> TextRows:
    """Profile what was read, and by the sample what was not."""
    none = pd.DataFrame(columns=["source_row", "source_line", "reason"], dtype="int64")
    none = none.astype({"reason": "str"})
    sample = Source(raw.path, ",", '"', 0, True, len(raw.column_names), True)
    with cursor() as connection:
        others = look_at_others(connection, raw, sample)
        summaries = summarise_columns(connection, raw, scan_text(out, 0), others)
    return TextRows(raw, out, rows, none, none, summaries, lines_before=0)
