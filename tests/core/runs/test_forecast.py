"""What a forecast says of a customer fits together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.chances import ChanceCalibration
from clv_core.models.forecaster import Prediction
from clv_core.runs.forecast import fill_in


def test_what_a_model_leaves_open_comes_from_the_purchase_model() -> None:
    """Amounts are the model's, orders the purchase model's, but never below P(buy)."""
    spend, p_buy = pd.Series([10.0, 20.0]), pd.Series([0.4, 0.9])
    statistical = Prediction(spend * 0, pd.Series([0.1, 0.2]), pd.Series([0.1, 3.0]))
    found = fill_in(Prediction(spend, p_buy), statistical)
    assert found.spend.tolist() == [10.0, 20.0]
    assert found.p_buy is not None
    assert found.orders is not None
    assert found.p_buy.tolist() == [0.4, 0.9]
    assert found.orders.tolist() == [0.4, 3.0]
    bare = fill_in(Prediction(spend), statistical)
    assert bare.p_buy is statistical.p_buy
    assert bare.orders is not None
    assert bare.orders.tolist() == [0.1, 3.0]


def test_orders_follow_chances_that_are_put_right() -> None:
    """Who buys orders as often as before: expected orders ÷ P(buy) stays, and is 1 at least."""
    told = Prediction(
        pd.Series([5.0, 5.0]), p_buy=pd.Series([0.2, 0.8]), orders=pd.Series([0.3, 2.4])
    )
    found = fill_in(told, told, ChanceCalibration(slope=0.5))
    assert found.p_buy is not None
    assert found.orders is not None
    # logit 0.2 = −log 4; half of it is the logit of 1/3.
    assert found.p_buy.tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found.orders.tolist() == pytest.approx([0.5, 2.0])


def test_chances_of_one_model_do_not_scale_the_orders_of_another() -> None:
    """Orders of the purchase model stay, raised to the chance where that is higher."""
    chosen = Prediction(pd.Series([5.0, 5.0]), p_buy=pd.Series([0.2, 0.8]))
    statistical = Prediction(
        pd.Series([4.0, 4.0]), p_buy=pd.Series([0.1, 0.5]), orders=pd.Series([0.1, 3.0])
    )
    found = fill_in(chosen, statistical, ChanceCalibration(slope=0.5))
    assert found.orders is not None
    np.testing.assert_allclose(found.orders, [1 / 3, 3.0])
