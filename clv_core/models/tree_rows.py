"""Rows as LightGBM takes them: one array, or a large shop's tables read block by block.

LightGBM keeps a byte per number whatever it is given; blocks spare it the eight of
the numbers themselves. The bins are the same, and so are the trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from clv_core.features.mapped import ROWS_AT_ONCE, let_go
from clv_core.models.tree_inputs import TreeInputs

__all__ = ["Rows", "TableRows", "make_dataset", "read_tables", "take_rows"]


class TableRows(lightgbm.Sequence):
    """One snapshot's rows, made into the trees' columns where they are asked for.

    Parameters
    ----------
    inputs : TreeInputs
    features : DataFrame
    """

    batch_size = ROWS_AT_ONCE

    def __init__(self, inputs: TreeInputs, features: pd.DataFrame) -> None:
        self._inputs = inputs
        self._features = features
        self._window: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._features)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Return some rows, or one without its axis."""
        if isinstance(rows, int | np.integer):
            return self._read_one(int(rows))
        read = self._inputs.read(self._features.iloc[rows])
        let_go(self._features)
        self._window = None
        return read

    def _read_one(self, row: int) -> np.ndarray:
        """Return a row of the window it lies in: LightGBM asks for a sample in its order."""
        start = row - row % ROWS_AT_ONCE
        if self._window is None or self._window[0] != start:
            self._window = start, self[start : start + ROWS_AT_ONCE]
        return np.asarray(self._window[1][row - start])


Rows = np.ndarray | list[TableRows]


def read_tables(inputs: TreeInputs, tables: Sequence[pd.DataFrame], is_large: bool) -> Rows:
    """Return the tables' rows, one after the other: at once, or as they are asked for."""
    if is_large:
        return [TableRows(inputs, table) for table in tables]
    return np.concatenate([inputs.read(table) for table in tables])


def take_rows(rows: Rows, wanted: np.ndarray) -> Rows:
    """Return some rows, by a mask; of tables in files whole ones.

    Raises
    ------
    ValueError
        Where a part of such a table is asked for.
    """
    if isinstance(rows, np.ndarray):
        return np.asarray(rows[wanted])
    ends = np.cumsum([len(table) for table in rows])
    parts = np.split(wanted, ends[:-1])
    if any(part.any() != part.all() for part in parts):
        raise ValueError("of tables in files only whole ones are taken")
    return [table for table, part in zip(rows, parts, strict=True) if part.all()]


def make_dataset(rows: Rows, labels: np.ndarray) -> lightgbm.Dataset:
    """Hand rows to LightGBM, silently."""
    return lightgbm.Dataset(rows, labels, params={"verbosity": -1})
