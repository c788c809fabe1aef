"""What customers did month by month, for networks that read sequences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import narwhals as nw

from clv_core.features.browsing import list_visits
from clv_core.features.expressions import (
    AGE,
    Frame,
    count_where,
    from_fixed,
    keep_seen,
    sum_where,
    to_fixed,
)

BIN_DAYS: Final = 30
BIN_COUNT: Final = 24
BIN_NAMES: Final = tuple(f"bin_{place:02d}" for place in range(BIN_COUNT))  # the newest last


def order_sequences(orders: Frame, cutoff: dt.date) -> dict[str, Frame]:
    """Sum net spend and count purchases per 30-day bin, counted back from the cutoff.

    Bins are conditional sums: an ordered list would come back in another order
    from another engine.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    cutoff : date

    Returns
    -------
    dict of str to lazy frame
        ``spend_sequence`` and ``purchase_sequence`` (returns not counted), each
        with ``customer_key`` and ``bin_00`` … ``bin_23`` (float64, the newest
        last; 0.0 before the shop's first day).
    """
    seen = keep_seen(orders, "order_time", cutoff)
    amount, bought = to_fixed(nw.col("amount")), ~nw.col("is_return")
    return {
        "spend_sequence": _fill_bins(seen, lambda inside: from_fixed(sum_where(inside, amount))),
        "purchase_sequence": _fill_bins(seen, lambda inside: count_where(inside & bought)),
    }


def visit_sequence(events: Frame, cutoff: dt.date) -> Frame:
    """Count visits per 30-day bin, as :func:`order_sequences` counts purchases."""
    return _fill_bins(list_visits(events, cutoff), count_where)


def _fill_bins(seen: Frame, sum_inside: Callable[[nw.Expr], nw.Expr]) -> Frame:
    age = nw.col(AGE)
    bins = [
        sum_inside((age >= back * BIN_DAYS) & (age < (back + 1) * BIN_DAYS)).alias(name)
        for back, name in enumerate(reversed(BIN_NAMES))
    ]
    return seen.group_by("customer_key").agg(*reversed(bins))
