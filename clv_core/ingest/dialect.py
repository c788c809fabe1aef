"""How a text table is laid out: encoding, separator, where it begins, header or none.

The first rows decide, unless the user does.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clv_core.errors import UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.encoding import examine_text, is_text_codec
from clv_core.ingest.heading import Heading, find_heading, usual_width
from clv_core.ingest.layout import ByteLayout, read_chunks
from clv_core.ingest.raw import Dialect
from clv_core.ingest.row_shape import learn_shape
from clv_core.ingest.separators import (
    SEPARATORS,
    WHITE_SPACE,
    CutRow,
    cut_lines,
    is_blank_separated,
    suggest_separator,
)
from clv_core.ingest.signatures import refuse_foreign_bytes
from clv_core.sentences import Sentence

__all__ = ["MOST_COLUMNS", "SEPARATORS", "WHITE_SPACE", "Sample", "detect_dialect"]

MOST_COLUMNS: Final = 2_000
_SAMPLE_BYTES: Final = 1 << 19
_LARGE_SAMPLE_BYTES: Final = 1 << 23  # where rows of up to a megabyte leave too few
_FEWEST_LINES: Final = 8
_SEPARATOR_LINE: Final = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)  # Excel's own hint
_REMEDY_SEPARATOR: Final = Sentence(
    "Save it as CSV with a comma, semicolon, tab or | between the columns."
)
_REMEDY_ENCODING: Final = Sentence("Save it as CSV in UTF-8.")


@dataclass(frozen=True)
class Sample:
    """A file's first rows, cut by its dialect.

    Attributes
    ----------
    dialect : Dialect
    rows : tuple of tuple of str
        Without the header; none where the file has nothing but a header.
    header : tuple of str or None
        One name per column, blank where the file gives none.
    layout : ByteLayout
    column_count : int
    """

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] | None
    layout: ByteLayout
    column_count: int


def detect_dialect(path: Path, file_name: str, said: FileChoice | None = None) -> Sample:
    """Find out how a file is laid out, or refuse it.

    Parameters
    ----------
    path : Path
        Text, already unpacked.
    file_name : str
        What the user calls it, for sentences.
    said : FileChoice, optional
        What the user says about encoding, separator, lines before the table and header.

    Raises
    ------
    UnreadableFile
        For everything that is not a text table of two to 2,000 columns.
    """
    told = said or FileChoice()
    if path.stat().st_size == 0:
        raise _empty(file_name)
    refuse_foreign_bytes(next(read_chunks(path), b""), file_name)
    encoding, layout = _examine(path, told, file_name)
    _refuse_bytes(layout, file_name)
    lines = _first_lines(path, encoding)
    begin, hint = _table_begin(lines, told.lead_lines)
    if not any(line.strip() for line in lines[begin:]):
        raise _empty(file_name)
    delimiter = told.delimiter or hint or suggest_separator(lines[begin:])
    if delimiter is None:
        raise _one_column(file_name)
    _refuse_separator(delimiter, file_name)
    cut, heading = _find_table(lines[begin:], delimiter, told)
    _refuse_layout(cut, heading, begin, file_name)
    return _make_sample(cut, heading, begin, Dialect(encoding, delimiter), layout)


def _examine(path: Path, told: FileChoice, file_name: str) -> tuple[str, ByteLayout]:
    if told.encoding is not None and not is_text_codec(told.encoding):
        raise UnreadableFile(
            Sentence("There is no text encoding called {encoding}.", encoding=told.encoding),
            Sentence("Choose utf-8, gb18030, big5, shift_jis, cp1252 or another of Python's."),
        )
    encoding, layout = examine_text(path, told.encoding)
    if encoding is None and told.encoding is not None:
        raise UnreadableFile(
            Sentence("{file} is not in {encoding}.", file=file_name, encoding=told.encoding),
            Sentence("Choose another encoding, or leave it to be detected."),
        )
    if encoding is None:
        raise UnreadableFile(
            Sentence("The text encoding of {file} cannot be told.", file=file_name),
            _REMEDY_ENCODING,
        )
    return encoding, layout


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
    if layout.long_line is not None:
        raise UnreadableFile(
            Sentence(
                "Line {line} of {file} is longer than 1 MB.",
                line=layout.long_line,
                file=file_name,
            ),
            Sentence("Export it again with one row per line."),
        )


def _first_lines(path: Path, encoding: str) -> list[str]:
    """Return the first whole lines as text; what cannot be decoded shows as U+FFFD."""
    lines: list[str] = []
    for size in (_SAMPLE_BYTES, _LARGE_SAMPLE_BYTES):
        with path.open("rb") as file:
            head = file.read(size)
            complete = not file.read(1)
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        text = decoder.decode(head, final=complete)
        lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)
        lines = lines if complete or len(lines) == 1 else lines[:-1]
        if complete or len(lines) >= _FEWEST_LINES:
            break
    return lines


def _table_begin(lines: Sequence[str], lead_lines: int | None) -> tuple[int, str | None]:
    """Return the lines that are surely none of the table, and the separator Excel names."""
    if lead_lines is not None:
        return lead_lines, None
    blank = next((i for i, line in enumerate(lines) if line.strip("\r\n")), len(lines))
    hint = _SEPARATOR_LINE.match(lines[blank]) if blank < len(lines) else None
    if hint is None:
        return blank, None
    return blank + 1, hint[1] if hint[1] in SEPARATORS else None


def _find_table(
    lines: Sequence[str], delimiter: str, told: FileChoice
) -> tuple[list[CutRow], Heading]:
    """Cut the lines twice: the second time knowing what a row looks like."""
    headed = told.has_header
    if headed is None and told.column_names is not None:
        headed = False
    is_start_given = told.lead_lines is not None
    first = [row.cells for row in cut_lines(lines, delimiter) if row.cells]
    usual = usual_width(first)
    if not first:
        return [], Heading(0, None, 0)
    heading = find_heading(first, usual, headed, is_start_given)
    shape = learn_shape(first[heading.start + 1 :], heading.width)
    cut = cut_lines(lines, delimiter, shape)
    whole = [row.cells or ("",) for row in cut]
    return cut, find_heading(whole, usual, headed, is_start_given)


def _refuse_layout(cut: Sequence[CutRow], heading: Heading, begin: int, file_name: str) -> None:
    broken = [row.line for row in cut[: heading.start + 1] if not row.cells]
    if not cut or (broken and heading.header is None):
        raise _unclosed_quote(file_name, begin + (broken[0] if broken else 1))
    if heading.width == 1:
        raise _one_column(file_name)
    if heading.width > MOST_COLUMNS:
        raise UnreadableFile(
            Sentence(
                "{file} has {columns} columns; at most {most} can be read.",
                file=file_name,
                columns=heading.width,
                most=MOST_COLUMNS,
            ),
            Sentence("Export orders as rows, one order or order line each, with fewer columns."),
        )


def _make_sample(
    cut: Sequence[CutRow], heading: Heading, begin: int, dialect: Dialect, layout: ByteLayout
) -> Sample:
    headed = heading.header is not None
    body = cut[heading.start + (1 if headed else 0) :]
    return Sample(
        dialect=Dialect(
            encoding=dialect.encoding,
            delimiter=dialect.delimiter,
            quote="" if is_blank_separated(dialect.delimiter) else '"',
            has_header=headed,
            lead_lines=begin + cut[heading.start].line - 1,
        ),
        rows=tuple(_fit(row.cells, heading.width) for row in body if row.cells),
        header=heading.header,
        layout=layout,
        column_count=heading.width,
    )


def _fit(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Add and leave out blank cells at the end of a row; a really longer one stays."""
    if len(cells) < width:
        return (*cells, *[""] * (width - len(cells)))
    return cells if any(cell.strip() for cell in cells[width:]) else cells[:width]


def _refuse_separator(delimiter: str, file_name: str) -> None:
    if delimiter.isalnum() or delimiter in '"\r\n\0':
        raise UnreadableFile(
            Sentence("What was given as the separator of {file} cannot be one.", file=file_name),
            _REMEDY_SEPARATOR,
        )


def _one_column(file_name: str) -> UnreadableFile:
    return UnreadableFile(
        Sentence(
            "{file} has one column only: none of comma, semicolon, tab or | separates its rows.",
            file=file_name,
        ),
        _REMEDY_SEPARATOR,
    )


def _unclosed_quote(file_name: str, line: int) -> UnreadableFile:
    """Return the refusal for a quote that leaves the names of the columns unknown."""
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
