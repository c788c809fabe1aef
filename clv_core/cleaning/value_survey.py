"""A first look at many columns of text at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

__all__ = ["ColumnSurvey", "cell_expression", "survey_columns"]

_BLANKS: Final = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"


@dataclass(frozen=True)
class ColumnSurvey:
    """First look at a column: counts over its filled cells."""

    column: str
    name: str
    rows: int
    filled: int
    plain: int  # finite numbers as computers write them
    whole: int
    coded: int  # with leading zeros or too many digits for a number
    days: int  # YYYYMMDD
    entries: int  # different ones, about
    is_one: bool  # all filled cells are the same


def cell_expression(column: str) -> str:
    """Return SQL for a cell's text without the blanks around it, null where empty."""
    return f"nullif(trim({column}, {_BLANKS}), '')"


def survey_columns(
    cursor: duckdb.DuckDBPyConnection, source: str, names: dict[str, str]
) -> list[ColumnSurvey]:
    counts = ", ".join(
        f"""count({c}), count(*) FILTER (isfinite({c}_number)),
        count(*) FILTER ({c}_number = floor({c}_number)),
        count(*) FILTER (({c} LIKE '0_%' AND {c} NOT LIKE '0.%') OR length({c}) > 17),
        count(*) FILTER ({c} SIMILAR TO '(19|20)[0-9]{{2}}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])'),
        approx_count_distinct({c}), coalesce(min({c}) = max({c}), TRUE)"""
        for c in names
    )
    cells = ", ".join(
        f"{cell_expression(c)} AS {c}, TRY_CAST({c} AS DOUBLE) AS {c}_number" for c in names
    )
    found = cursor.execute(f"SELECT count(*), {counts} FROM (SELECT {cells} FROM {source})")
    rows, *cells_of = found.fetchone() or (0,)
    return [
        ColumnSurvey(column, name, rows, *cells_of[7 * place : 7 * place + 7])
        for place, (column, name) in enumerate(names.items())
    ]
