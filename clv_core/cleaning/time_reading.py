"""How a column of times is written, learnt from the column itself.

``31/01/2024`` and ``01/31/2024`` are told apart by the rows whose first or second
number cannot be a month. Dates with ``/``, with ``-`` and with points are decided
apart: a spreadsheet turns ``9-9-2013`` into ``9/9/2013`` and leaves ``28-02-2014``,
which cannot have the month first. Where no row decides for a separator, the others
do if they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from clv_core.cleaning.cells import narrow_expression
from clv_core.errors import AmbiguousDates
from clv_core.sentences import Sentence
from clv_core.settings import DateOrder

__all__ = ["TimeReading", "learn_time_reading"]

_CONTRARY_SHARE: Final = 0.01  # of the deciding rows; more means that the file mixes both orders
_DAY_LETTERS: Final = 10  # 31/12/2024
_DAY: Final = r"^(\d{1,2})([-/.])(\d{1,2})[-/.](?:\d{4}|\d{2})(?:\D|$)"
_SERIAL: Final = r"^[2-7]\d{4}(?:\.\d+)?$"
_MARKS: Final = "/-."
_CLOCKS: Final = ("", " %H:%M", " %H:%M:%S")
_ISO_FORMATS: Final = tuple(
    day + clock for day in ("%Y-%m-%d", "%Y/%m/%d") for clock in (*_CLOCKS, "T%H:%M:%S")
)
_FORMAT_ROWS: Final = 1000  # looked at to find the plain format


@dataclass(frozen=True)
class TimeReading:
    """How one column of times is to be read, learnt from the column itself.

    Attributes
    ----------
    date_order : {"day_first", "month_first"} or None
        None where no value needs it.
    spreadsheet_days : bool
        Bare five-digit numbers are days since 1899-12-30.
    contrary_separators : str
        Separators whose dates are written in the other order than ``date_order``.
    borrowed_separators : str
        Separators that no row decides; the rows of other separators did.
    plain_format : str or None
        One of our own formats that most values keep to; read fast, the rest one by one.
    """

    date_order: DateOrder | None
    spreadsheet_days: bool
    contrary_separators: str = ""
    borrowed_separators: str = ""
    plain_format: str | None = None


def learn_time_reading(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    date_order: DateOrder | None,
    where: dict[str, str],
) -> TimeReading:
    """Look at a whole column and decide how its times are written.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    source : str
        Name of our table or view that holds the rows of one file.
    column : str
        Name of its text column.
    date_order : {"day_first", "month_first"} or None
        What the user says; None lets the rows decide.
    where : dict
        ``file`` and ``column`` as the user knows them, for the question.

    Raises
    ------
    AmbiguousDates
        When days and months cannot be told apart and nobody said which is first.
    """
    # Days are few where rows are many, so every day is looked at once.
    day = narrow_expression(f"left({column}, {_DAY_LETTERS})")
    written = [f"regexp_extract(day, '{_DAY}', {part})" for part in (1, 2, 3)]
    found = cursor.execute(
        f"""WITH days AS (SELECT {day} AS day, count(*) AS rows FROM {source}
                          WHERE {column} IS NOT NULL GROUP BY 1),
                 parts AS (SELECT rows, TRY_CAST({written[0]} AS INTEGER) AS first,
                                  {written[1]} AS separator,
                                  TRY_CAST({written[2]} AS INTEGER) AS second,
                                  regexp_matches(day, '{_SERIAL}') AS serial FROM days)
            SELECT separator,
                   coalesce(sum(rows) FILTER (first > 12 AND second <= 12), 0)::BIGINT,
                   coalesce(sum(rows) FILTER (second > 12 AND first <= 12), 0)::BIGINT,
                   coalesce(sum(rows) FILTER
                       (first <= 12 AND second <= 12 AND first <> second), 0)::BIGINT,
                   coalesce(sum(rows) FILTER (serial), 0)::BIGINT, sum(rows)::BIGINT
            FROM parts GROUP BY separator ORDER BY separator"""
    ).fetchall()
    votes = {row[0]: _Votes(*row[1:4]) for row in found if row[0]}
    serial = sum(row[4] for row in found) * 2 > sum(row[5] for row in found)
    contrary = borrowed = ""
    if date_order is None:
        date_order, contrary, borrowed = _decide_orders(votes, where)
    # Dates that need a word of their own in the report are read one by one.
    marks = "" if contrary else "".join(mark for mark in _MARKS if mark not in borrowed)
    plain = _find_plain_format(cursor, source, column, date_order, marks)
    return TimeReading(date_order, serial, contrary, borrowed, plain)


@dataclass(frozen=True)
class _Votes:
    """Rows of one separator that decide for an order, and those that could be either."""

    day_first: int
    month_first: int
    undecided: int

    @property
    def order(self) -> DateOrder | None:
        """What the deciding rows say; None where there are none, or where they disagree."""
        contrary = min(self.day_first, self.month_first)
        if contrary > _CONTRARY_SHARE * (self.day_first + self.month_first):
            return None
        if self.day_first == self.month_first:
            return None
        return "day_first" if self.day_first > self.month_first else "month_first"

    @property
    def is_silent(self) -> bool:
        """Whether no row decides."""
        return self.day_first == self.month_first == 0


def _decide_orders(
    votes: dict[str, _Votes], where: dict[str, str]
) -> tuple[DateOrder | None, str, str]:
    """Return the order of most dates, the separators with the other one, those that borrow."""
    decided = {mark: vote.order for mark, vote in votes.items() if vote.order}
    orders = set(decided.values())
    borrowing = [mark for mark, vote in votes.items() if vote.is_silent and vote.undecided]
    split = [vote for vote in votes.values() if not vote.order and not vote.is_silent]
    unsettled = [vote for vote in split if vote.undecided]
    if borrowing and len(orders) != 1:
        unsettled += [votes[mark] for mark in borrowing]
    if unsettled:
        raise _ambiguous(sum(vote.undecided for vote in unsettled), where)
    if not orders:
        return ("day_first" if split else None), "", ""
    most = max(decided, key=lambda mark: votes[mark].day_first + votes[mark].month_first)
    contrary = "".join(mark for mark, order in decided.items() if order != decided[most])
    return decided[most], contrary, "".join(borrowing)


def _ambiguous(undecided: int, where: dict[str, str]) -> AmbiguousDates:
    return AmbiguousDates(
        Sentence(
            'In {file}, column "{column}", it cannot be known whether the day or the month '
            "comes first: {undecided} date(s) can be read both ways.",
            undecided=undecided,
            **where,
        ),
        Sentence(
            "Say which one comes first, or write the dates as YYYY-MM-DD and upload the file again."
        ),
    )


def _find_plain_format(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    date_order: DateOrder | None,
    marks: str,
) -> str | None:
    """Return the format that most of the first rows keep to, if there is one."""
    formats = list(_ISO_FORMATS)
    if date_order:
        day = "%d{0}%m{0}%Y" if date_order == "day_first" else "%m{0}%d{0}%Y"
        formats += [day.format(mark) + clock for mark in marks for clock in _CLOCKS]
    counts = ", ".join(f"count(try_strptime({column}, '{form}'))" for form in formats)
    found = cursor.execute(
        f"""SELECT count(*), {counts} FROM (SELECT {column} FROM {source}
            WHERE {column} IS NOT NULL LIMIT {_FORMAT_ROWS})"""
    ).fetchone()
    rows, *fitting = found or (0, 0)
    best = max(fitting, default=0)
    return formats[fitting.index(best)] if best * 2 > rows else None
