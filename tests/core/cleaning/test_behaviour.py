"""Events, reviews and customer lists of people who bought."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.columns import TABLES
from tests.core.cleaning.uploads import clean_uploads, sell, write_upload


@pytest.fixture
def orders(tmp_path):
    """Orders of two customers, one of whom bought tea."""
    return write_upload(
        tmp_path,
        [
            sell("7", "2024-05-01", product_id="tea", email="old@shop.example", country="UK"),
            sell("8", "2024-05-02", product_id="jam", email="", country=""),
        ],
    )


def see(customer_id="7", event_time="2024-05-01 09:00", event_type="view", **fields):
    """Return one row of an events file."""
    defaults = {"product_id": "tea", "session_id": "s", "duration_seconds": "30"}
    return {
        "customer_id": customer_id,
        "event_time": event_time,
        "event_type": event_type,
        **defaults,
        **fields,
    }


def test_events_join_customers_and_products(tmp_path, orders):
    """Kinds are folded to four, products share the keys of the lines."""
    rows = [
        see(),
        see(event_type="Add to cart"),
        see(event_type="purchase", product_id="cake", session_id=""),
        see(event_type="scroll", duration_seconds="-1", product_id=""),
        see("8", session_id="s"),
        see("9"),
        see("", event_type="cart"),
        see(event_time="soon"),
    ]
    cleaned = clean_uploads(tmp_path, orders, write_upload(tmp_path, rows, "events"))
    events = cleaned.open("events")
    assert events.columns.tolist() == list(TABLES["events"])
    assert events["event_type"].tolist() == ["view", "cart", "purchase", "other", "view"]
    assert events["product_key"].tolist()[:3] == [0, 0, 1]  # by first appearance
    assert pd.isna(events["product_key"][3])
    assert pd.isna(events["session_key"][2])
    assert events["session_key"][0] != events["session_key"][4]
    assert pd.isna(events["duration_seconds"][3])
    quality = cleaned.report.files[1]
    assert {case.code: case.rows for case in quality.rejected} == {
        "missing_customer": 1,
        "unreadable_date": 1,
        "no_orders": 1,
    }
    assert {case.code: case.rows for case in quality.treated} == {"other_event": 1}
    reason = next(case.reason for case in quality.rejected if case.code == "no_orders")
    assert str(reason) == "The customer has no orders"


def test_reviews_keep_rating_and_length(tmp_path, orders):
    """A review needs a rating or a text, and somebody who bought."""
    rows = [
        {"customer_id": "7", "review_time": "2024-05-03", "rating": "4,5", "review_text": "good"},
        {"customer_id": "7", "review_time": "2024-05-04", "rating": "many", "review_text": "茶"},
        {"customer_id": "8", "review_time": "2024-05-05", "rating": "2", "review_text": ""},
        {"customer_id": "8", "review_time": "2024-05-06", "rating": "", "review_text": ""},
        {"customer_id": "9", "review_time": "2024-05-07", "rating": "1", "review_text": "bad"},
    ]
    cleaned = clean_uploads(tmp_path, orders, write_upload(tmp_path, rows, "reviews"))
    reviews = cleaned.open("reviews")
    assert reviews.columns.tolist() == list(TABLES["reviews"])
    assert reviews["rating"].fillna(-1).tolist() == [4.5, -1, 2]
    assert reviews["text_length"].tolist() == [4, 1, 0]
    assert reviews["review_time"][0] == dt.datetime(2024, 5, 3)
    quality = cleaned.report.files[1]
    assert {case.code: case.rows for case in quality.rejected} == {
        "no_orders": 1,
        "empty_review": 1,
    }


def test_customer_lists_go_before_orders(tmp_path, orders):
    """The list's contact fields win; who is not on it keeps what the orders say."""
    rows = [
        {"customer_id": "7", "email": "new@shop.example", "phone": "'+49301", "consent": "Yes"},
        {"customer_id": "7", "email": "", "phone": "", "consent": "no"},
        {"customer_id": "9", "email": "", "phone": "", "consent": "no"},
        {"customer_id": "", "email": "a@shop.example", "phone": "", "consent": "no"},
    ]
    cleaned = clean_uploads(tmp_path, write_upload(tmp_path, rows, "customers"), orders)
    customers = cleaned.open("customers")
    assert customers.columns.tolist() == list(TABLES["customers"])
    first = customers.iloc[0]
    assert (first.email, first.phone, first.country) == ("new@shop.example", "+49301", "UK")
    assert customers["consent"].tolist() == [True, None]
    assert cleaned.rejected == {"missing_customer": 1, "no_orders": 1, "repeated_customer": 1}


def test_files_of_all_kinds_are_accounted_for(tmp_path, orders):
    """Read = kept + rejected in every file of an upload."""
    events = write_upload(tmp_path, [see(), see(), see("9")], "events")
    cleaned = clean_uploads(tmp_path, orders, events)
    for quality in cleaned.report.files:
        dropped = sum(case.rows for case in quality.rejected)
        assert quality.rows_read == quality.rows_kept + dropped
    assert cleaned.report.files[1].rows_kept == 1
