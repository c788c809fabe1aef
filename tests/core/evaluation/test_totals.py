"""Totals of any customers: how often what comes in lies inside the range, over many shops."""

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.evaluation.ranges import Ranges, learn_distribution
from clv_core.evaluation.totals import PastWindow, TotalSpread, measure_misses, segment_total

SHOPS = 150
WINDOWS = 5


def draw_window(rng, customers, wobble):
    """Return forecast, chance and spend in a window that is off by a factor for all."""
    rate, basket = rng.gamma(0.8, 1.0, customers), rng.gamma(4.0, 10.0, customers)
    factor = max(1 + wobble * rng.normal(), 0.1)
    orders = rng.poisson(rate * factor)
    spend = rng.gamma(5.0 * np.maximum(orders, 1), basket / 5.0) * (orders > 0)
    index = pd.RangeIndex(customers, name="customer_key")
    return tuple(pd.Series(v, index) for v in (rate * basket, 1 - np.exp(-rate), spend))


def pick_segments(rng, predicted):
    """Return everybody, the best tenth, the lower half and a few at random."""
    order = predicted.sort_values(ascending=False).index
    some = predicted.index[rng.random(len(predicted)) < 0.1]
    return {"all": order, "top": order[: len(order) // 10], "low": order[len(order) // 2 :]} | {
        "few": some
    }


@pytest.mark.parametrize("wobble", [0.0, 0.15])
def test_four_fifths_of_the_totals_of_any_segment_are_inside(wobble):
    """Over 150 shops, with and without windows that differ, for large and small segments.

    Five windows tell the size of misses only roughly, so that a little fewer than the
    share may be inside where windows differ.
    """
    rng = np.random.default_rng(1)
    inside = dict.fromkeys(("all", "top", "low", "few"), 0)
    for _ in range(SHOPS):
        windows = [draw_window(rng, 500, wobble) for _ in range(WINDOWS)]
        predicted, p_buy, spend = draw_window(rng, 500, wobble)
        distribution = learn_distribution(*windows[0])
        assert distribution is not None
        variance = Ranges.make(distribution, predicted, p_buy, 0.8).variance(predicted, p_buy)
        past = [PastWindow(told, came) for told, _, came in windows]
        spread = measure_misses(past, float(predicted.sum()))
        for name, keys in pick_segments(rng, predicted).items():
            found = segment_total(predicted[keys], spread, variance[keys], 0.8)
            assert found.low <= found.expected <= found.high
            inside[name] += found.low <= spend[keys].sum() <= found.high
    for name, count in inside.items():
        assert 0.7 <= count / SHOPS <= 0.93, name


def test_misses_beyond_chance_by_hand():
    """Windows 20 % above and 20 % below, nobody scattering: misses of a fifth."""
    told = pd.Series(np.full(30, 10.0))
    spread = measure_misses([PastWindow(told, told * 1.2), PastWindow(told, told * 0.8)], 300.0)
    assert spread.miss_of_all == pytest.approx(0.2)
    assert spread.miss_of_part == pytest.approx(0.2)
    assert spread.validation_ratio == pytest.approx(1.2)
    assert spread.dispersion == pytest.approx(0.0)
    found = segment_total(told, spread, None, 0.8)
    # Gamma of mean 300 and standard deviation 60: shape 25.
    assert (found.low, found.high) == pytest.approx((225.5, 378.9), abs=1)
    assert "off by about 20 %" in str(found.contains)


def test_scatter_among_customers_is_no_miss_of_the_window():
    """Half of the customers bring double, half nothing: no window was off."""
    told = pd.Series(np.full(400, 10.0))
    came = pd.Series(np.tile([0.0, 20.0], 200))
    spread = measure_misses([PastWindow(told, came)], 4000.0)
    assert spread.miss_of_all == 0.0
    assert spread.dispersion == pytest.approx(10.0)
    found = segment_total(told, spread, None, 0.8)
    # Standard deviation √(10·4000) = 200.
    assert found.high - found.low == pytest.approx(2 * 1.2816 * 200, rel=0.01)


def test_parts_are_off_by_more_than_the_whole():
    """The best customers bring less, the others more: only parts are off."""
    told = pd.Series(np.repeat([100.0, 10.0], [20, 200]))
    came = told * np.repeat([0.7, 1.3], [20, 200])
    spread = measure_misses([PastWindow(told, came)], float(told.sum()))
    assert spread.miss_of_all < 0.01
    assert spread.miss_of_part == pytest.approx(0.3, abs=0.02)
    whole, part = (segment_total(one, spread, None, 0.8) for one in (told, told[:20]))
    assert (part.high - part.low) / part.expected > (whole.high - whole.low) / whole.expected


def test_nothing_expected_has_no_range_around_it():
    """A tier without value is told as it is."""
    spread = TotalSpread(0.1, 0.2, 5.0, 1.0, 3, 1000.0)
    found = segment_total(pd.Series([0.0, -2.0]), spread, None, 0.8)
    assert (found.low, found.expected, found.high) == (-2.0, -2.0, -2.0)
    assert TotalSpread.from_json(spread.to_json()) == spread


def test_nine_customers_are_refused():
    """Too few to learn a miss from, said with the number; so is a forecast of nothing."""
    nine, many = pd.Series(np.ones(9)), pd.Series(np.zeros(50))
    with pytest.raises(TooFewCustomers, match="9 customers"):
        measure_misses([PastWindow(nine, nine)], 9.0)
    with pytest.raises(TooFewCustomers, match="add up to something"):
        measure_misses([PastWindow(many, many)], 9.0)
