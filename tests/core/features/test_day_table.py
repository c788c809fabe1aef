"""Days written once: by hand, and as good as the orders themselves to the bit."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.errors import TooFewCustomers
from clv_core.features.batches import build_batches
from clv_core.features.build import build_snapshot
from clv_core.features.day_table import DAY_TABLES, read_days, write_day_tables
from clv_core.features.snapshots import Snapshot
from tests.core.features.shops import make_orders, random_shop, write_shop

LAST_DAY = dt.date(2023, 5, 1)
CUTOFFS = (dt.date(2022, 2, 1), dt.date(2022, 9, 30), dt.date(2023, 3, 1))


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """The same shop, once without days and once with them."""
    plain, written = (
        write_shop(tmp_path_factory.mktemp("shop"), last_day=LAST_DAY, **random_shop(8))
        for _ in range(2)
    )
    write_day_tables(written)
    return plain, written


def read(tables: Tables, name: str, cutoff: dt.date) -> pd.DataFrame:
    frame = read_days(tables, name, cutoff).collect("pandas").to_native()
    return frame.sort_values(["customer_key", "day"], ignore_index=True)


def assert_same_snapshot(one: Snapshot, other: Snapshot) -> None:
    """Compare features, sequences and labels bit by bit."""
    pd.testing.assert_frame_equal(one.features, other.features, check_exact=True)
    assert one.features.to_numpy().tobytes() == other.features.to_numpy().tobytes()
    assert list(one.sequences) == list(other.sequences)
    for name, sequence in one.sequences.items():
        assert sequence.tobytes() == other.sequences[name].tobytes()
    pd.testing.assert_series_equal(one.future_spend, other.future_spend, check_exact=True)
    pd.testing.assert_series_equal(one.future_orders, other.future_orders, check_exact=True)


def test_days_by_hand(tmp_path):
    """Two orders on a day are one; a day of returns alone stands between purchase days."""
    orders = make_orders(
        (1, "1970-01-11 09:00", 10.0),
        (1, "1970-01-11 18:00", 30.5),
        (1, "1970-01-13 12:00", -5.0),
        (1, "1970-01-21 12:00", 20.0),
        (1, "1970-01-24 12:00", 21.0),
    )
    days = read(write_shop(tmp_path, orders=orders), "order_days", dt.date(1970, 2, 1))
    assert days["day"].tolist() == [10, 12, 20, 23]
    assert days["day_orders"].tolist() == [2, 0, 1, 1]
    assert days["day_returns"].tolist() == [0, 1, 0, 0]
    assert days["day_net"].tolist() == [405_000, -50_000, 200_000, 210_000]
    assert days["day_largest"].fillna(0).tolist() == [305_000, 0, 200_000, 210_000]
    assert days["gap_days"].fillna(-1).tolist() == [-1, -1, 10, 3]
    assert days["gap_change"].fillna(-1).tolist()[2:] == [10, -7]
    assert days["net_change"].fillna(-1).tolist() == [405_000, -1, -205_000, 10_000]


@pytest.mark.parametrize("cutoff", CUTOFFS)
def test_written_days_change_nothing(shops, cutoff):
    """Features, sequences and labels are the same to the bit with the tables and without."""
    plain, written = (build_snapshot(tables, cutoff, 60, label=True) for tables in shops)
    assert_same_snapshot(plain, written)


@pytest.mark.parametrize("name", DAY_TABLES)
def test_days_know_nothing_of_later_ones(shops, name):
    """The written table cut at a day is the table of the history up to it."""
    plain, written = (read(tables, name, CUTOFFS[1]) for tables in shops)
    pd.testing.assert_frame_equal(plain, written, check_exact=True)
    assert len(plain) < len(read(shops[1], name, LAST_DAY))


def test_tables_that_open_later_are_worked_out_anew(shops):
    """What came before the opening day is in the written days, and must not count."""
    opens, cutoff = dt.date(2022, 6, 1), dt.date(2022, 12, 1)
    plain, written = (
        build_snapshot(tables.since(opens), cutoff, 60, label=True) for tables in shops
    )
    assert_same_snapshot(plain, written)


@pytest.mark.parametrize("position", [0, 1], ids=["from orders", "from written days"])
@pytest.mark.parametrize("cutoff", CUTOFFS[:2])
def test_batches_put_together_are_the_snapshot(shops, position, cutoff):
    """Customers 25 at a time have what they have all at once, nobody twice."""
    tables = shops[position]
    whole = build_snapshot(tables, cutoff, 60, label=True)
    parts = list(build_batches(tables, cutoff, 60, label=True, customers_per_batch=25))
    assert len(parts) == 3
    features = pd.concat([part.features for part in parts])
    pd.testing.assert_frame_equal(features, whole.features, check_exact=True)
    labels = pd.concat([part.future_spend for part in parts])
    pd.testing.assert_series_equal(labels, whole.future_spend, check_exact=True)
    months = b"".join(part.visit_sequence.tobytes() for part in parts)
    assert months == whole.visit_sequence.tobytes()


def test_nobody_makes_no_batches(shops):
    """Before the first purchase there is nobody to describe."""
    with pytest.raises(TooFewCustomers):
        next(build_batches(shops[1], dt.date(2020, 1, 1), 0, label=False))


def test_counts_are_nought_in_batches_that_a_log_never_saw(shops):
    """Where the log was kept for others they are not missing."""
    tables = shops[1]
    whole = build_snapshot(tables, CUTOFFS[0], 60, label=True).features
    batches = build_batches(tables, CUTOFFS[0], 60, label=True, customers_per_batch=6)
    parts = [part.features for part in batches]
    pd.testing.assert_frame_equal(pd.concat(parts), whole, check_exact=True)
    assert any((part["review_count"] == 0).all() for part in parts)
