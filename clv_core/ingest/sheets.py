"""The cells of a sheet as text, and a sheet as CSV with one line per row of it."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

from clv_core.ingest.heading import find_heading, usual_width
from clv_core.ingest.spelling import fold_header

__all__ = ["Cell", "text_rows", "write_sheet"]

Cell = int | float | str | bool | dt.date | dt.time | dt.timedelta
Writer = Callable[[Cell], str]

_ROWS_LOOKED_AT: Final = 1_000
# Days since 1899-12-30 from 1954 to 2119, as Excel counts them.
_DAY_ZERO: Final = dt.datetime(1899, 12, 30)
_DAY_ZERO_1904: Final = dt.datetime(1904, 1, 1)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_DATE_WORDS: Final = ("date", "datum", "fecha", "日期", "时间", "時間", "dob", "birthday")
_NO_DATE_WORDS: Final = ("update", "candidate", "validate")
# Spreadsheets keep 15 digits; a longer number is not the one that was meant.
_EXACT_BELOW: Final = 1e15
_WHOLE_BELOW: Final = 2.0**53


def text_rows(
    rows: Iterable[Sequence[Cell]], counts_from_1904: bool = False
) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text.

    Dates are ISO, whole numbers have no ``.0``, line breaks in cells are blanks. In
    columns that are named after dates and hold nothing but numbers that can be
    Excel's day numbers, these become dates. Numbers whose last digits the
    spreadsheet lost are written like ``1.03293E+19``, for cleaning to refuse.

    Parameters
    ----------
    rows : iterable of sequence of cells
    counts_from_1904 : bool
        Whether the workbook's day numbers begin in 1904, as on old Macintoshes.
    """
    held = iter(rows)
    first = list(islice(held, _ROWS_LOOKED_AT))
    writers = _choose_writers(first, counts_from_1904)
    for row in chain(first, held):
        yield [write(cell) for write, cell in zip(writers, row, strict=False)]


def write_sheet(
    rows: Iterable[Sequence[Cell]], target: Path, counts_from_1904: bool = False
) -> None:
    """Write a sheet as CSV in UTF-8; row *n* of the sheet is line *n*."""
    with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in text_rows(rows, counts_from_1904):
            writer.writerow(row if any(row) else ())


def _choose_writers(first: list[Sequence[Cell]], counts_from_1904: bool) -> list[Writer]:
    """Return how each column's cells are written, by its name and first cells."""
    width = max(map(len, first), default=0)
    plain = [[_write(cell) for cell in row] for row in first]
    named = [row for row in plain if any(row)]
    heading = find_heading(named, usual_width(named)) if named else None
    names = heading.header if heading is not None and heading.header is not None else ()
    zero = _DAY_ZERO_1904 if counts_from_1904 else _DAY_ZERO
    writers: list[Writer] = []
    for at in range(width):
        numbers = _numbers_of([row[at] for row in first if at < len(row)])
        if at < len(names) and _names_dates(names[at]) and _are_serials(numbers):
            writers.append(lambda cell: _write_serial(cell, zero))
        elif _are_rounded(numbers):
            writers.append(_write_rounded)
        else:
            writers.append(_write)
    return writers


def _numbers_of(cells: Iterable[Cell]) -> list[float]:
    numbers = (cell for cell in cells if isinstance(cell, int | float))
    return [float(number) for number in numbers if not isinstance(number, bool)]


def _write(cell: Cell) -> str:
    if isinstance(cell, str):
        return " ".join(cell.splitlines()) if "\n" in cell or "\r" in cell else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _write_number(cell)
    if isinstance(cell, dt.datetime):
        return _write_moment(cell)
    if isinstance(cell, dt.timedelta):
        return str(cell.total_seconds() / 3600)
    return str(cell)


def _write_number(number: float) -> str:
    if abs(number) >= _WHOLE_BELOW:
        return _in_powers(number)
    return str(int(number)) if number.is_integer() else repr(number)


def _write_moment(moment: dt.datetime) -> str:
    """Write a moment to the second: fractions come from counting days in floats."""
    whole = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    return whole.isoformat(sep=" ")


def _write_serial(cell: Cell, zero: dt.datetime) -> str:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return _write(cell)
    if not _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return _write(cell)
    moment = zero + dt.timedelta(days=cell)
    return moment.date().isoformat() if float(cell).is_integer() else _write_moment(moment)


def _write_rounded(cell: Cell) -> str:
    is_long = isinstance(cell, float) and abs(cell) >= _EXACT_BELOW
    return _in_powers(float(cell)) if is_long and isinstance(cell, float) else _write(cell)


def _in_powers(number: float) -> str:
    """Write a number as spreadsheets show long ones: 1.03293E+19."""
    digits, _, power = f"{number:.14E}".partition("E")
    return f"{digits.rstrip('0').rstrip('.')}E{power}"


def _names_dates(name: str) -> bool:
    folded = fold_header(name)
    return any(word in folded for word in _DATE_WORDS) and not any(
        word in folded for word in _NO_DATE_WORDS
    )


def _are_serials(numbers: Sequence[float]) -> bool:
    return bool(numbers) and all(_FIRST_SERIAL <= number <= _LAST_SERIAL for number in numbers)


def _are_rounded(numbers: Sequence[float]) -> bool:
    """Say whether all long numbers end in a zero: their last digits were lost."""
    long = [number for number in numbers if _EXACT_BELOW <= abs(number) < _WHOLE_BELOW]
    return bool(long) and all(number % 10 == 0 for number in long)
