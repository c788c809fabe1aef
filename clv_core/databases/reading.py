"""Tables of databases beside files: found, recognised by their first rows, read like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from clv_core.databases.catalogue import Table
from clv_core.databases.connections import find_connection
from clv_core.databases.fetching import fetch
from clv_core.errors import UnreadableColumn, UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.confined import FileReport, read_confined, recognise_confined, refuse_unusable
from clv_core.ingest.database_table import DatabaseTable
from clv_core.ingest.raw import RawTable
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence

__all__ = [
    "AS_WRITTEN",
    "Source",
    "fetch_sample",
    "fetch_tables",
    "read_sources",
    "recognise_sources",
    "understand_sources",
]

Source = tuple[Path | DatabaseTable, str, FileChoice]
# How a sample is laid out: we wrote it.
AS_WRITTEN: Final[Mapping[str, Any]] = {
    "has_header": True,
    "column_names": None,
    "part": None,
    "lead_lines": 0,
    "encoding": "utf-8",
    "delimiter": ",",
}
_SPARE_S: Final = 60.0


def fetch_tables(connection: str) -> list[Table]:
    """List the tables and views of a connection.

    Raises
    ------
    UserDataError
        Where there is no such connection, or the database does not answer.
    """
    (answer,) = fetch({"task": "list", "connection": connection})
    return [Table.from_json(table) for table in answer["tables"]]


def fetch_sample(table: DatabaseTable, out: Path) -> tuple[DatabaseTable, Table]:
    """Write a table's first rows as CSV.

    Returns
    -------
    DatabaseTable, Table
        The table by its full name, with the number of its rows; and what is known of it.

    Raises
    ------
    UserDataError
        Where it cannot be read, or has no rows.
    """
    task = {"task": "sample", "connection": table.connection, "name": table.name}
    (answer,) = fetch({**task, "out": str(out.absolute())}, [out.parent.absolute()])
    found = Table.from_json(answer["table"])
    return replace(table, name=found.full_name, rows=found.rows), found


def recognise_sources(sources: Sequence[Source], folder: Path) -> list[RawTable | UserDataError]:
    """Say what each file or table is; parameters as ``recognise_confined``.

    Parameters
    ----------
    sources : sequence of (Path or DatabaseTable, str, FileChoice)
    folder : Path
        Existing; keeps the first rows of tables until they are read.

    Returns
    -------
    list of RawTable or UserDataError
        One per source, in order.
    """
    answers: dict[int, RawTable | UserDataError] = {}
    files: dict[int, tuple[Path, str, FileChoice]] = {}
    tables: dict[int, DatabaseTable] = {}
    for number, (source, name, choice) in enumerate(sources):
        if isinstance(source, Path):
            files[number] = source, name, choice
            continue
        sample = folder / f"table_{number}.csv"
        try:
            tables[number], found = fetch_sample(source, sample)
            _refuse_unreadable(found, choice)
        except UserDataError as error:
            answers[number] = error
            continue
        as_written = choice.model_copy(update=dict(AS_WRITTEN))
        files[number] = sample, tables[number].title, as_written
    for number, answer in zip(files, recognise_confined(list(files.values())), strict=True):
        if number in tables and isinstance(answer, RawTable):
            answers[number] = replace(answer, database=tables[number])
        else:
            answers[number] = answer
    return [answers[number] for number in range(len(sources))]


def understand_sources(sources: Sequence[Source], folder: Path) -> list[RawTable]:
    """Say what each file or table is, and refuse them all where one cannot be used.

    Raises
    ------
    UserDataError
        For the first that is no table, or in which a needed column is not found.
    """
    return refuse_unusable(recognise_sources(sources, folder))


def read_sources(
    raws: Sequence[RawTable], folder: Path, report: FileReport | None = None
) -> list[TextRows]:
    """Read files and tables into text in Parquet.

    Parameters
    ----------
    raws : sequence of RawTable
    folder : Path
        Existing; gets the Parquet files.
    report : callable of (int, float), optional
        Told the number of the one in hand and the share of it that is done.

    Raises
    ------
    UserDataError
        Where one cannot be read.
    """
    tell = report or _tell_nobody
    files = [number for number, raw in enumerate(raws) if raw.database is None]
    if len(files) == len(raws):
        return read_confined(raws, folder, report)
    read: dict[int, TextRows] = {}
    begun = 0  # files come first, whatever their places
    if files:
        texts = read_confined([raws[number] for number in files], folder, tell)
        read |= dict(zip(files, texts, strict=True))
        begun = len(files)
    for number, raw in enumerate(raws):
        if raw.database is not None:
            out = folder / f"table_{number}.parquet"
            read[number] = _read_table(raw, raw.database, out, _at(tell, begun))
            begun += 1
    return [read[number] for number in range(len(raws))]


def _read_table(
    raw: RawTable, table: DatabaseTable, out: Path, tell: Callable[[float], None]
) -> TextRows:
    patience_s = find_connection(table.connection).timeout_minutes * 60 + _SPARE_S
    task = {"task": "read", "connection": table.connection, "raw": raw.to_json()}
    folders = [out.parent.absolute(), raw.path.parent.absolute()]
    for answer in fetch({**task, "out": str(out.absolute())}, folders, patience_s):
        if "rows" in answer:
            return replace(TextRows.from_json(answer["rows"]), raw=raw)
        tell(answer["share"])
    raise ValueError("the process ended without an answer")


def _refuse_unreadable(table: Table, choice: FileChoice) -> None:
    """Say of a column that the user names why it is not among those of the sample."""
    named = set((choice.mapping or {}).values())
    for column in table.columns:
        if column.name in named and not column.is_readable:
            raise UnreadableColumn(
                Sentence(
                    "Column {column} of {table} cannot be read: it is of the type {type}.",
                    column=column.name,
                    table=table.full_name,
                    type=column.type_name,
                ),
                Sentence("Choose another column, or make a view that turns it into text."),
            )


def _at(tell: FileReport, number: int) -> Callable[[float], None]:
    return lambda share: tell(number, share)


def _tell_nobody(_number: int, _share: float) -> None:
    """Stand in for a listener."""
