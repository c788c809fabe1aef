"""What a column of a file holds, in a few numbers and bars.

Everything is counted over all rows that are at hand; only columns with very many
different values in long tables have bars from picked rows, and a number of
different values that is "about" so many. Neither ids nor contact fields nor free
texts show anything but counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np

from clv_core.columns import FIELDS
from clv_core.ingest.column_counts import (
    Counts,
    Relation,
    Spread,
    count_columns,
    pick_cells,
)
from clv_core.ingest.column_types import SAYS_YES_OR_NO, ColumnReading, ColumnType, judge_column
from clv_core.ingest.raw import RawTable
from clv_core.ingest.scanning import Source, list_targets, take_first_rows
from clv_core.ingest.spread import (
    Bin,
    bin_labels,
    bin_numbers,
    bin_times,
    write_number,
    write_time,
)

__all__ = ["Bin", "ColumnSummary", "look_at_others", "summarise_columns"]

MOST_LABELS: Final = 12
_FIRST_ROWS: Final = 100_000  # of columns that are not kept
_FEWEST_ROWS: Final = 1_000
_FIRST_CELLS: Final = 1_000_000
_MOST_JUDGED: Final = 20_000  # first cells, of all columns
_FEWEST_JUDGED: Final = 20  # of each
_COLUMNS_AT_ONCE: Final = 100
_FEWEST_PER_LABEL: Final = 2.0  # labels that name single rows are texts
_MOST_TEXTS: Final = 50  # different ones that still look like categories
_MOSTLY: Final = 0.9  # of the cells; below, a column is not what its first values were
_LONG_NUMBER: Final = 1_000_000.0  # whole ones from here on that differ in most rows are ids
_ID_SHARE: Final = 0.5


@dataclass(frozen=True)
class ColumnSummary:
    """One column of a file, profiled.

    Attributes
    ----------
    name : str
        The user's own header.
    field : str or None
        Canonical field it is mapped to.
    type : {"number", "time", "yes_no", "category", "text", "id", "empty"}
    rows, missing_rows, distinct : int
    is_sampled : bool
        Whether some of the numbers come from a part of the rows: all of a column
        that is not kept (its first rows), only the bars of one that is.
    low, high : str or None
        Smallest and largest number or time; never text.
    bins : tuple of Bin
        At most 20; empty for texts, ids and contact fields.
    """

    name: str
    field: str | None
    type: ColumnType
    rows: int
    missing_rows: int
    distinct: int
    is_sampled: bool = False
    low: str | None = None
    high: str | None = None
    bins: tuple[Bin, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {**asdict(self), "bins": [asdict(bin_) for bin_ in self.bins]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ColumnSummary:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**{**stored, "bins": tuple(Bin(**bin_) for bin_ in stored["bins"])})


@dataclass(frozen=True)
class _Column:
    """A column of one of our tables, and what it is in the user's file."""

    sql: str
    name: str
    field: str | None


def look_at_others(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, source: Source
) -> str | None:
    """Keep the first rows of columns that are not read, for :func:`summarise_columns`.

    Returns
    -------
    str or None
        Name of the table on the connection; None where every column is read.
    """
    read = set(list_targets(raw).values())
    others = [place for place in range(len(raw.column_names)) if place not in read]
    if not others:
        return None
    rows = max(min(_FIRST_ROWS, _FIRST_CELLS // len(others)), _FEWEST_ROWS)
    return take_first_rows(connection, source, others, rows)


def summarise_columns(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, kept: str, first_rows: str | None = None
) -> tuple[ColumnSummary, ...]:
    """Profile every column of a file, in the file's order.

    Parameters
    ----------
    connection : DuckDBPyConnection
    raw : RawTable
    kept : str
        SQL for the text rows, of ``scanning.scan_text``: canonical fields, ``x0``,
        ``x1``, … for features, and ``source_row``.
    first_rows : str, optional
        Table of :func:`look_at_others`. Without it the other columns are left out.
    """
    fields = {raw.mapping[field]: field for field in FIELDS[raw.kind] if field in raw.mapping}
    targets = {place: target for target, place in list_targets(raw).items()}
    names = list(enumerate(raw.column_names))
    whole = Relation(connection, kept, "source_row")
    held = [
        _Column(targets[place], name, fields.get(name)) for place, name in names if place in targets
    ]
    found = list(_summarise(whole, raw, held))
    if first_rows is not None:
        others = [_Column(f"c{place}", name, None) for place, name in names if place not in targets]
        sampled = _summarise(Relation(connection, first_rows), raw, others)
        found += [replace(summary, is_sampled=True) for summary in sampled]
    by_name = {summary.name: summary for summary in found}
    return tuple(by_name[name] for name in raw.column_names if name in by_name)


def _summarise(
    relation: Relation, raw: RawTable, columns: Sequence[_Column]
) -> Iterator[ColumnSummary]:
    (rows,) = relation.fetch(["count(*)"]).fetchone() or (0,)
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        group = columns[start : start + _COLUMNS_AT_ONCE]
        readings = [_judge(relation, raw, rows, column) for column in group]
        counts = count_columns(relation, rows, [column.sql for column in group], readings)
        for judged in zip(group, readings, counts, strict=True):
            yield _describe(*judged)


def _judge(relation: Relation, raw: RawTable, rows: int, column: _Column) -> ColumnReading:
    """Judge a column by its first values, and by others where those do not decide."""
    looked_at = max(_FEWEST_JUDGED, _MOST_JUDGED // len(raw.column_names))
    shown = raw.samples.get(column.name, ())
    head = [cell for cell in shown[:looked_at] if cell.strip()]
    reading = judge_column(column.name, column.field, head)
    if not reading.is_undecided:
        return reading
    return judge_column(column.name, column.field, pick_cells(relation, column.sql, rows))


def _describe(column: _Column, reading: ColumnReading, count: Counts) -> ColumnSummary:
    kind, spread = _settle_type(column, reading, count), count.spread
    summary = ColumnSummary(
        name=column.name,
        field=column.field,
        type=kind,
        rows=count.rows,
        missing_rows=count.rows - count.filled,
        distinct=count.distinct,
    )
    if spread is None or kind in ("id", "text", "empty"):
        return summary
    if kind in ("category", "yes_no"):
        bins = bin_labels(_write_labels(spread), spread.rows)
        bins = bins if count.distinct <= MOST_LABELS else ()
        return replace(summary, bins=bins, is_sampled=spread.is_part and bool(bins))
    is_number = kind == "number"
    make_bins, write = (bin_numbers, write_number) if is_number else (bin_times, write_time)
    return replace(
        summary,
        is_sampled=spread.is_part,
        low=write(spread.low),
        high=write(spread.high),
        bins=make_bins(spread.values, spread.rows),
    )


def _settle_type(column: _Column, reading: ColumnReading, count: Counts) -> ColumnType:
    """Say what a column is after all its rows were counted; the first values may deceive."""
    if not count.filled:
        return "empty"
    if reading.is_private or (column.field is not None and reading.value is not None):
        return reading.type
    if reading.value is not None:
        return _settle_values(reading, count)
    return _settle_labels(column, count)


def _settle_values(reading: ColumnReading, count: Counts) -> ColumnType:
    spread = count.spread
    if reading.type == "time":
        return "time"
    if spread is None or spread.read < _MOSTLY * count.filled:
        return "text"
    if np.array_equal(spread.values, (0.0, 1.0)):
        return "yes_no"
    is_long = spread.low >= _LONG_NUMBER and not np.mod(spread.values, 1.0).any()
    return "id" if is_long and count.distinct >= _ID_SHARE * count.filled else "number"


def _settle_labels(column: _Column, count: Counts) -> ColumnType:
    if count.spread is not None:
        labels = {str(label).strip().lower() for label in count.spread.values}
        if labels <= SAYS_YES_OR_NO and len(labels) == 2:
            return "yes_no"
        if any("@" in label for label in labels):
            return "text"
    is_repeated = count.filled >= _FEWEST_PER_LABEL * count.distinct
    few = count.distinct <= _MOST_TEXTS and is_repeated
    return "category" if few or column.field is not None else "text"


def _write_labels(spread: Spread) -> Any:
    """Return labels as they stand in the file; numbers that say yes and no as numbers."""
    is_text = spread.values.dtype == object
    return spread.values if is_text else [write_number(value) for value in spread.values]
