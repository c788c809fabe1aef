"""One scan of a file in order, and the further passes that one in disorder needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from clv_core.errors import UnreadableFile
from clv_core.ingest.engine import cursor
from clv_core.ingest.mended_copy import MendedCopy, write_mended_copy
from clv_core.ingest.mending import MendedRows, RowMender, mend_rejects
from clv_core.ingest.numbering import Int64Array, Numbering, lines_at, map_records
from clv_core.ingest.plain_text import PlainText
from clv_core.ingest.raw import RawTable
from clv_core.ingest.row_shape import learn_shape
from clv_core.ingest.scanning import Source, copy_rows, list_rejects, list_targets
from clv_core.sentences import Sentence

__all__ = ["FoundRows", "RowPasses"]

_MANY_ROWS = 10_000  # more of them are scanned again rather than mended one by one


@dataclass(frozen=True)
class FoundRows:
    """What the passes found.

    Attributes
    ----------
    rows_written : int
        Rows in the draft, those to insert included.
    rows_read : int
    places : ndarray of int64
        Places among the scanned records of those that were refused, from 1.
    numbering : Numbering
        Of the scanned records.
    inserted : pyarrow.Table or None
        Refused records that were mended, to be put back at their places.
    rejected, mended : DataFrame
        ``source_row``, ``source_line``, ``reason``.
    lines_before : int or None
        Lines before the draft's first row where row after row is line after line; None
        where its rows must be numbered.
    """

    rows_written: int
    rows_read: int
    places: Int64Array
    numbering: Numbering
    inserted: pa.Table | None
    rejected: pd.DataFrame
    mended: pd.DataFrame
    lines_before: int | None


@dataclass(frozen=True)
class _Attempt:
    """One scan: what it kept and what it refused."""

    kept: int
    refused: pd.DataFrame

    @property
    def records(self) -> int:
        return self.kept + len(self.refused)


class RowPasses:
    """The passes over one file's text.

    Parameters
    ----------
    raw : RawTable
    text : PlainText
    """

    def __init__(self, raw: RawTable, text: PlainText) -> None:
        self._raw = raw
        self._text = text
        self._shape = learn_shape(raw.samples.to_numpy(dtype=object).tolist(), self._width)

    @property
    def _width(self) -> int:
        return len(self._raw.column_names)

    def run(self, draft: Path, copy: Path) -> FoundRows:
        """Write the readable rows and account for the others.

        Parameters
        ----------
        draft : Path
            The Parquet file to write.
        copy : Path
            Where a mended copy may be written.

        Raises
        ------
        UnreadableFile
            When the header's quotes are broken, or nothing brings them to order.
        """
        text = self._text
        source = Source(
            text.path,
            text.delimiter,
            text.quote,
            text.lead,
            text.has_header,
            self._width,
            text.may_quote,
        )
        with cursor() as connection:
            found = self._read_as_is(connection, source, draft)
            if found is None and not text.quote:
                raise _disorder(self._raw)
            return found or self._read_mended(connection, source, draft, copy)

    def _read_as_is(
        self, connection: duckdb.DuckDBPyConnection, source: Source, draft: Path
    ) -> FoundRows | None:
        """Read the text; None where quotes are in disorder."""
        attempt = self._try(connection, source, draft)
        numbering = self._number(attempt) if attempt is not None else None
        if attempt is None or numbering is None:
            return None
        places = self._places(attempt, numbering, source.path, self._text.lines_before_data)
        found = self._account(connection, attempt, places, numbering, None)
        # A quote at fault may be one inside a cell of several lines, each of them refused.
        is_broken = bool((found.rejected["reason"] == "broken_quote").any())
        return None if is_broken and source.quote else found

    def _read_mended(
        self, connection: duckdb.DuckDBPyConnection, source: Source, draft: Path, copy: Path
    ) -> FoundRows:
        """Read a copy in which every row is strict CSV."""
        mended = write_mended_copy(
            source.path, copy, source.delimiter, source.lead, source.has_header, self._shape
        )
        if mended.header_line is not None:
            raise _broken_header(self._raw, mended.header_line)
        again = replace(source, path=copy, lead=0, has_header=False, may_quote=True)
        attempt = self._try(connection, again, draft)
        if attempt is None or attempt.records != len(mended.rows):
            raise _disorder(self._raw)
        places = self._places(attempt, Numbering(None, mended.copy_lines), copy, 0)
        numbering = Numbering(mended.rows, mended.lines)
        return self._account(connection, attempt, places, numbering, mended)

    def _try(
        self, connection: duckdb.DuckDBPyConnection, source: Source, draft: Path
    ) -> _Attempt | None:
        """Scan once, or twice where most rows leave out cells at their end; None if in vain."""
        targets = list_targets(self._raw)
        try:
            kept = copy_rows(connection, source, targets, draft)
            refused = list_rejects(connection)
            width = self._habitual_width(refused, kept)
            if width is not None:
                kept = copy_rows(connection, replace(source, width=width), targets, draft)
                refused = list_rejects(connection)
        except duckdb.InvalidInputException:
            return None
        return _Attempt(kept, refused)

    def _habitual_width(self, refused: pd.DataFrame, kept: int) -> int | None:
        """Return the cells that rows have where most of very many leave out the same ones."""
        short = refused.loc[refused["reason"] == "too_few_cells", "cells"]
        if len(short) <= max(kept, _MANY_ROWS):
            return None
        width = int(short.mode().iloc[0])
        mender = RowMender(self._raw, self._text.delimiter, self._shape)
        return width if width > 1 and mender.is_enough(width) else None

    def _number(self, attempt: _Attempt) -> Numbering | None:
        """Return the numbers of the scanned records, None where quotes took in lines."""
        text = self._text
        if attempt.refused["spans_lines"].any():
            return None
        if text.lines_before_data + attempt.records == text.layout.line_count:
            return Numbering(None, text.lines_before_data)
        found = map_records(text.path, text.delimiter, text.quote, text.lead, self._shape)
        lines = found.lines[1 if text.has_header else 0 :]
        in_order = len(lines) == attempt.records and found.is_in_order
        return Numbering(None, lines) if in_order else None

    def _places(
        self, attempt: _Attempt, numbering: Numbering, path: Path, lines_before: int
    ) -> Int64Array:
        """Return the places of refused records among the scanned ones.

        DuckDB counts a quoted line break as no line and a blank line as one, so its
        number is the place only in files that have neither.
        """
        if attempt.refused.empty:
            return np.empty(0, dtype=np.int64)
        if isinstance(numbering.lines, int):
            return attempt.refused["record_line"].to_numpy(dtype=np.int64) - lines_before
        lines = lines_at(path, attempt.refused["byte"].to_numpy(dtype=np.int64))
        return np.searchsorted(numbering.lines, lines) + 1

    def _account(
        self,
        connection: duckdb.DuckDBPyConnection,
        attempt: _Attempt,
        places: Int64Array,
        numbering: Numbering,
        copied: MendedCopy | None,
    ) -> FoundRows:
        """Mend what the scan refused, and list what was mended and what was not."""
        reasons = attempt.refused["reason"].tolist()
        is_cut_off = (
            copied is None
            and bool(len(places))
            and int(places[-1]) == attempt.records
            and not self._text.layout.ends_with_newline
        )
        mender = RowMender(self._raw, self._text.delimiter, self._shape)
        put_back = mend_rejects(connection, self._raw, mender, reasons, is_cut_off)
        rows, lines = numbering.rows_at(places), numbering.lines_at(places)
        chosen = np.zeros(len(places), dtype=bool)
        chosen[put_back.positions] = True
        listed = _list(rows, lines, reasons)
        rejected, mended = listed[~chosen], listed[chosen]
        if copied is not None:
            rejected, mended = _join_copied(rejected, mended, copied)
        return FoundRows(
            rows_written=attempt.kept + len(put_back.positions),
            rows_read=attempt.kept + len(put_back.positions) + len(rejected),
            places=places,
            numbering=numbering,
            inserted=_numbered(put_back, rows[chosen], lines[chosen]),
            rejected=rejected.reset_index(drop=True),
            mended=mended.reset_index(drop=True),
            lines_before=numbering.lines_before if not len(places) else None,
        )


def _list(rows: Int64Array, lines: Int64Array, reasons: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"source_row": rows, "source_line": lines, "reason": pd.Series(list(reasons), dtype="str")}
    )


def _join_copied(
    rejected: pd.DataFrame, mended: pd.DataFrame, copied: MendedCopy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add what the mended copy left out and what it mended."""
    left_out = _list(copied.refused_rows, copied.refused_lines, copied.reasons)
    at = np.searchsorted(copied.rows, copied.mended)
    quotes = _list(copied.mended, copied.lines[at], ["broken_quote"] * len(copied.mended))
    quotes = quotes[~quotes["source_row"].isin(rejected["source_row"])]
    return (
        pd.concat([rejected, left_out]).sort_values("source_row"),
        pd.concat([mended, quotes]).sort_values("source_row"),
    )


def _numbered(put_back: MendedRows, rows: Int64Array, lines: Int64Array) -> pa.Table | None:
    if not put_back.positions:
        return None
    names = ["source_row", "source_line", *put_back.cells.column_names]
    return pa.Table.from_arrays([pa.array(rows), pa.array(lines), *put_back.cells.columns], names)


def _broken_header(raw: RawTable, line: int) -> UnreadableFile:
    return UnreadableFile(
        Sentence(
            "In line {line} of {file} a quote opens that is not closed where the cell ends.",
            line=line,
            file=raw.file_name,
        ),
        Sentence('Write a quote inside a cell twice (""), or remove it, and try again.'),
    )


def _disorder(raw: RawTable) -> UnreadableFile:
    return UnreadableFile(
        Sentence("The rows of {file} do not keep to one layout.", file=raw.file_name),
        Sentence("Open it in your spreadsheet program and save it as CSV (UTF-8)."),
    )
