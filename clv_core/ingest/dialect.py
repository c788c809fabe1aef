"""How a text table is laid out: encoding, separator, header or none.

The first rows decide. Python's own CSV reader splits them with every separator
in turn; the one that cuts most rows into as many cells as the first row wins.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from clv_core.errors import UnreadableFile
from clv_core.ingest.encoding import detect_encoding, transcode_chunks
from clv_core.ingest.layout import MOST_LINE_BYTES, ByteLayout, measure_bytes, read_chunks
from clv_core.ingest.raw import Dialect
from clv_core.ingest.signatures import refuse_foreign_bytes
from clv_core.ingest.values import is_amount, is_time
from clv_core.sentences import Sentence

__all__ = [
    "MOST_COLUMNS",
    "SEPARATORS",
    "WHITE_SPACE",
    "Sample",
    "detect_dialect",
    "preamble_lines",
    "unclosed_quote",
]

SEPARATORS: Final = (",", "\t", ";", "|")
WHITE_SPACE: Final = " "
MOST_COLUMNS: Final = 2_000
_SAMPLE_BYTES: Final = 1 << 19
_SAMPLE_ROWS: Final = 1_000
_STEADY_SHARE: Final = 0.98  # of rows with the same number of blank-separated cells
_FEWEST_BLANK_COLUMNS: Final = 3
_SEPARATOR_LINE: Final = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)  # Excel's own hint
_UNFIT: Final = (0.0, 0)
_REMEDY_SEPARATOR: Final = Sentence(
    "Save it as CSV with a comma, semicolon, tab or | between the columns."
)


@dataclass(frozen=True)
class Sample:
    """A file's first rows, cut by its dialect.

    Attributes
    ----------
    dialect : Dialect
    rows : tuple of tuple of str
        Without the header; none where the file has nothing but a header.
    header : tuple of str or None
    layout : ByteLayout
    """

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] | None
    layout: ByteLayout

    @property
    def column_count(self) -> int:
        """Cells in the header, or in the first row where there is none."""
        return len(self.header if self.header is not None else self.rows[0])


def detect_dialect(path: Path, file_name: str, has_header: bool | None = None) -> Sample:
    """Find out how a file is laid out, or refuse it.

    Parameters
    ----------
    path : Path
    file_name : str
        What the user calls it, for sentences.
    has_header : bool, optional
        What the user says; None lets the first row decide.

    Raises
    ------
    UnreadableFile
        For everything that is not a text table of two to 2,000 columns.
    """
    if path.stat().st_size == 0:
        raise _empty(file_name)
    refuse_foreign_bytes(next(read_chunks(path), b""), file_name)
    encoding = detect_encoding(path)
    if encoding is None:
        raise UnreadableFile(
            Sentence("The text encoding of {file} cannot be told.", file=file_name),
            Sentence("Save it as CSV in UTF-8."),
        )
    layout = _measure(path, encoding)
    _refuse_bytes(layout, file_name)
    lines = _first_lines(path, encoding)
    start = lead_lines(lines)
    if start == len(lines):
        raise _empty(file_name)
    delimiter = _find_delimiter(lines, file_name)
    rows = split_lines(lines[start:], delimiter)
    if len(rows) == 1 and not _closes_quotes(lines[start:], delimiter):
        raise unclosed_quote(file_name, start + 1)
    return _make_sample(
        rows, Dialect(encoding, delimiter, quote_of(delimiter)), layout, has_header, file_name
    )


def quote_of(delimiter: str) -> str:
    """Return the quote a separator goes with: none where runs of blanks separate."""
    return "" if delimiter == WHITE_SPACE else '"'


def preamble_lines(path: Path, encoding: str) -> int:
    """Return how many lines of a file come before its table."""
    return lead_lines(_first_lines(path, encoding))


def lead_lines(lines: Sequence[str]) -> int:
    """Count the lines before the table: blank ones and Excel's ``sep=;``."""
    blank = next((i for i, line in enumerate(lines) if line.strip("\r\n")), len(lines))
    hinted = blank < len(lines) and _SEPARATOR_LINE.match(lines[blank])
    return blank + (1 if hinted else 0)


def split_lines(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Cut lines into rows of cells; blank lines vanish."""
    if delimiter == WHITE_SPACE:
        return [line.split() for line in lines if line.strip()]
    csv.field_size_limit(2 * MOST_LINE_BYTES)  # an open quote takes in all that follows
    cells = csv.reader(lines, delimiter=delimiter, quotechar='"')
    return [row for row in islice(cells, _SAMPLE_ROWS) if row]


def _measure(path: Path, encoding: str) -> ByteLayout:
    one_byte = not encoding.startswith(("utf-16", "utf-32"))
    return measure_bytes(read_chunks(path) if one_byte else transcode_chunks(path, encoding))


def _refuse_bytes(layout: ByteLayout, file_name: str) -> None:
    if layout.line_count == 0:
        raise _empty(file_name)
    if layout.first_nul_line is not None:
        raise UnreadableFile(
            Sentence(
                "Line {line} of {file} holds NUL bytes, which no text has.",
                line=layout.first_nul_line,
                file=file_name,
            ),
            Sentence("The file is damaged or binary: export it again as CSV in UTF-8."),
        )
    if layout.longest_line_bytes > MOST_LINE_BYTES:
        raise UnreadableFile(
            Sentence(
                "Line {line} of {file} is longer than 1 MB.",
                line=layout.longest_line,
                file=file_name,
            ),
            Sentence("Export it again with one row per line."),
        )


def _first_lines(path: Path, encoding: str) -> list[str]:
    """Return the first whole lines as text; what cannot be decoded shows as U+FFFD."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        complete = not file.read(1)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(head, final=complete)
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)
    return lines if complete or len(lines) == 1 else lines[:-1]


def _find_delimiter(lines: Sequence[str], file_name: str) -> str:
    start = lead_lines(lines)
    if start and (hint := _SEPARATOR_LINE.match(lines[start - 1])) and hint[1] in SEPARATORS:
        return hint[1]
    scores = {sep: _score(lines[start:], sep) for sep in SEPARATORS}
    best = max(scores, key=lambda sep: scores[sep])
    if scores[best] > _UNFIT:
        return best
    share, columns = _score(lines[start:], WHITE_SPACE)
    if share >= _STEADY_SHARE and columns >= _FEWEST_BLANK_COLUMNS:
        return WHITE_SPACE
    raise UnreadableFile(
        Sentence(
            "{file} has one column only: none of comma, semicolon, tab or | separates its rows.",
            file=file_name,
        ),
        _REMEDY_SEPARATOR,
    )


def _score(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Return the share of rows as wide as the first one, and that width."""
    rows = split_lines(lines, delimiter)
    width = len(rows[0])
    if width <= 1:
        return _UNFIT
    return (sum(1 for row in rows if len(row) == width) / len(rows), width)


def _make_sample(
    rows: list[list[str]],
    dialect: Dialect,
    layout: ByteLayout,
    has_header: bool | None,
    file_name: str,
) -> Sample:
    width = len(rows[0])
    if width > MOST_COLUMNS:
        raise UnreadableFile(
            Sentence(
                "{file} has {columns} columns; at most {most} can be read.",
                file=file_name,
                columns=width,
                most=MOST_COLUMNS,
            ),
            Sentence("Export orders as rows, one order or order line each, with fewer columns."),
        )
    headed = names_columns(rows[0]) if has_header is None else has_header
    body = tuple(tuple(row) for row in rows[1 if headed else 0 :])
    return Sample(
        Dialect(dialect.encoding, dialect.delimiter, dialect.quote, headed),
        body,
        tuple(rows[0]) if headed else None,
        layout,
    )


def names_columns(row: Sequence[str]) -> bool:
    """Say whether a first row reads as names: no cell is a number, a date or an e-mail.

    A row of data taken for names would carry ids and contacts into sentences.
    """
    return not any(is_amount(cell) or is_time(cell) or "@" in cell for cell in row if cell.strip())


def _closes_quotes(lines: Sequence[str], delimiter: str) -> bool:
    try:
        deque(csv.reader(lines, delimiter=delimiter, strict=True), maxlen=0)
    except csv.Error:
        return False
    return True


def unclosed_quote(file_name: str, line: int) -> UnreadableFile:
    """Return the refusal for a quote that swallows the rows after it."""
    return UnreadableFile(
        Sentence(
            "In line {line} of {file} a quote opens that is not closed where the cell ends.",
            line=line,
            file=file_name,
        ),
        Sentence('Write a quote inside a cell twice (""), or remove it, and try again.'),
    )


def _empty(file_name: str) -> UnreadableFile:
    return UnreadableFile(
        Sentence("{file} is empty.", file=file_name),
        Sentence("Export it again and check that it has rows before bringing it here."),
    )
