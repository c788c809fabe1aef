"""The shop's own products, found by their names in texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from ahocorasick_rs import AhoCorasick

from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.terms import fold_text, is_inside_word

__all__ = [
    "NAMES_FILE",
    "ProductNames",
    "find_change",
    "find_first_sales",
    "read_first_sales",
    "write_first_sales",
]

NAMES_FILE: Final = "names.parquet"
_SCHEMA: Final = pa.schema([("name", pa.string()), ("first_time", pa.timestamp("us"))])
_NEVER: Final = dt.datetime.max
_FEWEST_LETTERS: Final = 3  # shorter names, in Latin letters, are words of any text
_FEWEST_CHARACTERS: Final = 2


def find_first_sales(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    before: Mapping[str, dt.datetime] | None = None,
) -> dict[str, dt.datetime]:
    """Return when each product name first stands in the kept order lines, or did before.

    Needs ``orders_kept``.
    """
    first = dict(before or {})
    for file in files:
        if not file.has("product_name"):
            continue
        found = cursor.execute(
            f"""SELECT product_name, min(row_time) FROM orders_kept
                JOIN {file.source} USING (file_number, source_row)
                WHERE product_name IS NOT NULL GROUP BY product_name"""
        ).fetchall()
        for name, time in found:
            folded = fold_text(name)
            first[folded] = min(time, first.get(folded, time))
    return first


def write_first_sales(first: Mapping[str, dt.datetime], path: Path) -> None:
    """Keep when names were first sold."""
    columns = {"name": sorted(first), "first_time": [first[name] for name in sorted(first)]}
    pq.write_table(pa.table(columns, schema=_SCHEMA), path)


def read_first_sales(path: Path) -> dict[str, dt.datetime]:
    """Return what :func:`write_first_sales` wrote."""
    table = pq.read_table(path)
    return dict(zip(table["name"].to_pylist(), table["first_time"].to_pylist(), strict=True))


def find_change(now: Mapping[str, dt.datetime], before: Mapping[str, dt.datetime]) -> dt.datetime:
    """Return from when on texts may name other products than before.

    A text names what was sold by its time, so until then both know the same names.
    """
    changed = [
        min(now.get(name, _NEVER), before.get(name, _NEVER))
        for name in now.keys() | before.keys()
        if now.get(name) != before.get(name)
    ]
    return min(changed, default=_NEVER)


class ProductNames:
    """Names of products, each known from its first sale on.

    Parameters
    ----------
    first_sales : mapping of str to datetime
        Folded name -> when it was first sold.
    """

    def __init__(self, first_sales: Mapping[str, dt.datetime]) -> None:
        known = {name: time for name, time in first_sales.items() if _tells_something(name)}
        self._first_sales = tuple(known.values())
        self._automaton = AhoCorasick(known)

    def count(self, text: str, time: dt.datetime) -> int:
        """Count the different products that a text names, of those sold by a time.

        A name inside a longer one does not count. Names that come up later change
        nothing: a text names what its writer could have bought.
        """
        folded = fold_text(text)
        found = [
            (start, end, name)
            for name, start, end in self._automaton.find_matches_as_indexes(
                folded, overlapping=True
            )
            if self._first_sales[name] <= time
            and not (is_inside_word(folded, start) or is_inside_word(folded, end))
        ]
        widest, reached = set(), 0
        for _, end, name in sorted(found, key=lambda match: (match[0], -match[1])):
            if end > reached:
                widest.add(name)
                reached = end
        return len(widest)


def _tells_something(name: str) -> bool:
    fewest = _FEWEST_LETTERS if name.isascii() else _FEWEST_CHARACTERS
    return len(name) >= fewest and not name.isnumeric()
