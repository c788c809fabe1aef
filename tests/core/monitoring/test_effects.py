"""Lists against their controls: by hand, with an effect that was planted, and with none."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from clv_core.monitoring.effects import Effect, measure_effects

SHOPS = 200


def members(tiers: list[str], controls: list[bool]) -> pd.DataFrame:
    """Return who was on a list, numbered from 1."""
    index = pd.RangeIndex(1, len(tiers) + 1, name="customer_key")
    return pd.DataFrame({"tier": tiers, "is_control": controls}, index=index)


def outcome(spend: list[float] | np.ndarray, orders: np.ndarray | None = None) -> pd.DataFrame:
    """Return what they brought; who brought something has bought."""
    values = np.asarray(spend, float)
    index = pd.RangeIndex(1, len(values) + 1, name="customer_key")
    bought = (values > 0).astype(float) if orders is None else orders
    return pd.DataFrame({"future_spend": values, "future_orders": bought}, index=index)


def draw_list(
    rng: np.random.Generator, customers: int, lift: float, share: float = 0.2
) -> tuple[Effect, ...]:
    """Draw a shop of three tiers, lift the treated by a share, and compare."""
    pace = rng.choice([0.15, 0.6, 2.0], customers, p=[0.6, 0.3, 0.1])
    tiers = np.select([pace > 1, pace > 0.5], ["reward", "grow"], "rest")
    is_control = np.zeros(customers, bool)
    for tier in np.unique(tiers):
        rows = np.flatnonzero(tiers == tier)
        is_control[rng.choice(rows, round(share * len(rows)), replace=False)] = True
    orders = rng.poisson(pace * np.where(is_control, 1.0, 1.0 + lift))
    spend = rng.gamma(2.0, 20.0, customers) * orders
    return measure_effects(members([*tiers], [*is_control]), outcome(spend, orders))


def test_the_difference_is_that_of_each_tier_weighed_by_its_size() -> None:
    """Tier a: 6 less 2, two thirds of the customers; tier b: 20 less 10, one third."""
    who = members(["a"] * 4 + ["b"] * 2 + ["a"] * 4 + ["b"] * 2, [False] * 6 + [True] * 6)
    revenue, bought = measure_effects(who, outcome([4, 8, 4, 8, 18, 22, 0, 4, 0, 4, 8, 12]))
    whole, a, b = revenue.table.to_dict("records")
    assert (whole["tier"], a["tier"], b["tier"]) == ("all", "a", "b")
    assert whole["treated"] == pytest.approx(6 * 2 / 3 + 20 / 3)
    assert whole["control"] == pytest.approx(2 * 2 / 3 + 10 / 3)
    assert whole["difference"] == pytest.approx(4 * 2 / 3 + 10 / 3)
    assert (whole["treated_customers"], whole["control_customers"]) == (6, 6)
    assert (a["difference"], b["difference"]) == (pytest.approx(4), pytest.approx(10))
    assert bought.table["treated"].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert bought.table["control"].tolist() == pytest.approx([2 / 3, 0.5, 1.0])


def test_with_one_tier_and_scattered_arms_the_interval_is_welchs() -> None:
    """SciPy's own Welch interval, where the two arms' variances tell more than all in one."""
    rng = np.random.default_rng(4)
    treated, controls = rng.normal(50, 3, 300), rng.normal(50, 30, 60)
    who = members(["a"] * 360, [False] * 300 + [True] * 60)
    revenue, _ = measure_effects(who, outcome(np.concatenate([treated, controls])))
    expected = stats.ttest_ind(treated, controls, equal_var=False).confidence_interval(0.95)
    row = revenue.table.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_controls_who_all_did_nothing_are_no_proof() -> None:
    """Three silent controls of a small tier leave its interval as wide as the others'."""
    who = members(["a"] * 13, [False] * 10 + [True] * 3)
    revenue, _ = measure_effects(who, outcome([100.0, 60.0] + [0.0] * 11))
    row = revenue.table.iloc[1]
    assert row["low"] < 0 < row["high"]


def test_a_planted_effect_is_found() -> None:
    """A third more orders among 6,000 customers: found in nearly every shop, never denied."""
    rng = np.random.default_rng(1)
    verdicts = [[one.verdict for one in draw_list(rng, 6000, 1 / 3)] for _ in range(40)]
    for place in (0, 1):
        told = [row[place] for row in verdicts]
        assert told.count("more") >= 36
        assert "less" not in told


def test_no_effect_is_found_no_more_often_than_the_interval_allows() -> None:
    """Of 200 shops without any effect, about one in twenty; 18 is one chance in 100."""
    rng = np.random.default_rng(2)
    found = [draw_list(rng, 1500, 0.0) for _ in range(SHOPS)]
    for place in (0, 1):
        told = [effects[place].verdict for effects in found]
        assert told.count("more") + told.count("less") <= 18


def test_no_difference_is_said_only_where_one_would_have_been_seen() -> None:
    """A hundred thousand customers without an effect tell so; a thousand are too few."""
    rng = np.random.default_rng(3)
    many = draw_list(rng, 150_000, 0.0)
    few = draw_list(rng, 1000, 0.0)
    assert [one.verdict for one in many] == ["no_difference", "no_difference"]
    assert [one.verdict for one in few] == ["too_few", "too_few"]
    for effect in few:
        assert effect.needed is not None
        assert effect.needed > 1000


def test_as_many_as_are_called_for_see_the_difference() -> None:
    """With the number that is told, a lift of a tenth is seen in about four of five shops."""
    rng = np.random.default_rng(5)
    needed = draw_list(rng, 4000, 0.0)[0].needed
    assert needed is not None
    seen = sum(draw_list(rng, needed, 0.1)[0].verdict == "more" for _ in range(25))
    assert 13 <= seen <= 25


def test_a_handful_of_customers_or_orders_is_too_few_whatever_they_did() -> None:
    """29 controls, or 19 buyers, tell nothing even where the interval leaves zero out."""
    who = members(["a"] * 100, [False] * 71 + [True] * 29)
    spend = np.where(np.arange(100) < 71, 100.0, 1.0) + np.linspace(0, 1, 100)
    revenue, _ = measure_effects(who, outcome(spend))
    assert revenue.table.iloc[0]["low"] > 0
    assert revenue.verdict == "too_few"
    buyers = np.zeros(200)
    buyers[:19] = 50.0
    revenue, _ = measure_effects(
        members(["a"] * 200, [False] * 100 + [True] * 100), outcome(buyers)
    )
    assert revenue.verdict == "too_few"


def test_without_controls_nothing_is_told() -> None:
    """There is nobody to compare with; means of the list stay known."""
    revenue, bought = measure_effects(members(["a"] * 50, [False] * 50), outcome([10.0] * 50))
    assert (revenue.verdict, bought.verdict) == ("no_control", "no_control")
    assert math.isnan(revenue.table.iloc[0]["difference"])
    assert revenue.needed is None


def test_a_tier_without_controls_stays_out_of_the_comparison() -> None:
    """All tiers together are those that can be compared; the other one shows no difference."""
    who = members(["a"] * 80 + ["b"] * 10, [False] * 40 + [True] * 40 + [False] * 10)
    revenue, _ = measure_effects(who, outcome([*range(80), *[1000.0] * 10]))
    whole, a, b = revenue.table.to_dict("records")
    assert whole["difference"] == a["difference"] == pytest.approx(-40.0)
    assert math.isnan(b["difference"])
    assert b["treated"] == pytest.approx(1000.0)
