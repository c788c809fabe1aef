"""What a forecast says of a customer fits together."""

from __future__ import annotations

import pandas as pd

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
