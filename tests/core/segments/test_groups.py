"""Sums by group, and by group and tier, that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from clv_core.segments.groups import cross_with_tiers, profile_groups

KEYS = pd.Index([1, 2, 3, 4], name="customer_key")
FORECAST = pd.DataFrame({"predicted": [60.0, 20, 20, 0], "p_buy": [0.9, 0.5, 0.3, 0]}, KEYS)
GROUPS = pd.Series(["a", "b", "b", "b"], KEYS)
TIERS = pd.Series(["high", "middle", "middle", "low"], KEYS)


def test_a_group_is_summed_up():
    """Of 100: a holds 60, b 40 over three customers, and nobody is in c."""
    table = profile_groups(FORECAST, GROUPS, ["a", "b", "c"]).set_index("group")
    assert table["customers"].tolist() == [1, 3, 0]
    assert table["value"].tolist() == [60.0, 40.0, 0.0]
    assert table["value_share"].tolist() == pytest.approx([0.6, 0.4, 0.0])
    assert table["customer_share"].tolist() == [0.25, 0.75, 0.0]
    assert table.loc["b", "mean_value"] == pytest.approx(40 / 3)
    assert table.loc["b", "p_buy"] == pytest.approx(0.8 / 3)
    assert np.isnan(table.loc["c", "mean_value"])


def test_shares_of_nothing_are_not_defined():
    """Where nobody is expected to bring anything, no group has a share of it."""
    table = profile_groups(FORECAST.assign(predicted=0.0), GROUPS, ["a", "b"])
    assert table["value_share"].isna().all()


def test_a_forecast_without_chances_has_none():
    """A value table knows no chance of buying."""
    assert profile_groups(FORECAST[["predicted"]], GROUPS, ["a", "b"])["p_buy"].isna().all()


def test_groups_cross_tiers():
    """Every cell is there, in order; shares are of the group's customers and of all value."""
    table = cross_with_tiers(FORECAST, GROUPS, TIERS, ["b", "a", "c"])
    assert table["group"].tolist() == ["b"] * 3 + ["a"] * 3 + ["c"] * 3
    assert table["tier"].tolist() == ["high", "middle", "low"] * 3
    assert table["customers"].tolist() == [0, 2, 1, 1, 0, 0, 0, 0, 0]
    assert table["value"].tolist() == [0, 40, 0, 60, 0, 0, 0, 0, 0]
    assert table["group_share"].tolist()[:3] == pytest.approx([0, 2 / 3, 1 / 3])
    assert table["group_share"].isna().tolist()[-3:] == [True] * 3
    assert table["value_share"].tolist()[:4] == pytest.approx([0, 0.4, 0, 0.6])
