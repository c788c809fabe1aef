"""What the first rows say about each column, for telling kinds of tables apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from clv_core.ingest.headers import is_unmasked
from clv_core.ingest.values import is_amount, is_time, share_that

__all__ = ["SeenColumn", "see_columns", "useless_columns"]

_LOOKED_AT: Final = 60  # cells whose form is judged; a wide table has a million
_ALL_SHARE: Final = 0.98
_DESTROYED: Final = re.compile(r"^-?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$")


@dataclass(frozen=True)
class SeenColumn:
    """One column of the first rows.

    Attributes
    ----------
    name : str
    cells : tuple of str
        Without the blank ones, trimmed.
    rows : int
        Rows looked at, blank cells included.
    """

    name: str
    cells: tuple[str, ...]
    rows: int

    @cached_property
    def distinct(self) -> int:
        """Different cells, blank ones left out."""
        return len(set(self.cells))

    @cached_property
    def is_number(self) -> bool:
        """Whether the cells read as numbers."""
        looked = self.cells[:_LOOKED_AT]
        return bool(looked) and share_that(is_amount, looked) >= _ALL_SHARE and not self.is_time

    @cached_property
    def is_time(self) -> bool:
        """Whether the cells read as days or moments."""
        looked = self.cells[:_LOOKED_AT]
        return bool(looked) and share_that(is_time, looked) >= _ALL_SHARE

    @property
    def is_constant(self) -> bool:
        """Whether no two rows differ here."""
        return self.distinct == 0 or (self.distinct == 1 and len(self.cells) == self.rows)

    @property
    def is_repeated(self) -> bool:
        """Whether a cell comes twice."""
        return self.distinct < len(self.cells)

    @property
    def is_destroyed(self) -> bool:
        """Whether a spreadsheet rounded an id to ``1.03293E+19``."""
        return any(map(_DESTROYED.match, self.cells))

    @property
    def is_masked(self) -> bool:
        """Whether the platform hid part of the cells (``138****8000``)."""
        return not is_unmasked(self.cells)


def see_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, SeenColumn]:
    """Look at each column of the first rows; short rows count as blank at the end."""
    seen = {}
    for position, name in enumerate(names):
        cells = (row[position].strip() for row in rows if position < len(row))
        seen[name] = SeenColumn(name, tuple(cell for cell in cells if cell), len(rows))
    return seen


def useless_columns(seen: Mapping[str, SeenColumn]) -> frozenset[str]:
    """Return the columns that are blank or masked: no field is taken from them gladly."""
    return frozenset(name for name, column in seen.items() if not column.cells or column.is_masked)
