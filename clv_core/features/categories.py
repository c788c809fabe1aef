"""Categories as columns of ones and zeros, as learnt on training rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["CategoryColumns", "holds_categories", "learn_categories"]


@dataclass(frozen=True)
class CategoryColumns:
    """How one feature of categories becomes columns, one of which is 1 in each row.

    Attributes
    ----------
    known : tuple of str
        The categories with a column of their own, the most frequent first;
        equally frequent ones by name.
    has_other : bool
        Whether one more column stands for all rarer and unknown ones. Without
        it, all of an unknown category's columns are 0: no training row showed
        what "other" means.
    """

    known: tuple[str, ...]
    has_other: bool

    @property
    def labels(self) -> tuple[str, ...]:
        """One word per column."""
        return (*self.known, "other") if self.has_other else self.known

    def place(self, column: pd.Series) -> npt.NDArray[np.int64]:
        """Return each row's column from 0, or -1 where all its columns are 0.

        Parameters
        ----------
        column : Series of category or str
        """
        held = column.astype("category").cat
        places = {category: place for place, category in enumerate(self.known)}
        other = len(self.known) if self.has_other else -1
        table = [places.get(str(category), other) for category in held.categories]
        # Missing ones have the code -1, which is the table's last entry.
        return np.array([*table, -1], dtype=np.int64)[held.codes.to_numpy()]

    def write(self, column: pd.Series, out: npt.NDArray[np.floating[Any]]) -> None:
        """Put ones and zeros into ``out``, shape (rows, ``len(labels)``)."""
        out[:] = 0
        places = self.place(column)
        rows = np.flatnonzero(places >= 0)
        out[rows, places[rows]] = 1

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {"known": list(self.known), "has_other": self.has_other}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(tuple(stored["known"]), stored["has_other"])


def holds_categories(column: pd.Series) -> bool:
    """Say whether a feature is one of categories: ``category`` or text, not numbers."""
    return not pd.api.types.is_numeric_dtype(column)


def learn_categories(column: pd.Series, most_categories: int) -> CategoryColumns:
    """Choose the categories that get a column of their own.

    Parameters
    ----------
    column : Series of category or str
        Training rows.
    most_categories : int
        Rarer ones share the column "other".
    """
    counts = column.astype("str")[column.notna()].value_counts()
    ranked = sorted(counts.index, key=lambda category: (-counts[category], category))
    return CategoryColumns(tuple(ranked[:most_categories]), len(ranked) > most_categories)
