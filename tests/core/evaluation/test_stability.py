"""How much another seed moves, with numbers to check by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clv_core.evaluation.stability import Stability, measure_stability


def forecast(amounts: list[float], tiers: str) -> pd.DataFrame:
    """Return a forecast of four customers, tiers by their first letters."""
    names = {"h": "high", "m": "middle", "l": "low"}
    return pd.DataFrame(
        {"predicted": amounts, "value_tier": [names[tier] for tier in tiers]},
        index=pd.Index([1, 2, 3, 4], name="customer_key"),
    )


OWN = forecast([60.0, 20.0, 15.0, 5.0], "hmml")


def test_the_same_forecast_moves_nobody() -> None:
    """Nought everywhere, for every tier."""
    found = measure_stability([OWN, OWN], ["ensemble", "ensemble"])
    assert found.moved_share == found.ever_moved_share == 0
    assert found.total_change == found.customer_change == 0
    assert found.moved_by_tier == {"high": 0, "low": 0, "middle": 0}


def test_pairs_of_seeds_are_averaged() -> None:
    """One of four moves between 1 and 2, and 1 and 3; two between 2 and 3; two move ever."""
    second, third = forecast([60.0, 20.0, 15.0, 5.0], "hmll"), forecast([60, 30, 15, 5], "hhml")
    found = measure_stability([OWN, second, third], ["ensemble", "ensemble", "network"])
    assert found.moved_share == pytest.approx((0.25 + 0.25 + 0.5) / 3)
    assert found.ever_moved_share == 0.5
    assert found.moved_by_tier == {"high": 0.0, "low": 0.0, "middle": 0.5}
    assert found.total_change == pytest.approx(2 / 3 * 10 / 105)
    assert found.customer_change == pytest.approx(2 / 3 * 10 / 105)
    assert found.models == ("ensemble", "ensemble", "network")


def test_amounts_that_trade_places_change_customers_and_not_the_total() -> None:
    """Twenty and fifteen swapped: ten of a hundred differ, the total stays."""
    found = measure_stability([OWN, forecast([60.0, 15.0, 20.0, 5.0], "hmml")], ["a", "a"])
    assert found.total_change == 0
    assert found.customer_change == pytest.approx(0.1)
    assert Stability.from_json(found.to_json()) == found


def test_one_forecast_alone_says_nothing() -> None:
    """There is no pair."""
    with pytest.raises(ValueError, match="one forecast alone"):
        measure_stability([OWN], ["a"])
