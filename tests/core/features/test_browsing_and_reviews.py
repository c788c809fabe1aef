"""Browsing and review features, by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.features.browsing import COUNTS
from clv_core.features.build import build_snapshot
from tests.core.features.shops import fill_columns, make_orders, write_shop

CUTOFF = dt.date(2023, 6, 30)
ORDERS = make_orders((1, "2023-06-10 12:00", 10.0), (2, "2023-06-20 12:00", 10.0))


def make_events(*rows: tuple[int, str, str, int | None, float | None]) -> pd.DataFrame:
    """Build events from (customer, time, type, session, seconds)."""
    names = ["customer_key", "event_time", "event_type", "session_key", "duration_seconds"]
    frame = pd.DataFrame(rows, columns=names)
    frame["event_time"] = pd.to_datetime(frame["event_time"])
    frame["session_key"] = pd.array(frame["session_key"], dtype="Int64")
    frame["duration_seconds"] = frame["duration_seconds"].astype(float)
    frame["product_key"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    return frame


@pytest.fixture
def browsing(tmp_path):
    """Customer 1: two sessions and a day without one; customer 2 never browsed."""
    events = make_events(
        (1, "2023-05-20 10:00", "view", None, None),
        (1, "2023-05-20 20:00", "cart", None, None),  # the same visit: no sessions that day
        (1, "2023-06-10 10:00", "view", 5, 30.0),
        (1, "2023-06-10 10:05", "view", 5, 50.0),
        (1, "2023-06-28 10:00", "cart", 6, 20.0),
        (1, "2023-06-28 11:00", "view", 7, 60.0),
        (1, "2023-07-01 00:00", "view", 8, 60.0),  # after the cutoff
    )
    tables = write_shop(tmp_path, orders=ORDERS, events=events)
    return build_snapshot(tables, CUTOFF, 30, label=False).features


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("days_since_visit", [2, np.nan]),
        ("visit_count", [4, 0]),
        ("visits_7d", [2, 0]),
        ("visits_30d", [3, 0]),
        ("visits_90d", [4, 0]),
        ("visits_since_purchase", [2, 0]),  # the one on the purchase day led to it
        ("visit_trend_30d", [0.5, np.nan]),  # three against one
        ("view_count", [4, 0]),
        ("views_30d", [3, 0]),
        ("cart_count", [2, 0]),
        ("carts_30d", [1, 0]),
        ("carts_90d", [2, 0]),
        ("carts_per_view", [0.5, np.nan]),
        ("events_per_visit", [1.5, np.nan]),
        ("mean_visit_seconds", [160 / 3, np.nan]),  # 80, 20 and 60
    ],
)
def test_browsing_by_hand(browsing, name, expected):
    """Each browsing feature equals the number worked out on paper."""
    np.testing.assert_allclose(browsing[name], expected)


def test_log_that_opens_later_is_missing(tmp_path):
    """Where no visit was recorded by the cutoff, counts are missing and not nought."""
    events = make_events((1, "2023-07-05 10:00", "view", 5, 30.0))
    tables = write_shop(tmp_path, orders=ORDERS, events=events)
    features = build_snapshot(tables, CUTOFF, 30, label=False).features
    assert features[list(COUNTS)].isna().all(axis=None)


def test_reviews_by_hand(tmp_path):
    """Counts, ratings and lengths of the reviews seen; unrated ones have no rating."""
    times = ["2023-06-11", "2023-06-13", "2023-06-20", "2023-06-25", "2023-07-01"]
    reviews = pd.DataFrame(
        {
            "customer_key": 1,
            "review_time": pd.to_datetime(times),
            "rating": [5.0, 2.0, 4.0, np.nan, 1.0],
            "text_length": [10, 20, 0, 50, 999],
            "product_key": pd.array([3, 3, 5, pd.NA, 8], dtype="Int64"),
        }
    )
    tables = write_shop(tmp_path, orders=ORDERS, reviews=fill_columns(reviews))
    features = build_snapshot(tables, CUTOFF, 30, label=False).features
    expected = {
        "review_count": 4,
        "mean_rating": 11 / 3,
        "last_rating": 4,
        "low_rating_share": 1 / 3,
        "mean_text_length": 20,
        "days_since_review": 5,
        "reviewed_products": 2,
    }
    assert features.loc[1, list(expected)].to_dict() == pytest.approx(expected)
    assert features.loc[2, ["review_count", "reviewed_products"]].tolist() == [0, 0]
    assert features.loc[2, list(expected)].isna().sum() == 5


def test_absent_tables_give_no_columns(tmp_path):
    """Without events and reviews a shop has neither family of features."""
    features = build_snapshot(write_shop(tmp_path, orders=ORDERS), CUTOFF, 30, label=False).features
    assert not {"visit_count", "review_count"} & set(features)
