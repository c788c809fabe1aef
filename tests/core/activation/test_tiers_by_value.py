"""Marketing tiers and lists of a value table, which knows no purchases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clv_core.activation.marketing_tiers import MARKETING_TIERS
from clv_core.activation.tiers_by_value import assign_tiers_by_value
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.settings import SegmentSettings

FORECAST = pd.DataFrame(
    {
        "predicted": [60.0, 20.0, 15.0, 5.0],
        "low": 0.0,
        "high": 90.0,
        "known_value": [55.0, np.nan, 14.0, 6.0],
    },
    index=pd.Index([3, 1, 4, 2], name="customer_key"),
)
SORTED = FORECAST.assign(
    value_tier=assign_value_tiers(FORECAST, SegmentSettings(high=0.5, middle=0.8)).assignment
)


def test_value_alone_decides() -> None:
    """60 of 100 is high and rewarded; 20 more make the middle, which grows; the rest rests."""
    tiers = assign_tiers_by_value(SORTED)
    assert tiers.assignment.tolist() == ["reward", "grow", "rest", "rest"]
    assert set(tiers.assignment) <= set(MARKETING_TIERS)
    assert tiers.lines is None


def test_profile_adds_up_and_tells_the_lines() -> None:
    """Three tiers share all customers and all value, and say from which value they begin."""
    profile = assign_tiers_by_value(SORTED).profile.set_index("tier")
    assert list(profile.index) == ["reward", "grow", "rest"]
    assert profile["customers"].sum() == 4
    assert profile["value_share"].sum() == 1.0
    assert str(profile.loc["reward", "why"]) == "High predicted value: 60.00 or more."
    assert str(profile.loc["rest", "why"]) == "Low predicted value: 15.00 or less."


def test_an_empty_tier_is_said_to_be() -> None:
    """With one customer there is nobody in the middle."""
    one = SORTED.iloc[:1]
    profile = assign_tiers_by_value(one).profile.set_index("tier")
    assert str(profile.loc["grow", "why"]) == "No customer is in this tier."
