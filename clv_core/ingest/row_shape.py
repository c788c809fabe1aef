"""What the rows of a table look like: how many cells, and where numbers and times stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from clv_core.ingest.values import is_amount, is_time

__all__ = ["RowShape", "learn_shape"]

_ODD_SHARE: Final = 0.02  # of cells that may be something else
_ENOUGH_FOR_ONE: Final = 4  # cells among which a single one may be
_ROWS_LOOKED_AT: Final = 100


@dataclass(frozen=True)
class RowShape:
    """The shape of a table's rows.

    Attributes
    ----------
    width : int
        Cells of a row.
    typed : tuple of (int, callable)
        Columns that hold (almost) only numbers or only times, with the check
        that their cells pass.
    """

    width: int
    typed: tuple[tuple[int, Callable[[str], bool]], ...] = ()

    def fits(self, cells: Sequence[str]) -> bool:
        """Say whether cells could be a row: the width, and no word among the numbers."""
        return len(cells) == self.width and all(
            not cells[at].strip() or check(cells[at]) for at, check in self.typed
        )

    def is_telling(self, cells: Sequence[str]) -> bool:
        """Say whether cells can be nothing but a row: they fit, with a number or time."""
        return self.fits(cells) and any(cells[at].strip() for at, _ in self.typed)


def learn_shape(rows: Sequence[Sequence[str]], width: int) -> RowShape:
    """Learn the shape from the first rows.

    Parameters
    ----------
    rows : sequence of sequence of str
        Rows of another width are passed over.
    width : int
    """
    whole = [row for row in rows if len(row) == width][:_ROWS_LOOKED_AT]
    found = ((at, _type_of([row[at] for row in whole])) for at in range(width))
    return RowShape(width, tuple((at, check) for at, check in found if check is not None))


def _type_of(cells: Sequence[str]) -> Callable[[str], bool] | None:
    filled = [cell for cell in cells if cell.strip()]
    allowed = max(_ODD_SHARE * len(filled), 1 if len(filled) >= _ENOUGH_FOR_ONE else 0)
    for check in (is_time, is_amount):
        if filled and sum(not check(cell) for cell in filled) <= allowed:
            return check
    return None
