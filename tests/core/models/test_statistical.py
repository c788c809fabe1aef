"""The statistical forecasters: what they read, return, refuse and store."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import NoRepeatBuyers, NothingStored
from clv_core.features.snapshots import Snapshot
from clv_core.models.baselines import PastRate, PastSpend
from clv_core.models.forecaster import TrainingData
from clv_core.models.statistical import (
    BgNbdForecaster,
    ParetoNbdForecaster,
    StatisticalForecaster,
)
from tests.core.models.purchase_draws import draw_bg_nbd, draw_pareto_nbd

HORIZON_DAYS = 210
FAMILIES = pytest.mark.parametrize("family", [BgNbdForecaster, ParetoNbdForecaster])


def snapshot_of(features: pd.DataFrame, horizon_days: int = HORIZON_DAYS) -> Snapshot:
    """Return a snapshot of these features, without sequences."""
    empty = np.zeros((len(features), 1), np.float32)
    return Snapshot(dt.date(2024, 3, 31), horizon_days, features, empty)


def draw_shop(family: type[StatisticalForecaster], customers: int) -> tuple[Snapshot, pd.Series]:
    """Draw customers from the family; a purchase day is worth 20 or so. With later purchases."""
    draw_customers = {BgNbdForecaster: draw_bg_nbd, ParetoNbdForecaster: draw_pareto_nbd}[family]
    draw = draw_customers(customers, HORIZON_DAYS / 7, 11)
    histories = draw.histories
    random = np.random.default_rng(12)
    days = histories.frequency + 1
    index = pd.Index(random.permutation(customers) + 1, name="customer_key")
    features = pd.DataFrame(
        {
            "frequency": histories.frequency,
            "recency_days": 7 * (histories.tenure_weeks - histories.last_purchase_weeks),
            "tenure_days": 7 * histories.tenure_weeks,
            "monetary_value": random.gamma(4 * days) / days * 5,
        },
        index,
    )
    return snapshot_of(features), pd.Series(draw.later_purchases, index)


@pytest.fixture(scope="module")
def shop() -> Snapshot:
    """Return a snapshot of 1,500 customers."""
    return draw_shop(ParetoNbdForecaster, 1_500)[0]


@FAMILIES
def test_forecast_adds_up_to_what_came(family: type[StatisticalForecaster]) -> None:
    """Totals of purchases, buyers and spend come within 8 per cent of the truth."""
    snapshot, later = draw_shop(family, 6_000)
    forecast = family().fit(TrainingData(snapshot, ())).predict(snapshot)
    assert forecast.orders is not None
    assert forecast.p_buy is not None
    assert forecast.spend.index.equals(snapshot.features.index)
    assert forecast.orders.sum() == pytest.approx(later.sum(), rel=0.08)
    assert forecast.p_buy.mean() == pytest.approx((later > 0).mean(), rel=0.08)
    assert forecast.spend.sum() == pytest.approx(20 * later.sum(), rel=0.08)
    assert (forecast.p_buy <= np.minimum(1, forecast.orders) + 1e-9).all()


@FAMILIES
def test_stored_model_forecasts_the_same_to_the_bit(
    family: type[StatisticalForecaster], shop: Snapshot, tmp_path: Path
) -> None:
    """Saving and loading changes no digit; what is stored is JSON with a format version."""
    model = family().fit(TrainingData(shop, ()))
    model.save(tmp_path)
    (stored,) = tmp_path.iterdir()
    assert json.loads(stored.read_text("utf-8"))["format"] == 1
    before, after = model.predict(shop), family.load(tmp_path).predict(shop)
    pd.testing.assert_series_equal(before.spend, after.spend, check_exact=True)
    pd.testing.assert_series_equal(before.p_buy, after.p_buy, check_exact=True)


def test_another_models_file_is_refused(shop: Snapshot, tmp_path: Path) -> None:
    """A BG/NBD is not read as a Pareto/NBD."""
    BgNbdForecaster().fit(TrainingData(shop, ())).save(tmp_path)
    with pytest.raises(NothingStored, match="not a pareto_nbd model"):
        ParetoNbdForecaster.load(tmp_path)


@FAMILIES
def test_longer_horizon_brings_more(family: type[StatisticalForecaster], shop: Snapshot) -> None:
    """The horizon is the snapshot's: spend and P(buy) grow with it, for everyone."""
    model = family().fit(TrainingData(shop, ()))
    short, long = (model.predict(snapshot_of(shop.features, days)) for days in (30, 365))
    assert (long.spend > short.spend).all()
    assert (long.p_buy >= short.p_buy).all()


def test_labels_and_other_features_are_not_read(shop: Snapshot) -> None:
    """The fit sees four features of the history and nothing else."""
    later = shop.features["frequency"] + 1
    alone = ParetoNbdForecaster().fit(TrainingData(shop, ()))
    more = Snapshot(
        shop.cutoff,
        shop.horizon_days,
        shop.features.assign(future=later),
        shop.spend_sequence,
        future_spend=later * 20.0,
        future_orders=later,
    )
    beside = ParetoNbdForecaster().fit(TrainingData(more, (more,)))
    assert alone.to_json() == beside.to_json()


@FAMILIES
def test_shop_without_repeat_buyers_is_refused(family: type[StatisticalForecaster]) -> None:
    """One purchase each says nothing about coming back."""
    features = pd.DataFrame(
        {
            "frequency": 0.0,
            "recency_days": np.arange(50.0),
            "tenure_days": np.arange(50.0),
            "monetary_value": 20.0,
        }
    )
    with pytest.raises(NoRepeatBuyers):
        family().fit(TrainingData(snapshot_of(features), ()))


def test_baselines_by_hand(tmp_path: Path) -> None:
    """3 days at 40 are 120: over 360 days and a 90-day horizon 30; tenure counts from 90 up."""
    features = pd.DataFrame(
        {
            "frequency": [2.0, 0.0, 1.0],
            "recency_days": [100.0, 9.0, 50.0],
            "tenure_days": [360.0, 9.0, 180.0],
            "monetary_value": [40.0, 45.0, -20.0],
        },
        pd.Index([3, 1, 2], name="customer_key"),
    )
    snapshot = snapshot_of(features, horizon_days=90)
    spend = PastSpend().fit(TrainingData(snapshot, ()))
    rate = PastRate().fit(TrainingData(snapshot, ()))
    assert PastSpend.is_ranking
    assert not PastRate.is_ranking
    assert spend.predict(snapshot).spend.to_dict() == {3: 120.0, 1: 45.0, 2: -40.0}
    assert rate.predict(snapshot).spend.to_dict() == {3: 30.0, 1: 45.0, 2: 0.0}
    rate.save(tmp_path)
    assert PastRate.load(tmp_path).predict(snapshot).spend.to_dict() == {3: 30.0, 1: 45.0, 2: 0.0}
