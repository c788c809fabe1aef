"""Line and record numbers of places in a text file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv_core.ingest.layout import read_chunks
from clv_core.ingest.records import Grammar, is_row
from clv_core.ingest.row_shape import RowShape

__all__ = ["Numbering", "RecordMap", "lines_at", "map_records", "renumber_rows"]

Int64Array = npt.NDArray[np.int64]
_NEWLINE, _RETURN, _BLANK, _QUOTE = 10, 13, 32, 34
_BLOCK_BYTES: Final = 1 << 22
_BATCH_ROWS: Final = 122_880


@dataclass(frozen=True)
class RecordMap:
    """Where the records of a file begin.

    Attributes
    ----------
    lines : ndarray of int64
        First line (from 1) of each record, the header's included.
    is_in_order : bool
        Whether every quote stands where a cell begins or ends or is doubled, and no
        quoted cell holds a line that is plainly a row of the table.
    """

    lines: Int64Array
    is_in_order: bool


@dataclass(frozen=True)
class Numbering:
    """Row and line of the records that were scanned, by their place among them.

    Attributes
    ----------
    rows : ndarray of int64 or None
        Row number of each record; None where it is the place itself, from 1.
    lines : ndarray of int64 or int
        Line of each record, or the number of lines before the first one where every
        line is a record.
    """

    rows: Int64Array | None
    lines: Int64Array | int

    @property
    def lines_before(self) -> int | None:
        """Lines before the first record where every line is one."""
        return self.lines if isinstance(self.lines, int) and self.rows is None else None

    def rows_at(self, places: Int64Array) -> Int64Array:
        """Return the row numbers of places (from 1)."""
        return places if self.rows is None else self.rows[places - 1]

    def lines_at(self, places: Int64Array) -> Int64Array:
        """Return the lines of places (from 1)."""
        return places + self.lines if isinstance(self.lines, int) else self.lines[places - 1]


def lines_at(path: Path, positions: Int64Array) -> Int64Array:
    """Return the line (from 1) in which each byte position (from 0) lies.

    Parameters
    ----------
    path : Path
        Lines end in LF or CRLF.
    positions : ndarray of int64, ascending
    """
    lines = np.ones(len(positions), dtype=np.int64)
    offset = newlines = 0
    for chunk in read_chunks(path):
        here = (positions >= offset) & (positions < offset + len(chunk))
        if here.any():
            ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == _NEWLINE)
            lines[here] = newlines + np.searchsorted(ends, positions[here] - offset) + 1
        newlines += chunk.count(b"\n")
        offset += len(chunk)
    return lines


def map_records(path: Path, delimiter: str, quote: str, lead: int, shape: RowShape) -> RecordMap:
    """Find the line in which each record begins, by counting quotes.

    An even number of quotes before a line means that it begins a record, as long as
    quotes are in order.

    Parameters
    ----------
    path : Path
        UTF-8, lines end in LF or CRLF.
    delimiter, quote : str
        An empty quote means that none is used.
    lead : int
        Lines before the first record.
    shape : RowShape
        What the rows look like.
    """
    found: list[Int64Array] = []
    number, is_inside, in_order = lead, False, True
    with path.open("rb") as file:
        for _ in range(lead):
            file.readline()
        for block in _whole_lines(file):
            lines = _Lines(block, bool(quote), is_inside)
            found.append(np.flatnonzero(~lines.begins_inside & ~lines.is_blank) + number + 1)
            in_order = in_order and lines.are_quotes_tidy(delimiter)
            in_order = in_order and not lines.holds_row(delimiter, shape)
            number += len(lines.ends)
            is_inside = lines.is_inside_after
    return RecordMap(np.concatenate(found) if found else np.empty(0, np.int64), in_order)


def _whole_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield blocks that end where a line does."""
    rest = b""
    while chunk := file.read(_BLOCK_BYTES):
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield whole + newline
    if rest:
        yield rest + b"\n"


class _Lines:
    """The lines of one block, and on which side of a quote each begins and ends."""

    def __init__(self, block: bytes, is_quoted: bool, is_inside: bool) -> None:
        self.block = block
        self.letters = np.frombuffer(block, dtype=np.uint8)
        self.ends = np.flatnonzero(self.letters == _NEWLINE)
        self.starts = np.concatenate((np.zeros(1, np.int64), self.ends[:-1] + 1))
        quotes = np.flatnonzero(self.letters == _QUOTE) if is_quoted else np.empty(0, np.int64)
        self.opening, self.closing = quotes[int(is_inside) :: 2], quotes[1 - int(is_inside) :: 2]
        self.ends_inside = (np.searchsorted(quotes, self.ends) + is_inside) % 2 == 1
        self.begins_inside = np.concatenate((np.array([is_inside]), self.ends_inside[:-1]))
        self.is_inside_after = bool(self.ends_inside[-1])
        lengths = self.ends - self.starts
        self.is_blank = (lengths == 0) | ((lengths == 1) & (self.letters[self.starts] == _RETURN))

    def are_quotes_tidy(self, delimiter: str) -> bool:
        """Say whether every quote opens a cell, closes one, or stands beside another."""
        beside = delimiter.encode()
        before = self.letters[self.opening[self.opening > 0] - 1]
        after = self.letters[self.closing + 1]
        return bool(
            np.isin(before, (_NEWLINE, _QUOTE, _BLANK, beside[-1])).all()
            and np.isin(after, (_NEWLINE, _RETURN, _QUOTE, _BLANK, beside[0])).all()
        )

    def holds_row(self, delimiter: str, shape: RowShape) -> bool:
        """Say whether a line wholly inside a quoted cell is plainly a row."""
        inner = np.flatnonzero(self.begins_inside & self.ends_inside)
        if not len(inner) or not shape.typed:
            return False
        grammar = Grammar(delimiter)
        for at in inner:
            line = self.block[self.starts[at] : self.ends[at]].decode(errors="replace").rstrip("\r")
            if line.count(delimiter) >= shape.width - 1 and is_row(line, grammar, shape, True):
                return True
        return False


def renumber_rows(
    parquet: Path, refused: Int64Array, numbering: Numbering, mended: pa.Table | None
) -> None:
    """Give rows the numbers they have in the file and put mended ones between them.

    Parameters
    ----------
    parquet : Path
        Holds the kept rows in file order; rewritten a batch at a time, with
        ``source_row`` and ``source_line`` in front.
    refused : ndarray of int64, ascending
        Places (from 1) of the records that were refused, the mended ones included.
    numbering : Numbering
    mended : pyarrow.Table or None
        Rows to put in, of the file's columns and with their numbers, ascending.
    """
    # The refused place r_i (i from 0) comes before the kept row k where r_i - i <= k.
    steps = refused - np.arange(len(refused))
    draft = parquet.with_suffix(".numbered")
    with pq.ParquetFile(parquet) as old, _open_writer(draft, old.schema_arrow) as new:
        waiting = mended
        before = 0
        for batch in old.iter_batches(_BATCH_ROWS):
            kept = np.arange(before + 1, before + len(batch) + 1)
            before += len(batch)
            places = kept + np.searchsorted(steps, kept, side="right")
            rows = numbering.rows_at(places)
            numbered = pa.RecordBatch.from_arrays(
                [pa.array(rows), pa.array(numbering.lines_at(places)), *batch.columns],
                new.schema.names,
            )
            if waiting is not None:
                due = pc.less(waiting["source_row"], int(rows[-1]))
                merged = pa.concat_tables([pa.Table.from_batches([numbered]), waiting.filter(due)])
                new.write_table(merged.sort_by("source_row"))
                waiting = waiting.filter(pc.invert(due))
            else:
                new.write_batch(numbered)
        if waiting is not None and len(waiting):
            new.write_table(waiting)
    os.replace(draft, parquet)


def _open_writer(path: Path, texts: pa.Schema) -> pq.ParquetWriter:
    """Open a file to write; numbers that never repeat are no dictionary's work."""
    numbers = [pa.field(name, pa.int64()) for name in ("source_row", "source_line")]
    schema = pa.schema([*numbers, *texts])
    return pq.ParquetWriter(path, schema, use_dictionary=texts.names)
