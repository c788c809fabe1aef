"""Days of a data set that rows were put behind: the earlier days as they are, the new ones after.

Where a file was put behind a data set (``cleaning/appending.py``) no earlier day of
orders changes, so the day tables of the earlier data set hold. New days look back at
most two purchase days, and at what the customer had bought by then.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw

from clv_core.cleaning.tables import Tables
from clv_core.features.day_table import (
    DAY_TABLES,
    ORDER_SUMS,
    compare_days,
    has_days,
    order_sums,
    product_rows,
    write_days,
)
from clv_core.features.expressions import DAY, Frame, day_after, number_day

__all__ = ["append_day_tables"]

_KEYS: Final = ("customer_key", DAY)
_LOOKED_BACK: Final = 2  # purchase days


def append_day_tables(base: Tables, tables: Tables) -> None:
    """Write the days of extended tables from those of the tables that they go on from.

    What comes of it is what :func:`~clv_core.features.day_table.write_day_tables` gives.

    Parameters
    ----------
    base : Tables
        Whose orders and lines begin those of ``tables``, all of them of earlier days than
        the others.
    tables : Tables
    """
    for name, table in DAY_TABLES.items():
        if not tables.has(table.source):
            continue
        if name == "visit_days" or not has_days(base, name):
            days = table.days(tables.scan(table.source))
        else:
            grow = {"order_days": _new_order_days, "product_days": _new_product_days}[name]
            days = nw.concat([base.scan(name), grow(base, tables)])
        write_days(days, tables.folder / f"{name}.parquet")


def _new_order_days(base: Tables, tables: Tables) -> Frame:
    """Return the days with orders after the last day of the earlier tables."""
    last_day = number_day(base.last_day)
    new = order_sums(_after(tables, "orders", base.last_day))
    buyers = new.select("customer_key").unique()
    earlier = base.scan("order_days").filter(nw.col("day_orders") > 0)
    newest = (
        earlier.join(buyers, on="customer_key", how="semi")
        .with_columns(
            nw.col(DAY).shift(-_LOOKED_BACK).over("customer_key", order_by=DAY).alias("after_next")
        )
        .filter(nw.col("after_next").is_null())
        .select(*_KEYS, *ORDER_SUMS)
    )
    together = nw.concat([newest, new.select(*_KEYS, *ORDER_SUMS)])
    return compare_days(together).filter(nw.col(DAY) > last_day)


def _new_product_days(base: Tables, tables: Tables) -> Frame:
    """Return the days on which products were bought first, after the earlier tables' last day."""
    new = _after(tables, "lines", base.last_day)
    buyers = new.select("customer_key").unique()
    bought = tables.scan("lines").join(buyers, on="customer_key", how="semi")
    firsts = product_rows(bought).filter(nw.col(DAY) > number_day(base.last_day))
    return firsts.group_by(*_KEYS).agg(nw.col("new_products").sum())


def _after(tables: Tables, name: str, day: dt.date) -> Frame:
    return tables.scan(name).filter(nw.col("order_time") >= nw.lit(day_after(day)))
