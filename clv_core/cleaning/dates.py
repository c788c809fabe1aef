"""Times as shops write them, read in SQL.

Every function returns an SQL expression made of our own constants and the name
of a text column; the text itself stays in the table. Which shapes are known:

- ``2024-01-31``, ``2024/1/31``, ``2024年1月31日``, ``20240131``, each with an
  optional clock (``T08:26:00.5``, ``8:26``, ``8:26 PM``) and an optional offset or
  zone, which is dropped: the shop's local time stays;
- ``31/01/2024`` and ``01/31/24``, where the rows of the file must decide which
  number is the day;
- ``31 Jan 2024`` and ``Jan 31, 2024``;
- seconds, milli- or microseconds since 1970, and spreadsheet day numbers where
  most of the column looks like that.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import duckdb

from clv_core.errors import AmbiguousDates
from clv_core.sentences import Sentence
from clv_core.settings import DateOrder

EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 2100
FUTURE_DAYS: Final = 366  # pre-orders exist; a later day is a typing error
_CONTRARY_SHARE: Final = 0.01  # of the deciding rows; more means that the file mixes both orders

_YMD = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(.+))?$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
_COMPACT_CLOCK = r"^(\d{4})(\d{2})(\d{2})[T ]?(\d{2}):?(\d{2}):?(\d{2})(.*)$"
_XY = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T, ]+(.+))?$"
_XY_2000 = r"^(\d{1,2})[-/.](\d{1,2})[-/.]([0-6]\d)(?:[T, ]+(.+))?$"
_XY_1900 = r"^(\d{1,2})[-/.](\d{1,2})[-/.]([7-9]\d)(?:[T, ]+(.+))?$"
_XY_ANY = r"^(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?:[T, ]+.+)?$"
_OFFSET = r"^(.*\d:\d{2}.*?) *(?:Z|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)$"
_EPOCH = r"^(?:\d{10}|\d{13}|\d{16})$"
_SERIAL = r"^[2-7]\d{4}(?:\.\d+)?$"
_HALF_DAY_CLOCKS = ["%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S%p"]
# Years of two digits first: a year of four would take "24" for the year 24.
_NAMED_DAYS = [
    *("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%b-%d-%y", "%b-%d-%Y"),
]
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_NAMED_MONTHS = [day + clock for day in _NAMED_DAYS for clock in _CLOCKS]


@dataclass(frozen=True)
class TimeReading:
    """How one column of times is to be read, learnt from the column itself.

    Attributes
    ----------
    date_order : {"day_first", "month_first"} or None
        None where no value needs it.
    spreadsheet_days : bool
        Bare five-digit numbers are days since 1899-12-30.
    """

    date_order: DateOrder | None
    spreadsheet_days: bool


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
    first = f"TRY_CAST(regexp_extract({column}, '{_XY_ANY}', 1) AS INTEGER)"
    second = f"TRY_CAST(regexp_extract({column}, '{_XY_ANY}', 2) AS INTEGER)"
    found = cursor.execute(
        f"""SELECT count(*) FILTER (first > 12 AND second <= 12),
                   count(*) FILTER (second > 12 AND first <= 12),
                   count(*) FILTER (first <= 12 AND second <= 12 AND first <> second),
                   count(*) FILTER (serial) * 2 > count(*)
            FROM (SELECT {first} AS first, {second} AS second,
                         regexp_matches({column}, '{_SERIAL}') AS serial
                  FROM {source} WHERE {column} IS NOT NULL)"""
    ).fetchone()
    day_first, month_first, undecided, serial = found or (0, 0, 0, False)
    if date_order is None:
        date_order = _decide_order(day_first, month_first, undecided, where)
    return TimeReading(date_order, bool(serial))


def _decide_order(
    day_first: int, month_first: int, undecided: int, where: dict[str, str]
) -> DateOrder | None:
    deciding = day_first + month_first
    contrary = min(day_first, month_first)
    if undecided and (deciding == 0 or contrary > _CONTRARY_SHARE * deciding):
        raise AmbiguousDates(
            Sentence(
                'In {file}, column "{column}", it cannot be known whether the day or the month '
                "comes first: {undecided} date(s) can be read both ways.",
                undecided=undecided,
                **where,
            ),
            Sentence(
                "Say which one comes first, or write the dates as YYYY-MM-DD and upload the "
                "file again."
            ),
        )
    if deciding == 0:
        return None
    return "day_first" if day_first >= month_first else "month_first"


def time_expression(column: str, reading: TimeReading) -> str:
    """Return SQL that reads a text column as TIMESTAMP, null where it cannot."""
    return f"""CASE
        WHEN {column} IS NULL THEN NULL
        WHEN regexp_matches({column}, '{_EPOCH}') THEN {_read_epoch(column)}
        WHEN {"TRUE" if reading.spreadsheet_days else "FALSE"}
             AND regexp_matches({column}, '{_SERIAL}') THEN {_read_serial(column)}
        ELSE coalesce({_read_calendar(column, reading.date_order)},
                      try_strptime({column}, {_NAMED_MONTHS!r}))
    END"""


def in_range(time: str, today: dt.date) -> str:
    """Return SQL that says whether a time lies where orders can lie."""
    latest = today + dt.timedelta(days=FUTURE_DAYS)
    return (
        f"(year({time}) BETWEEN {EARLIEST_YEAR} AND {LATEST_YEAR}"
        f" AND {time} < TIMESTAMP '{latest.isoformat()}')"
    )


def has_offset(column: str) -> str:
    """Return SQL that says whether a written time names an offset or a zone."""
    return f"coalesce(regexp_matches({column}, '{_OFFSET}'), FALSE)"


def is_epoch(column: str) -> str:
    """Return SQL that says whether a written time counts from 1970."""
    return f"coalesce(regexp_matches({column}, '{_EPOCH}'), FALSE)"


def order_flag(column: str, reading: TimeReading) -> str:
    """Return SQL for the order of day and month that a written date was read with."""
    if reading.date_order is None:
        return "CAST(NULL AS VARCHAR)"
    return f"CASE WHEN regexp_matches({column}, '{_XY_ANY}') THEN '{reading.date_order}' END"


def _read_calendar(column: str, date_order: DateOrder | None) -> str:
    day_month = r"\2-\1" if date_order == "day_first" else r"\1-\2"
    iso = f"""rtrim(CASE
        WHEN regexp_matches({column}, '{_YMD}')
            THEN regexp_replace({column}, '{_YMD}', '\\1-\\2-\\3 \\4')
        WHEN regexp_matches({column}, '{_COMPACT}')
            THEN regexp_replace({column}, '{_COMPACT}', '\\1-\\2-\\3')
        WHEN regexp_matches({column}, '{_COMPACT_CLOCK}')
            THEN regexp_replace({column}, '{_COMPACT_CLOCK}', '\\1-\\2-\\3 \\4:\\5:\\6\\7')
        WHEN regexp_matches({column}, '{_XY}')
            THEN regexp_replace({column}, '{_XY}', '\\3-{day_month} \\4')
        WHEN regexp_matches({column}, '{_XY_2000}')
            THEN regexp_replace({column}, '{_XY_2000}', '20\\3-{day_month} \\4')
        WHEN regexp_matches({column}, '{_XY_1900}')
            THEN regexp_replace({column}, '{_XY_1900}', '19\\3-{day_month} \\4')
        END)"""
    local = f"regexp_replace({iso}, '{_OFFSET}', '\\1')"
    return (
        f"coalesce(TRY_CAST({local} AS TIMESTAMP), try_strptime(upper({local}),"
        f" {_HALF_DAY_CLOCKS!r}))"
    )


def _read_epoch(column: str) -> str:
    number = f"TRY_CAST({column} AS BIGINT)"
    return (
        f"make_timestamp({number} * CASE length({column})"
        " WHEN 10 THEN 1000000 WHEN 13 THEN 1000 ELSE 1 END)"
    )


def _read_serial(column: str) -> str:
    seconds = f"round(TRY_CAST({column} AS DOUBLE) * 86400)"
    return f"TIMESTAMP '1899-12-30' + to_seconds({seconds})"
