"""The columns of one table counted, by queries that the engine answers from its dictionaries.

Grouping a column of text costs a tenth of what casting it row by row or a sketch of
its different values costs, and it is exact. Only columns with very many different
values in very long tables are estimated: by a part of their hashes, or by picked
rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from clv_core.ingest.column_types import ColumnReading

__all__ = ["Counts", "Relation", "Spread", "count_columns", "pick_cells"]

MOST_CELLS: Final = 4_000_000  # in memory at once; of a wide table fewer rows are picked
_FEW_ROWS: Final = 20_000  # are taken as they are, and picked of more
_MANY_ROWS: Final = 2_000_000  # whose different values are not all looked at
_MOST_GROUPS: Final = 50_000
_MOST_LABELS: Final = 24  # of a text; one with more shows none
_MOST_QUERIES: Final = 60  # a column each; wide tables are picked from at once
_FEWEST_HASHES: Final = 2_000  # an estimate from fewer is worth an exact count
_JUDGED_CELLS: Final = 1_000


@dataclass(frozen=True)
class Relation:
    """A Parquet file or a table of the connection, in SQL of ours.

    Attributes
    ----------
    connection : DuckDBPyConnection
    scan : str
        What stands behind FROM.
    number : str
        Column that numbers the rows; rows are picked by its hash: no rhythm of the file is met.
    """

    connection: duckdb.DuckDBPyConnection
    scan: str
    number: str = "rowid"

    def fetch(self, chosen: Sequence[str], tail: str = "") -> duckdb.DuckDBPyConnection:
        """Run a query on it."""
        statement = f"SELECT {', '.join(chosen)} FROM {self.scan} {tail}"
        return self.connection.execute(statement)


@dataclass(frozen=True)
class Spread:
    """The different values of a column and the rows that hold each.

    Attributes
    ----------
    values : float64, datetime64 or object, shape (values,)
        Ascending, each once.
    rows : int64, shape (values,)
    read : int
        Rows whose cell could be read.
    low, high : float, datetime64 or str
        Of all rows.
    is_part : bool
        Whether ``values`` and ``rows`` come from picked rows.
    """

    values: npt.NDArray[Any]
    rows: npt.NDArray[np.int64]
    read: int
    low: Any
    high: Any
    is_part: bool = False


@dataclass(frozen=True)
class Counts:
    """What was counted of one column.

    Attributes
    ----------
    rows, filled, distinct : int
        All rows, those with a cell, and how many cells differ.
    spread : Spread or None
        None for what is private, blank, cannot be read or is a free text.
    """

    rows: int
    filled: int
    distinct: int
    spread: Spread | None = None


def pick_cells(relation: Relation, column: str, rows: int) -> list[str]:
    """Return some cells of a column, picked all over it, blank ones left out."""
    step = max(1, rows // _JUDGED_CELLS)
    found = relation.fetch([column], f"WHERE hash({relation.number}) % {step} = 0").fetchnumpy()
    return [str(cell) for cell in _present(found[column])]


def count_columns(
    relation: Relation, rows: int, columns: Sequence[str], readings: Sequence[ColumnReading]
) -> list[Counts]:
    """Count all columns of a table with so many rows."""
    places = range(len(columns))
    by_group = [
        place
        for place in places
        if _FEW_ROWS < rows <= _MANY_ROWS
        and len(columns) <= _MOST_QUERIES
        and readings[place].is_shown
    ]
    grouped = {place: _group(relation, rows, columns[place], readings[place]) for place in by_group}
    if rows <= _FEW_ROWS:
        grouped = _take(relation, rows, columns, readings)
    others = [place for place in places if place not in grouped]
    counted = _count(relation, rows, [columns[place] for place in others])
    found = grouped | dict(zip(others, counted, strict=True))
    spreads = _spread_others(relation, columns, readings, {p: found[p] for p in others})
    return [replace(found[p], spread=spreads.get(p, found[p].spread)) for p in places]


def _count(relation: Relation, rows: int, columns: Sequence[str]) -> list[Counts]:
    """Count cells and different cells; of very many, different ones by a part of their hashes."""
    if not columns:
        return []
    part = 1 + rows // _MANY_ROWS
    wanted = [f"count({column}), {_different(column, part)}" for column in columns]
    told = list(relation.fetch(wanted).fetchone() or ())
    filled, distinct = told[::2], [part * count for count in told[1::2]]
    doubtful = [p for p, n in enumerate(distinct) if part > 1 and n < _FEWEST_HASHES * part]
    if doubtful:
        exact = relation.fetch([_different(columns[place], 1) for place in doubtful]).fetchone()
        for place, count in zip(doubtful, exact or (), strict=True):
            distinct[place] = count
    return [
        Counts(rows, cells, min(different, cells))
        for cells, different in zip(filled, distinct, strict=True)
    ]


def _different(column: str, part: int) -> str:
    if part == 1:
        return f"count(DISTINCT {column})"
    kept = f"{column} IS NOT NULL AND hash({column}) % {part} = 0"
    return f"count(DISTINCT hash({column})) FILTER ({kept})"


def _spread_others(
    relation: Relation,
    columns: Sequence[str],
    readings: Sequence[ColumnReading],
    counts: Mapping[int, Counts],
) -> dict[int, Spread]:
    """Spread what was not grouped: short tables, wide ones, very long ones, texts."""
    wanted = {
        place: readings[place].of(columns[place])
        for place, count in counts.items()
        if count.filled
        and not readings[place].is_private
        and (readings[place].value is not None or count.distinct <= _MOST_LABELS)
    }
    if not wanted:
        return {}
    rows = next(iter(counts.values())).rows
    few = [
        p for p in wanted if counts[p].distinct <= _MOST_GROUPS and len(columns) <= _MOST_QUERIES
    ]
    found = {place: _group(relation, rows, columns[place], readings[place]).spread for place in few}
    picked = _pick(relation, {p: sql for p, sql in wanted.items() if p not in few}, rows)
    return {place: spread for place, spread in found.items() if spread is not None} | picked


def _take(
    relation: Relation, rows: int, columns: Sequence[str], readings: Sequence[ColumnReading]
) -> dict[int, Counts]:
    """Take all numbers and times of a short table, at once and as they are."""
    wanted = {
        place: reading.of(columns[place])
        for place, reading in enumerate(readings)
        if reading.is_shown
    }
    if not wanted:
        return {}
    filled = relation.fetch([f"count({columns[place]})" for place in wanted]).fetchone() or ()
    found = {}
    for (place, (values, held)), cells in zip(
        _fetch_values(relation, wanted, "").items(), filled, strict=True
    ):
        read = int(held.sum())
        spread = Spread(values, held, read, values[0], values[-1]) if read else None
        found[place] = Counts(rows, cells, len(values), spread)
    unread = [
        place
        for place, count in found.items()
        if count.filled > (count.spread.read if count.spread else 0)
    ]
    exact = _count(relation, rows, [columns[place] for place in unread])
    for place, count in zip(unread, exact, strict=True):
        found[place] = replace(found[place], distinct=count.distinct)
    return found


def _group(relation: Relation, rows: int, column: str, reading: ColumnReading) -> Counts:
    """Group a column and read what differs, not every row."""
    cells = (
        f"SELECT {column} AS cell, count(*) AS n FROM {relation.scan} "
        f"WHERE {column} IS NOT NULL GROUP BY ALL"
    )
    found = relation.connection.execute(
        f"""SELECT {reading.of("cell")} AS value, sum(n)::BIGINT AS n, count(*) AS cells
            FROM ({cells}) GROUP BY value ORDER BY value NULLS LAST"""
    ).fetchnumpy()
    values, held = _present(found["value"]), _present(found["n"])
    filled, distinct = int(held.sum()), int(_present(found["cells"]).sum())
    if not len(values):
        return Counts(rows, filled, distinct)
    held = held[: len(values)]  # what cannot be read is last
    spread = Spread(values, held, int(held.sum()), values[0], values[-1])
    return Counts(rows, filled, distinct, spread)


def _pick(relation: Relation, wanted: Mapping[int, str], rows: int) -> dict[int, Spread]:
    """Take picked rows for the bars, and the ends of all."""
    if not wanted:
        return {}
    step = max(1, rows // min(_FEW_ROWS, MOST_CELLS // len(wanted)))
    picked = _fetch_values(relation, wanted, f"WHERE hash({relation.number}) % {step} = 0")
    inner = ", ".join(f"{sql} AS v{place}" for place, sql in wanted.items())
    ends = ", ".join(f"count(v{place}), min(v{place}), max(v{place})" for place in wanted)
    told = relation.connection.execute(
        f"SELECT {ends} FROM (SELECT {inner} FROM {relation.scan})"
    ).fetchone()
    by_place = dict(zip(wanted, zip(*[iter(told or ())] * 3, strict=True), strict=True))
    return {
        place: Spread(values, held, read, low, high, is_part=step > 1)
        for place, (values, held) in picked.items()
        for read, low, high in (by_place[place],)
        if len(held)
    }


def _fetch_values(
    relation: Relation, wanted: Mapping[int, str], tail: str
) -> dict[int, tuple[npt.NDArray[Any], npt.NDArray[np.int64]]]:
    if not wanted:
        return {}
    found = relation.fetch([f"{sql} AS v{place}" for place, sql in wanted.items()], tail)
    columns = found.fetchnumpy()
    values = {place: _present(columns[f"v{place}"]) for place in wanted}
    return {place: np.unique(held, return_counts=True) for place, held in values.items()}


def _present(cells: Any) -> npt.NDArray[Any]:
    """Return the cells that are not null."""
    present: npt.NDArray[Any] = np.ma.compressed(np.ma.asarray(cells))
    return present
