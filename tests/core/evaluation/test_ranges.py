"""Ranges of single customers: what they hold, where they begin, what cannot be held."""

import json

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.coverage import Coverage, measure_coverage
from clv_core.evaluation.ranges import MOST_GIVEN_UP, Ranges, learn_distribution
from clv_core.evaluation.spread import Customers, SpendDistribution


def simulate(customers, seed, rate_shape=2.0, days=90, level=1.0):
    """Draw shops whose orders and baskets are known on average; return forecast, chance, spend."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(rate_shape, 0.8, customers) * days / 90
    basket = rng.gamma(4.0, 10.0, customers)
    orders = rng.poisson(rate * level)
    spend = rng.gamma(5.0 * np.maximum(orders, 1), basket / 5.0) * (orders > 0)
    index = pd.RangeIndex(customers, name="customer_key")
    told = (rate * basket, 1 - np.exp(-rate), spend)
    return tuple(pd.Series(values, index) for values in told)


def make(learnt_on, predicted, p_buy, share=0.8):
    """Learn on one window and make the ranges of another's forecast."""
    distribution = learn_distribution(*learnt_on)
    assert distribution is not None
    return Ranges.make(distribution, predicted, p_buy, share)


@pytest.mark.parametrize("share", [0.7, 0.8, 0.9])
def test_the_share_of_fresh_customers_is_inside(share):
    """Where few buy nothing: overall, and among the quarter of highest forecasts."""
    predicted, p_buy, spend = simulate(4000, 2)
    bounds = make(simulate(4000, 1), predicted, p_buy, share).bounds(predicted, p_buy)
    inside = spend.between(bounds["low"], bounds["high"])
    assert inside.mean() == pytest.approx(share, abs=0.025)
    top = predicted > predicted.quantile(0.75)
    assert inside[top].mean() == pytest.approx(share, abs=0.05)


def test_ranges_learnt_on_a_short_window_hold_for_a_long_one():
    """Thirty days teach what the forecast over 120 needs: orders add up, scatter shrinks."""
    predicted, p_buy, spend = simulate(4000, 3, days=120)
    bounds = make(simulate(4000, 1, days=30), predicted, p_buy).bounds(predicted, p_buy)
    assert spend.between(bounds["low"], bounds["high"]).mean() == pytest.approx(0.8, abs=0.05)


def test_likely_buyers_have_a_range_above_nothing():
    """Who buys with a chance of 99 % does not get a range from 0, who seldom buys does."""
    predicted, p_buy, _ = simulate(4000, 2)
    bounds = make(simulate(4000, 1), predicted, p_buy).bounds(predicted, p_buy)
    assert (bounds.loc[p_buy > 0.99, "low"] > 0).all()
    assert (bounds.loc[p_buy < 0.85, "low"] == 0).all()


@pytest.mark.parametrize("customers", [503, 701, 1679, 2131])
def test_where_nobody_falls_inside_more_often_all_keep_the_share(customers):
    """Everybody nearly certain to buy: there is nothing to make up for, whatever the rounding."""
    predicted, _, spend = simulate(customers, 4, rate_shape=9.0)
    certain = pd.Series(1 - 1e-9, predicted.index)
    distribution = learn_distribution(predicted, certain - 0.01, spend.where(spend > 1, 0.0))
    assert distribution is not None
    ranges = Ranges.make(distribution, predicted * 1e-6, certain, 0.8)
    assert ranges.least_level == pytest.approx(0.8)


def test_a_mass_at_nothing_is_made_up_for_by_the_others_within_limits():
    """Many who buy nothing: their ranges hold more, those of little value hold less."""
    learnt_on, (predicted, p_buy, spend) = simulate(6000, 1, 0.35), simulate(6000, 2, 0.35)
    ranges = make(learnt_on, predicted, p_buy)
    assert ranges.least_level == pytest.approx(0.8 - MOST_GIVEN_UP)
    bounds = ranges.bounds(predicted, p_buy)
    tiers = pd.cut(predicted, [-1, ranges.part_from, ranges.full_from, np.inf], right=False)
    named = tiers.cat.rename_categories(["low", "middle", "high"]).astype(str)
    found = measure_coverage(spend, predicted, bounds, 0.8, named, p_buy)
    by_tier = found.by_tier.set_index("tier")["covered_share"]
    assert list(by_tier.index) == ["high", "middle", "low"]
    assert by_tier["high"] == pytest.approx(0.8, abs=0.06)
    assert found.free_share is not None
    assert 0.8 - MOST_GIVEN_UP - 0.05 < found.free_share < found.covered_share
    # Nothing narrower than [0, 0] holds those of whom more than the share buy nothing.
    floor = np.maximum(1 - p_buy, 0.8 - MOST_GIVEN_UP).mean()
    assert found.covered_share > floor - 0.02


def test_what_the_window_was_off_in_all_is_not_learnt():
    """A window with half as many orders again teaches the same ranges."""
    predicted, p_buy, _ = simulate(4000, 2)
    usual = make(simulate(8000, 1), predicted, p_buy).bounds(predicted, p_buy)
    lively = make(simulate(8000, 1, level=1.5), predicted, p_buy).bounds(predicted, p_buy)
    assert lively["high"].sum() == pytest.approx(usual["high"].sum(), rel=0.06)


def test_the_forecast_is_inside_and_bounds_are_in_order():
    """Also where it is nothing, negative, tiny or certain."""
    learnt_on = simulate(2000, 1)
    predicted = pd.Series([-5.0, 0.0, 1e-6, 3.0, 1e5, 40.0])
    p_buy = pd.Series([0.0, 0.0, 1e-9, 0.02, 1.0, 1.0])
    bounds = make(learnt_on, predicted, p_buy).bounds(predicted, p_buy)
    assert (bounds["low"] <= predicted).all()
    assert (predicted <= bounds["high"]).all()
    assert np.isfinite(bounds.to_numpy()).all()


def test_bounds_of_one_bin_by_hand():
    """A chance of one half and ratios 1/40 to 39/40: the 80 % range ends at their 60 %."""
    customers = Customers.of(np.full(78, 10.0), np.full(78, 0.5))
    came = np.append(np.arange(1, 40) / 40 * 20.0, np.zeros(39))
    distribution = SpendDistribution.fit(customers, came)
    assert distribution is not None
    one = Customers.of(np.array([10.0]), np.array([0.5]))
    low, high = distribution.bounds(one, np.array([0.8]))
    assert low.tolist() == [0.0]
    # F(high) = 0.5 + 0.5 G = 0.8 at G = 0.6: ratio 0.6 of m = 10 / 0.5.
    assert high == pytest.approx([12.0])
    # Var = m²(p E[r²] − p² E[r]²) with E[r] = 1/2.
    squares = np.mean((np.arange(1, 40) / 40) ** 2)
    assert distribution.variance(one) == pytest.approx([400 * (0.5 * squares - 0.0625)])
    # The forecast is half of m: G(0.5) = 0.5 of the buyers and all others are below it.
    assert distribution.mass_to_forecast(one) == pytest.approx([0.75])


def test_refunds_move_the_lower_bound_below_nothing():
    """Where a fifth of the buyers send back more than they buy, so does the range."""
    rng = np.random.default_rng(1)
    spend = np.where(rng.random(2000) < 0.25, -5.0, 20.0)
    customers = Customers.of(np.full(2000, 13.75), np.full(2000, 0.999))
    distribution = SpendDistribution.fit(customers, spend)
    assert distribution is not None
    low, _ = distribution.bounds(customers, np.full(2000, 0.8))
    assert low == pytest.approx(np.full(2000, -5.0), rel=0.01)


def test_too_few_buyers_teach_no_distribution():
    """Nineteen buyers, nothing forecast or nothing come in: no ranges of this kind."""
    predicted, p_buy = pd.Series(np.ones(100)), pd.Series(np.full(100, 0.2))
    came = pd.Series((np.arange(100) < 19) * 5.0)
    assert learn_distribution(predicted, p_buy, came) is None
    assert learn_distribution(predicted * 0, p_buy, came) is None
    assert learn_distribution(predicted, p_buy, came * 0) is None


def test_ranges_and_coverage_survive_json():
    """What is written comes back and bounds alike; an earlier version's coverage opens."""
    predicted, p_buy, spend = simulate(500, 4)
    ranges = make(simulate(500, 5), predicted, p_buy)
    again = Ranges.from_json(ranges.to_json())
    bounds = ranges.bounds(predicted, p_buy)
    pd.testing.assert_frame_equal(again.bounds(predicted, p_buy), bounds)
    tiers = pd.Series(np.where(predicted > predicted.median(), "high", "low"), predicted.index)
    found = measure_coverage(spend, predicted, bounds, 0.8, tiers, p_buy)
    read = Coverage.from_json(found.to_json())
    pd.testing.assert_frame_equal(read.by_tier, found.by_tier)
    assert read.free_share == found.free_share
    stored = json.loads(found.to_json())
    old = {name: stored[name] for name in ("share", "covered_share", "low", "high", "by_decile")}
    assert Coverage.from_json(json.dumps(old)).by_tier.empty
