"""The sample shop's future, line by line."""

from __future__ import annotations

import numpy as np

from clv_core.samples import generate_shop


def test_future_lines_add_up_to_the_truth_s_spend():
    """What each customer will buy and keep within 90 days is what the truth says of them."""
    shop = generate_shop(200, seed=3)
    soon = shop.future[shop.future["day"] <= 90]
    spent = soon.groupby("customer_id")["amount"].sum()
    told = shop.truth.set_index("customer_id")["spend_90_days"]
    np.testing.assert_allclose(spent.reindex(told.index).fillna(0.0), told)
    assert shop.future["day"].min() == 1
    assert set(shop.future["category"]) == set(shop.orders["category"])
