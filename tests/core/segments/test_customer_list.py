"""Customers filtered, and searched by their shop's own id."""

from pathlib import Path

import pandas as pd
import pytest

from clv_core.ingest.engine import scan_parquet
from clv_core.segments.customer_list import find_customers, search_ids

TIERS = pd.DataFrame(
    {
        "predicted": [5.0, 50.0, 20.0],
        "value_tier": pd.Categorical(["low", "high", "middle"]),
        "marketing_tier": pd.Categorical(["rest", "reward", "grow"]),
    },
    index=pd.Index([0, 1, 2], name="customer_key"),
)
CUSTOMERS = pd.DataFrame(
    {"customer_key": [2, 0, 1], "customer_id": ["00C.3", "00A(1", "00b*2'"], "email": ["x"] * 3}
)


def test_the_highest_forecast_comes_first():
    """Whatever the order of rows."""
    assert list(find_customers(TIERS)) == [1, 2, 0]
    assert list(find_customers(TIERS.sort_values("predicted", ascending=False))) == [1, 2, 0]


@pytest.mark.parametrize(
    ("part", "found"),
    [("00B", [1]), (" a( ", [0]), (".", [2]), ("2'", [1]), ("%", []), ("", [2, 0, 1])],
)
def test_a_search_is_taken_literally(part: str, found: list[int], tmp_path: Path):
    """Case does not matter; signs of patterns and of queries mean themselves."""
    CUSTOMERS.to_parquet(tmp_path / "customers.parquet")
    scanned = scan_parquet(tmp_path / "customers.parquet")
    assert list(search_ids(scanned, part)) == found


def test_tiers_of_both_kinds_narrow_the_list():
    """A customer has to be in a chosen tier of each kind, and among those in question."""
    assert list(find_customers(TIERS, ["high", "middle"], ["grow", "rest"])) == [2]
    assert list(find_customers(TIERS, among=pd.Index([0, 2, 7]))) == [2, 0]
    assert find_customers(TIERS, ["high"], among=pd.Index([0])).empty
