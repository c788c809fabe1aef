"""What customers did month by month, for networks that read sequences."""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt

from clv_core.features.expressions import DAY, Frame, number_day

BIN_DAYS: Final = 30
BIN_COUNT: Final = 24
BIN: Final = "bin"


def sum_by_bin(days: Frame, sums: dict[str, str], cutoff: dt.date) -> Frame:
    """Sum columns of days per customer and 30-day bin, counted back from the cutoff.

    A row per customer and bin with anything in it: 24 conditional sums per column took
    four times as long, and an ordered list would come back in another order from
    another engine. :func:`spread_bins` makes a row per customer of it.

    Parameters
    ----------
    days : lazy frame (``day_table``)
        None after the cutoff.
    sums : dict of str to str
        Name of a sum -> column of ``days``.
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key``, ``bin`` (0 the newest; none beyond 23) and the sums
    """
    oldest = number_day(cutoff) - BIN_COUNT * BIN_DAYS
    age = number_day(cutoff) - nw.col(DAY)
    inside = days.filter(nw.col(DAY) > oldest).select(
        "customer_key", (age // BIN_DAYS).alias(BIN), *set(sums.values())
    )
    added = [nw.col(column).sum().alias(name) for name, column in sums.items()]
    return inside.group_by("customer_key", BIN).agg(*added)


def spread_bins(
    rows: npt.NDArray[np.int64],
    bins: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    customers: int,
) -> npt.NDArray[np.float32]:
    """Return a row per customer, the newest bin last.

    Parameters
    ----------
    rows : ndarray of int, shape (sums,)
        Position of the customer; negative where the sum is nobody's here.
    bins : ndarray of int, shape (sums,)
        0 the newest.
    values : ndarray of float, shape (sums,)
    customers : int

    Returns
    -------
    ndarray of float32, shape (customers, 24)
        0.0 where nothing was done, and before the shop's first day.
    """
    spread = np.zeros((customers, BIN_COUNT), dtype=np.float32)
    known = rows >= 0
    spread[rows[known], BIN_COUNT - 1 - bins[known]] = values[known]
    return spread
