"""Who is drawn into a blown-up run, and the columns that its tables share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Crowd", "draw_crowd", "find_rows", "list_columns", "store_key"]

SMALL_CUSTOMERS: Final = 2000
BLOCK: Final = 100_000  # customers written at once

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Crowd:
    """Who is drawn: customer ``k`` is ``source[k]`` of the small shop with amounts times
    ``scale[k]``; ``copy[k]`` counts the draws of the same customer before it."""

    source: _Ints
    copy: _Ints
    scale: _Floats

    def __len__(self) -> int:
        return len(self.source)

    def blocks(self) -> Iterator[slice]:
        for start in range(0, len(self), BLOCK):
            yield slice(start, min(start + BLOCK, len(self)))


def draw_crowd(small: int, customers: int, seed: int) -> Crowd:
    random = np.random.default_rng(seed)
    source = random.integers(small, size=customers)
    order = np.argsort(source, kind="stable")
    starts = np.r_[0, np.cumsum(np.bincount(source, minlength=small))[:-1]]
    copy = np.empty(customers, dtype=np.int64)
    copy[order] = np.arange(customers) - starts[source[order]]
    return Crowd(source, copy, np.exp(random.normal(0.0, 0.25, customers)))


def find_rows(table: pa.Table) -> _Ints:
    """Return each small customer's row; -1 where there is none."""
    if "customer_key" not in table.column_names:  # pandas keeps 0, 1, 2 … as a note alone
        keys = np.arange(len(table))
    else:
        keys = table["customer_key"].to_numpy()
    rows = np.full(SMALL_CUSTOMERS, -1, dtype=np.int64)
    rows[keys] = np.arange(len(table))
    return rows


def list_columns(table: pa.Table | pa.Schema) -> list[str]:
    names = table.names if isinstance(table, pa.Schema) else table.column_names
    return [name for name in names if name != "customer_key"]


def store_key(schema: pa.Schema) -> pa.Schema:
    """Return a table's columns and, last, ``customer_key`` as pandas stores an index."""
    fields = [schema.field(name) for name in list_columns(schema)]
    note = json.loads(schema.metadata[b"pandas"])
    note["index_columns"] = ["customer_key"]
    if "customer_key" not in schema.names:
        note["columns"].append(
            {
                "name": "customer_key",
                "field_name": "customer_key",
                "pandas_type": "int64",
                "numpy_type": "int64",
                "metadata": None,
            }
        )
    return pa.schema(
        [*fields, pa.field("customer_key", pa.int64())],
        metadata={b"pandas": json.dumps(note).encode()},
    )
