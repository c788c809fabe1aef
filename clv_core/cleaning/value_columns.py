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

from clv_core.cleaning.dates import time_expression
from clv_core.cleaning.time_reading import learn_time_reading
from clv_core.cleaning.value_survey import (
    LARGEST,
    NO,
    YES,
    ColumnSurvey,
    TextSurvey,
    cell_expression,
    number_expression,
    survey_columns,
    survey_texts,
)
from clv_core.errors import AmbiguousDates
from clv_core.sentences import Sentence
from clv_core.settings import DateOrder

__all__ = ["ColumnReading", "ValueFeature", "read_columns"]

FeatureType = Literal["number", "yes_no", "date", "category"]

_COLUMNS_AT_ONCE: Final = 40
_READABLE_SHARE: Final = 0.95  # of the filled cells; the rest counts as missing
_CODED_SHARE: Final = 0.01  # of the filled cells; a few may be written badly
_ROWS_PER_CATEGORY: Final = 5
_FEW_CATEGORIES: Final = 12
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
        surveys = survey_columns(cursor, source, {f"x{i}": names[i] for i in chosen})
        judged = {survey.column: _judge_plain(survey) for survey in surveys}
        open_columns = [column for column, reading in judged.items() if reading is None]
        texts = survey_texts(cursor, source, open_columns) if open_columns else {}
        for survey in surveys:
            reading = judged[survey.column]
            if reading is None:
                text = texts[survey.column]
                where = {"file": file_name, "column": survey.name}
                reading = (
                    _judge_blank(survey, text)
                    or _try_yes_no(survey, text)
                    or _try_number(survey, text)
                    or _try_date(cursor, source, survey, text, date_order, where)
                    or _try_category(survey, text)
                )
            readings.append(reading)
    return readings


def _judge_plain(survey: ColumnSurvey) -> ColumnReading | None:
    """Settle what the first look settles; None where the text has to be looked at."""
    if not survey.filled:
        return ColumnReading(survey.name, dropped=Sentence("It is empty."))
    if survey.is_one and survey.filled == survey.rows:
        return ColumnReading(survey.name, dropped=Sentence("It holds the same in every row."))
    if survey.plain < survey.filled or survey.days == survey.filled or _is_coded(survey):
        return None
    if _numbers_rows(survey):
        return ColumnReading(
            survey.name,
            dropped=Sentence("It numbers the rows, which says nothing about a customer's value."),
        )
    return _read_as(survey, "number", f"TRY_CAST({survey.column} AS DOUBLE)")


def _judge_blank(survey: ColumnSurvey, text: TextSurvey) -> ColumnReading | None:
    """Say the same of cells that are empty or equal but for blanks."""
    if not text.filled:
        return ColumnReading(survey.name, dropped=Sentence("It is empty."))
    if text.entries == 1 and text.filled == survey.rows:
        return ColumnReading(survey.name, dropped=Sentence("It holds the same in every row."))
    return None


def _is_coded(survey: ColumnSurvey) -> bool:
    return survey.coded > _CODED_SHARE * survey.filled


def _try_yes_no(survey: ColumnSurvey, text: TextSurvey) -> ColumnReading | None:
    if text.words != 2 or text.yes + text.no != text.filled or not (text.yes and text.no):
        return None
    cell = f"lower({cell_expression(survey.column)})"
    return _read_as(
        survey, "yes_no", f"CASE WHEN {cell} IN {YES} THEN 1e0 WHEN {cell} IN {NO} THEN 0e0 END"
    )


def _try_number(survey: ColumnSurvey, text: TextSurvey) -> ColumnReading | None:
    """Read as numbers with the decimal mark that reads more cells; with the point on a tie."""
    read, mark = max((text.with_point, "."), (text.with_comma, ","), key=lambda one: one[0])
    known = text.filled - text.marks
    is_date = survey.days == survey.filled
    if is_date or _is_coded(survey) or not read or read < _READABLE_SHARE * known:
        return None
    cell = cell_expression(survey.column)
    value = number_expression(cell, mark)
    capped = f"CASE WHEN abs({value}) <= {LARGEST:.0f} THEN {value} END"
    return _read_as(survey, "number", capped, max(0, known - read))


def _try_date(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    survey: ColumnSurvey,
    text: TextSurvey,
    date_order: DateOrder | None,
    where: dict[str, str],
) -> ColumnReading | None:
    known = text.filled - text.marks
    if not text.dates or text.dates < _READABLE_SHARE * known:
        return None
    cells = f"(SELECT {cell_expression(survey.column)} AS cell FROM {source})"
    try:
        reading = learn_time_reading(cursor, cells, "cell", date_order, where)
    except AmbiguousDates:
        return ColumnReading(
            survey.name,
            dropped=Sentence(
                "It cannot be known whether the day or the month comes first in its dates; say "
                "so in the cleaning settings to learn from it."
            ),
        )
    time = time_expression("cell", reading)
    found = cursor.execute(
        f"SELECT count(time), max(time)::DATE FROM (SELECT {time} AS time FROM {cells})"
    ).fetchone()
    read, newest = found or (0, None)
    if newest is None or read < _READABLE_SHARE * known:
        return None
    time = time_expression(cell_expression(survey.column), reading)
    days = f"CAST(date_diff('day', CAST({time} AS DATE), DATE '{newest.isoformat()}') AS DOUBLE)"
    return _read_as(survey, "date", days, max(0, known - read), newest.isoformat())


def _try_category(survey: ColumnSurvey, text: TextSurvey) -> ColumnReading:
    few = text.entries <= _FEW_CATEGORIES and 2 * text.entries <= text.filled
    if few or text.entries * _ROWS_PER_CATEGORY <= text.filled:
        return _read_as(survey, "category", cell_expression(survey.column))
    if text.entries >= _ID_SHARE * text.filled:
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
            entries=text.entries,
            rows=text.filled,
        ),
    )


def _read_as(
    survey: ColumnSurvey,
    kind: FeatureType,
    expression: str,
    unreadable: int = 0,
    newest: str | None = None,
) -> ColumnReading:
    feature = ValueFeature(survey.name, survey.column, kind, newest)
    return ColumnReading(survey.name, feature, expression, unreadable)


def _numbers_rows(survey: ColumnSurvey) -> bool:
    """Say whether whole numbers, one for each row, go by a name that ids go by."""
    words = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", survey.name).lower()))
    is_own = survey.entries >= 0.9 * survey.rows  # counted about
    return survey.whole == survey.filled == survey.rows and is_own and bool(words & _ID_WORDS)
