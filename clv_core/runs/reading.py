"""A part of a run's tables: some columns of all customers, or all columns of some.

A million customers with a hundred features are 800 MB; one column of them is 8, read in a
hundredth of a second. So whoever shows something of a run names the columns that it
takes, or the customers. Runs of earlier versions have fewer columns, so those that are
not there are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.explain.explanation import Explanation
from clv_core.runs.folder import CONTRIBUTION, VALUE, RunFolder

__all__ = [
    "EXPLANATIONS_FILE",
    "FEATURES_FILE",
    "FORECAST_FILE",
    "HOLDOUT_FILE",
    "RowOrder",
    "count_rows",
    "draw_rows",
    "explain_some",
    "list_columns",
    "order_as",
    "own_order",
    "read_columns",
    "read_rows",
]

FORECAST_FILE: Final = "forecast.parquet"
FEATURES_FILE: Final = "features.parquet"
HOLDOUT_FILE: Final = "holdout.parquet"
EXPLANATIONS_FILE: Final = "explanations.parquet"
_KEY: Final = "customer_key"

_Ints = npt.NDArray[np.int64]


def count_rows(path: Path) -> int:
    """Return how many customers a table of a run has."""
    return int(pq.read_metadata(path).num_rows)


def list_columns(path: Path) -> list[str]:
    """Return what a table of a run holds, the key left out."""
    return [str(name) for name in pq.read_schema(path).names if name != _KEY]


@dataclass(frozen=True)
class RowOrder:
    """In which order a table's customers are handed out, so that tables can share one index.

    Attributes
    ----------
    keys : Index
        ``customer_key`` of everybody in the table.
    places : ndarray of int or None
        Row of each in the table; None where the table has them in this order.
    """

    keys: pd.Index
    places: _Ints | None = None


def own_order(path: Path) -> RowOrder:
    """Return the order in which a table is stored."""
    return RowOrder(read_columns(path, []).index)


def order_as(path: Path, keys: pd.Index) -> RowOrder | None:
    """Return how to read a table in the order of some keys; None where it has others."""
    if count_rows(path) != len(keys):
        return None
    places = _find_places(path, keys.to_numpy())
    return RowOrder(keys, places) if (places >= 0).all() else None


def read_columns(path: Path, columns: Sequence[str], order: RowOrder | None = None) -> pd.DataFrame:
    """Return some columns of all customers, those that there are, index ``customer_key``.

    Parameters
    ----------
    path : Path
    columns : sequence of str
    order : RowOrder, optional
        Of this table; as it is stored where not given. Two tables that are read in the
        order of the same keys need not be held against each other.
    """
    known = set(list_columns(path))
    chosen = [name for name in columns if name in known]
    if order is None or not chosen:
        return pd.read_parquet(path, columns=chosen)
    stored = pq.read_table(path, columns=chosen).to_pandas(ignore_metadata=True)
    rows: pd.DataFrame = stored if order.places is None else stored.take(order.places)
    return rows.set_axis(order.keys)


def read_rows(
    path: Path, keys: Iterable[int], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return some customers, those that are there, in the order of the keys.

    Parameters
    ----------
    path : Path
    keys : iterable of int
    columns : sequence of str, optional
        Of those that there are; all where not given.

    Returns
    -------
    DataFrame, index ``customer_key``
    """
    wanted = pd.Index(np.fromiter(keys, dtype=np.int64), name=_KEY)
    chosen = [name for name in list_columns(path) if columns is None or name in columns]
    if wanted.empty:
        return read_columns(path, chosen).head(0)
    places = _find_places(path, wanted.to_numpy())
    known = places >= 0
    rows = _take_rows(path, places[known], chosen)
    return rows.set_axis(wanted[known])


def draw_rows(path: Path, count: int, seed: int, also: int) -> pd.DataFrame:
    """Return so many customers drawn by a seed, and one who has to be among them.

    All where there are no more. Read group by group of the file: never all at once.

    Raises
    ------
    KeyError
        When that one is not there.
    """
    keys = read_columns(path, []).index
    if len(keys) <= count:
        return pd.read_parquet(path)
    places = np.random.default_rng(seed).choice(len(keys), count, replace=False)
    own = np.flatnonzero(keys == also)
    if not len(own):
        raise KeyError("the customer is not in the run")
    rows = np.union1d(places, own)
    return _take_rows(path, rows, list_columns(path)).set_axis(keys[rows])


def explain_some(run: RunFolder, keys: Iterable[int]) -> Explanation:
    """Return why the forecasts of some customers are what they are, in the order of the keys."""
    stored = read_rows(run.folder / EXPLANATIONS_FILE, keys)
    contributions = _take_named(stored, CONTRIBUTION)
    features = read_rows(run.folder / FEATURES_FILE, stored.index)
    together = features.join(_take_named(stored, VALUE))
    values = together.reindex(columns=contributions.columns).loc[contributions.index]
    base_value = float(stored["base_value"].iloc[0]) if len(stored) else float("nan")
    return Explanation(contributions, values, base_value, run.own_features())


def _find_places(path: Path, keys: _Ints) -> _Ints:
    """Return in which row of a table each customer is, -1 for those who are in none."""
    first, count = _first_key(path), count_rows(path)
    if first is not None:
        places = keys - first
        return np.where((places >= 0) & (places < count), places, -1)
    rows = _rows_by_key(path, path.stat().st_mtime_ns)
    return np.where(keys < len(rows), rows[np.minimum(keys, len(rows) - 1)], -1)


@lru_cache(maxsize=8)  # 4 MB of a million each
def _rows_by_key(path: Path, _written_at: int) -> npt.NDArray[np.int32]:
    """Return the row of every key up to the greatest, -1 where there is none."""
    stored = pq.read_table(path, columns=[_KEY])[_KEY].to_numpy()
    rows = np.full(stored.max(initial=0) + 1, -1, dtype=np.int32)
    rows[stored] = np.arange(len(stored), dtype=np.int32)
    return rows


def _first_key(path: Path) -> int | None:
    """Return the first row's key where keys are not stored but count the rows; else None."""
    schema = pq.read_schema(path)
    if _KEY in schema.names:
        return None
    noted: dict[str, Any] = schema.pandas_metadata or {}
    (index,) = noted["index_columns"]
    return int(index["start"])


def _take_rows(path: Path, places: _Ints, columns: list[str]) -> pd.DataFrame:
    """Read some rows of a table in the order of their places, a group of the file at a time."""
    with pq.ParquetFile(path) as file:
        sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        starts = np.cumsum([0, *sizes])
        groups = np.searchsorted(starts, places, side="right") - 1
        parts = [
            file.read_row_group(int(group), columns).take(places[groups == group] - starts[group])
            for group in np.unique(groups)
        ]
    if not parts:
        return read_columns(path, columns).head(0)
    as_asked = np.argsort(np.argsort(groups, kind="stable"))
    frame: pd.DataFrame = pa.concat_tables(parts).take(as_asked).to_pandas(ignore_metadata=False)
    return frame


def _take_named(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return the columns whose names begin so, without the beginning."""
    named = table[[name for name in table.columns if str(name).startswith(prefix)]]
    return named.rename(columns=lambda name: str(name).removeprefix(prefix))
