"""A real result on a small shop, and orders that came after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from clv_core.cleaning.tables import Tables
from tests.core.features.shops import write_table

SHIFT = 5000  # customers have other keys in the newer data: only their ids are the same

Row = tuple[str, str, float]  # customer id, time, amount


def add_orders(earlier: Tables, folder: Path, *rows: Row, drops: Sequence[int] = ()) -> Tables:
    """Write a shop's tables again with more orders, under other keys.

    Parameters
    ----------
    earlier : Tables
    folder : Path
    *rows : tuple of id, time and amount
        Of customers who may be new.
    drops : sequence of int
        Keys of earlier orders that the newer data no longer hold.
    """
    customers = read(earlier, "customers")
    orders = read(earlier, "orders")
    orders = orders[~orders["order_key"].isin(drops)]
    added = pd.DataFrame(rows, columns=["customer_id", "order_time", "amount"])
    strangers = pd.DataFrame(
        {"customer_id": sorted(set(added["customer_id"]) - set(customers["customer_id"]))}
    )
    strangers["customer_key"] = customers["customer_key"].max() + 1 + strangers.index
    customers = pd.concat([customers, strangers], ignore_index=True)
    keys = customers.set_index("customer_id")["customer_key"]
    added = added.assign(
        customer_key=added.pop("customer_id").map(keys),
        order_time=pd.to_datetime(added["order_time"], format="ISO8601"),
        order_key=orders["order_key"].max() + 1 + added.index,
        quantity=1.0,
        distinct_products=1,
        is_return=added["amount"] < 0,
    )
    return write_tables(folder, pd.concat([orders, added], ignore_index=True), customers)


def write_tables(folder: Path, orders: pd.DataFrame, customers: pd.DataFrame) -> Tables:
    """Write orders and customers under keys that nobody has seen before."""
    folder.mkdir(parents=True, exist_ok=True)
    moved = {"orders": orders.copy(), "customers": customers.sample(frac=1, random_state=1)}
    for name, frame in moved.items():
        frame["customer_key"] = frame["customer_key"] + SHIFT
        write_table(folder, name, frame)
    tables = Tables(
        folder=folder,
        first_day=orders["order_time"].min().date(),
        last_day=orders["order_time"].max().date(),
        customer_count=len(customers),
        order_count=len(orders),
        currency="USD",
    )
    tables.write_facts()
    return tables


def read(tables: Tables, name: str) -> pd.DataFrame:
    """Return a table as a data frame."""
    return pd.DataFrame(tables.scan(name).collect("pyarrow").to_pandas())


def after(cutoff: dt.date, days: int) -> str:
    """Return noon of a day some days after a cutoff."""
    return f"{cutoff + dt.timedelta(days=days)} 12:00:00"
