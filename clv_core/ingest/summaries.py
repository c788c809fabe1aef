"""What a column of a file holds, in a few numbers and bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Bin", "ColumnSummary"]

ColumnType = Literal["number", "time", "yes_no", "category", "text", "id", "empty"]


@dataclass(frozen=True)
class Bin:
    """One bar of a column's small chart.

    Attributes
    ----------
    low, high : str
        Its edges; for a category both are the category's label.
    rows : int
    """

    low: str
    high: str
    rows: int


@dataclass(frozen=True)
class ColumnSummary:
    """One column of a file, profiled.

    Attributes
    ----------
    name : str
        The user's own header.
    field : str or None
        Canonical field it is mapped to.
    type : {"number", "time", "yes_no", "category", "text", "id", "empty"}
    rows, missing_rows, distinct : int
    is_sampled : bool
        Whether the numbers come from a part of the rows.
    low, high : str or None
        Smallest and largest number or time; never text.
    bins : tuple of Bin
        At most 20; empty for texts, ids and contact fields.
    """

    name: str
    field: str | None
    type: ColumnType
    rows: int
    missing_rows: int
    distinct: int
    is_sampled: bool = False
    low: str | None = None
    high: str | None = None
    bins: tuple[Bin, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {**asdict(self), "bins": [asdict(bin_) for bin_ in self.bins]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ColumnSummary:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**{**stored, "bins": tuple(Bin(**bin_) for bin_ in stored["bins"])})
