"""Marketing tiers: one rule, one customer."""

import pandas as pd
import pytest

from clv_core.activation.marketing_tiers import MARKETING_TIERS, assign_marketing_tiers

CUSTOMERS = pd.DataFrame(
    [
        # key, predicted, value_tier, p_buy, past_spend, frequency, recency, tenure -> tier
        (1, 90.0, "high", 0.9, 30.0, 0, 20, 20, "welcome"),
        (2, 80.0, "high", 0.3, 900.0, 9, 80, 700, "protect"),
        (3, 85.0, "high", 0.9, 500.0, 9, 10, 700, "reward"),
        (4, 30.0, "middle", 0.2, 400.0, 4, 300, 800, "win_back"),
        (5, 30.0, "middle", 0.7, 100.0, 3, 30, 400, "grow"),
        (6, 2.0, "low", 0.1, 10.0, 0, 400, 400, "rest"),
        (7, 1.0, "low", 0.1, 600.0, 5, 500, 900, "win_back"),
        (8, 25.0, "middle", 0.3, 300.0, 2, 40, 300, "grow"),
    ],
    columns=[
        "customer_key",
        "predicted",
        "value_tier",
        "p_buy",
        "past_spend",
        "frequency",
        "recency_days",
        "tenure_days",
        "expected",
    ],
).set_index("customer_key")
FORECAST = CUSTOMERS[["predicted", "value_tier", "p_buy", "past_spend"]]
FEATURES = CUSTOMERS[["frequency", "recency_days", "tenure_days"]]


def test_each_rule_catches_its_customer():
    """Eight customers drawn up so that every rule and the order of rules is used."""
    tiers = assign_marketing_tiers(FORECAST, FEATURES)
    assert tiers.assignment.to_dict() == CUSTOMERS["expected"].to_dict()


def test_lines_come_from_the_shop_and_stand_in_the_words():
    """Medians 60 days and 350 money; an even chance, since high-value customers exceed it."""
    tiers = assign_marketing_tiers(FORECAST, FEATURES)
    assert tiers.lines.quiet_days == 60.0
    assert tiers.lines.notable_spend == 350.0
    assert tiers.lines.unlikely_p_buy == 0.5
    assert tiers.lines.uncertain_p_buy == pytest.approx(0.6)  # of 0.3, 0.9 and 0.9
    why = tiers.profile.set_index("tier")["why"]
    assert str(why["protect"]) == (
        "High expected value, but a chance of buying again below 60 %, the lowest quarter of all"
        " with high value."
    )
    assert str(why["win_back"]) == (
        "Spent at least 350.00 so far, but bought nothing for more than 60 days; chance of buying"
        " again below 50 %, expected value not high."
    )
    assert str(why["welcome"]) == "One purchase day so far, at most 60 days ago."


def test_profile_adds_up():
    """All six tiers in order; customers and value add up to all."""
    profile = assign_marketing_tiers(FORECAST, FEATURES).profile
    assert tuple(profile["tier"]) == MARKETING_TIERS
    assert profile["customers"].sum() == 8
    assert profile["value"].sum() == pytest.approx(FORECAST["predicted"].sum())
    assert profile["value_share"].sum() == pytest.approx(1.0)


def test_slow_shops_use_their_own_chance():
    """Where even high-value customers rarely return, their mean is the line."""
    slow = FORECAST.assign(p_buy=FORECAST["p_buy"] / 5)
    lines = assign_marketing_tiers(slow, FEATURES).lines
    assert lines.unlikely_p_buy == pytest.approx((0.9 + 0.3 + 0.9) / 15)


def test_without_probabilities_silence_decides():
    """A model without P(buy): quiet for longer than the median day count is unlikely."""
    tiers = assign_marketing_tiers(FORECAST.drop(columns="p_buy"), FEATURES)
    assert tiers.lines.unlikely_p_buy is None
    assert tiers.assignment.loc[[2, 3]].tolist() == ["protect", "reward"]
    why = tiers.profile.set_index("tier")["why"]
    assert str(why["protect"]) == ("High expected value, but no purchase for more than 60 days.")
