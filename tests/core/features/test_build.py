"""Snapshots: labels, sequences, population and order."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import HistoryTooShort, TooFewCustomers
from clv_core.features.build import build_snapshot
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.snapshots import SEQUENCES
from tests.core.features.shops import make_orders, random_shop, write_shop

CUTOFF = dt.date(2023, 6, 30)


@pytest.fixture
def tables(tmp_path):
    """Two customers by the cutoff, one newcomer, data up to 31 July."""
    orders = make_orders(
        (2, "2023-06-30 23:59:59", 40.0),
        (1, "2023-05-31 12:00", 10.0),  # 30 days back: the bin before the newest
        (1, "2021-07-11 00:00", 3.0),  # 719 days back: the oldest of 24 bins
        (1, "2021-07-10 23:00", 4.0),  # 720 days back: outside
        (1, "2023-07-01 00:00", 20.0),
        (1, "2023-07-30 23:59", -5.0),
        (1, "2023-07-31 00:00", 100.0),  # the day after a 30-day window
        (3, "2023-07-05 00:00", 9.0),
    )
    return write_shop(tmp_path, orders=orders)


def test_label_future(tables):
    """Spend is net, purchases leave returns out, those who stay away get nought."""
    snapshot = build_snapshot(tables, CUTOFF, 30, label=True)
    assert snapshot.future_spend.to_dict() == {1: 15.0, 2: 0.0}
    assert snapshot.future_orders.to_dict() == {1: 1, 2: 0}
    assert snapshot.future_orders.dtype == "int64"
    assert snapshot.is_labelled


def test_spend_sequence(tables):
    """Bins of 30 days count back from the cutoff, the newest last."""
    snapshot = build_snapshot(tables, CUTOFF, 30, label=False)
    expected = np.zeros((2, 24), dtype=np.float32)
    expected[0, 22], expected[0, 0], expected[1, 23] = 10.0, 3.0, 40.0
    np.testing.assert_array_equal(snapshot.spend_sequence, expected)
    assert snapshot.spend_sequence.dtype == np.float32
    assert not snapshot.is_labelled
    np.testing.assert_array_equal(snapshot.purchase_sequence, expected > 0)
    assert snapshot.visit_sequence is None


def test_visit_sequence(tmp_path):
    """A session on a day is one visit, seen before the first purchase too; others have none."""
    orders = make_orders((1, "2023-06-30 12:00", 10.0), (2, "2023-06-01 12:00", 10.0))
    times = ["2023-06-30 08:00", "2023-06-30 09:00", "2023-05-31 10:00", "2023-07-01 00:00"]
    events = pd.DataFrame(
        {
            "customer_key": [1, 1, 1, 1],
            "event_time": pd.to_datetime(times),
            "event_type": "view",
            "product_key": 7,
            "session_key": [5, 5, 6, 7],
            "duration_seconds": 30.0,
        }
    )
    tables = write_shop(tmp_path, orders=orders, events=events)
    snapshot = build_snapshot(tables, CUTOFF, 30, label=False)
    expected = np.zeros((2, 24), dtype=np.float32)
    expected[0, 22:] = 1.0
    np.testing.assert_array_equal(snapshot.visit_sequence, expected)


def test_months_are_left_out_where_nobody_reads_them(tables):
    """Features and labels are the same; the sequences have no bins."""
    whole = build_snapshot(tables, CUTOFF, 30, label=True)
    bare = build_snapshot(tables, CUTOFF, 30, label=True, has_months=False)
    assert bare.spend_sequence.shape == (2, 0)
    assert bare.purchase_sequence is None
    pd.testing.assert_frame_equal(bare.features, whole.features)
    pd.testing.assert_series_equal(bare.future_spend, whole.future_spend)


def test_taken_customers_keep_all_that_is_theirs(tables):
    """Features, sequences and labels follow the same customers."""
    snapshot = build_snapshot(tables, CUTOFF, 30, label=True)
    taken = snapshot.take(np.array([1]))
    assert taken.features.index.tolist() == [2]
    np.testing.assert_array_equal(taken.spend_sequence, snapshot.spend_sequence[[1]])
    np.testing.assert_array_equal(taken.purchase_sequence, snapshot.purchase_sequence[[1]])
    assert taken.future_spend.to_dict() == {2: 0.0}
    assert taken.names == snapshot.names


def test_window_past_the_data_names_a_cutoff(tables):
    """A label that reaches past the last day is refused with the latest cutoff."""
    with pytest.raises(HistoryTooShort, match="no later than 2023-06-30"):
        build_snapshot(tables, dt.date(2023, 7, 1), 31, label=True)
    build_snapshot(tables, dt.date(2023, 6, 30), 31, label=True)


def test_nobody_by_the_cutoff(tables):
    """A cutoff before the first purchase is refused."""
    with pytest.raises(TooFewCustomers, match="2020-01-01"):
        build_snapshot(tables, dt.date(2020, 1, 1), 30, label=False)


def test_columns_are_catalogued(tmp_path):
    """With every table given, all features but the model's own come in order."""
    tables = write_shop(tmp_path, **random_shop(5))
    features = build_snapshot(tables, dt.date(2023, 1, 1), 30, label=False).features
    known = [name for name, info in CATALOGUE.items() if info.family != "forecast"]
    expected = [name for name in known if name not in SEQUENCES]
    assert features.columns.tolist() == expected
    assert (features.dtypes == "float64").all()
    assert features.index.is_monotonic_increasing
    assert not np.isinf(features.to_numpy()).any()


def test_catalogue_names_itself():
    """Every entry lies under its own name and carries a label that can be filled."""
    assert all(name == info.name and str(info.label) for name, info in CATALOGUE.items())


def test_a_shop_seen_from_a_day_on_is_one_that_began_then(tmp_path):
    """Rows before it count for nothing, in any table: bit for bit as if they were not there."""
    shop, opens = random_shop(3), dt.date(2022, 6, 1)
    times = {"orders": "order_time", "lines": "order_time", "events": "event_time"}
    times["reviews"] = "review_time"
    younger = {
        name: frame[frame[times[name]] >= pd.Timestamp(opens)].reset_index(drop=True)
        for name, frame in shop.items()
    }
    whole = write_shop(tmp_path / "whole", last_day=CUTOFF, **shop)
    begun = write_shop(tmp_path / "begun", last_day=CUTOFF, **younger)
    seen, expected = (
        build_snapshot(each, dt.date(2022, 12, 1), 60, label=True)
        for each in (whole.since(opens), begun)
    )
    pd.testing.assert_frame_equal(seen.features, expected.features, check_exact=True)
    assert seen.spend_sequence.tobytes() == expected.spend_sequence.tobytes()
    assert whole.since(opens).first_day == opens
    assert whole.since(dt.date(2021, 1, 1)).first_day == whole.first_day


def test_a_table_left_out_is_one_that_was_never_given(tmp_path):
    """Browsing features are gone, the others stay as they were."""
    tables = write_shop(tmp_path, last_day=CUTOFF, **random_shop(4))
    day = dt.date(2022, 12, 1)
    whole, fewer = (
        build_snapshot(each, day, 60, label=False).features
        for each in (tables, tables.without(["events"]))
    )
    gone = set(whole) - set(fewer)
    assert gone
    assert {CATALOGUE[name].family for name in gone} == {"browsing"}
    pd.testing.assert_frame_equal(whole[list(fewer)], fewer, check_exact=True)
