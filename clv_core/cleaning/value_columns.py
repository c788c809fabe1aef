"""What each column of a value table holds: numbers, yes or no, dates, categories, or nothing.

A column's type is its format, decided by the text of all rows; nothing that
depends on how large or frequent values are is learnt here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

from clv_core.cleaning.dates import learn_time_reading, time_expression
from clv_core.cleaning.money import learn_money_reading, money_expression
from clv_core.cleaning.value_survey import ColumnSurvey, cell_expression, survey_columns
from clv_core.errors import AmbiguousDates
from clv_core.sentences import Sentence
from clv_core.settings import DateOrder

__all__ = ["MISSING_MARKS", "ColumnReading", "ValueFeature", "read_columns"]

FeatureType = Literal["number", "yes_no", "date", "category"]

# Written where a number or a date is missing.
MISSING_MARKS: Final = (
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", ".", "?", "unknown", "无", "空",
)  # fmt: skip
_YES: Final = ("yes", "y", "true", "t", "1", "ja", "oui", "si", "sí", "是", "有")
_NO: Final = ("no", "n", "false", "f", "0", "nein", "non", "否", "无", "没有")
_COLUMNS_AT_ONCE: Final = 40
_READABLE_SHARE: Final = 0.95  # of the filled cells; the rest counts as missing
_ROWS_PER_CATEGORY: Final = 5
_FEW_CATEGORIES: Final = 12
_LARGEST: Final = 1e30  # a float32 still holds its square root's square
_ID_WORDS: Final = frozenset(
    {"id", "ids", "number", "no", "nr", "key", "uuid", "guid", "code", "index", "rownumber", "row"}
)
_ID_SHARE: Final = 0.99  # of the rows that have an entry of their own


@dataclass(frozen=True)
class ValueFeature:
    """One column to learn from.

    Attributes
    ----------
    name : str
        The user's own header.
    column : str
        Its column in ``profiles.parquet``: ``x0``, ``x1``, …
    type : {"number", "yes_no", "date", "category"}
        ``yes_no`` is 1 for yes and 0 for no; a ``date`` is days before
        ``newest``; a ``category`` is text, all others are float64.
    newest : str or None
        Newest date of the column, ISO.
    """

    name: str
    column: str
    type: FeatureType
    newest: str | None = None


@dataclass(frozen=True)
class ColumnReading:
    """How one column is read, or why it is not.

    Attributes
    ----------
    name : str
        The user's own header.
    feature : ValueFeature or None
    expression : str
        SQL over the text column that gives its value.
    unreadable : int
        Filled cells that cannot be read and count as missing.
    dropped : Sentence or None
        Why nothing is learnt from it.
    """

    name: str
    feature: ValueFeature | None = None
    expression: str = ""
    unreadable: int = 0
    dropped: Sentence | None = None


def read_columns(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    names: Sequence[str],
    date_order: DateOrder | None,
    file_name: str,
) -> list[ColumnReading]:
    """Decide for every feature column how it is read.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    source : str
        Name of our view on the text rows, with columns ``x0``, ``x1``, …
    names : sequence of str
        Their headers.
    date_order : {"day_first", "month_first"} or None
    file_name : str
        What the user calls the file.
    """
    readings = []
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        chosen = range(start, min(start + _COLUMNS_AT_ONCE, len(names)))
        for survey in survey_columns(cursor, source, {f"x{i}": names[i] for i in chosen}):
            where = {"file": file_name, "column": survey.name}
            readings.append(_judge_column(cursor, source, survey, date_order, where))
    return readings


def _judge_column(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    survey: ColumnSurvey,
    date_order: DateOrder | None,
    where: dict[str, str],
) -> ColumnReading:
    if not survey.filled:
        return ColumnReading(survey.name, dropped=Sentence("It is empty."))
    if survey.is_one and survey.filled == survey.rows:
        return ColumnReading(survey.name, dropped=Sentence("It holds the same in every row."))
    if survey.plain == survey.filled and not survey.coded and survey.days < survey.filled:
        if _numbers_rows(survey):
            return _drop_id(survey.name)
        return _read_as(survey, "number", f"TRY_CAST({cell_expression(survey.column)} AS DOUBLE)")
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE entries AS
        SELECT cell, count(*) AS rows, rtrim(cell, ' %') AS amount
        FROM (SELECT {cell_expression(survey.column)} AS cell FROM {source})
        WHERE cell IS NOT NULL GROUP BY cell"""
    )
    return (
        _try_yes_no(cursor, survey)
        or _try_number(cursor, survey)
        or _try_date(cursor, survey, date_order, where)
        or _try_category(cursor, survey)
    )


def _try_yes_no(cursor: duckdb.DuckDBPyConnection, survey: ColumnSurvey) -> ColumnReading | None:
    found = cursor.execute("SELECT DISTINCT lower(cell) FROM entries LIMIT 3").fetchall()
    entries = {cell for (cell,) in found}
    if len(entries) != 2 or not (entries & set(_YES) and entries & set(_NO)):
        return None
    cell = f"lower({cell_expression(survey.column)})"
    return _read_as(
        survey, "yes_no", f"CASE WHEN {cell} IN {_YES} THEN 1e0 WHEN {cell} IN {_NO} THEN 0e0 END"
    )


def _try_number(cursor: duckdb.DuckDBPyConnection, survey: ColumnSurvey) -> ColumnReading | None:
    if survey.coded or survey.days == survey.filled:
        return None
    reading = learn_money_reading(cursor, "entries", "amount")
    value = money_expression("amount", reading)
    unread = _count_unread(cursor, value, survey)
    if unread is None:
        return None
    written = f"rtrim({cell_expression(survey.column)}, ' %')"
    return _read_as(survey, "number", money_expression(f"({written})", reading), unread)


def _try_date(
    cursor: duckdb.DuckDBPyConnection,
    survey: ColumnSurvey,
    date_order: DateOrder | None,
    where: dict[str, str],
) -> ColumnReading | None:
    if survey.plain == survey.filled and survey.days < survey.filled:
        return None
    try:
        reading = learn_time_reading(cursor, "entries", "cell", date_order, where)
    except AmbiguousDates:
        return ColumnReading(
            survey.name,
            dropped=Sentence(
                "It cannot be known whether the day or the month comes first in its dates; say "
                "so in the cleaning settings to learn from it."
            ),
        )
    value = time_expression("cell", reading)
    unread = _count_unread(cursor, value, survey)
    if unread is None:
        return None
    found = cursor.execute(f"SELECT max({value})::DATE FROM entries").fetchone()
    newest = found[0].isoformat() if found else ""
    time = time_expression(cell_expression(survey.column), reading)
    days = f"CAST(date_diff('day', CAST({time} AS DATE), DATE '{newest}') AS DOUBLE)"
    return _read_as(survey, "date", days, unread, newest)


def _try_category(cursor: duckdb.DuckDBPyConnection, survey: ColumnSurvey) -> ColumnReading:
    found = cursor.execute("SELECT count(*) FROM entries").fetchone()
    entries = int(found[0]) if found else 0
    few = entries <= _FEW_CATEGORIES and 2 * entries <= survey.filled
    if few or entries * _ROWS_PER_CATEGORY <= survey.filled:
        return _read_as(survey, "category", cell_expression(survey.column))
    if entries >= _ID_SHARE * survey.filled:
        return ColumnReading(
            survey.name,
            dropped=Sentence(
                "Nearly every customer has an entry of their own in it (an id or free text), from "
                "which nothing can be learnt about others."
            ),
        )
    return ColumnReading(
        survey.name,
        dropped=Sentence(
            "It is text with {entries} different entries in {rows} rows, too many to learn from.",
            entries=entries,
            rows=survey.filled,
        ),
    )


def _count_unread(
    cursor: duckdb.DuckDBPyConnection, value: str, survey: ColumnSurvey
) -> int | None:
    """Count the cells that an expression cannot read; None where they are too many."""
    found = cursor.execute(
        f"""SELECT coalesce(sum(rows) FILTER (value IS NOT NULL AND isfinite(value)), 0),
                   coalesce(sum(rows) FILTER (value IS NULL AND lower(cell) NOT IN {MISSING_MARKS}
                                              OR NOT isfinite(value)), 0)
            FROM (SELECT cell, rows, {value} AS value FROM entries)"""
    ).fetchone()
    read, unread = found or (0, 0)
    return int(unread) if read and read >= _READABLE_SHARE * (read + unread) else None


def _read_as(
    survey: ColumnSurvey,
    kind: FeatureType,
    expression: str,
    unreadable: int = 0,
    newest: str | None = None,
) -> ColumnReading:
    feature = ValueFeature(survey.name, survey.column, kind, newest)
    if kind == "number":
        expression = f"CASE WHEN abs({expression}) <= {_LARGEST:.0f} THEN {expression} END"
    return ColumnReading(survey.name, feature, expression, unreadable)


def _numbers_rows(survey: ColumnSurvey) -> bool:
    """Say whether whole numbers, one for each row, go by a name that ids go by."""
    words = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", survey.name).lower()))
    is_own = survey.entries >= 0.9 * survey.rows  # counted about
    return survey.whole == survey.filled == survey.rows and is_own and bool(words & _ID_WORDS)


def _drop_id(name: str) -> ColumnReading:
    return ColumnReading(
        name, dropped=Sentence("It numbers the rows, which says nothing about a customer's value.")
    )
