"""Tables of a run as files, a large one block by block so that no copy of it is held."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from clv_core.features.mapped import split_rows
from clv_core.features.snapshots import LARGE_SHOP_CUSTOMERS

__all__ = ["checksum", "write_csv", "write_parquet"]

Change = Callable[[pd.DataFrame], pd.DataFrame]


def write_parquet(table: pd.DataFrame, path: Path, change: Change | None = None) -> None:
    """Write a table, or what becomes of it when its rows are changed one by one.

    Parameters
    ----------
    table : DataFrame
    path : Path
    change : callable, optional
        Takes some rows and returns as many.
    """
    if len(table) <= LARGE_SHOP_CUSTOMERS:
        (table if change is None else change(table)).to_parquet(path)
        return
    blocks = _read_blocks(table, change)
    first = pa.Table.from_pandas(next(blocks), preserve_index=True)
    with parquet.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for block in blocks:
            writer.write_table(pa.Table.from_pandas(block, first.schema, preserve_index=True))


def write_csv(table: pd.DataFrame, path: Path, change: Change) -> None:
    """Write what becomes of a table when its rows are changed one by one; no index."""
    for number, block in enumerate(_read_blocks(table, change)):
        block.to_csv(path, index=False, header=not number, mode="a" if number else "w")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, which is not read at once."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_blocks(table: pd.DataFrame, change: Change | None) -> Iterator[pd.DataFrame]:
    for block in split_rows(len(table)):
        rows = table.iloc[block]
        yield rows if change is None else change(rows)
