"""Which separator cuts the lines of a file into the cells of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from clv_core.ingest.heading import find_heading, usual_width
from clv_core.ingest.records import Grammar, RecordReader
from clv_core.ingest.row_shape import RowShape

__all__ = [
    "SEPARATORS",
    "WHITE_SPACE",
    "WIDE_BLANKS",
    "CutRow",
    "cut_lines",
    "is_blank_separated",
    "split_blanks",
    "suggest_separator",
]

SEPARATORS: Final = (",", "\t", ";", "|")
WHITE_SPACE: Final = " "  # runs of blanks
WIDE_BLANKS: Final = "  "  # runs of two blanks and more; single ones belong to cells
_WIDE_RUN: Final = re.compile(r"[ \t]{2,}|\t")
_SAMPLE_ROWS: Final = 1_000
_STEADY_SHARE: Final = 0.9  # of rows with the same number of cells
_STEADY_BLANK_SHARE: Final = 0.98
_FEWEST_BLANK_COLUMNS: Final = 3
_HALF: Final = 0.5


@dataclass(frozen=True)
class CutRow:
    """A record of the sample.

    Attributes
    ----------
    line : int
        Its first line, from 1.
    cells : tuple of str
        Empty where a broken quote makes them unknown.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, order=True)
class _Score:
    """How well a separator fits; sorts worst first."""

    is_steady: bool
    starts_with_header: bool
    has_header: bool
    weight: float


def is_blank_separated(delimiter: str) -> bool:
    """Say whether runs of blanks separate, so that quotes have no meaning."""
    return delimiter in (WHITE_SPACE, WIDE_BLANKS)


def split_blanks(line: str, delimiter: str) -> list[str]:
    """Cut a line at its runs of blanks."""
    if delimiter == WHITE_SPACE:
        return line.split()
    return _WIDE_RUN.split(line.strip()) if line.strip() else []


def cut_lines(lines: Sequence[str], delimiter: str, shape: RowShape | None = None) -> list[CutRow]:
    """Cut the first lines into at most 1,000 rows; blank lines vanish."""
    plain = (line.rstrip("\r\n") for line in lines)
    if is_blank_separated(delimiter):
        rows = (CutRow(n, tuple(split_blanks(line, delimiter))) for n, line in enumerate(plain, 1))
        return list(islice((row for row in rows if row.cells), _SAMPLE_ROWS))
    grammar = Grammar(delimiter)
    records = RecordReader(plain, delimiter, shape)
    return [
        CutRow(each.line, () if each.is_refused else tuple(grammar.cut(each.text)))
        for each in islice(records, _SAMPLE_ROWS)
    ]


def suggest_separator(lines: Sequence[str]) -> str | None:
    """Return the separator that fits best, None where there is but one column."""
    scores = {sep: _score(cut_lines(lines, sep)) for sep in SEPARATORS}
    fitting = {sep: score for sep, score in scores.items() if score is not None}
    if fitting:
        return max(fitting, key=lambda sep: fitting[sep])
    blanks = (WHITE_SPACE, WIDE_BLANKS)
    return next((sep for sep in blanks if _is_steady_with_blanks(cut_lines(lines, sep))), None)


def _score(cut: Sequence[CutRow]) -> _Score | None:
    rows = [row.cells for row in cut if row.cells]
    usual = usual_width(rows)
    if usual == 1:
        return None
    begin = next(at for at, row in enumerate(rows) if len(row) == usual)
    share = _share_of_width(rows[begin:], usual)
    is_steady = share >= _STEADY_SHARE
    if not is_steady and len(rows[0]) > 1:
        usual, share = len(rows[0]), _share_of_width(rows, len(rows[0]))
    elif share <= _HALF:
        return None
    heading = find_heading(rows, usual)
    headed = heading.header is not None
    weight = share * usual if is_steady else share
    return _Score(is_steady, headed and heading.start == 0, headed, weight)


def _share_of_width(rows: Sequence[Sequence[str]], width: int) -> float:
    return sum(1 for row in rows if len(row) == width) / len(rows)


def _is_steady_with_blanks(cut: Sequence[CutRow]) -> bool:
    if len(cut) <= 1:  # one line of words is no table
        return False
    width = len(cut[0].cells)
    share = _share_of_width([row.cells for row in cut], width)
    return share >= _STEADY_BLANK_SHARE and width >= _FEWEST_BLANK_COLUMNS
