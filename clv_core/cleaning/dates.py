"""Times as shops write them, read in SQL.

Every function returns an SQL expression made of our own constants and the name
of a text column; the text itself stays in the table. Which shapes are known:

- ``2024-01-31``, ``2024/1/31``, ``2024年1月31日``, ``20240131``, each with an
  optional clock (``T08:26:00.5``, ``8:26``, ``8:26 PM``) and an optional offset or
  zone, which is dropped: the shop's local time stays;
- ``31/01/2024`` and ``01/31/24``, where the rows of the file must decide which
  number is the day, for each separator apart;
- ``31 Jan 2024`` and ``Jan 31, 2024``;
- seconds, milli- or microseconds since 1970, and spreadsheet day numbers where
  most of the column looks like that.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from clv_core.cleaning.cells import narrow_expression
from clv_core.cleaning.time_reading import TimeReading
from clv_core.settings import DateOrder

__all__ = ["TimeReading", "in_range", "time_expression", "time_layers"]

EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 2100
FUTURE_DAYS: Final = 366  # pre-orders exist; a later day is a typing error

_YMD = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(.+))?$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
_COMPACT_CLOCK = r"^(\d{4})(\d{2})(\d{2})[T ]?(\d{2}):?(\d{2}):?(\d{2})(.*)$"
_MARKS = "-/."
_XY = r"^(\d{{1,2}}){marks}(\d{{1,2}}){marks}({year})(?:[T, ]+(.+))?$"
_YEARS = [(r"\d{4}", ""), (r"[0-6]\d", "20"), (r"[7-9]\d", "19")]
_XY_ANY = r"^(\d{{1,2}}){marks}(\d{{1,2}}){marks}(?:\d{{4}}|\d{{2}})(?:[T, ]+.+)?$"
_OFFSET = r"^(.*\d:\d{2}.*?) *(?:Z|[A-Z]{3,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)$"
_EPOCH = r"^(?:\d{10}|\d{13}|\d{16})$"
_SERIAL = r"^[2-7]\d{4}(?:\.\d+)?$"
_HALF_DAY_CLOCKS = ["%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S%p"]
_PLAIN_FROM = "1000-01-01"  # %Y takes the year 24 as it stands
# Years of two digits first: a year of four would take "24" for the year 24.
_NAMED_DAYS = [
    *("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%b-%d-%y", "%b-%d-%Y"),
]
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_NAMED_MONTHS = [day + clock for day in _NAMED_DAYS for clock in _CLOCKS]


def time_layers(column: str, reading: TimeReading) -> tuple[str, str, str]:
    """Return SQL for the times of a column and for what is to be said about each.

    Returns
    -------
    three select lists, each around the one before
        The last one has ``row_time`` (TIMESTAMP, null where unreadable),
        ``day_month``, ``borrowed_order``, ``has_offset`` and ``is_epoch``.
    """
    usual = f"plain_time >= TIMESTAMP '{_PLAIN_FROM}'"
    odd = "odd_time"
    return (
        f"{_plain(column, reading)} AS plain_time",
        f"CASE WHEN NOT coalesce({usual}, FALSE) THEN {narrow_expression(column)} END AS {odd}",
        f"""CASE WHEN {usual} THEN plain_time ELSE {_read_any(odd, reading)} END AS row_time,
            {_order_flag(odd, reading)} AS day_month,
            {_borrowed_flag(odd, reading)} AS borrowed_order,
            {_says(odd, _OFFSET)} AS has_offset, {_says(odd, _EPOCH)} AS is_epoch""",
    )


def time_expression(column: str, reading: TimeReading) -> str:
    """Return SQL that reads a text column as TIMESTAMP, null where it cannot."""
    return _read_any(f"({narrow_expression(column)})", reading)


def in_range(time: str, today: dt.date) -> str:
    """Return SQL that says whether a time lies where orders can lie."""
    latest = min(today + dt.timedelta(days=FUTURE_DAYS), dt.date(LATEST_YEAR + 1, 1, 1))
    return (
        f"({time} >= TIMESTAMP '{EARLIEST_YEAR}-01-01'"
        f" AND {time} < TIMESTAMP '{latest.isoformat()}')"
    )


def _plain(column: str, reading: TimeReading) -> str:
    if reading.plain_format is None:
        return "CAST(NULL AS TIMESTAMP)"
    return f"try_strptime({column}, '{reading.plain_format}')"


def _read_any(column: str, reading: TimeReading) -> str:
    serial = (
        f"WHEN regexp_matches({column}, '{_SERIAL}') THEN {_read_serial(column)}"
        if reading.spreadsheet_days
        else ""
    )
    return f"""CASE
        WHEN {column} IS NULL THEN NULL
        WHEN regexp_matches({column}, '{_EPOCH}') THEN {_read_epoch(column)}
        {serial}
        ELSE coalesce({_read_calendar(column, reading)},
                      try_strptime({column}, {_NAMED_MONTHS!r}))
    END"""


def _says(column: str, pattern: str) -> str:
    return f"coalesce(regexp_matches({column}, '{pattern}'), FALSE)"


def _order_flag(column: str, reading: TimeReading) -> str:
    if reading.date_order is None:
        return "CAST(NULL AS VARCHAR)"
    cases = [
        f"WHEN regexp_matches({column}, '{_XY_ANY.format(marks=marks)}') THEN '{order}'"
        for order, marks in _orders(reading)
    ]
    if reading.plain_format and not reading.plain_format.startswith("%Y"):
        cases.insert(
            0, f"WHEN {column} IS NULL AND plain_time IS NOT NULL THEN '{reading.date_order}'"
        )
    return f"CASE {' '.join(cases)} END"


def _borrowed_flag(column: str, reading: TimeReading) -> str:
    if not reading.borrowed_separators:
        return "FALSE"
    pattern = _XY_ANY.format(marks=_bracket(reading.borrowed_separators))
    days = [f"TRY_CAST(regexp_extract({column}, '{pattern}', {n}) AS INTEGER)" for n in (1, 2)]
    return f"coalesce({days[0]} <> {days[1]}, FALSE)"


def _orders(reading: TimeReading) -> list[tuple[DateOrder, str]]:
    """Return the order of day and month for each set of separators."""
    main: DateOrder = reading.date_order or "month_first"
    other: DateOrder = "month_first" if main == "day_first" else "day_first"
    usual = "".join(mark for mark in _MARKS if mark not in reading.contrary_separators)
    found = [(main, _bracket(usual))]
    if reading.contrary_separators:
        found.append((other, _bracket(reading.contrary_separators)))
    return found


def _bracket(marks: str) -> str:
    return "[" + "".join("\\" + mark for mark in marks) + "]"


def _read_calendar(column: str, reading: TimeReading) -> str:
    shapes = [
        (_YMD, r"\1-\2-\3 \4"),
        (_COMPACT, r"\1-\2-\3"),
        (_COMPACT_CLOCK, r"\1-\2-\3 \4:\5:\6\7"),
    ]
    for order, marks in _orders(reading):
        day_month = r"\2-\1" if order == "day_first" else r"\1-\2"
        shapes += [
            (_XY.format(marks=marks, year=year), rf"{century}\3-{day_month} \4")
            for year, century in _YEARS
        ]
    cases = " ".join(
        f"WHEN regexp_matches({column}, '{shape}')"
        f" THEN regexp_replace({column}, '{shape}', '{iso}')"
        for shape, iso in shapes
    )
    local = f"regexp_replace(rtrim(CASE {cases} END), '{_OFFSET}', '\\1')"
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
