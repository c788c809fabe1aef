"""A copy of a file whose quotes are in disorder, with every row in it strict CSV.

Rows at fault that cannot be mended stay out of the copy and are listed; the others
are as they were.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from clv_core.ingest.layout import MOST_LINE_BYTES
from clv_core.ingest.numbering import Int64Array
from clv_core.ingest.records import RecordReader
from clv_core.ingest.row_shape import RowShape

__all__ = ["MendedCopy", "write_mended_copy"]

_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True)
class MendedCopy:
    """What is in a mended copy, which has neither header nor titles.

    Attributes
    ----------
    rows, lines : ndarray of int64
        Row number (from 1) and first line in the file of each record of the copy.
    copy_lines : ndarray of int64
        First line of each record in the copy.
    mended : ndarray of int64
        Row numbers of those whose quotes were mended.
    refused_rows, refused_lines : ndarray of int64
        The same of the rows left out.
    reasons : list of str
        Why each was left out.
    header_line : int or None
        Line of the header where it is at fault itself.
    """

    rows: Int64Array
    lines: Int64Array
    copy_lines: Int64Array
    mended: Int64Array
    refused_rows: Int64Array
    refused_lines: Int64Array
    reasons: list[str]
    header_line: int | None


def write_mended_copy(
    source: Path, target: Path, delimiter: str, lead: int, has_header: bool, shape: RowShape
) -> MendedCopy:
    """Write the copy.

    Parameters
    ----------
    source : Path
        UTF-8; lines end in LF or CRLF.
    target : Path
    delimiter : str
    lead : int
        Lines before the header, or before the first row.
    has_header : bool
    shape : RowShape
        What the rows look like.
    """
    kept_rows, kept_lines, copy_lines, mended = array("q"), array("q"), array("q"), array("q")
    refused_rows, refused_lines = array("q"), array("q")
    reasons: list[str] = []
    written = 0
    header_line: int | None = None
    records = iter(RecordReader(_text_lines(source, lead), delimiter, shape))
    if has_header and (header := next(records, None)) is not None and header.is_refused:
        header_line = lead + header.line
    with target.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for row, record in enumerate(records, start=1):
            is_long = len(record.text) > MOST_LINE_BYTES
            if record.is_refused or is_long:
                refused_rows.append(row)
                refused_lines.append(lead + record.line)
                reasons.append("row_too_long" if is_long else "broken_quote")
                continue
            kept_rows.append(row)
            kept_lines.append(lead + record.line)
            if record.is_mended:
                mended.append(row)
            copy_lines.append(written + 1)
            file.write(record.text)
            file.write("\n")
            written += record.text.count("\n") + 1 if record.line_count > 1 else 1
    return MendedCopy(
        rows=_numbers(kept_rows),
        lines=_numbers(kept_lines),
        copy_lines=_numbers(copy_lines),
        mended=_numbers(mended),
        refused_rows=_numbers(refused_rows),
        refused_lines=_numbers(refused_lines),
        reasons=reasons,
        header_line=header_line,
    )


def _numbers(values: array[int]) -> Int64Array:
    return np.frombuffer(values, dtype=np.int64) if values else np.empty(0, dtype=np.int64)


def _text_lines(source: Path, lead: int) -> Iterator[str]:
    with source.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(islice(file, lead, None)):
            bare = line.rstrip("\r\n")
            yield bare.removeprefix(_BYTE_ORDER_MARK) if number == lead == 0 else bare
