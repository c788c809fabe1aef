"""Features as of a cutoff, with what came after it where that is known.

Or the rows of a table with one row per customer and a value, which know no time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

SEQUENCES: Final = ("spend_sequence", "purchase_sequence", "visit_sequence")
"""Names of the sequences, as attributes of a snapshot and in ``features.catalogue``."""

LARGE_SHOP_CUSTOMERS: Final = 50_000
"""Customers above which a shop counts as large: its tables lie in files and are read by
windows, and what some customers tell as well as all is learnt on some (docs/method.md,
section 12.1). Twice the largest shop that the exact ways were measured on; they take
1.5 GB at twice that."""


@dataclass(frozen=True)
class Snapshot:
    """The shop as it could be known at the end of one day.

    Attributes
    ----------
    cutoff : date or None
        Last day the features see; the label's window opens the day after. None
        for rows of a value table.
    horizon_days : int
        Length of the window the label covers, or that is to be forecast; 0 for
        rows of a value table.
    features : DataFrame, index ``customer_key``
        One row per customer with at least one purchase by the cutoff; columns
        as in ``features.catalogue``. For a value table all customers and its own
        columns, float64 or ``category``.
    spend_sequence : ndarray of float32, shape (customers, months)
        Net spend per 30-day bin counted back from the cutoff, the newest last;
        without months where no model asks for them, and for a value table.
    future_spend : Series of float64 or None, index ``customer_key``
        Net revenue in the window; 0.0 for those who bought nothing; None where
        the window reaches past the data. For a value table the value; None where
        one is blank.
    future_orders : Series of int64 or None, index ``customer_key``
        Purchases in the window, refunds not counted.
    purchase_sequence : ndarray of float32 or None, same shape as ``spend_sequence``
        Orders per bin, returns not counted; None where nobody counted them.
    visit_sequence : ndarray of float32 or None, same shape
        Visits per bin, those before the first purchase included; None without
        browsing events.
    """

    cutoff: dt.date | None
    horizon_days: int
    features: pd.DataFrame
    spend_sequence: np.ndarray
    future_spend: pd.Series | None = None
    future_orders: pd.Series | None = None
    purchase_sequence: np.ndarray | None = None
    visit_sequence: np.ndarray | None = None

    @property
    def day(self) -> dt.date:
        """The cutoff of a snapshot that has one.

        Raises
        ------
        ValueError
            For rows of a value table.
        """
        if self.cutoff is None:
            raise ValueError("rows of a value table know no day")
        return self.cutoff

    @property
    def is_labelled(self) -> bool:
        """Whether the window after the cutoff lies inside the data."""
        return self.future_spend is not None

    @property
    def sequences(self) -> dict[str, np.ndarray]:
        """The sequences there are, by name."""
        given = {name: getattr(self, name) for name in SEQUENCES}
        return {name: sequence for name, sequence in given.items() if sequence is not None}

    @property
    def names(self) -> list[str]:
        """Names of all features and sequences."""
        return [*map(str, self.features.columns), *self.sequences]

    def read_spend(self) -> np.ndarray:
        """Return each customer's ``future_spend``, in the order of the features.

        Raises
        ------
        ValueError
            For a snapshot without labels.
        """
        return self._read_label(self.future_spend)

    def read_bought(self) -> np.ndarray:
        """Return whether each customer bought in the window; raises as :meth:`read_spend`."""
        return np.asarray(self._read_label(self.future_orders) > 0)

    def _read_label(self, label: pd.Series | None) -> np.ndarray:
        if label is None:
            raise ValueError("a training snapshot has no label")
        return np.asarray(label.reindex(self.features.index), dtype=np.float64)

    def take(self, rows: np.ndarray) -> Snapshot:
        """Return some customers, by position; the label too, where there is one."""
        labels = {
            name: label.iloc[rows]
            for name in ("future_spend", "future_orders")
            if (label := getattr(self, name)) is not None
        }
        sequences = {name: sequence[rows] for name, sequence in self.sequences.items()}
        return replace(self, features=self.features.iloc[rows], **sequences, **labels)


def is_large_shop(snapshots: Sequence[Snapshot]) -> bool:
    """Say whether any of the snapshots has more than ``LARGE_SHOP_CUSTOMERS`` customers."""
    return any(len(one.features) > LARGE_SHOP_CUSTOMERS for one in snapshots)
