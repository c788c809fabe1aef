"""Tables of numbers in files without a name: as tall as a shop, in memory where looked at.

Such a file is gone with the last look at it, also where the process is killed. It lies
where the process keeps its temporary files (``storage.scratch``).
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.features.snapshots import LARGE_SHOP_CUSTOMERS, SEQUENCES, Snapshot

__all__ = [
    "ROWS_AT_ONCE",
    "MappedTable",
    "let_go",
    "map_parts",
    "map_snapshot",
    "split_rows",
    "split_snapshot",
    "split_table",
    "stack_mapped",
]

ROWS_AT_ONCE: Final = 65_536  # of a large table: 20 MB of 40 columns, and few calls


class MappedTable:
    """A table that is written piece by piece and then read like any other.

    Parameters
    ----------
    index : Index
    columns : sequence of str

    Attributes
    ----------
    numbers : memmap of float64, shape (columns, rows)
        In the file; zeros to begin with.
    """

    def __init__(self, index: pd.Index, columns: Sequence[str]) -> None:
        self._index = index
        self._columns = list(columns)
        shape = (max(len(self._columns), 1), max(len(index), 1))
        with tempfile.TemporaryFile(prefix="perennial-") as file:
            self.numbers: np.memmap[Any, np.dtype[np.float64]] = np.memmap(
                file, np.float64, "w+", shape=shape
            )

    def write(self, start: int, rows: np.ndarray) -> None:
        """Write rows, shape (rows, columns), from a position on."""
        self.numbers[: len(self._columns), start : start + len(rows)] = rows.T

    def read(self, index: pd.Index | None = None) -> pd.DataFrame:
        """Return the table; a look at its rows or columns copies nothing.

        Parameters
        ----------
        index : Index, optional
            In place of that given at first, where fewer rows were written.
        """
        let_go(self.numbers)
        found = self._index if index is None else index
        numbers = self.numbers[: len(self._columns), : len(found)]
        return pd.DataFrame(numbers.T, found, self._columns, copy=False)


def let_go(table: pd.DataFrame | np.ndarray) -> None:
    """Keep no page of a table's file in this process's memory until it is looked at again.

    Does nothing to a table that lies in no file. The system may keep the pages for the
    next look, while it needs the room for nothing else.
    """
    owner: Any = table
    if isinstance(table, pd.DataFrame):
        first = table.iloc[:, 0]
        owner = first.to_numpy() if isinstance(first.dtype, np.dtype) else None
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # not on every system
        owner.madvise(mmap.MADV_DONTNEED)


def map_snapshot(snapshot: Snapshot) -> Snapshot:
    """Put a large shop's features into a file; a small shop's stay where they are."""
    if len(snapshot.features) <= LARGE_SHOP_CUSTOMERS:
        return snapshot
    return replace(snapshot, features=stack_mapped([snapshot.features]))


def map_parts(parts: Iterable[Snapshot], most_rows: int) -> Snapshot:
    """Put together a snapshot that comes in parts, its features in a file.

    Parameters
    ----------
    parts : iterable of Snapshot
        Customers in order of key, at least one; each is dropped when it is written.
    most_rows : int
        At least as many as there will be customers.
    """
    table: MappedTable | None = None
    taken: list[Snapshot] = []
    count = 0
    for part in parts:
        if table is None:
            table = MappedTable(pd.RangeIndex(most_rows), list(map(str, part.features)))
        table.write(count, part.features.to_numpy(np.float64))
        let_go(table.numbers)
        count += len(part.features)
        taken.append(replace(part, features=part.features[[]]))
    if table is None:
        raise ValueError("a snapshot comes in one part or more")
    index = taken[0].features.index.append([part.features.index for part in taken[1:]])
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in taken])
        for name in SEQUENCES
        if getattr(taken[0], name) is not None
    }
    for name in ("future_spend", "future_orders"):
        if getattr(taken[0], name) is not None:
            joined[name] = pd.concat([getattr(part, name) for part in taken])
    return replace(taken[0], features=table.read(index), **joined)


def stack_mapped(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack tables of numbers with the same columns in a file; returns one table of all rows."""
    index = tables[0].index.append([table.index for table in tables[1:]])
    stacked = MappedTable(index, list(map(str, tables[0].columns)))
    for place, name in enumerate(tables[0].columns):
        start = 0
        for table in tables:
            stacked.numbers[place, start : start + len(table)] = table[name].to_numpy(np.float64)
            start += len(table)
            let_go(table)
        let_go(stacked.numbers)
    return stacked.read()


def split_rows(count: int) -> list[slice]:
    """Cut so many rows into blocks of ``ROWS_AT_ONCE``; no rows are one empty block."""
    return [slice(start, start + ROWS_AT_ONCE) for start in range(0, max(count, 1), ROWS_AT_ONCE)]


def split_table(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Cut a table into blocks, one after the other; each is let go when the next is asked for."""
    for block in split_rows(len(table)):
        yield table.iloc[block]
        let_go(table)


def split_snapshot(snapshot: Snapshot) -> Iterator[Snapshot]:
    """Cut a snapshot's customers into blocks, one after the other."""
    count = len(snapshot.features)
    for block in split_rows(count):
        yield snapshot.take(np.arange(block.start, min(block.stop, count)))
        let_go(snapshot.features)
