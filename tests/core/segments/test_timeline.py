"""One customer's rows, up to a day and no further."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.segments.timeline import read_timeline
from tests.core.features.shops import fill_columns, make_orders, write_shop

UNTIL = dt.date(2024, 3, 31)
ORDERS = make_orders(
    (1, "2024-03-31 23:59:59", 25.0),
    (1, "2024-01-05 18:00", 10.0),
    (1, "2024-01-05 10:00", 40.0),
    (1, "2024-02-01 09:00", -15.0),
    (1, "2024-04-01 00:00", 99.0),
    (2, "2024-01-07 10:00", 70.0),
)


def tell_events(*rows: tuple[int, str, str]) -> pd.DataFrame:
    """Build events without products, sessions or durations."""
    frame = pd.DataFrame(rows, columns=["customer_key", "event_time", "event_type"])
    frame["event_time"] = pd.to_datetime(frame["event_time"], format="ISO8601")
    return frame.assign(product_key=None, session_key=None, duration_seconds=None)


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Return a shop of two customers with visits and one review."""
    events = tell_events(
        (1, "2024-01-04 09:00", "view"),
        (1, "2024-01-04 21:00", "view"),
        (1, "2024-01-04 21:05", "cart"),
        (1, "2024-03-30 08:00", "other"),
        (1, "2024-04-02 08:00", "view"),
        (2, "2024-01-04 09:00", "view"),
    )
    reviews = pd.DataFrame(
        {
            "customer_key": [1, 1],
            "review_time": pd.to_datetime(["2024-01-20 10:00", "2024-04-02 10:00"]),
            "rating": [4.0, 1.0],
            "text_length": [12, 3],
            "named_products": [0, 0],
            "product_key": [None, None],
        }
    )
    return write_shop(tmp_path, orders=ORDERS, events=events, reviews=fill_columns(reviews))


def test_orders_come_in_order_of_time_returns_among_them(tables: Tables) -> None:
    """Four of the five are seen; the one after the last day and the other customer's are not."""
    orders = read_timeline(tables, 1, UNTIL).orders
    assert list(orders["amount"]) == [40.0, 10.0, -15.0, 25.0]
    assert list(orders["is_return"]) == [False, False, True, False]


def test_a_purchase_day_counts_once_and_a_return_is_none(tables: Tables) -> None:
    """Two orders of one day are one day, and the day of the return is not there."""
    assert read_timeline(tables, 1, UNTIL).purchase_days == [dt.date(2024, 1, 5), UNTIL]


def test_visits_are_counted_by_day(tables: Tables) -> None:
    """Three events of one day, two of them views and one a cart."""
    visits = read_timeline(tables, 1, UNTIL).visits
    assert visits is not None
    assert visits.to_numpy().tolist() == [
        [pd.Timestamp("2024-01-04"), 3, 2, 1],
        [pd.Timestamp("2024-03-30"), 1, 0, 0],
    ]


def test_reviews_carry_their_rating(tables: Tables) -> None:
    """The one review of these days, with its stars."""
    reviews = read_timeline(tables, 1, UNTIL).reviews
    assert reviews is not None
    assert list(reviews["rating"]) == [4.0]


def test_tables_that_were_not_given_are_left_out(tables: Tables) -> None:
    """Without events and reviews there is neither; with them and nothing done both are empty."""
    bare = read_timeline(tables.without(["events", "reviews"]), 1, UNTIL)
    assert bare.visits is None
    assert bare.reviews is None
    silent = read_timeline(tables, 3, UNTIL)
    assert silent.visits is not None
    assert silent.visits.empty
    assert silent.orders.empty
    assert silent.purchase_days == []
