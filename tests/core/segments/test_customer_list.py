"""Customers filtered and searched by their shop's own id."""

import pandas as pd
import pytest

from clv_core.segments.customer_list import list_customers

FORECAST = pd.DataFrame(
    {
        "predicted": [5.0, 50.0, 20.0],
        "value_tier": ["low", "high", "middle"],
        "marketing_tier": ["rest", "reward", "grow"],
    },
    index=pd.Index([0, 1, 2], name="customer_key"),
)
CUSTOMERS = pd.DataFrame(
    {"customer_key": [2, 0, 1], "customer_id": ["00C.3", "00A(1", "00b*2"], "email": ["x"] * 3}
)


def test_ids_stand_beside_their_own_forecast_highest_first():
    """Keys join whatever the order of rows, and contact fields stay behind."""
    listed = list_customers(FORECAST, CUSTOMERS)
    assert list(listed["customer_id"]) == ["00b*2", "00C.3", "00A(1"]
    assert list(listed.index) == [1, 2, 0]
    assert "email" not in listed


@pytest.mark.parametrize(
    ("part", "found"), [("00B", ["00b*2"]), ("a(", ["00A(1"]), (".", ["00C.3"]), ("zz", [])]
)
def test_a_search_is_taken_literally(part, found):
    """Case does not matter; signs of regular expressions mean themselves."""
    assert list(list_customers(FORECAST, CUSTOMERS, id_part=part)["customer_id"]) == found


def test_tiers_of_both_kinds_narrow_the_list():
    """A customer has to be in a chosen tier of each kind."""
    both = list_customers(FORECAST, CUSTOMERS, ["high", "middle"], ["grow", "rest"])
    assert list(both.index) == [2]
