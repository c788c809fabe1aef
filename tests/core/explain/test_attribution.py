"""Batch attributions against shap's own explainers and against hand-made cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shap

from clv_core.explain.attribution import choose_background, explain_forecast, list_features_read
from clv_core.explain.one_customer import explain_one_exactly, to_shap
from clv_core.explain.trees import secant_slopes
from clv_core.model_settings import BoostedSettings
from clv_core.models.baselines import Baseline, PastRate, PastSpend
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.statistical import BgNbdForecaster, ParetoNbdForecaster
from tests.simulated import simulate_training

SEED = 3


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Return a shop whose forecasts look further ahead than its training windows."""
    return simulate_training(customers=400)[0]


@pytest.fixture(scope="module")
def models(data: TrainingData) -> dict[str, Forecaster]:
    """Return the quick families, fitted."""
    families: tuple[Forecaster, ...] = (
        PastSpend(),
        PastRate(),
        BgNbdForecaster(),
        ParetoNbdForecaster(),
        BoostedForecaster(BoostedSettings(trees=80, learning_rate=0.1), SEED),
    )
    fitted = {family.name: family.fit(data) for family in families}
    members = [fitted["pareto_nbd"], fitted["boosted_trees"]]
    return fitted | {"ensemble": MeanForecaster.from_fitted(members)}


@pytest.mark.parametrize("name", ["past_spend", "past_rate", "bg_nbd", "pareto_nbd"])
def test_few_inputs_are_explained_exactly(
    name: str, models: dict[str, Forecaster], data: TrainingData
) -> None:
    """Every coalition of four inputs at most, visited by shap, gives the batch's values."""
    batch = explain_forecast(models[name], data.history, data.labelled[-1], SEED)
    for key in (5, 301):
        one = explain_one_exactly(models[name], data.history, key, data.labelled[-1], SEED)
        assert one.base_value == pytest.approx(batch.base_value)
        np.testing.assert_allclose(
            one.contributions.loc[key],
            batch.contributions.loc[key],
            atol=1e-8,
        )


@pytest.mark.parametrize("name", ["boosted_trees", "ensemble"])
def test_trees_agree_with_permutations(
    name: str, models: dict[str, Forecaster], data: TrainingData
) -> None:
    """TreeSHAP in money ranks the features as sampled Shapley values in money do."""
    batch = explain_forecast(models[name], data.history, data.labelled[-1], SEED)
    agreement = []
    for key in data.history.features.index[::80]:
        one = explain_one_exactly(models[name], data.history, key, data.labelled[-1], SEED)
        assert one.predicted.loc[key] == pytest.approx(batch.predicted.loc[key])
        agreement.append(
            one.contributions.loc[key].corr(batch.contributions.loc[key], method="spearman")
        )
    assert np.mean(agreement) > 0.8


def test_log_attributions_are_shaps(models: dict[str, Forecaster], data: TrainingData) -> None:
    """The trees' parts are those of shap.TreeExplainer."""
    model = models["boosted_trees"]
    assert isinstance(model, BoostedForecaster)
    rows = data.history.features[model.feature_names_]
    parts, constant = model.attribute_score(data.history.features)
    reference = shap.TreeExplainer(model.spend_trees_)
    np.testing.assert_allclose(parts, reference.shap_values(rows), atol=1e-9)
    assert constant == pytest.approx(float(np.ravel(reference.expected_value)[0]))


def test_base_is_the_typical_forecast(models: dict[str, Forecaster], data: TrainingData) -> None:
    """Every family's base value is its mean forecast over the background."""
    background = choose_background(data.labelled[-1], data.history, SEED)
    bases = {}
    for name, model in models.items():
        bases[name] = explain_forecast(model, data.history, data.labelled[-1], SEED).base_value
        if name != "ensemble":
            assert bases[name] == pytest.approx(model.predict(background).spend.mean())
    # The ensemble is a geometric mean, of the typical forecasts too.
    both = np.sqrt(bases["pareto_nbd"] * bases["boosted_trees"])
    assert bases["ensemble"] == pytest.approx(both)


def test_slopes_are_secants_and_tangents() -> None:
    """Between 0 and log 3 the exponential climbs 2 per log 3; where equal, its tangent."""
    slopes = secant_slopes(np.array([np.log(3.0), 0.0]), np.array([0.0]))
    np.testing.assert_allclose(slopes, [[2.0 / np.log(3.0)], [1.0]])


def test_background_looks_as_far_ahead(data: TrainingData) -> None:
    """A background of shorter windows is carried by the snapshot's mean ratio."""
    newest = data.labelled[-1]
    chosen = choose_background(newest, data.history, SEED, customers=50)
    assert len(chosen.features) == 50
    assert chosen.horizon_days == data.history.horizon_days == 120
    mean_ratio = data.history.features["log_horizon_ratio"].mean()
    assert mean_ratio > 0
    np.testing.assert_allclose(chosen.features["log_horizon_ratio"], mean_ratio)
    pd.testing.assert_frame_equal(
        choose_background(newest, newest, SEED, customers=10**6).features, newest.features
    )


def test_same_seed_same_explanation(models: dict[str, Forecaster], data: TrainingData) -> None:
    """The background is drawn by the seed alone."""
    first, again, other = (
        explain_forecast(models["past_rate"], data.history, data.labelled[-1], seed)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first.contributions, again.contributions)
    assert first.base_value != other.base_value


def test_unknown_families_are_not_explained(data: TrainingData) -> None:
    """A family nobody has told how to explain is a bug and stays loud."""

    class Oracle(Baseline):
        name = "oracle"

    with pytest.raises(TypeError, match="Oracle"):
        explain_forecast(Oracle(), data.history, data.history, SEED)
    with pytest.raises(TypeError, match="Oracle"):
        list_features_read(Oracle(), data.history)


def test_shap_class_holds_the_same_numbers(
    models: dict[str, Forecaster], data: TrainingData
) -> None:
    """shap's own Explanation adds up to the same forecasts."""
    few = data.history.take(np.arange(20))
    explanation = explain_forecast(models["ensemble"], few, data.labelled[-1], SEED)
    shown = to_shap(explanation)
    assert shown.feature_names == list(explanation.contributions.columns)
    np.testing.assert_allclose(shown.values.sum(axis=1) + shown.base_values, explanation.predicted)
