"""Every feature equals what a second hand wrote in pandas."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.features.build import build_snapshot
from clv_core.features.day_table import write_day_tables
from clv_core.features.review_text import COUNTS
from tests.benchmarks.pandas_features import (
    browsing_in_pandas,
    features_in_pandas,
    reviews_in_pandas,
)
from tests.core.features.shops import random_shop, write_shop

LAST_DAY = dt.date(2023, 5, 1)


@pytest.mark.parametrize("has_days", [True, False], ids=["from written days", "from orders"])
@pytest.mark.parametrize("cutoff", [dt.date(2022, 9, 30), dt.date(2023, 4, 2)])
def test_features_equal_those_of_pandas(tmp_path, cutoff, has_days):
    """To a millionth, in every column that the reference has, missing where it is missing."""
    shop = random_shop(11, customers=200, orders=3000, events=6000)
    shop["orders"]["amount"] = shop["orders"]["amount"].round(2)  # the spread counts whole cents
    tables = write_shop(tmp_path, last_day=LAST_DAY, **shop)
    if has_days:
        write_day_tables(tables)
    found = build_snapshot(tables, cutoff, 60, label=False, has_months=False).features
    bought = features_in_pandas(tmp_path, cutoff)
    others = [told(tmp_path, cutoff, bought) for told in (browsing_in_pandas, reviews_in_pandas)]
    expected = pd.concat([bought, *others], axis=1)
    unread = set(found) - set(expected)
    assert unread >= set(COUNTS)
    assert all(name.endswith(("sentiment", "_mentions", "_share", "_trend")) for name in unread)
    assert set(expected) <= set(found)
    pd.testing.assert_frame_equal(
        found[list(expected)], expected, rtol=1e-6, atol=1e-6, check_names=False
    )
