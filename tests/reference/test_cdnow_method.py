"""The numbers that docs/method.md gives for the value step, measured anew."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.evaluation.metrics import measure
from clv_core.models.gamma_gamma import GammaGamma
from clv_core.models.pareto_nbd import ParetoNbd
from clv_core.models.purchase_process import PurchaseHistories

ORDERS = Path(__file__).parents[3] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
CUTOFF = pd.Timestamp("1997-09-30")


@pytest.fixture(scope="module")
def purchase_days():
    """Dollars per customer and day of the public CDNOW sample."""
    if not ORDERS.is_file():
        pytest.skip("the CDNOW sample is not in ../shared/data")
    names = ["master", "customer", "day", "count", "dollars"]
    orders = pd.read_csv(
        ORDERS, sep=r"\s+", header=None, names=names, dtype={"day": str, "customer": str}
    )
    orders["day"] = pd.to_datetime(orders["day"], format="%Y%m%d")
    return orders.groupby(["customer", "day"])["dollars"].sum().reset_index()


def test_every_purchase_day_ranks_better_than_the_textbook(purchase_days):
    """Normalised Gini 0.692 against 0.659, with past spend at 0.680 between them."""
    seen = purchase_days[purchase_days["day"] <= CUTOFF]
    later = purchase_days[purchase_days["day"] > CUTOFF]
    customers = seen.groupby("customer")
    first, count = customers["day"].min(), customers.size()
    features = pd.DataFrame(
        {
            "frequency": count - 1,
            "recency_days": (CUTOFF - customers["day"].max()).dt.days,
            "tenure_days": (CUTOFF - first).dt.days,
        }
    )
    actual = later.groupby("customer")["dollars"].sum().reindex(count.index, fill_value=0.0)
    histories = PurchaseHistories.from_features(features)
    orders = ParetoNbd().fit(histories).expected_purchases(histories, 39)

    mean = customers["dollars"].mean().to_numpy()
    days = count.to_numpy(float)
    ours = GammaGamma().fit(mean, days).expected_value(mean, days)

    repeats = seen[seen["day"] > seen["customer"].map(first)]
    repeat_mean = repeats.groupby("customer")["dollars"].mean().reindex(count.index).fillna(0)
    known = repeat_mean.to_numpy() > 0
    model = GammaGamma().fit(repeat_mean.to_numpy()[known], days[known] - 1)
    textbook = np.full(len(days), model.population_mean)
    textbook[known] = model.expected_value(repeat_mean.to_numpy()[known], days[known] - 1)

    found = {
        name: measure(actual.to_numpy(), predicted, is_ranking=False)
        for name, predicted in (
            ("ours", orders * ours),
            ("textbook", orders * textbook),
            ("past", customers["dollars"].sum().to_numpy()),
        )
    }
    assert found["ours"]["normalised_gini"] == pytest.approx(0.692, abs=0.002)
    assert found["textbook"]["normalised_gini"] == pytest.approx(0.659, abs=0.002)
    assert found["past"]["normalised_gini"] == pytest.approx(0.680, abs=0.002)
    assert found["ours"]["mae"] == pytest.approx(29.18, abs=0.1)
    assert found["ours"]["bias"] == pytest.approx(-0.16, abs=0.01)
