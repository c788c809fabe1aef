"""What customers did in the window after a cutoff."""

from __future__ import annotations

import datetime as dt

import narwhals as nw

from clv_core.features.expressions import Frame, count_where, day_after, from_fixed, to_fixed


def label_future(orders: Frame, cutoff: dt.date, horizon_days: int) -> Frame:
    """Sum each customer's spend and count the purchases in the window.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    cutoff : date
        The window opens the day after.
    horizon_days : int
        Length of the window; its last day is ``cutoff + horizon_days``.

    Returns
    -------
    lazy frame with ``customer_key``, ``future_spend`` (net of returns, so
    possibly negative) and ``future_orders`` (returns not counted), both float64;
    only customers with a row in the window.
    """
    time = nw.col("order_time")
    last_day = cutoff + dt.timedelta(days=horizon_days)
    inside = orders.filter(time >= nw.lit(day_after(cutoff)), time < nw.lit(day_after(last_day)))
    return inside.group_by("customer_key").agg(
        from_fixed(to_fixed(nw.col("amount")).sum()).alias("future_spend"),
        count_where(~nw.col("is_return")).alias("future_orders"),
    )
