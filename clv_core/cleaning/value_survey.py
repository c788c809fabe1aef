"""A look at many columns of text at once: how much of each reads as what.

Each look is one query over a block of columns with cheap expressions: planning
a query on thousands of columns takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from clv_core.cleaning.cells import narrow_expression, trim_expression

__all__ = [
    "LARGEST",
    "MISSING_MARKS",
    "NO",
    "YES",
    "ColumnSurvey",
    "TextSurvey",
    "cell_expression",
    "number_expression",
    "survey_columns",
    "survey_texts",
]

# Written where a number or a date is missing.
MISSING_MARKS: Final = (
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", ".", "?", "unknown", "无", "空",
)  # fmt: skip
YES: Final = ("yes", "y", "true", "t", "1", "ja", "oui", "si", "sí", "是", "有")
NO: Final = ("no", "n", "false", "f", "0", "nein", "non", "否", "无", "没有")
LARGEST: Final = 1e30  # the square of a float32 that holds it is still finite in float64

_SPACE: Final = r"[\s\x{00a0}\x{202f}\x{2009}]"
_AROUND: Final = r"(?:[A-Z]{3}|[A-Z]{0,3}\p{Sc}|kr\.?|zł|元|円|圆|Rs\.?|RM|TL|Fr\.?|лв|%)"
_DAY: Final = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_DATE_LIKE: Final = (
    rf"^(?:{_DAY}|[0-9]{{1,4}}[-/.年][0-9]{{1,2}}[-/.月][0-9]{{1,4}}.*"
    r"|[0-9]{1,2}[- ][A-Za-z]{3,9}\.?[- ,]+[0-9]{2,4}.*|[A-Za-z]{3,9}\.? [0-9]{1,2}, ?[0-9]{4}.*)$"
)
_THOUSANDS: Final = {".": ",", ",": r"\."}


@dataclass(frozen=True)
class ColumnSurvey:
    """First look at a column: counts over its cells as they are written.

    Attributes
    ----------
    column : str
        ``x0``, ``x1``, …
    name : str
        The user's own header.
    rows, filled : int
    plain, whole : int
        Finite numbers as computers write them; those of them without fraction.
    coded : int
        Digits that are no quantity: with leading zeros, or too many of them.
    days : int
        Days written as YYYYMMDD.
    entries : int
        Different ones, about.
    is_one : bool
        All filled cells are the same.
    """

    column: str
    name: str
    rows: int
    filled: int
    plain: int
    whole: int
    coded: int
    days: int
    entries: int
    is_one: bool


@dataclass(frozen=True)
class TextSurvey:
    """Second look, at a column that is not all plain numbers.

    Attributes
    ----------
    filled : int
        Cells that hold more than blanks.
    with_point, with_comma : int
        Cells that read as numbers with that decimal mark.
    marks : int
        Cells that say that nothing is known.
    yes, no : int
    dates : int
        Cells that look like dates.
    entries : int
        Different ones, exactly.
    words : int
        Different ones, capitals set aside.
    """

    filled: int
    with_point: int
    with_comma: int
    marks: int
    yes: int
    no: int
    dates: int
    entries: int
    words: int


def cell_expression(column: str) -> str:
    """Return SQL for a cell's text, narrow and without blanks around it, null where empty."""
    return trim_expression(narrow_expression(column))


def number_expression(cell: str, decimal_mark: str) -> str:
    """Return SQL that reads a cell as DOUBLE, null where it does not keep to one mark.

    Currencies and percent signs before or after, thousands separators, and a
    minus or parentheses for negatives are known, as in ``cleaning.money``; here
    the whole column has one decimal mark.
    """
    group = rf"(?:{_THOUSANDS[decimal_mark]}|{_SPACE}|[\x27\x{{2019}}])"
    mark = "," if decimal_mark == "," else r"\."
    digits = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}|[0-9]+)"
    number = rf"(?:{digits}(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][-+]?[0-9]+)?"
    pattern = (
        rf"^[-+(]?{_SPACE}*(?:{_AROUND}{_SPACE}*[-+]?)?{_SPACE}*({number})"
        rf"{_SPACE}*{_AROUND}?{_SPACE}*[-)]?$"
    )
    plain = f"replace({cell}, '−', '-')"
    others = "chr(39) || '’ ' || chr(160) || chr(8239) || chr(8201)"
    marks = (f"',.' || {others}", "'.'") if decimal_mark == "," else (f"',' || {others}", "''")
    bare = f"translate(regexp_extract({plain}, '{pattern}', 1), {marks[0]}, {marks[1]})"
    sign = f"CASE WHEN regexp_matches({plain}, '^\\(|-$|^[^0-9.,]*-') THEN -1e0 ELSE 1e0 END"
    return f"{sign} * TRY_CAST({bare} AS DOUBLE)"


def survey_columns(
    cursor: duckdb.DuckDBPyConnection, source: str, names: Mapping[str, str]
) -> list[ColumnSurvey]:
    """Take a first look at columns of a view, given with their headers."""
    counts = ", ".join(
        f"""count({c}), count(*) FILTER (abs({c}_number) <= {LARGEST:.0f}),
        count(*) FILTER ({c}_number = floor({c}_number)),
        count(*) FILTER (({c} LIKE '0_%' AND {c} NOT LIKE '0.%')
                         OR (length({c}) > 15 AND NOT contains({c}, '.'))),
        count(*) FILTER (regexp_full_match({c}, '{_DAY}')),
        approx_count_distinct({c}), coalesce(min({c}) = max({c}), TRUE)"""
        for c in names
    )
    # Blanks around cells are left to the second look: taking them off costs more than the rest.
    cells = ", ".join(f"{c}, TRY_CAST({c} AS DOUBLE) AS {c}_number" for c in names)
    rows, found = _count(cursor, f"SELECT count(*), {counts} FROM (SELECT {cells} FROM {source})")
    return [
        ColumnSurvey(column, name, rows, *found[7 * place : 7 * place + 7])
        for place, (column, name) in enumerate(names.items())
    ]


def survey_texts(
    cursor: duckdb.DuckDBPyConnection, source: str, columns: list[str]
) -> dict[str, TextSurvey]:
    """Take a second look at columns of a view that hold more than plain numbers."""
    counts = ", ".join(
        f"""count({c}), count({number_expression(c, ".")}), count({number_expression(c, ",")}),
        count(*) FILTER (lower({c}) IN {MISSING_MARKS}), count(*) FILTER (lower({c}) IN {YES}),
        count(*) FILTER (lower({c}) IN {NO}),
        count(*) FILTER (regexp_matches({c}, '{_DATE_LIKE}')),
        count(DISTINCT {c}), count(DISTINCT lower({c}))"""
        for c in columns
    )
    cells = ", ".join(f"{cell_expression(c)} AS {c}" for c in columns)
    _, found = _count(cursor, f"SELECT count(*), {counts} FROM (SELECT {cells} FROM {source})")
    return {c: TextSurvey(*found[9 * place : 9 * place + 9]) for place, c in enumerate(columns)}


def _count(cursor: duckdb.DuckDBPyConnection, query: str) -> tuple[int, list[Any]]:
    found = cursor.execute(query).fetchone()
    if found is None:
        raise ValueError("an aggregate without groups returns one row")
    return found[0], list(found[1:])
