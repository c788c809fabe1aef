"""Files on the way from text to typed tables.

Three steps for every kind of file: :func:`stage_file` opens a file's text as a
view, the kind's own module reads it into types and :func:`store_typed` keeps those
as Parquet beside the result, and :mod:`~clv_core.cleaning.judging` gives each row
the first rule that drops it. Nothing wide is ever held in memory.

Temporary views belong to the cursor that made them and end with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from clv_core.cleaning import identity
from clv_core.cleaning.cells import is_unclean, trim_expression
from clv_core.columns import FIELDS, TableKind
from clv_core.ingest.engine import quoted_path
from clv_core.ingest.presets import PRESETS, PlatformPreset
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.ingest.reading import TextRows
from clv_core.settings import DateOrder, Guests

__all__ = [
    "ROWS_PER_FILE",
    "EarlierReading",
    "StagedFile",
    "compared_fields",
    "count_rows",
    "open_parquet",
    "open_parquets",
    "row_hash",
    "scan_parquets",
    "stage_file",
    "store_typed",
    "typed_path",
    "write_scratch",
]

Found = TypeVar("Found")

ROWS_PER_FILE = 10**12  # more than any file has
_MOST_REPEATED = 2000  # different values of a column in a group of rows; numbering more is slow


@dataclass(frozen=True)
class EarlierReading:
    """What is known of a file that was read and typed before (:mod:`.kept_rows`).

    Attributes
    ----------
    typed : Path
        Its typed rows.
    filled : Path or None
        Its text, an order's later lines filled from its first; None where none were.
    described : Path or None
        What the texts of its reviews say; None for other kinds.
    unclean : frozenset of str
        Fields in which a cell may have blanks to trim.
    learnt : mapping
        How the columns of order lines are written (``OrderLines.to_json``); empty for
        other kinds.
    """

    typed: Path
    filled: Path | None
    described: Path | None
    unclean: frozenset[str]
    learnt: Mapping[str, Any]


@dataclass(frozen=True)
class StagedFile:
    """One file with its place among those of the upload.

    Attributes
    ----------
    number : int
        ``file_number`` of its rows.
    rows : TextRows
    earlier : EarlierReading or None
        Of a file that a data set kept; None where the file is typed now.
    date_order : {"day_first", "month_first"} or None
        How 03/04/2024 is meant in this file; None lets its rows decide.
    learnt : dict or None
        What is known of the whole file, by name (:meth:`learn`), for those who have only
        some of its rows; None where the rows themselves are asked.
    is_part : bool
        Whether only some of the file's rows are here: nothing is refused for them alone.
    """

    number: int
    rows: TextRows
    earlier: EarlierReading | None = None
    date_order: DateOrder | None = None
    learnt: dict[str, Any] | None = None
    is_part: bool = False

    def learn(self, name: str, look: Callable[[], Found]) -> Found:
        """Return what is known of the whole file under a name, else look at its rows.

        Where ``learnt`` is given, what was looked up is noted there.
        """
        if self.learnt is None:
            return look()
        if name not in self.learnt:
            self.learnt[name] = look()
        found: Found = self.learnt[name]
        return found

    @property
    def kind(self) -> TableKind:
        """What the file holds."""
        return self.rows.raw.kind

    @property
    def source(self) -> str:
        """Name of the view on this file's text."""
        return f"{self.kind}_text_{self.number}"

    @property
    def readable_rows(self) -> int:
        """Rows that the reader could read."""
        return self.rows.rows_read - len(self.rows.rejected)

    @property
    def preset_rules(self) -> frozenset[PresetRule]:
        """Business rules of the platform that wrote the file."""
        return self._preset.rules if self._preset else frozenset()

    @property
    def kept_statuses(self) -> frozenset[str]:
        """Folded order statuses of the platform that say money came; empty: any may."""
        return self._preset.kept_statuses if self._preset else frozenset()

    @property
    def dropped_statuses(self) -> frozenset[str]:
        """Folded order statuses of the platform that no sale came of."""
        return self._preset.dropped_statuses if self._preset else frozenset()

    def name_customer(self, guests: Guests = "drop") -> str:
        """Return SQL for whom a row belongs to: the id, or a contact where the platform has none.

        Where ``guests`` asks for it, orders without id are given to somebody later.
        """
        nobody = self._preset.guest_ids if self._preset else frozenset()
        known = identity.known_id_expression("customer_id", nobody)
        if PresetRule.PHONE_WHERE_NO_EMAIL in self.preset_rules:
            return identity.contact_expression(known, "email", "phone")
        if PresetRule.EMAIL_WHERE_NO_ID in self.preset_rules and guests == "drop":
            return f"coalesce({known}, email)"
        return known

    @property
    def _preset(self) -> PlatformPreset | None:
        return PRESETS.get(self.rows.raw.preset or "")

    def has(self, *fields: str) -> bool:
        """Say whether all these canonical fields were found in the file."""
        return all(field in self.rows.raw.mapping for field in fields)

    def locate(self, field: str) -> dict[str, str]:
        """Return file and column as the user knows them, for a sentence."""
        raw = self.rows.raw
        return {"file": raw.file_name, "column": raw.mapping.get(field, field)}


def stage_file(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> frozenset[str]:
    """Open a file's text as ``file.source``, blanks trimmed, empty cells null.

    The view has ``file_number``, ``source_row``, ``source_line`` and all fields of
    the kind as text, null where the file has no such column.

    Returns
    -------
    frozenset of str
        Fields in which a cell may have had blanks to trim.
    """
    scan = file.rows.scan
    unclean = (
        file.earlier.unclean
        if file.earlier
        else file.learn("unclean", lambda: _find_unclean(cursor, file, scan))
    )
    cells = ", ".join(f"{_cell(file, field, unclean)} AS {field}" for field in FIELDS[file.kind])
    cursor.execute(
        f"CREATE TEMP VIEW {file.source} AS SELECT CAST({file.number} AS INTEGER) AS file_number,"
        f" source_row, source_line, {cells} FROM {scan}"
    )
    return unclean


def store_typed(
    cursor: duckdb.DuckDBPyConnection,
    kind: TableKind,
    typed: Sequence[tuple[StagedFile, str]],
    scratch: Path,
) -> None:
    """Keep the typed rows of all files of a kind as ``<kind>_typed``, with a ``row_id``.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    kind : {"orders", "events", "reviews", "customers"}
    typed : sequence of (StagedFile, str)
        Each file with a query that has the same columns, ``file_number``, ``source_row`` and
        those of :func:`~clv_core.cleaning.identity.customer_columns` among them; it is not
        asked of files that were typed before.
    scratch : Path
        Folder for the Parquet files (:func:`typed_path`).
    """
    paths = []
    for file, query in typed:
        path = typed_path(file, scratch)
        if not file.earlier:
            write_scratch(cursor, query, path)
        paths.append(quoted_path(path))
    cursor.execute(
        f"CREATE TEMP VIEW {kind}_typed AS SELECT * REPLACE"
        " (coalesce(written_customer, customer) AS written_customer),"
        f" file_number * {ROWS_PER_FILE} + source_row AS row_id"
        f" FROM read_parquet([{', '.join(paths)}])"
    )


def typed_path(file: StagedFile, scratch: Path) -> Path:
    """Return where the typed rows of a file lie."""
    return file.earlier.typed if file.earlier else scratch / f"{file.number}_typed.parquet"


def write_scratch(
    cursor: duckdb.DuckDBPyConnection, query: str, path: Path, options: str = ""
) -> None:
    """Keep what a query gives as Parquet for a while, in the query's order.

    It is written once and read a few times: quick to pack matters more than small.
    """
    cursor.execute(
        f"COPY ({query}) TO $target (FORMAT parquet, COMPRESSION lz4,"
        f" DICTIONARY_SIZE_LIMIT {_MOST_REPEATED}{options})",
        {"target": str(path)},
    )


def open_parquet(cursor: duckdb.DuckDBPyConnection, view: str, path: Path) -> None:
    """Open a file of ours under one of our own names."""
    open_parquets(cursor, view, [path])


def open_parquets(cursor: duckdb.DuckDBPyConnection, view: str, paths: Sequence[Path]) -> None:
    """Open files of ours, one behind the other, under one of our own names."""
    cursor.execute(f"CREATE TEMP VIEW {view} AS SELECT * FROM {scan_parquets(paths)}")


def scan_parquets(paths: Sequence[Path]) -> str:
    """Return SQL, to stand behind FROM, for files of ours; their folders' names say nothing."""
    listed = ", ".join(quoted_path(path) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def row_hash(kind: TableKind) -> str:
    """Return SQL for a number that rows with equal cells share."""
    return f"hash({', '.join(compared_fields(kind))})"


def compared_fields(kind: TableKind) -> tuple[str, ...]:
    """Return the fields in which two equal rows agree: a sale listed in two categories is one."""
    return tuple(field for field in FIELDS[kind] if field != "category")


def count_rows(cursor: duckdb.DuckDBPyConnection, source: str, condition: str = "TRUE") -> int:
    """Count the rows of one of our tables that meet one of our conditions."""
    found = cursor.execute(f"SELECT count(*) FROM {source} WHERE {condition}").fetchone()
    return int(found[0]) if found else 0


def _find_unclean(cursor: duckdb.DuckDBPyConnection, file: StagedFile, scan: str) -> frozenset[str]:
    """Return the fields in which a cell may have blanks to trim."""
    fields = [field for field in FIELDS[file.kind] if file.has(field)]
    flags = ", ".join(f"bool_or({is_unclean(field)})" for field in fields)
    found = cursor.execute(f"SELECT {flags} FROM {scan}").fetchone() or ()
    return frozenset(field for field, unclean in zip(fields, found, strict=True) if unclean)


def _cell(file: StagedFile, field: str, unclean: frozenset[str]) -> str:
    if not file.has(field):
        return "CAST(NULL AS VARCHAR)"
    return trim_expression(field) if field in unclean else field
