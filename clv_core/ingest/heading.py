"""Where a table begins: titles above it passed over, its header found, its width settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from clv_core.ingest.values import is_amount, is_time

__all__ = ["Heading", "find_heading", "usual_width"]

_ROWS_SEARCHED: Final = 100
_EXTENT_SHARE: Final = 0.7  # of the usual row's reach that a header has; titles are shorter
_FILLED_SHARE: Final = 0.5
_BLANK_SHARE: Final = 0.98

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Heading:
    """The beginning of a table.

    Attributes
    ----------
    start : int
        Which of the rows is its header, or its first row where there is none.
    header : tuple of str or None
        As many names as the table has columns, blank where it gives none.
    width : int
    """

    start: int
    header: tuple[str, ...] | None
    width: int


def usual_width(rows: Rows) -> int:
    """Return the number of cells that most rows have, rows of one cell left out; 1 for none."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 1


def find_heading(
    rows: Rows, usual: int, has_header: bool | None = None, is_start_given: bool = False
) -> Heading:
    """Find the header and the width of a table.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the file, at least one.
    usual : int
        Cells that most rows have.
    has_header : bool, optional
        What the user says.
    is_start_given : bool
        Whether the first row is where the table begins.
    """
    start, is_named = (0, _names_columns(rows[0])) if is_start_given else _find_start(rows, usual)
    if not (is_named if has_header is None else has_header):
        return Heading(start, None, usual)
    header, body = rows[start], rows[start + 1 :]
    names = _settle_names(header, body, usual)
    return Heading(start, names, len(names))


def _find_start(rows: Rows, usual: int) -> tuple[int, bool]:
    """Return the first row that is no title, and whether it names columns."""
    alike = [row for row in rows if len(row) == usual] or rows
    least_extent = _EXTENT_SHARE * median(map(_extent, alike))
    least_filled = _FILLED_SHARE * median(map(_filled, alike))
    first: int | None = None
    for at, row in enumerate(rows[:_ROWS_SEARCHED]):
        if _extent(row) < least_extent or _filled(row) <= least_filled:
            continue
        if _names_columns(row):
            return at, True
        first = at if first is None else first
        if len(row) == usual:
            break  # a row of data: a header would have come before it
    return first or 0, False


def _settle_names(header: Sequence[str], body: Rows, usual: int) -> tuple[str, ...]:
    """Fit the header to the rows under it where both can mean the same columns."""
    named = header[: _extent(header)]
    missing = usual - len(named)
    if missing <= 0 or not body:  # rows may leave out blank cells at their end
        return tuple(named) if len(header) > usual else tuple(header)
    beyond = [row[len(named) :] for row in body if len(row) == usual]
    is_blank = sum(not any(map(str.strip, cells)) for cells in beyond) >= _BLANK_SHARE * len(beyond)
    if is_blank or len(header) == usual:
        return (*named, *[""] * missing)
    if missing == 1 and _counts_rows([row[0] for row in body if len(row) == usual]):
        return ("", *named)  # R writes no name above the row names
    return tuple(header)


def _counts_rows(cells: Sequence[str]) -> bool:
    return list(cells) == [str(number) for number in range(1, len(cells) + 1)]


def _names_columns(row: Sequence[str]) -> bool:
    """Say whether a row reads as names: no cell is a number, a date or an e-mail.

    A row of data taken for names would carry ids and contacts into sentences.
    """
    return not any(is_amount(cell) or is_time(cell) or "@" in cell for cell in row if cell.strip())


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _extent(row: Sequence[str]) -> int:
    """Return the number of cells up to the last one that is not blank."""
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)
