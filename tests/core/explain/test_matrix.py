"""Attributions of the matrix families against shap's own explainers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clv_core.explain.attribution import explain_forecast
from clv_core.explain.matrix import explain_matrix
from clv_core.explain.one_customer import explain_one_exactly
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import RandomForestSettings, SvmSettings
from clv_core.models.decision_tree import DecisionTreeForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.linear import LinearForecaster
from clv_core.models.logistic import LogisticForecaster
from clv_core.models.matrix_forecaster import MatrixForecaster
from clv_core.models.random_forest import RandomForestForecaster
from clv_core.models.svm import SvmForecaster
from tests.simulated import simulate_training
from tests.small_shop import make_training_data

SEED = 3


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Return a shop whose forecasts look further ahead than its training windows."""
    return simulate_training(customers=400)[0]


@pytest.fixture(scope="module")
def models(data: TrainingData) -> dict[str, MatrixForecaster]:
    """Return every family of the matrix, fitted."""
    families: tuple[MatrixForecaster, ...] = (
        LinearForecaster(),
        LogisticForecaster(),
        DecisionTreeForecaster(seed=SEED),
        RandomForestForecaster(RandomForestSettings(trees=20), SEED),
        SvmForecaster(seed=SEED),
    )
    linear = SvmForecaster(SvmSettings(kernel="linear"), SEED).fit(data)
    return {family.name: family.fit(data) for family in families} | {"linear svm": linear}


def without_gaps(data: TrainingData) -> TrainingData:
    """Fill what is missing, so that every feature is one column of the matrix."""

    def fill(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, features=snapshot.features.fillna(60.0))

    return TrainingData(fill(data.history), tuple(map(fill, data.labelled)))


@pytest.mark.parametrize("family", [DecisionTreeForecaster, RandomForestForecaster])
def test_trees_are_explained_exactly(family: type[MatrixForecaster]) -> None:
    """Every coalition of inputs, visited by shap, gives the batch's values; carried, nearly."""
    small = without_gaps(make_training_data(customers=200))
    features = small.history.features
    ratio = np.random.default_rng(1).uniform(0.2, 1.0, len(features))
    ahead = replace(
        small.history, horizon_days=180, features=features.assign(log_horizon_ratio=ratio)
    )
    model = family(seed=SEED).fit(small)
    for asked, tolerance in ((small.history, 1e-4), (ahead, 0.2)):
        batch = explain_forecast(model, asked, small.labelled[-1], SEED)
        for key in (5, 101):
            one = explain_one_exactly(model, asked, key, small.labelled[-1], SEED)
            np.testing.assert_allclose(
                one.contributions.loc[key, batch.contributions.columns],
                batch.contributions.loc[key],
                atol=tolerance,
            )


@pytest.mark.parametrize("name", ["linear", "logistic", "svm", "linear svm"])
def test_sums_agree_with_permutations(
    name: str, models: dict[str, MatrixForecaster], data: TrainingData
) -> None:
    """The rescale rule ranks features as sampled Shapley values do, the horizon's among them."""
    batch = explain_forecast(models[name], data.history, data.labelled[-1], SEED)
    agreement = []
    for key in data.history.features.index[::130]:
        one = explain_one_exactly(models[name], data.history, key, data.labelled[-1], SEED)
        assert one.predicted.loc[key] == pytest.approx(batch.predicted.loc[key])
        told = batch.contributions.loc[key]
        agreement.append(one.contributions.loc[key, told.index].corr(told, method="spearman"))
    assert np.mean(agreement) > 0.85


def test_what_a_customer_shares_with_all_others_adds_nothing(
    models: dict[str, MatrixForecaster], data: TrainingData
) -> None:
    """Compared with themselves alone, customers have no reason for anything."""
    one = data.history.take(np.array([7]))
    for model in models.values():
        explained = explain_matrix(model, one, one)
        np.testing.assert_allclose(explained.contributions, 0.0, atol=1e-9)
        assert explained.base_value == pytest.approx(float(model.predict(one).spend.iloc[0]))


def test_many_walks_are_made_against_fewer_customers(
    models: dict[str, MatrixForecaster], data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more customers times trees than time allows, the background shrinks, never below 20."""
    monkeypatch.setattr("clv_core.explain.matrix.MOST_WALKS", 1)
    model, history = models["random_forest"], data.history
    explained = explain_matrix(model, history, history)
    kept = np.linspace(0, len(history.features) - 1, 20).round().astype(int)
    told = model.predict(history).spend
    assert explained.base_value == pytest.approx(told.iloc[kept].mean())
    np.testing.assert_allclose(explained.predicted, told, rtol=1e-6)


def test_a_family_that_nobody_knows_is_refused(
    models: dict[str, MatrixForecaster], data: TrainingData
) -> None:
    """Loud, so that nobody adds a family without its reasons."""

    class Unknown(MatrixForecaster):
        _learn = _expect_spend = _save_learnt = _load_learnt = lambda self, *told: np.zeros(400)
        settings_type = SvmSettings

    unknown = Unknown()
    unknown.matrix_ = models["svm"].matrix_
    unknown.training_horizon_days_ = 90
    with pytest.raises(TypeError, match="Unknown"):
        explain_matrix(unknown, data.history, replace(data.history))
