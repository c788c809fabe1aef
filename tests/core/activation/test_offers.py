"""How deep offers can be, by hand, and that groups of people do not decide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.offers import check_fairness, name_scripts, suggest_offers

FORECAST = pd.DataFrame(
    {"predicted": [100.0, 300.0, 10.0, 5.0], "expected_orders": [2.0, 2.0, 0.5, 0.0]}
)
TIERS = pd.Series(["reward", "reward", "grow", "rest"])


def offers(lower=None, margin=0.4, **shares) -> pd.DataFrame:
    """Suggest offers where customers bring 60, 8 and 1 at least."""
    lower = lower or {"reward": 60.0, "grow": 8.0, "rest": 1.0}
    return suggest_offers(FORECAST, TIERS, lower, shares, margin)


def test_depth_by_hand():
    """A quarter of the margin on 60 is 6; on an order of 100 that is 6 percent."""
    found = offers(reward=0.25, grow=0.1).loc["reward"]
    assert found["order_value"] == 100.0
    assert found["ceiling"] == 6.0
    assert (found["depth"], found["limited_by"]) == (0.06, "share")


def test_depth_is_rounded_down():
    """0.4 * 0.1 * 8 is 0.32; on an order of 20 that is 1.6 percent, and 1 is suggested."""
    assert offers(grow=0.1).loc["grow", "depth"] == 0.01


def test_nothing_is_sold_below_cost():
    """However much a customer brings, a discount stops at the margin."""
    found = offers({"reward": 9000.0}, reward=1.0).loc["reward"]
    assert (found["depth"], found["limited_by"]) == (0.4, "margin")


def test_no_offer_and_unknown_bounds():
    """No share means no offer; a missing bound or no expected order means no figure."""
    found = offers({"reward": np.nan, "grow": -5.0}, reward=0.2, grow=0.2, rest=0.2)
    assert np.isnan(found.loc["reward", "depth"])
    assert found.loc["reward", "limited_by"] == "unknown"
    assert found.loc["grow", "depth"] == 0.0
    assert found.loc["rest", "limited_by"] == "unknown"
    assert offers().loc["reward", ["depth", "limited_by"]].tolist() == [0.0, "nothing"]


def spread(tiers: pd.Series, countries: pd.Series) -> tuple[float, float, bool]:
    """Return gap, p-value and whether tiers differ by country."""
    depths = tiers.map({"a": 0.1, "b": 0.3})
    check = check_fairness(depths, tiers, countries)
    assert check.is_same_within_tiers
    return check.gap, check.p_value, check.differs


def test_tiers_that_follow_a_country_are_told():
    """Where one country's customers are all in one tier, the depths differ and chance does not."""
    tiers = pd.Series(["a"] * 60 + ["b"] * 60)
    gap, p_value, differs = spread(tiers, pd.Series(["US"] * 60 + ["DE"] * 60))
    assert gap == pytest.approx(0.2)
    assert p_value < 1e-6
    assert differs
    gap, p_value, differs = spread(tiers, pd.Series(["US", "DE"] * 60))
    assert gap == pytest.approx(0.0)
    assert not differs


def test_small_groups_and_blanks_are_not_compared():
    """A handful of customers of a country says nothing of it."""
    tiers = pd.Series(["a"] * 40 + ["b"] * 5)
    check = check_fairness(
        tiers.map({"a": 0.1, "b": 0.3}), tiers, pd.Series(["US"] * 40 + ["DE"] * 4 + [None])
    )
    assert check.by_group["group"].tolist() == ["US"]
    assert np.isnan(check.p_value)
    assert not check.differs


def test_a_depth_that_differs_within_a_tier_is_found():
    """The promise of one offer per tier is checked, not taken for granted."""
    tiers = pd.Series(["a"] * 4)
    check = check_fairness(pd.Series([0.1, 0.1, 0.2, 0.1]), tiers, pd.Series(["US"] * 4))
    assert not check.is_same_within_tiers


def test_scripts_of_names():
    """The first letter tells the script; blanks and digits tell none."""
    names = pd.Series(["Ada", "李雷", " 9 Łukasz", "42", None])
    found = name_scripts(names)
    assert found[:3].tolist() == ["LATIN", "CJK", "LATIN"]
    assert found[3:].isna().all()
