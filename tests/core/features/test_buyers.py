"""Newcomers and those who come back, counted by day."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from clv_core.features.buyers import count_buyers
from clv_core.features.day_table import write_day_tables
from tests.core.features.shops import make_orders, random_shop, write_shop

LAST_DAY = dt.date(2023, 5, 1)


def test_days_by_hand(tmp_path):
    """Two orders on a day are one purchase day, and a return is none."""
    orders = make_orders(
        (1, "1970-01-11 09:00", 10.0),
        (1, "1970-01-11 18:00", 30.5),
        (1, "1970-01-13 12:00", -5.0),
        (2, "1970-01-13 12:00", 7.0),
        (1, "1970-01-21 12:00", 20.0),
        (2, "1970-01-21 12:00", 20.0),
        (3, "1970-01-21 12:00", 20.0),
    )
    counted = count_buyers(write_shop(tmp_path, orders=orders))
    assert counted.index.strftime("%m-%d").tolist() == ["01-11", "01-13", "01-21"]
    assert counted["newcomers"].tolist() == [1, 1, 1]
    assert counted["returning"].tolist() == [0, 0, 2]


def test_counts_are_those_of_the_orders_with_and_without_written_days(tmp_path):
    """Counted once more with pandas, from the orders themselves."""
    shop = random_shop(8)
    for name, has_days in (("plain", False), ("written", True)):
        tables = write_shop(tmp_path / name, last_day=LAST_DAY, **shop)
        if has_days:
            write_day_tables(tables)
        orders = pd.read_parquet(tables.folder / "orders.parquet")
        has_come = orders["order_time"] < pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1)
        bought = orders[~orders["is_return"] & has_come]
        days = bought.assign(day=bought["order_time"].dt.normalize())
        days = days.drop_duplicates(["customer_key", "day"])
        first = days.groupby("customer_key")["day"].transform("min") == days["day"]
        expected = days.assign(first=first).groupby("day")["first"].agg(["sum", "size"])
        counted = count_buyers(tables)
        assert counted["newcomers"].tolist() == expected["sum"].tolist()
        assert counted["returning"].tolist() == (expected["size"] - expected["sum"]).tolist()
        assert counted.index.tolist() == expected.index.tolist()
