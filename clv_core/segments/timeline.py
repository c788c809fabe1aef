"""What one customer did, in order of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from clv_core.cleaning.tables import TIME_COLUMNS, Tables
from clv_core.features.expressions import day_after


@dataclass(frozen=True)
class Timeline:
    """One customer's rows up to a day, oldest first.

    Attributes
    ----------
    until : date
        Last day that is looked at.
    orders : DataFrame
        ``order_time``, ``amount`` (shop's currency, net of the order's refunds),
        ``is_return``.
    visits : DataFrame or None
        A row per day with events: ``day`` (datetime64), ``events``, ``views``,
        ``carts`` (counts). None where no events were given.
    reviews : DataFrame or None
        ``review_time``, ``rating`` (NaN where not given), ``text_length``
        (characters). None where no reviews were given.
    """

    until: dt.date
    orders: pd.DataFrame
    visits: pd.DataFrame | None
    reviews: pd.DataFrame | None

    @property
    def purchase_days(self) -> list[dt.date]:
        """Days with an order that is not a return, oldest first."""
        bought = self.orders.loc[~self.orders["is_return"], "order_time"]
        return sorted({moment.date() for moment in bought})


def read_timeline(tables: Tables, customer_key: int, until: dt.date) -> Timeline:
    """Read what one customer did up to the end of a day.

    Parameters
    ----------
    tables : Tables
    customer_key : int
        Of a customer who is not in the tables all parts are empty.
    until : date
    """
    orders = _read(tables, "orders", customer_key, until, ("amount", "is_return"))
    visits = reviews = None
    if tables.has("events"):
        visits = _count_by_day(_read(tables, "events", customer_key, until, ("event_type",)))
    if tables.has("reviews"):
        wanted = ("rating", "text_length")
        reviews = _read(tables, "reviews", customer_key, until, wanted)
    return Timeline(until, orders, visits, reviews)


def _read(
    tables: Tables, name: str, customer_key: int, until: dt.date, columns: tuple[str, ...]
) -> pd.DataFrame:
    time = TIME_COLUMNS[name]
    rows = (
        tables.scan(name)
        .filter(nw.col("customer_key") == customer_key, nw.col(time) < nw.lit(day_after(until)))
        .select(time, *columns)
        .collect("pyarrow")
    )
    frame: pd.DataFrame = rows.to_pandas()
    return frame.sort_values(time, kind="stable", ignore_index=True)


def _count_by_day(events: pd.DataFrame) -> pd.DataFrame:
    days = events["event_time"].dt.normalize().rename("day")
    counts = pd.DataFrame(
        {
            "events": 1,
            "views": (events["event_type"] == "view").astype("int64"),
            "carts": (events["event_type"] == "cart").astype("int64"),
        }
    )
    return counts.groupby(days).sum().reset_index()
