"""Whether customers and orders look as they did, by hand."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.monitoring.drift import (
    compare_features,
    compare_shop,
    stability_index,
    sum_families,
)
from tests.core.features.shops import make_orders, write_shop


def test_the_index_is_the_symmetric_divergence_of_two_shares() -> None:
    """Half have the lower value before, a quarter after; half a customer more in each of 5 bins."""
    before = np.repeat([1.0, 2.0], 1000)
    after = np.repeat([1.0, 2.0], [500, 1500])
    counted = ([1000, 0, 1000, 0, 0], [500, 0, 1500, 0, 0])  # up to 1, 1.5, 2, above, missing
    shares = [np.array(counts) + 0.5 for counts in counted]
    b, a = (counts / counts.sum() for counts in shares)
    assert stability_index(before, after) == pytest.approx(float(((a - b) * np.log(a / b)).sum()))
    assert stability_index(before, after) == pytest.approx(0.25 * math.log(3), rel=0.01)


def test_the_same_values_have_an_index_of_nothing_and_missing_ones_count() -> None:
    """Order does not matter; a tenth of the customers gone missing is a change."""
    values = np.random.default_rng(1).normal(size=2000)
    assert stability_index(values, values[::-1]) == pytest.approx(0.0)
    gone = values.copy()
    gone[::10] = np.nan
    assert stability_index(values, gone) > 0.3
    assert stability_index(np.full(9, np.nan), np.full(9, np.nan)) == pytest.approx(0.0)


def test_features_are_ranked_and_what_tells_only_the_day_is_left_out() -> None:
    """Recency doubles, spend stays; the season is the same for all, another was unknown."""
    rng = np.random.default_rng(2)
    before = pd.DataFrame(
        {
            "recency_days": rng.exponential(50, 3000),
            "net_spend": rng.gamma(2, 50, 3000),
            "season_sin": 0.5,
            "season_share": np.nan,
        }
    )
    after = before.assign(
        recency_days=before["recency_days"] * 2, season_sin=-0.5, season_share=rng.random(3000)
    )
    table = compare_features(before, after)
    assert table["feature"].tolist() == ["recency_days", "net_spend"]
    assert table["psi"].iloc[0] > 0.25
    assert table["psi"].iloc[1] == pytest.approx(0.0)
    families = sum_families(table).set_index("family")
    assert families.loc["recency", ["features", "changed"]].tolist() == [1, 1]
    assert families.loc["spend", ["features", "changed"]].tolist() == [1, 0]


def test_the_shop_before_and_since_by_hand(tmp_path: Path) -> None:
    """Ten days each way: three orders and one new customer since, two and two before."""
    orders = make_orders(
        (1, "2024-01-05", 10.0),
        (1, "2024-01-25", 30.0),
        (2, "2024-01-26", 50.0),
        (1, "2024-02-01", 20.0),
        (3, "2024-02-10", 100.0),
        (3, "2024-02-10", -40.0),
        (2, "2024-02-09", 80.0),
        (4, "2024-02-11", 999.0),
    )
    tables = write_shop(tmp_path, orders=orders)
    shop = compare_shop(tables.scan("orders"), tables.first_day, dt.date(2024, 1, 31), 10)
    told = shop.set_index("measure")
    assert told.loc["new_customers", ["before", "since"]].tolist() == [3.0, 3.0]
    assert told.loc["orders", ["before", "since"]].tolist() == [6.0, 9.0]
    assert told.loc["net_revenue", ["before", "since"]].tolist() == [240.0, 480.0]
    assert told.loc["mean_order_amount", "since"] == pytest.approx(200 / 3)
    assert told.loc["returned_share", ["before", "since"]].tolist() == [0.0, 0.2]
    assert told["year_before"].isna().all()


def test_who_is_new_is_not_told_where_the_orders_begin(tmp_path: Path) -> None:
    """Of orders that begin after the cutoff nobody knows who had bought before it."""
    orders = make_orders((1, "2024-02-01", 20.0), (2, "2024-02-09", 80.0))
    tables = write_shop(tmp_path, orders=orders)
    shop = compare_shop(tables.scan("orders"), tables.first_day, dt.date(2024, 1, 31), 10)
    since = shop.set_index("measure")["since"]
    assert since["orders"] == pytest.approx(6.0)
    assert np.isnan(since["new_customers"])
