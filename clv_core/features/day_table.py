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
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import narwhals as nw

from clv_core.cleaning.tables import TIME_COLUMNS, Tables
from clv_core.features.expressions import (
    DAY,
    Frame,
    as_number,
    day_after,
    day_of,
    number_day,
    to_fixed,
)

__all__ = [
    "DAY_TABLES",
    "ORDER_SUMS",
    "DayTable",
    "compare_days",
    "has_days",
    "order_days",
    "order_rows",
    "order_sums",
    "product_days",
    "product_rows",
    "read_day_rows",
    "read_days",
    "visit_days",
    "visit_rows",
    "write_day_tables",
    "write_days",
]

_KEYS: Final = ("customer_key", DAY)
_FLOAT: Final = nw.Float64()


def order_rows(orders: Frame) -> Frame:
    """Return a row per order, as of a day with this order alone.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` (number of the day), ``day_orders``
    (returns not counted), ``day_returns``, ``day_products`` and, in whole
    ten-thousandths, ``day_net``, ``day_gross`` (returns not counted), ``day_largest``
    (null for a return) and ``day_pieces``.
    """
    bought, amount = ~nw.col("is_return"), to_fixed(nw.col("amount"))
    pieces, products = to_fixed(nw.col("quantity")), nw.col("distinct_products").cast(_FLOAT)
    return orders.select(
        "customer_key",
        day_of("order_time").alias(DAY),
        as_number(bought).alias("day_orders"),
        as_number(~bought).alias("day_returns"),
        amount.alias("day_net"),
        (as_number(bought) * amount).alias("day_gross"),
        nw.when(bought).then(amount).alias("day_largest"),
        (as_number(bought) * pieces).alias("day_pieces"),
        (as_number(bought) * products).alias("day_products"),
    )


def order_sums(orders: Frame) -> Frame:
    """Sum orders per customer and day; columns as of :func:`order_rows`.

    ``day_largest`` is that of the largest order.
    """
    sums = [nw.col(name).sum() for name in ORDER_SUMS if name != "day_largest"]
    return order_rows(orders).group_by(*_KEYS).agg(*sums, nw.col("day_largest").max())


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
    return compare_days(order_sums(orders))


def compare_days(sums: Frame) -> Frame:
    """Compare purchase days with the one before; frames as of the two functions above."""
    bought, day, net = nw.col("day_orders") > 0, nw.col(DAY), nw.col("day_net")
    flagged = sums.with_columns(bought.alias("is_purchase"))
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


def product_rows(lines: Frame) -> Frame:
    """Return a row per customer and product, with the day of its first purchase.

    Parameters
    ----------
    lines : lazy frame (``columns.LINES``)
        Lines of a negative amount, or without a product, count for nothing.

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` and ``new_products``, 1.0
    """
    bought = lines.filter(nw.col("amount") >= 0, ~nw.col("product_key").is_null())
    rows = bought.select("customer_key", "product_key", day_of("order_time").alias(DAY))
    # Grouping twice: a distinct count holds every customer's products in memory.
    firsts = rows.group_by("customer_key", "product_key").agg(nw.col(DAY).min())
    return firsts.select(*_KEYS, nw.lit(1.0).alias("new_products"))


def product_days(lines: Frame) -> Frame:
    """Count per customer and day the products bought for the first time."""
    return product_rows(lines).group_by(*_KEYS).agg(nw.col("new_products").sum())


def visit_rows(events: Frame) -> Frame:
    """Return a row per visit: a session on a day, or a day where the file has no sessions.

    Parameters
    ----------
    events : lazy frame (``columns.EVENTS``)

    Returns
    -------
    lazy frame with ``customer_key``, ``day`` and, as float64, ``visits`` (1.0),
    ``events``, ``views``, ``carts``, ``timed_visits`` (1.0 with a duration) and
    ``visit_seconds`` in whole ten-thousandths.
    """
    kind, seconds = nw.col("event_type"), nw.col("duration_seconds")
    rows = events.select(
        "customer_key",
        "session_key",
        day_of("event_time").alias(DAY),
        as_number(kind == "view").alias("views"),
        as_number(kind == "cart").alias("carts"),
        to_fixed(seconds).alias("visit_seconds"),
        as_number(~seconds.is_null()).alias("timed_visits"),
    )
    visits = rows.group_by("customer_key", "session_key", DAY).agg(
        nw.len().cast(_FLOAT).alias("events"),
        *[nw.col(name).sum() for name in ("views", "carts", "visit_seconds")],
        nw.col("timed_visits").max(),
    )
    return visits.select(*_KEYS, nw.lit(1.0).alias("visits"), *VISIT_SUMS[1:])


def visit_days(events: Frame) -> Frame:
    """Sum visits per customer and day; columns as of :func:`visit_rows`."""
    sums = [nw.col(name).sum() for name in VISIT_SUMS]
    return visit_rows(events).group_by(*_KEYS).agg(*sums)


ORDER_SUMS: Final = (
    *("day_orders", "day_returns", "day_net", "day_gross"),
    *("day_largest", "day_pieces", "day_products"),
)
VISIT_SUMS: Final = (*("visits", "events", "views", "carts", "visit_seconds", "timed_visits"),)


@dataclass(frozen=True)
class DayTable:
    """How one table of days is made.

    Attributes
    ----------
    source : str
        The table that it comes from.
    rows : callable
        Makes rows of that table that can be summed as days can, several to a day.
    days : callable
        Makes the days.
    """

    source: str
    rows: Callable[[Frame], Frame]
    days: Callable[[Frame], Frame]


DAY_TABLES: Final = {
    "order_days": DayTable("orders", order_rows, order_days),
    "product_days": DayTable("lines", product_rows, product_days),
    "visit_days": DayTable("events", visit_rows, visit_days),
}


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
    table = DAY_TABLES[name]
    if has_days(tables, name):
        return tables.scan(name).filter(nw.col(DAY) <= number_day(cutoff))
    return table.days(_seen(tables, table.source, cutoff))


def read_day_rows(tables: Tables, name: str, cutoff: dt.date) -> Frame:
    """Return what can be summed as the days of :func:`read_days` can, for less work.

    Where the days are not written there are several rows to a day, and nothing is
    compared with the purchase day before.
    """
    table = DAY_TABLES[name]
    if has_days(tables, name):
        return read_days(tables, name, cutoff)
    return table.rows(_seen(tables, table.source, cutoff))


def has_days(tables: Tables, name: str) -> bool:
    """Say whether days were written that hold for these tables.

    For tables that open on a later day they do not: what came before counts in them.
    """
    return tables.has(name) and tables.opens is None


def _seen(tables: Tables, source: str, cutoff: dt.date) -> Frame:
    time = nw.col(TIME_COLUMNS[source])
    return tables.scan(source).filter(time < nw.lit(day_after(cutoff)))


def write_day_tables(tables: Tables) -> None:
    """Work out all days of a data set and write them beside its tables.

    Each file gets its name when it is complete.
    """
    for name, table in DAY_TABLES.items():
        if tables.has(table.source):
            write_days(table.days(tables.scan(table.source)), tables.folder / f"{name}.parquet")


def write_days(days: Frame, path: Path) -> None:
    """Write days in order of customer and day; the file gets its name when it is complete."""
    partial = path.with_suffix(".partial")
    days.sort(*_KEYS).sink_parquet(partial)
    os.replace(partial, path)
