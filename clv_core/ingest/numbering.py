"""Line and record numbers of places in a text file."""

from __future__ import annotations

import csv
import os
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.ingest.layout import MOST_LINE_BYTES, read_chunks

__all__ = ["lines_at", "number_records", "renumber_rows"]

Int64Array = npt.NDArray[np.int64]
_NEWLINE = 10


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


def number_records(
    path: Path, delimiter: str, quote: str, lead: int, lines: Int64Array
) -> Int64Array:
    """Return the record number (from 1, the header counted) that begins in each line.

    Parameters
    ----------
    path : Path
        UTF-8, lines end in LF or CRLF.
    delimiter, quote : str
        An empty quote means that none is used.
    lead : int
        Lines before the first record.
    lines : ndarray of int64, ascending
    """
    csv.field_size_limit(2 * MOST_LINE_BYTES)
    numbers: list[int] = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        rows = islice(file, lead, None)
        records = csv.reader(
            rows,
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        )
        begins, count = lead + 1, 0
        for record in records:
            while len(numbers) < len(lines) and lines[len(numbers)] < begins:
                numbers.append(count)
            count += 1 if record else 0
            begins = lead + records.line_num + 1
    numbers.extend([count] * (len(lines) - len(numbers)))
    return np.asarray(numbers, dtype=np.int64)


def renumber_rows(parquet: Path, refused: Int64Array, lines_before: int | None) -> None:
    """Make ``source_row`` count the refused rows too, a batch at a time.

    Parameters
    ----------
    parquet : Path
        Rewritten; its ``source_row`` counts the kept rows from 1 in file order.
    refused : ndarray of int64, ascending
        Row numbers of the refused rows.
    lines_before : int or None
        Lines before the first row, where each row is one line; else ``source_line``
        becomes null.
    """
    # The refused row r_i (i from 0) comes before the kept row k where r_i - i <= k.
    steps = refused - np.arange(len(refused))
    draft = parquet.with_suffix(".numbered")
    with pq.ParquetFile(parquet) as old, pq.ParquetWriter(draft, old.schema_arrow) as new:
        for batch in old.iter_batches():
            kept = batch.column("source_row").to_numpy()
            rows = kept + np.searchsorted(steps, kept, side="right")
            lines = pa.nulls(len(rows), pa.int64()) if lines_before is None else rows + lines_before
            numbered = batch.set_column(0, "source_row", pa.array(rows))
            new.write_batch(numbered.set_column(1, "source_line", pa.array(lines)))
    os.replace(draft, parquet)
