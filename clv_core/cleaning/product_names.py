"""The shop's own products, found by their names in texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb
from ahocorasick_rs import AhoCorasick

from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.terms import fold_text, is_inside_word

__all__ = ["ProductNames", "find_first_sales"]

_FEWEST_LETTERS: Final = 3  # shorter names, in Latin letters, are words of any text
_FEWEST_CHARACTERS: Final = 2


def find_first_sales(
    cursor: duckdb.DuckDBPyConnection, files: Sequence[StagedFile]
) -> dict[str, dt.datetime]:
    """Return when each product name first stands in the kept order lines.

    Needs ``orders_kept``.
    """
    first: dict[str, dt.datetime] = {}
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
