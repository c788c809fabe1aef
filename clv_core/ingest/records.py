"""Lines put together to records, so that one stray quote costs one row and not the rest.

Strictly (RFC 4180, and as DuckDB reads), a cell that begins with a quote ends with
the next lone quote, which the separator or the line's end must follow; quotes
elsewhere are text. Where lines keep to that, records are what they say. Where a
quote opens and the strict reading fails, or would swallow lines that are rows of
the table themselves, the line alone is at fault: it is read forgivingly if that
gives exactly a row, else it is refused, and reading goes on with the next line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from clv_core.ingest.layout import MOST_LINE_BYTES
from clv_core.ingest.row_shape import RowShape

__all__ = ["Grammar", "Record", "RecordReader", "is_row", "write_cells"]

_QUOTE: Final = '"'
_MOST_MENDED_LINES: Final = 16  # of a cell with line breaks and quotes that are not doubled
_State = Literal["closed", "open", "broken"]
_Style = Literal["strict", "backslash", "loose"]
_FORGIVING: Final[tuple[_Style, ...]] = ("backslash", "loose")


@dataclass(frozen=True)
class Record:
    """One or more lines that are one row.

    Attributes
    ----------
    line : int
        Its first line, counted from 1 in what was read.
    line_count : int
    text : str
        As strict CSV, without the line end; as it was where it is refused.
    is_refused : bool
        Whether a quote is at fault that could not be mended.
    is_mended : bool
    """

    line: int
    line_count: int
    text: str
    is_refused: bool = False
    is_mended: bool = False


class Grammar:
    """How lines fall into cells, for one separator and one way of writing quotes.

    Parameters
    ----------
    delimiter : str
    style : {"strict", "backslash", "loose"}
        Whether a quote inside a quoted cell is doubled, has a backslash before it,
        or stands there as it is.
    """

    def __init__(self, delimiter: str, style: _Style = "strict") -> None:
        end = rf"(?={re.escape(delimiter)}|\Z)"
        inside = {
            "strict": r'(?:[^"]++|"")*+',
            "backslash": r'(?:[^"\\]++|\\.|"")*+',
            "loose": rf'(?:[^"]++|"(?! *+{end}))*+',
        }[style]
        other = re.escape(delimiter)
        plain = rf'(?! *+")[^{other}]*+'
        cell = rf'(?: *+"{inside}" *+{end}|{plain})'
        opened = rf'(?:{cell}{other})*+ *+"{inside}\Z'
        compiled = {
            "outside": rf"{cell}(?:{other}{cell})*+\Z",
            "opening": opened,
            "closing": rf'{inside}" *+(?:\Z|{other}{cell}(?:{other}{cell})*+\Z)',
            "staying": rf'{inside}(?:\Z|" *+{other}{opened})',
            "cell": rf' *+"({inside})" *+{end}|({plain})',
        }
        found = {name: re.compile(pattern, re.DOTALL) for name, pattern in compiled.items()}
        self._outside, self._opening = found["outside"], found["opening"]
        self._closing, self._staying = found["closing"], found["staying"]
        self._cell = found["cell"]
        self._delimiter = delimiter
        self._style = style

    def follow(self, line: str, is_inside: bool) -> _State:
        """Say where a line leaves its record, begun before it or with it."""
        closed, opened = (
            (self._closing, self._staying) if is_inside else (self._outside, self._opening)
        )
        if closed.match(line):
            return "closed"
        return "open" if opened.match(line) else "broken"

    def cut(self, text: str) -> list[str]:
        """Return the cells of a whole record."""
        if _QUOTE not in text:
            return text.split(self._delimiter)
        cells, at = [], 0
        while True:
            found = self._cell.match(text, at)
            if found is None:
                raise ValueError("not a whole record")
            cells.append(found[2] if found[1] is None else self._unescape(found[1]))
            at = found.end() + 1
            if at > len(text):
                return cells

    def _unescape(self, inside: str) -> str:
        if self._style == "strict":
            return inside.replace('""', _QUOTE)
        if self._style == "backslash":
            return re.sub(r'\\(["\\])|""', lambda found: found[1] or _QUOTE, inside)
        return inside


class RecordReader:
    """Lines in, records out, with a look ahead as far as an open quote makes necessary.

    Parameters
    ----------
    lines : iterable of str
        Without their line ends.
    delimiter : str
    shape : RowShape, optional
        What a row looks like. Without it, lines that a quote takes in are believed.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, shape: RowShape | None = None) -> None:
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self._shape = shape
        self._delimiter = delimiter
        self._strict = Grammar(delimiter)
        self._forgiving = tuple(Grammar(delimiter, style) for style in _FORGIVING)

    def __iter__(self) -> Iterator[Record]:
        """Yield the records; blank lines are none."""
        number = 0
        while (line := self._take()) is not None:
            number += 1
            if not line.strip("\r\n"):
                continue
            if _QUOTE not in line or self._strict.follow(line, is_inside=False) == "closed":
                yield Record(number, 1, line)
                continue
            record = self._resolve(line, number)
            for _ in range(record.line_count - 1):
                self._take()
            number += record.line_count - 1
            yield record

    def _take(self) -> str | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _peek(self, position: int) -> str | None:
        while len(self._ahead) <= position:
            line = next(self._lines, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[position]

    def _resolve(self, line: str, number: int) -> Record:
        """Return the record that a line with a troublesome quote begins."""
        lines = self._gather(line, self._strict)
        if lines is not None and self._is_believable(lines):
            return Record(number, len(lines), "\n".join(lines))
        if self._shape is not None:
            for grammar in self._forgiving:
                lines = self._gather(line, grammar, _MOST_MENDED_LINES)
                cells = grammar.cut("\n".join(lines)) if lines is not None else []
                if lines is not None and self._shape.fits(cells):
                    text = write_cells(cells, self._delimiter)
                    return Record(number, len(lines), text, is_mended=True)
        return Record(number, 1, line, is_refused=True)

    def _gather(self, line: str, grammar: Grammar, most: int | None = None) -> list[str] | None:
        """Return the lines until the record that begins here is closed; None if it never is.

        A row of the table wholly inside a cell says that the quote before it is stray.
        """
        lines, size = [line], len(line)
        state = grammar.follow(line, is_inside=False)
        while state == "open":
            following = self._peek(len(lines) - 1)
            if following is None or size > MOST_LINE_BYTES or len(lines) == most:
                return None
            state = grammar.follow(following, is_inside=True)
            if state == "open" and self._is_row(following, is_typed=True):
                return None
            if most is not None and self._begins_row(following):
                return None
            lines.append(following)
            size += len(following) + 1
        return lines if state == "closed" else None

    def _begins_row(self, line: str) -> bool:
        """Say whether a number or time stands in its place before the line's first quote."""
        cells = line.partition(_QUOTE)[0].split(self._delimiter)[:-1]
        return self._shape is not None and any(
            at < len(cells) and cells[at].strip() and check(cells[at])
            for at, check in self._shape.typed
        )

    def _is_believable(self, lines: list[str]) -> bool:
        if self._shape is None or self._shape.fits(self._strict.cut("\n".join(lines))):
            return True
        return not any(self._is_row(line) for line in lines[1:])

    def _is_row(self, line: str, is_typed: bool = False) -> bool:
        """Say whether a line by itself is a row as wide (and of the types) as the table's."""
        if self._shape is None or line.count(self._delimiter) < self._shape.width - 1:
            return False
        return is_row(line, self._strict, self._shape, is_typed)


def is_row(line: str, grammar: Grammar, shape: RowShape, is_typed: bool) -> bool:
    """Say whether a line by itself is a row as wide (and of the types) as the table's."""
    if grammar.follow(line, is_inside=False) != "closed":
        return False
    cells = grammar.cut(line)
    return shape.is_telling(cells) if is_typed else len(cells) == shape.width


def write_cells(cells: Iterable[str], delimiter: str) -> str:
    """Write cells as strict CSV, each in quotes."""
    return delimiter.join(f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' for cell in cells)
