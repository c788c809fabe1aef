"""Columns read as a saved model learnt them, whatever the rows at hand look like.

What a column holds is decided on the table that a model learns from. Newer
customers may be few, all from one state, or all without an answer: their columns
are read as those were.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from clv_core.cleaning.dates import time_expression
from clv_core.cleaning.time_reading import learn_time_reading
from clv_core.cleaning.value_columns import ColumnReading, ValueFeature
from clv_core.cleaning.value_survey import (
    LARGEST,
    NO,
    YES,
    cell_expression,
    number_expression,
    survey_texts,
)
from clv_core.settings import DateOrder


def read_columns_as(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    learnt: Sequence[ValueFeature],
    names: Sequence[str],
    date_order: DateOrder | None,
    file_name: str,
) -> list[ColumnReading]:
    """Read every learnt feature in its own type; cells that cannot be are missing.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    source : str
        Name of our view on the text rows, with columns ``x0``, ``x1``, …
    learnt : sequence of ValueFeature
    names : sequence of str
        Headers of ``x0``, ``x1``, …, all learnt ones among them.
    date_order : {"day_first", "month_first"} or None
    file_name : str
        What the user calls the file.

    Raises
    ------
    AmbiguousDates
        Where nothing decides which comes first in a column of dates.
    """
    readings = []
    for feature in learnt:
        column = f"x{list(names).index(feature.name)}"
        match feature.type:
            case "number":
                expression = _number(cursor, source, column)
            case "yes_no":
                cell = f"lower({cell_expression(column)})"
                expression = f"CASE WHEN {cell} IN {YES} THEN 1e0 WHEN {cell} IN {NO} THEN 0e0 END"
            case "date":
                where = {"file": file_name, "column": feature.name}
                expression = _days(cursor, source, column, feature.newest, date_order, where)
            case "category":
                expression = cell_expression(column)
        as_here = ValueFeature(feature.name, column, feature.type, feature.newest)
        readings.append(ColumnReading(feature.name, as_here, expression))
    return readings


def _number(cursor: duckdb.DuckDBPyConnection, source: str, column: str) -> str:
    text = survey_texts(cursor, source, [column])[column]
    mark = "," if text.with_comma > text.with_point else "."
    value = number_expression(cell_expression(column), mark)
    return f"CASE WHEN abs({value}) <= {LARGEST:.0f} THEN {value} END"


def _days(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    newest: str | None,
    date_order: DateOrder | None,
    where: dict[str, str],
) -> str:
    """Return SQL for the days before the newest day that the model knew."""
    cells = f"(SELECT {cell_expression(column)} AS cell FROM {source})"
    reading = learn_time_reading(cursor, cells, "cell", date_order, where)
    time = time_expression(cell_expression(column), reading)
    return f"CAST(date_diff('day', CAST({time} AS DATE), DATE '{newest}') AS DOUBLE)"
