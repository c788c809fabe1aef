"""Intervals: learnt on one window, measured on another."""

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.evaluation.certainty import IntervalModel
from clv_core.evaluation.coverage import Coverage, measure_coverage


def simulate(customers, seed):
    """Draw zero-heavy spend around a forecast that is right on average."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.8, 1.2, customers)
    orders = rng.poisson(rate)
    spend = orders * rng.gamma(4, 10, customers)
    index = pd.RangeIndex(customers, name="customer_key")
    return pd.Series(rate * 40, index), pd.Series(spend, index)


@pytest.mark.parametrize("share", [0.8, 0.9])
def test_coverage_on_fresh_customers_is_near_the_intended(share):
    """Learnt on 4,000 customers, the bounds hold about that share of 4,000 others."""
    model = IntervalModel.fit(*simulate(4000, 1), share)
    predicted, actual = simulate(4000, 2)
    found = measure_coverage(actual, predicted, model.bounds(predicted), share)
    assert found.covered_share == pytest.approx(share, abs=0.03)
    assert found.low <= found.covered_share <= found.high
    assert found.by_decile["customers"].sum() == 4000
    assert (found.by_decile["covered_share"].iloc[:9] > share - 0.08).all()


def test_bounds_rise_and_hold_the_forecast():
    """Monotone in the forecast, low ≤ forecast ≤ high, far beyond the knots too."""
    model = IntervalModel.fit(*simulate(1500, 3), 0.8)
    predicted = pd.Series(np.concatenate([[-50.0, 0.0], np.geomspace(1e-3, 1e6, 500)]))
    bounds = model.bounds(predicted)
    assert (bounds["low"] <= predicted).all()
    assert (predicted <= bounds["high"]).all()
    assert bounds["low"].is_monotonic_increasing
    assert bounds["high"].is_monotonic_increasing


def test_bounds_of_one_bin_by_hand():
    """Nineteen outcomes 1 to 19 and one forecast: the 2nd to the 18th hold 80 %."""
    actual = pd.Series(np.arange(1.0, 20))
    model = IntervalModel.fit(pd.Series(10.0, actual.index), actual, 0.8)
    # Ranks: floor(20·0.1) = 2; a new one falls below with 2/20, so 20·(0.8 + 2/20) = 18.
    assert (model.knots, model.lows, model.highs) == ((10.0,), (2.0,), (18.0,))
    far = model.bounds(pd.Series([20.0]))
    assert far.iloc[0].tolist() == [4.0, 36.0]


@pytest.mark.parametrize("count", [19, 25, 50, 55, 73, 99])
@pytest.mark.parametrize("share", [0.8, 0.9])
def test_ranks_of_one_bin_hold_the_share_exactly(count, share):
    """Of n + 1 exchangeable outcomes, the ranks between the bounds are at least the share."""
    actual = pd.Series(np.arange(1.0, count + 1))
    model = IntervalModel.fit(pd.Series(1.0, actual.index), actual, share)
    assert (model.highs[0] - model.lows[0]) / (count + 1) >= share - 1e-9


def test_nobody_buying_gives_a_range_from_nothing_to_the_forecast():
    """All outcomes 0: nothing to leave out, the forecast is the upper bound."""
    predicted = pd.Series(np.linspace(1, 2, 200))
    bounds = IntervalModel.fit(predicted, predicted * 0, 0.8).bounds(predicted)
    assert (bounds["low"] == 0).all()
    assert (bounds["high"] == predicted).all()


def test_interval_model_and_coverage_survive_json():
    """What is written comes back equal."""
    predicted, actual = simulate(300, 4)
    model = IntervalModel.fit(predicted, actual)
    assert IntervalModel.from_json(model.to_json()) == model
    found = measure_coverage(actual, predicted, model.bounds(predicted), 0.8)
    again = Coverage.from_json(found.to_json())
    assert again.covered_share == found.covered_share
    pd.testing.assert_frame_equal(again.by_decile, found.by_decile)


def test_nine_customers_are_refused():
    """Too few to learn a range from, said with the number."""
    nine = pd.Series(np.ones(9))
    with pytest.raises(TooFewCustomers, match="9 customers"):
        IntervalModel.fit(nine, nine)
