"""When the next order may come: quantiles of the purchase process, as days."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.models.next_order import (
    EVER_DAYS,
    FEWEST_BACK,
    average_days_between_orders,
    forecast_next_order,
)
from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import PurchaseHistories

CUTOFF = dt.date(2024, 1, 31)
FEATURES = pd.DataFrame(
    {
        "frequency": [20.0, 3.0, 0.0, 8.0],
        "recency_days": [3.0, 30.0, 400.0, 300.0],
        "tenure_days": [400.0, 300.0, 400.0, 500.0],
    },
    index=pd.Index([7, 3, 5, 9], name="customer_key"),
)


@pytest.fixture
def process() -> ParetoNbd:
    """Return the Pareto/NBD of the CDNOW sample, in weeks."""
    fitted = ParetoNbd()
    fitted.parameters_ = np.array([0.553, 10.578, 0.606, 11.669])
    return fitted


def p_back(process: ParetoNbd, days: float) -> np.ndarray:
    """Return the chances of being back within some days."""
    return process.p_purchase(PurchaseHistories.from_features(FEATURES), days / 7)


def test_half_of_those_who_come_back_do_so_between_the_days(process: ParetoNbd) -> None:
    """At the two days a quarter and three quarters of all returns have happened."""
    found = forecast_next_order(process, FEATURES, CUTOFF, 180)
    ever = p_back(process, EVER_DAYS)
    for name, share in (("next_order_low_date", 0.25), ("next_order_high_date", 0.75)):
        days = int((found.loc[7, name] - pd.Timestamp(CUTOFF)).days)
        assert p_back(process, days)[0] / ever[0] == pytest.approx(share, abs=0.04)
    known = found.dropna()
    assert (known["next_order_low_date"] > pd.Timestamp(CUTOFF)).all()
    assert (known["next_order_low_date"] <= known["next_order_high_date"]).all()


def test_who_would_come_back_only_after_the_horizon_is_not_expected(process: ParetoNbd) -> None:
    """Beyond the horizon the median return, or hardly any return in it: there are no days."""
    for horizon_days in (30, 180, 730):
        found = forecast_next_order(process, FEATURES, CUTOFF, horizon_days)
        chance = p_back(process, horizon_days)
        expected = (chance > 0.5 * p_back(process, EVER_DAYS)) & (chance >= FEWEST_BACK)
        assert found["next_order_low_date"].notna().tolist() == expected.tolist()
    assert list(found.index) == list(FEATURES.index)


def test_nobody_expected_gives_days_to_nobody(process: ParetoNbd) -> None:
    """A horizon of a day leaves both columns empty, and of the right kind."""
    found = forecast_next_order(process, FEATURES.iloc[2:3], CUTOFF, 1)
    assert found.isna().all(axis=None)
    assert found.dtypes.astype(str).tolist() == ["datetime64[s]", "datetime64[s]"]


def test_the_mean_gap_is_that_of_purchase_days_so_far() -> None:
    """397 days over 20 gaps; unknown after one purchase day."""
    gaps = average_days_between_orders(FEATURES)
    assert gaps[7] == pytest.approx(397 / 20)
    assert np.isnan(gaps[5])
