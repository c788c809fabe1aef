"""A customer's spend month by month, for networks that read sequences."""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw

from clv_core.features.expressions import AGE, Frame, from_fixed, keep_seen, sum_where, to_fixed

BIN_DAYS: Final = 30
BIN_COUNT: Final = 24
BIN_NAMES: Final = tuple(f"bin_{place:02d}" for place in range(BIN_COUNT))  # the newest last


def spend_sequence(orders: Frame, cutoff: dt.date) -> Frame:
    """Sum net spend per 30-day bin, counted back from the cutoff.

    Bins are conditional sums: an ordered list would come back in another order
    from another engine.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key`` and ``bin_00`` … ``bin_23`` (float64, the
    newest last; 0.0 before the shop's first day).
    """
    age, amount = nw.col(AGE), to_fixed(nw.col("amount"))
    bins = []
    for back, name in enumerate(reversed(BIN_NAMES)):
        inside = (age >= back * BIN_DAYS) & (age < (back + 1) * BIN_DAYS)
        bins.append(from_fixed(sum_where(inside, amount)).alias(name))
    seen = keep_seen(orders, "order_time", cutoff)
    return seen.group_by("customer_key").agg(*reversed(bins))
