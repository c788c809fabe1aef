"""A part of a run's tables: some columns of all customers, or all columns of some.

A million customers with a hundred features are 800 MB; one column of them is 8, read in a
hundredth of a second. So whoever shows something of a run names the columns that it
takes, or the customers. Runs of earlier versions have fewer columns, so those that are
not there are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.explain.explanation import Explanation
from clv_core.ingest.engine import cursor, literal_path
from clv_core.runs.folder import CONTRIBUTION, VALUE, RunFolder

__all__ = [
    "EXPLANATIONS_FILE",
    "FEATURES_FILE",
    "FORECAST_FILE",
    "HOLDOUT_FILE",
    "count_rows",
    "draw_rows",
    "explain_some",
    "list_columns",
    "read_columns",
    "read_rows",
]

FORECAST_FILE: Final = "forecast.parquet"
FEATURES_FILE: Final = "features.parquet"
HOLDOUT_FILE: Final = "holdout.parquet"
EXPLANATIONS_FILE: Final = "explanations.parquet"
_KEY: Final = "customer_key"
_PLACE: Final = "file_row_number"  # as DuckDB calls it


def count_rows(path: Path) -> int:
    """Return how many customers a table of a run has."""
    return int(pq.read_metadata(path).num_rows)


def list_columns(path: Path) -> list[str]:
    """Return what a table of a run holds, the key left out."""
    return [str(name) for name in pq.read_schema(path).names if name != _KEY]


def read_columns(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of all customers, those that there are, index ``customer_key``."""
    known = set(list_columns(path))
    return pd.read_parquet(path, columns=[name for name in columns if name in known])


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
    first = _first_key(path)
    name, places = (_KEY, wanted) if first is None else (_PLACE, wanted - first)
    inside = duckdb.ColumnExpression(name).isin(
        *(duckdb.ConstantExpression(int(one)) for one in places)
    )
    with cursor() as engine:
        scanned = engine.read_parquet(literal_path(path), file_row_number=first is not None)
        is_ours = all(one.isidentifier() for one in chosen)  # else a user's headers
        shown = [duckdb.ColumnExpression(one) for one in (name, *chosen)] if is_ours else ["*"]
        found = scanned.filter(inside).select(*shown).to_arrow_table().to_pandas()
    keys = found[name].to_numpy(np.int64) + (first or 0)
    frame: pd.DataFrame = found[chosen].set_axis(pd.Index(keys, name=_KEY))
    return frame.loc[wanted[wanted.isin(frame.index)]]


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
    file, start, parts = pq.ParquetFile(path), 0, []
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        inside = rows[(rows >= start) & (rows < start + size)] - start
        parts.append(file.read_row_group(group, list_columns(path)).take(inside))
        start += size
    frame: pd.DataFrame = pa.concat_tables(parts).to_pandas(ignore_metadata=False)
    return frame.set_axis(keys[rows])


def explain_some(run: RunFolder, keys: Iterable[int]) -> Explanation:
    """Return why the forecasts of some customers are what they are, in the order of the keys."""
    stored = read_rows(run.folder / EXPLANATIONS_FILE, keys)
    contributions = _take_named(stored, CONTRIBUTION)
    features = read_rows(run.folder / FEATURES_FILE, stored.index)
    together = features.join(_take_named(stored, VALUE))
    values = together.reindex(columns=contributions.columns).loc[contributions.index]
    base_value = float(stored["base_value"].iloc[0]) if len(stored) else float("nan")
    return Explanation(contributions, values, base_value, run.own_features())


def _first_key(path: Path) -> int | None:
    """Return the first row's key where keys are not stored but count the rows; else None."""
    schema = pq.read_schema(path)
    if _KEY in schema.names:
        return None
    noted: dict[str, Any] = schema.pandas_metadata or {}
    (index,) = noted["index_columns"]
    return int(index["start"])


def _take_named(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return the columns whose names begin so, without the beginning."""
    named = table[[name for name in table.columns if str(name).startswith(prefix)]]
    return named.rename(columns=lambda name: str(name).removeprefix(prefix))
