"""Purchase features: by hand on three customers, and against pandas on random shops."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.features.build import build_snapshot
from clv_core.features.purchase import WINDOWS_DAYS
from tests.core.features.shops import make_orders, random_shop, write_shop

CUTOFF = dt.date(2023, 6, 30)


@pytest.fixture
def features(tmp_path):
    """Features of three customers: a regular with a return, a one-timer, a free one."""
    orders = make_orders(
        (1, "2023-06-01 09:00", 10.0),
        (1, "2023-06-01 18:00", 30.0),  # the same day: Thursday
        (1, "2023-06-11 12:00", 20.0),  # a Sunday, ten days later
        (1, "2023-06-20 12:00", -5.0),  # a return, on a day without an order
        (1, "2023-06-30 23:59:59", 60.0),  # the cutoff's last second
        (1, "2023-07-01 00:00", 999.0),  # and the first one after it
        (2, "2022-06-30 12:00", 50.0),
        (3, "2023-06-30 00:00", 0.0),
        (4, "2023-07-02 12:00", 70.0),  # not a customer yet
        (5, "2023-06-02 12:00", -8.0),  # only ever returned
    )
    return build_snapshot(write_shop(tmp_path, orders=orders), CUTOFF, 30, label=False).features


def test_population(features):
    """Only those with an order that is not a return are customers."""
    assert features.index.tolist() == [1, 2, 3]


def test_statistical_inputs(features):
    """The four numbers of the statistical models, from purchase days."""
    inputs = features[["frequency", "recency_days", "tenure_days", "monetary_value"]]
    expected = [[2, 0, 29, 115 / 3], [0, 365, 365, 50], [0, 0, 0, 0]]
    np.testing.assert_allclose(inputs.to_numpy(), expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_count", [4, 1, 1]),
        ("is_one_time_buyer", [0, 1, 1]),
        ("purchases_per_30d", [2 / 29 * 30, 0, np.nan]),
        ("net_spend", [115, 50, 0]),
        ("gross_spend", [120, 50, 0]),
        ("mean_order_amount", [30, 50, 0]),
        ("largest_order_amount", [60, 50, 0]),
        ("day_spend_std", [20, np.nan, np.nan]),  # of 40, 20 and 60
        ("first_day_spend", [40, 50, 0]),
        ("last_day_spend", [60, 50, 0]),
        ("last_spend_ratio", [60 / (115 / 3), 1, np.nan]),
        ("spend_per_30d", [115 / 29 * 30, 50 / 365 * 30, np.nan]),
        ("gap_mean_days", [14.5, np.nan, np.nan]),
        ("gap_std_days", [np.sqrt(40.5), np.nan, np.nan]),  # of 10 and 19
        ("gap_min_days", [10, np.nan, np.nan]),
        ("gap_max_days", [19, np.nan, np.nan]),
        ("last_gap_ratio", [19 / 14.5, np.nan, np.nan]),
        ("recency_gap_ratio", [0, np.nan, np.nan]),
        ("purchase_timing", [(0 + 10 + 29) / 3 / 29, 0, np.nan]),
        ("weekend_share", [0.25, 0, 0]),
        ("pieces_per_order", [1, 1, 1]),
        ("distinct_products", [4, 1, 1]),
        ("return_count", [1, 0, 0]),
        ("return_rate", [0.2, 0, 0]),
        ("returned_share", [5 / 120, 0, np.nan]),
        ("season_share", [np.nan, 0, np.nan]),  # 365 days ago is today, not what comes
        ("orders_7d", [1, 0, 1]),
        ("orders_30d", [4, 0, 1]),
        ("spend_14d", [55, 0, 0]),
        ("spend_365d", [115, 0, 0]),
        ("spend_730d", [115, 50, 0]),
        ("orders_trend_30d", [1, np.nan, 1]),
    ],
)
def test_value_by_hand(features, name, expected):
    """Each feature of the three customers equals the number worked out on paper."""
    np.testing.assert_allclose(features[name], expected, rtol=1e-12)


def test_window_ends_with_cutoff(tmp_path):
    """A 30-day window holds the cutoff and the 29 days before it."""
    orders = make_orders((1, "2023-06-01", 1.0), (1, "2023-05-31", 2.0))
    features = build_snapshot(write_shop(tmp_path, orders=orders), CUTOFF, 30, label=False).features
    assert features.loc[1, "spend_30d"] == 1.0
    assert features.loc[1, "spend_60d"] == 3.0


def test_season_looks_up_last_year(tmp_path):
    """Spend 365 days before the coming 90 days counts, a day outside them does not."""
    orders = make_orders(
        (1, "2022-07-01", 30.0),  # one year before the first day after the cutoff
        (1, "2022-09-28", 30.0),  # before the ninetieth
        (1, "2022-09-29", 40.0),
    )
    features = build_snapshot(write_shop(tmp_path, orders=orders), CUTOFF, 30, label=False).features
    assert features.loc[1, "season_share"] == pytest.approx(0.6)


def test_lines_give_distinct_products(tmp_path):
    """With lines a product bought twice counts once; returned lines do not count."""
    orders = make_orders((1, "2023-06-01", 10.0), (1, "2023-06-05", 10.0))
    lines = pd.DataFrame(
        {
            "customer_key": [1, 1, 1, 1],
            "order_key": [0, 0, 1, 1],
            "order_time": pd.to_datetime(["2023-06-01"] * 2 + ["2023-06-05"] * 2),
            "product_key": pd.array([7, 8, 7, pd.NA], dtype="Int64"),
            "quantity": 1.0,
            "amount": 5.0,
        }
    )
    tables = write_shop(tmp_path, orders=orders, lines=lines)
    assert build_snapshot(tables, CUTOFF, 30, label=False).features.loc[1, "distinct_products"] == 2


def pandas_features(orders: pd.DataFrame, cutoff: dt.date) -> pd.DataFrame:
    """Compute a choice of features a second way: row by row, customer by customer."""
    end = pd.Timestamp(cutoff)
    rows = {}
    seen = orders[orders["order_time"].dt.normalize() <= end]
    for key, mine in seen.groupby("customer_key"):
        bought = mine[~mine["is_return"]]
        if bought.empty:
            continue
        days = bought["order_time"].dt.normalize().drop_duplicates().sort_values()
        by_day = mine.groupby(mine["order_time"].dt.normalize())["amount"].sum().loc[days]
        gaps = days.diff().dt.days.dropna()
        age = (end - mine["order_time"].dt.normalize()).dt.days
        tenure = (end - days.iloc[0]).days
        row = {
            "frequency": len(days) - 1,
            "recency_days": (end - days.iloc[-1]).days,
            "tenure_days": tenure,
            "monetary_value": mine["amount"].sum() / len(days),
            "order_count": len(bought),
            "largest_order_amount": bought["amount"].max(),
            "day_spend_std": by_day.std(),
            "first_day_spend": by_day.iloc[0],
            "last_day_spend": by_day.iloc[-1],
            "gap_mean_days": gaps.mean(),
            "gap_std_days": gaps.std(),
            "gap_min_days": gaps.min(),
            "gap_max_days": gaps.max(),
            "last_gap_ratio": gaps.iloc[-1] / gaps.mean() if len(gaps) else np.nan,
            "purchase_timing": np.mean((days - days.iloc[0]).dt.days) / tenure
            if tenure
            else np.nan,
            "weekend_share": (bought["order_time"].dt.day_of_week >= 5).mean(),
            "return_rate": mine["is_return"].mean(),
            "pieces_per_order": bought["quantity"].mean(),
        }
        for length in WINDOWS_DAYS:
            row[f"spend_{length}d"] = mine.loc[age < length, "amount"].sum()
            row[f"orders_{length}d"] = (~mine.loc[age < length, "is_return"]).sum()
        rows[key] = row
    return pd.DataFrame.from_dict(rows, orient="index")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equals_pandas(tmp_path, seed):
    """On random shops every feature equals an independent computation."""
    shop = random_shop(seed)
    cutoff = dt.date(2022, 12, 4 + seed)
    expected = pandas_features(shop["orders"], cutoff)
    tables = write_shop(tmp_path, orders=shop["orders"])
    features = build_snapshot(tables, cutoff, 90, label=False).features
    assert len(features) > 40
    pd.testing.assert_frame_equal(
        features[expected.columns], expected, check_dtype=False, check_names=False, atol=1e-9
    )
