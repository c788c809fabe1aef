"""Gamma-Gamma: recovery, shrinkage and values that are not prices."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.models.gamma_gamma import GammaGamma

P, Q, V = 5.0, 3.5, 20.0


def draw_values(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw mean value, purchase days and the true mean of each customer."""
    random = np.random.default_rng(seed)
    count = 1.0 + random.poisson(2.0, customers)
    rate = random.gamma(Q, 1 / V, customers)
    return random.gamma(P * count) / (rate * count), count, P / rate


def test_fit_recovers_the_parameters() -> None:
    """60,000 drawn customers, more than are used, give p, q and v to a few per cent."""
    mean_value, count, _ = draw_values(60_000, seed=1)
    model = GammaGamma().fit(mean_value, count)
    assert model.converged_
    assert model.parameters_ == pytest.approx([P, Q, V], rel=0.1)


def test_expected_value_is_the_mean_of_alike_customers() -> None:
    """Customers with alike purchases have, on average, the true mean that is expected of them."""
    mean_value, count, truth = draw_values(200_000, seed=2)
    model = GammaGamma()
    model.p_, model.q_, model.v_, model.floor_ = P, Q, V, 0.01
    expected = model.expected_value(mean_value, count)
    for days in (1, 2, 4):
        for low, high in ((0, 20), (20, 40), (40, 80)):
            alike = (count == days) & (mean_value >= low) & (mean_value < high)
            error = (truth - expected)[alike]
            assert abs(error.mean()) < 4.5 * error.std() / np.sqrt(alike.sum())


def test_more_days_shrink_less() -> None:
    """With p = 2, q = 3, v = 10 the shop's mean is 10; 1 and 6 days at 40 give 25 and 500/14."""
    model = GammaGamma()
    model.p_, model.q_, model.v_, model.floor_ = 2.0, 3.0, 10.0, 0.1
    assert model.population_mean == 10.0
    expected = model.expected_value(np.array([40.0, 40.0]), np.array([1.0, 6.0]))
    assert expected == pytest.approx([2 * (10 + 40) / 4, 2 * (10 + 240) / 14])


def test_refund_heavy_customers_count_as_the_floor() -> None:
    """Negative and zero means neither break the fit nor make a forecast negative."""
    mean_value, count, _ = draw_values(3_000, seed=3)
    with_refunds = mean_value.copy()
    with_refunds[:10], with_refunds[10:20] = -500.0, 0.0
    model = GammaGamma().fit(with_refunds, count)
    clean = GammaGamma().fit(mean_value, count)
    assert model.floor_ == pytest.approx(0.01 * np.median(with_refunds[with_refunds > 0]))
    assert model.population_mean == pytest.approx(clean.population_mean, rel=0.1)
    expected = model.expected_value(np.array([-500.0, 0.0, model.floor_]), np.full(3, 2.0))
    assert (expected == expected[0]).all()
    assert 0 < expected[0] < model.population_mean


def test_currency_does_not_matter() -> None:
    """The same shop in another currency has the same p and q and a v in that currency."""
    mean_value, count, _ = draw_values(2_000, seed=4)
    euro, yen = GammaGamma().fit(mean_value, count), GammaGamma().fit(160 * mean_value, count)
    assert yen.parameters_ == pytest.approx(euro.parameters_ * [1, 1, 160], rel=1e-6)


def test_shop_with_one_price_is_forecast_at_that_price() -> None:
    """Equal values send parameters to their limits; it is said, and the price comes out."""
    model = GammaGamma().fit(np.full(200, 25.0), np.ones(200))
    assert model.expected_value(np.array([25.0]), np.array([1.0])) == pytest.approx(
        [25.0], rel=0.01
    )
    assert any("held at its limit" in str(note) for note in model.notes_)


def test_refuses_a_shop_that_earned_nothing() -> None:
    """Free orders alone are refused in a sentence that counts the paying customers."""
    values = np.r_[np.zeros(100), np.full(5, 20.0)]
    with pytest.raises(TooFewCustomers, match=r"Only 5 customer.*at least 30"):
        GammaGamma().fit(values, np.ones(105))
