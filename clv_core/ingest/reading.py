"""From a text file to text in Parquet: every row counted, the unreadable ones listed.

DuckDB reads with everything declared: its own guesses turn ragged rows into one
column, drop a header before an unclosed quote and take 01/02 for a day and a
month. All cells stay text, so ``007``, ``NA`` and 20-digit ids keep what they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd

from clv_core.columns import FIELDS
from clv_core.errors import UnreadableFile
from clv_core.ingest.dialect import SEPARATORS, WHITE_SPACE, preamble_lines, unclosed_quote
from clv_core.ingest.engine import cursor, literal_path
from clv_core.ingest.layout import ByteLayout, measure_bytes, read_chunks
from clv_core.ingest.numbering import lines_at, number_records, renumber_rows
from clv_core.ingest.plain_copy import COPY_SEPARATOR, is_plain, write_plain_copy
from clv_core.ingest.raw import RawTable
from clv_core.sentences import Sentence

__all__ = ["REJECT_CODES", "TextRows", "read_text_rows"]

# DuckDB's error types -> our reason codes.
REJECT_CODES: Final = {
    "MISSING COLUMNS": "too_few_cells",
    "TOO MANY COLUMNS": "too_many_cells",
    "UNQUOTED VALUE": "broken_quote",
    "INVALID ENCODING": "broken_encoding",
    "LINE SIZE OVER MAXIMUM": "row_too_long",
}
_OTHER_CODE: Final = "unreadable_row"
_SWALLOWING: Final = ("broken_quote", "row_too_long")
_REJECTED_COLUMNS: Final = ("source_row", "source_line", "reason")


@dataclass(frozen=True)
class TextRows:
    """One file's mapped columns as text.

    Attributes
    ----------
    raw : RawTable
    parquet : Path
        A VARCHAR column per mapped canonical field, ``x0``, ``x1``, … for the
        features of a value table, and no other; null where the cell is empty.
        ``source_row`` (BIGINT, record number from 1 after the
        header, unreadable ones counted) and ``source_line`` (BIGINT, line of
        the file; null where line breaks inside cells or blank lines make it
        unknown). In the file's order.
    rows_read : int
        Rows of data in the file, the unreadable ones included.
    rejected : DataFrame
        ``source_row``, ``source_line`` (int64) and ``reason`` (a code of
        :data:`REJECT_CODES`) of the rows that could not be read.
    """

    raw: RawTable
    parquet: Path
    rows_read: int
    rejected: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        codes, reasons = pd.factorize(self.rejected["reason"])
        return {
            "raw": self.raw.to_json(),
            "parquet": str(self.parquet),
            "rows_read": self.rows_read,
            "rejected": {
                "source_row": self.rejected["source_row"].tolist(),
                "source_line": self.rejected["source_line"].tolist(),
                "reason": codes.tolist(),
            },
            "reasons": reasons.tolist(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TextRows:
        """Rebuild what :meth:`to_json` wrote."""
        rejected = pd.DataFrame(stored["rejected"], columns=list(_REJECTED_COLUMNS), dtype="int64")
        reasons = np.array(stored["reasons"], dtype=object)[rejected["reason"]]
        return cls(
            raw=RawTable.from_json(stored["raw"]),
            parquet=Path(stored["parquet"]),
            rows_read=stored["rows_read"],
            rejected=rejected.assign(reason=pd.Series(reasons, dtype="str")),
        )


@dataclass(frozen=True)
class _Source:
    """The file that DuckDB opens, and how it is to read it."""

    path: Path
    delimiter: str
    quote: str
    lead: int  # lines before the header or the first row
    has_header: bool
    layout: ByteLayout

    @property
    def lines_before_data(self) -> int:
        return self.lead + (1 if self.has_header else 0)


def read_text_rows(
    raw: RawTable, out: Path, report: Callable[[float], None] | None = None
) -> TextRows:
    """Read a file's mapped columns as text into Parquet.

    Parameters
    ----------
    raw : RawTable
    out : Path
        The Parquet file to write; it appears when it is complete. Copies that
        reading needs lie beside it for a while.
    report : callable of float, optional
        Told the share of the work that is done, up to 1.0.

    Raises
    ------
    UnreadableFile
        When a quote swallows rows, or not one row can be read.
    """
    tell = report or _tell_nobody
    copy = out.with_name(f"{out.name}.text")
    draft = out.with_name(f"{out.name}.part")
    try:
        source = _prepare_source(raw, copy)
        tell(0.3)
        with cursor() as connection:
            kept = _copy_rows(connection, raw, source, draft)
            found = _list_rejects(connection, raw, source)
        tell(0.8)
        rejected = _number_rejects(found, source, kept)
        rows_read = kept + len(rejected)
        _refuse_unread(raw, kept, rows_read)
        _number_rows(source, draft, out, rejected, rows_read)
        tell(1.0)
    finally:
        copy.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)
    return TextRows(raw, out, rows_read, rejected)


def _tell_nobody(_share: float) -> None:
    """Stand in for a listener."""


def _prepare_source(raw: RawTable, copy: Path) -> _Source:
    """Return what DuckDB is to open: the file, or a plain copy of it."""
    dialect = raw.dialect
    if dialect.delimiter not in (*SEPARATORS, WHITE_SPACE):
        raise ValueError("a separator that no dialect has")
    path, layout = raw.path, measure_bytes(read_chunks(raw.path))
    if not is_plain(raw.path, dialect, layout):
        write_plain_copy(raw.path, copy, dialect)
        path, layout = copy, measure_bytes(read_chunks(copy))
    blank_separated = dialect.delimiter == WHITE_SPACE
    return _Source(
        path=path,
        delimiter=COPY_SEPARATOR if blank_separated else dialect.delimiter,
        quote=dialect.quote,
        lead=preamble_lines(raw.path, dialect.encoding),
        has_header=dialect.has_header,
        layout=layout,
    )


def _copy_rows(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, source: _Source, draft: Path
) -> int:
    """Write the mapped columns of the readable rows, numbered as they come."""
    fields = [field for field in FIELDS[raw.kind] if field in raw.mapping]
    place_of = {name: place for place, name in enumerate(raw.column_names)}
    chosen = [f"c{place_of[raw.mapping[field]]} AS {field}" for field in fields]
    chosen += [f"c{place_of[name]} AS x{number}" for number, name in enumerate(raw.features)]
    declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(raw.column_names)))
    # Composed of our own names alone; the user's headers and paths never get here.
    statement = f"""
        COPY (
            SELECT row_number() OVER () AS source_row,
                   row_number() OVER () + $before AS source_line,
                   {", ".join(chosen)}
            FROM read_csv(
                $source, auto_detect = false, columns = {{{declared}}},
                delim = $delimiter, quote = $quote, escape = $quote, header = $header,
                skip = $skip, nullstr = '', strict_mode = true, null_padding = false,
                compression = 'none', store_rejects = true, rejects_limit = 0
            )
        ) TO $target (FORMAT parquet)"""
    try:
        answer = connection.execute(
            statement,
            {
                "source": literal_path(source.path),
                "delimiter": source.delimiter,
                "quote": source.quote,
                "header": source.has_header,
                "skip": source.lead,
                "before": source.lines_before_data,
                "target": str(draft),
            },
        ).fetchone()
    except duckdb.InvalidInputException:
        raise UnreadableFile(
            Sentence("The rows of {file} do not keep to one layout.", file=raw.file_name),
            Sentence("Open it in your spreadsheet program and save it as CSV (UTF-8)."),
        ) from None
    return int(answer[0]) if answer else 0


def _list_rejects(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, source: _Source
) -> pd.DataFrame:
    """Return one row per refused record: ``record_line``, ``byte``, ``reason``.

    Raises
    ------
    UnreadableFile
        When a refused record spans lines: a quote opened and took in other rows.
    """
    found = connection.execute(
        """
        SELECT line AS record_line,
               min(line_byte_position - 1 + length(csv_line)
                   - length(ltrim(csv_line, chr(10) || chr(13)))) AS byte,
               coalesce(arg_min(error_type, column_idx), any_value(error_type))::VARCHAR AS reason,
               bool_or(contains(trim(csv_line, chr(10) || chr(13)), chr(10))) AS spans_lines
        FROM reject_errors GROUP BY line ORDER BY line"""
    ).df()
    found["reason"] = found["reason"].map(lambda kind: REJECT_CODES.get(kind, _OTHER_CODE))
    swallowing = found[found["spans_lines"] & found["reason"].isin(_SWALLOWING)]
    if len(swallowing):
        first = lines_at(source.path, swallowing["byte"].to_numpy(dtype=np.int64)[:1])[0]
        raise unclosed_quote(raw.file_name, int(first))
    return found


def _number_rejects(found: pd.DataFrame, source: _Source, kept: int) -> pd.DataFrame:
    """Give refused records their row and line.

    DuckDB counts a quoted line break as no line and a blank line as one, so its
    number is the row's only in files that have neither.
    """
    if found.empty:
        return pd.DataFrame({name: [] for name in _REJECTED_COLUMNS}).astype(
            {"source_row": "int64", "source_line": "int64"}
        )
    if _is_line_per_row(source, kept + len(found)):
        lines = found["record_line"].to_numpy(dtype=np.int64)
        rows = lines - source.lines_before_data
    else:
        lines = lines_at(source.path, found["byte"].to_numpy(dtype=np.int64))
        rows = number_records(source.path, source.delimiter, source.quote, source.lead, lines)
        rows = rows - (1 if source.has_header else 0)
    return pd.DataFrame(
        {"source_row": rows, "source_line": lines, "reason": found["reason"].to_numpy()}
    )


def _is_line_per_row(source: _Source, rows_read: int) -> bool:
    return source.lines_before_data + rows_read == source.layout.line_count


def _refuse_unread(raw: RawTable, kept: int, rows_read: int) -> None:
    if kept:
        return
    raise UnreadableFile(
        Sentence(
            "None of the {rows} rows of {file} has as many cells as its first line ({columns}).",
            rows=rows_read,
            file=raw.file_name,
            columns=len(raw.column_names),
        ),
        Sentence("Export it again as CSV, so that every row has every column."),
    )


def _number_rows(
    source: _Source, draft: Path, out: Path, rejected: pd.DataFrame, rows_read: int
) -> None:
    """Put the file in place: rows numbered past the refused ones, lines where known."""
    line_per_row = _is_line_per_row(source, rows_read)
    if not line_per_row or len(rejected):
        before = source.lines_before_data if line_per_row else None
        renumber_rows(draft, rejected["source_row"].to_numpy(dtype=np.int64), before)
    os.replace(draft, out)
