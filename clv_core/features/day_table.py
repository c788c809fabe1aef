"""What happened per customer and day: the first stage that all snapshots share.

A snapshot sums days that lie before its cutoff. The days themselves, and how each
compares with the customer's purchase day before, do not depend on the cutoff, so they
are worked out once and written beside the tables they come from::

    order_days.parquet     of orders      a customer's days with an order or a return
    product_days.parquet   of lines       on which day a product was first bought
    visit_days.parquet     of events      a customer's days with an event

All three are optional: data sets of earlier versions lack them, and a snapshot of such
tables works the days out anew. Rows lie in order of customer and day, so that sums per
customer read what lies together. Every number is whole (money in ten-thousandths, as in
``expressions``), so sums of days are sums of orders to the bit. A row says nothing
of later days: cutting the table at a day gives the table of the history up to it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import narwhals as nw

from clv_core.cleaning.tables import TIME_COLUMNS, Tables
from clv_core.features.expressions import (
    DAY,
    Frame,
    as_number,
    count_where,
    day_after,
    day_of,
    number_day,
    to_fixed,
)

__all__ = [
    "DAY_TABLES",
    "order_days",
    "order_sums",
    "product_days",
    "read_days",
    "visit_days",
    "write_day_tables",
]

_KEYS: Final = ("customer_key", DAY)
_FLOAT: Final = nw.Float64()


def order_sums(orders: Frame) -> Frame:
    """Sum orders per customer and day.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` (number of the day) and per day
    ``day_orders`` (returns not counted), ``day_returns``, ``day_products`` and, in whole
    ten-thousandths, ``day_net``, ``day_gross`` (returns not counted), ``day_largest``
    (order amount, null where only returns) and ``day_pieces``.
    """
    is_return, amount = nw.col("is_return"), nw.col("amount")
    bought, returned = nw.col("bought"), nw.col("returned")
    rows = orders.select(
        "customer_key",
        day_of("order_time").alias(DAY),
        as_number(~is_return).alias("bought"),
        as_number(is_return).alias("returned"),
        to_fixed(amount).alias("amount"),
        nw.when(~is_return).then(to_fixed(amount)).alias("kept"),
        to_fixed(nw.col("quantity")).alias("pieces"),
        nw.col("distinct_products").cast(_FLOAT).alias("products"),
    )
    return rows.group_by(*_KEYS).agg(
        bought.sum().alias("day_orders"),
        returned.sum().alias("day_returns"),
        amount.sum().alias("day_net"),
        nw.col("kept").sum().alias("day_gross"),
        nw.col("kept").max().alias("day_largest"),
        (bought * nw.col("pieces")).sum().alias("day_pieces"),
        (bought * nw.col("products")).sum().alias("day_products"),
    )


def order_days(orders: Frame) -> Frame:
    """Sum orders per customer and day, and compare purchase days with the one before.

    Returns
    -------
    lazy frame as of :func:`order_sums` with, on purchase days (``day_orders`` > 0) and
    null on others: ``gap_days`` since the purchase day before, null on the first;
    ``gap_change`` and ``net_change``, by how much the gap and ``day_net`` are more than
    the purchase day before had (0 before the first). Summed up to a day these two give
    the newest gap and the newest day's net.
    """
    bought, day, net = nw.col("day_orders") > 0, nw.col(DAY), nw.col("day_net")
    flagged = order_sums(orders).with_columns(bought.alias("is_purchase"))
    window = ("customer_key", "is_purchase")
    compared = flagged.with_columns(
        *[day.shift(back).over(*window, order_by=DAY).alias(f"day_{back}") for back in (1, 2)],
        net.shift(1).over(*window, order_by=DAY).alias("net_before"),
    )
    gap, gap_before = day - nw.col("day_1"), nw.col("day_1") - nw.col("day_2")
    is_purchase, nought = nw.col("is_purchase"), nw.lit(0.0)
    return compared.select(
        *_KEYS,
        *ORDER_SUMS,
        nw.when(is_purchase).then(gap.cast(_FLOAT)).alias("gap_days"),
        nw.when(is_purchase)
        .then(gap.cast(_FLOAT) - nw.coalesce(gap_before.cast(_FLOAT), nought))
        .alias("gap_change"),
        nw.when(is_purchase)
        .then(net - nw.coalesce(nw.col("net_before"), nought))
        .alias("net_change"),
    )


def product_days(lines: Frame) -> Frame:
    """Count per customer and day the products that the customer had not bought before.

    Parameters
    ----------
    lines : lazy frame (``columns.LINES``)
        Lines of a negative amount, or without a product, count for nothing.

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` and ``new_products`` (float64)
    """
    bought = lines.filter(nw.col("amount") >= 0, ~nw.col("product_key").is_null())
    rows = bought.select("customer_key", "product_key", day_of("order_time").alias(DAY))
    firsts = rows.group_by("customer_key", "product_key").agg(nw.col(DAY).min())
    return firsts.group_by(*_KEYS).agg(nw.len().cast(_FLOAT).alias("new_products"))


def visit_days(events: Frame) -> Frame:
    """Count per customer and day the visits and what was done in them.

    A visit is a session on a day; where the file has no sessions, a day with any event
    is one visit.

    Parameters
    ----------
    events : lazy frame (``columns.EVENTS``)

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` and, as float64, ``visits``, ``events``,
    ``views``, ``carts``, ``timed_visits`` (those with a duration) and ``visit_seconds``
    in whole ten-thousandths.
    """
    kind, seconds = nw.col("event_type"), nw.col("duration_seconds")
    rows = events.select(
        "customer_key",
        "session_key",
        day_of("event_time").alias(DAY),
        as_number(kind == "view").alias("view"),
        as_number(kind == "cart").alias("cart"),
        to_fixed(seconds).alias("seconds"),
    )
    visits = rows.group_by("customer_key", "session_key", DAY).agg(
        nw.len().cast(_FLOAT).alias("events"),
        nw.col("view").sum().alias("views"),
        nw.col("cart").sum().alias("carts"),
        nw.col("seconds").sum().alias("visit_seconds"),
        nw.col("seconds").count().alias("timed"),
    )
    return visits.group_by(*_KEYS).agg(
        nw.len().cast(_FLOAT).alias("visits"),
        *[nw.col(name).sum() for name in ("events", "views", "carts", "visit_seconds")],
        count_where(nw.col("timed") > 0).alias("timed_visits"),
    )


ORDER_SUMS: Final = (
    *("day_orders", "day_returns", "day_net", "day_gross"),
    *("day_largest", "day_pieces", "day_products"),
)
DAY_TABLES: Final[dict[str, tuple[str, Callable[[Frame], Frame]]]] = {
    "order_days": ("orders", order_days),
    "product_days": ("lines", product_days),
    "visit_days": ("events", visit_days),
}
"""Name of each table -> the table it comes from, and how."""


def read_days(tables: Tables, name: str, cutoff: dt.date) -> Frame:
    """Return the days up to a cutoff, from the written table or worked out anew.

    Parameters
    ----------
    tables : Tables
    name : {"order_days", "product_days", "visit_days"}
    cutoff : date
        Last day that is seen.

    Returns
    -------
    lazy frame as of the function of that name
    """
    source, work_out = DAY_TABLES[name]
    # What came before counts for tables that open on a later day: those are worked out anew.
    if tables.has(name) and tables.opens is None:
        return tables.scan(name).filter(nw.col(DAY) <= number_day(cutoff))
    time = nw.col(TIME_COLUMNS[source])
    return work_out(tables.scan(source).filter(time < nw.lit(day_after(cutoff))))


def write_day_tables(tables: Tables) -> None:
    """Work out all days of a data set and write them beside its tables.

    Each file gets its name when it is complete.
    """
    for name, (source, work_out) in DAY_TABLES.items():
        if tables.has(source):
            _write(work_out(tables.scan(source)), tables.folder / f"{name}.parquet")


def _write(days: Frame, path: Path) -> None:
    partial = path.with_suffix(".partial")
    days.sort(*_KEYS).sink_parquet(partial)
    os.replace(partial, path)
