"""Line and record numbers of places in a text file."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clv_core.ingest.layout import MOST_LINE_BYTES, read_chunks

__all__ = ["lines_at", "number_records"]

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
