"""What a buyer spends: drawn to the shop's mean, and to the training rows' total."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.models.buyer_amount import BuyerAmount

FEATURES = pd.DataFrame({"monetary_value": [10.0, 30.0, 20.0], "frequency": [0.0, 3.0, 1.0]})


def test_amount_by_hand() -> None:
    """Two days of the shop's 20 beside one of 10, twice over: 2 * 50 / 3."""
    amount = BuyerAmount(mean=20.0, strength=2.0, factor=2.0, most=1000.0)
    expected = [2 * (10 + 40) / 3, 2 * (120 + 40) / 6, 2 * 20.0]
    np.testing.assert_allclose(np.exp(amount.log_amount(FEATURES)), expected)


def test_amounts_of_the_training_buyers_add_up() -> None:
    """The factor makes the buyers' amounts sum to what they spent; others do not count."""
    spend = np.array([25.0, 0.0, 15.0])
    amount = BuyerAmount.learn(FEATURES, spend)
    told = np.exp(amount.log_amount(FEATURES[spend > 0]))
    assert told.sum() == pytest.approx(40.0)
    assert amount.mean == 20.0


@pytest.mark.parametrize(("is_own", "strength"), [(True, 0.0), (False, 32.0)])
def test_strength_is_learnt(is_own: bool, strength: float) -> None:
    """Customers true to their own mean are not drawn; those alike to one another are."""
    random = np.random.default_rng(4)
    own = random.gamma(5.0, 10.0, 2000)
    features = pd.DataFrame({"monetary_value": own, "frequency": random.integers(0, 3, 2000)})
    spend = own if is_own else random.gamma(50.0, 1.0, 2000)
    assert BuyerAmount.learn(features, spend).strength == strength


def test_refunds_are_no_amount_to_buy_for() -> None:
    """A customer whose mean is negative counts with a twentieth of the shop's; caps hold."""
    amount = BuyerAmount(mean=20.0, strength=0.0, factor=1.0, most=25.0)
    extreme = FEATURES.assign(monetary_value=[-50.0, 900.0, 20.0])
    np.testing.assert_allclose(np.exp(amount.log_amount(extreme)), [1.0, 25.0, 20.0])


def test_amount_is_stored_as_json() -> None:
    """What is read back is equal."""
    amount = BuyerAmount(20.0, 2.0, 1.5, 100.0)
    assert BuyerAmount.from_json(amount.to_json()) == amount
