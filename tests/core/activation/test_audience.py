"""Audiences picked by tiers."""

import pandas as pd

from clv_core.activation.audience import select_audience

FORECAST = pd.DataFrame(
    {
        "value_tier": ["high", "high", "middle", "low"],
        "marketing_tier": ["reward", "protect", "grow", "welcome"],
    }
)


def test_nothing_chosen_keeps_everybody():
    """An empty choice does not restrict."""
    assert len(select_audience(FORECAST)) == len(FORECAST)


def test_either_kind_of_tier_picks_its_customers():
    """One kind of tier alone decides where the other is left empty."""
    assert list(select_audience(FORECAST, ["high"]).index) == [0, 1]
    assert list(select_audience(FORECAST, (), ["grow", "welcome"]).index) == [2, 3]


def test_both_kinds_must_fit():
    """With both chosen a customer needs one of each."""
    assert list(select_audience(FORECAST, ["high"], ["protect", "grow"]).index) == [1]
