"""The local linear model: exact where the model is linear, honest where it is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.local_surrogate import compare_attributions, fit_local_surrogate
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import Prediction

CUSTOMERS = 600
NAMES = ["orders", "spend", "days", "region"]


@dataclasses.dataclass
class Formula:
    """A forecaster that is one formula."""

    formula: Callable[[pd.DataFrame], pd.Series]
    name: str = "formula"
    is_ranking: bool = False

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Evaluate the formula."""
        return Prediction(self.formula(snapshot.features).astype(np.float64))


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Return customers with counts, amounts, gaps and a category."""
    random = np.random.default_rng(8)
    features = pd.DataFrame(
        {
            "orders": random.poisson(3, CUSTOMERS).astype(float),
            "spend": random.lognormal(3, 0.5, CUSTOMERS),
            "days": random.uniform(0, 90, CUSTOMERS),
            "region": pd.Categorical(random.choice(["n", "s", "w"], CUSTOMERS)),
        },
        index=pd.RangeIndex(1, CUSTOMERS + 1, name="customer_key"),
    )
    features["days"] = features["days"].where(random.random(CUSTOMERS) > 0.3)
    return Snapshot(None, 0, features, np.zeros((CUSTOMERS, 0), np.float32))


def linear(features: pd.DataFrame) -> pd.Series:
    """Return 5 an order, a tenth of spend, 20 in the south, 30 where days are not known."""
    return (
        5 * features["orders"]
        + 0.1 * features["spend"]
        + 20 * (features["region"] == "s")
        + features["days"].fillna(30.0)
    )


def test_a_linear_model_is_repeated_exactly(snapshot: Snapshot) -> None:
    """Fidelity 1, and weight × (value − mean), the exact Shapley values."""
    features = snapshot.features
    key = int(features.index[(features["region"] == "n") & features["days"].notna()][0])
    found = fit_local_surrogate(Formula(linear), snapshot, key, NAMES, seed=1)
    assert found.fidelity == pytest.approx(1.0, abs=1e-4)
    assert found.told == pytest.approx(found.forecast, rel=0.01)
    own = features.loc[key]
    filled = features["days"].fillna(30.0)
    exact = {
        "orders": 5 * (own["orders"] - features["orders"].mean()),
        "spend": 0.1 * (own["spend"] - features["spend"].mean()),
        "region": -20 * (features["region"] == "s").mean(),
        "days": own["days"] - filled.mean(),
    }
    for name, amount in exact.items():
        # Those who lend are a sample: their means lie that far from everybody's.
        assert found.contributions[name] == pytest.approx(amount, abs=1.5)


def test_a_gap_of_the_customers_own_counts(snapshot: Snapshot) -> None:
    """Someone whose days are missing is compared with what others have there."""
    features = snapshot.features
    key = int(features.index[features["days"].isna()][0])
    found = fit_local_surrogate(Formula(linear), snapshot, key, NAMES, seed=1)
    assert found.fidelity == pytest.approx(1.0, abs=1e-4)
    known = features["days"].dropna()
    expected = features["days"].isna().mean() * 30 + (1 - features["days"].isna().mean()) * (
        known.mean()
    )
    assert found.contributions["days"] == pytest.approx(30 - expected, abs=1.5)


def test_what_a_line_cannot_follow_lowers_the_fidelity(snapshot: Snapshot) -> None:
    """A step between odd and even orders is no line, and the fidelity says so."""

    def odd(features: pd.DataFrame) -> pd.Series:
        return 100.0 * (features["orders"] % 2)

    found = fit_local_surrogate(Formula(odd), snapshot, 5, NAMES, seed=1)
    assert found.fidelity < 0.5
    same = fit_local_surrogate(
        Formula(lambda features: features["orders"] * 0 + 7.0), snapshot, 5, NAMES, seed=1
    )
    assert np.isnan(same.fidelity)
    assert (same.forecast, same.told) == (7.0, pytest.approx(7.0))


def test_it_repeats_itself_and_knows_its_customers(snapshot: Snapshot) -> None:
    """The same seed gives the same numbers; strangers and empty models are refused."""
    model = Formula(lambda features: features["orders"] * features["spend"])
    first, again = (fit_local_surrogate(model, snapshot, 9, NAMES, seed=3) for _ in range(2))
    pd.testing.assert_series_equal(first.contributions, again.contributions)
    assert first.fidelity == again.fidelity
    assert 0 < first.fidelity < 1
    with pytest.raises(KeyError):
        fit_local_surrogate(model, snapshot, CUSTOMERS + 1, NAMES, seed=3)
    with pytest.raises(ValueError, match="no feature"):
        fit_local_surrogate(model, snapshot, 9, [], seed=3)


def test_agreement_counts_signs_and_ranks() -> None:
    """Of the three largest one turns its sign, and two are largest in both."""
    first = pd.Series({"a": 50.0, "b": -20.0, "c": 10.0, "d": 1.0, "e": 0.0})
    second = pd.Series({"a": 40.0, "b": 5.0, "d": 30.0, "c": 2.0})
    found = compare_attributions(first, second, strongest=3)
    assert (found.features, found.same_sign, found.shared) == (3, 2, 2)
    assert found.rank_correlation == pytest.approx(0.5)  # ranks 3, 1, 2 and 3, 2, 1
    assert compare_attributions(first, first).rank_correlation == pytest.approx(1.0)
    assert compare_attributions(first, first).features == 4
    assert np.isnan(compare_attributions(first.head(2), second).rank_correlation)
