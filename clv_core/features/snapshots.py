"""Features as of a cutoff, with what came after it where that is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Snapshot:
    """The shop as it could be known at the end of one day.

    Attributes
    ----------
    cutoff : date
        Last day the features see; the label's window opens the day after.
    horizon_days : int
        Length of the window the label covers, or that is to be forecast.
    features : DataFrame, index ``customer_key``
        One row per customer with at least one purchase by the cutoff; columns
        as in ``features.catalogue``.
    spend_sequence : ndarray of float32, shape (customers, months)
        Net spend per 30-day bin counted back from the cutoff, the newest last.
    future_spend : Series of float64 or None, index ``customer_key``
        Net revenue in the window; 0.0 for those who bought nothing; None where
        the window reaches past the data.
    future_orders : Series of int64 or None, index ``customer_key``
        Purchases in the window, refunds not counted.
    """

    cutoff: dt.date
    horizon_days: int
    features: pd.DataFrame
    spend_sequence: np.ndarray
    future_spend: pd.Series | None = None
    future_orders: pd.Series | None = None

    @property
    def is_labelled(self) -> bool:
        """Whether the window after the cutoff lies inside the data."""
        return self.future_spend is not None
