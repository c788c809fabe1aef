"""The linear model against numbers worked out by hand and against shap's own explainer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shap

from clv_core.explain.matrix import explain_matrix
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import TrainingData
from clv_core.models.linear import LinearForecaster
from clv_core.settings import MatrixSettings
from tests.value_tables import BASE, CLASSES, as_training, simulate_people


def fit(people: pd.DataFrame) -> LinearForecaster:
    """Fit with no gaps to fill."""
    return LinearForecaster().fit(as_training(people))


def test_finds_a_straight_line() -> None:
    """Where value = 100 + 7 × visits, customers are told so; the outermost are capped."""
    visits = np.arange(60.0)
    people = pd.DataFrame({"visits": visits, "value": 100 + 7 * visits})
    told = fit(people).predict(as_training(people).history).spend
    np.testing.assert_allclose(told[1:-1], people["value"][1:-1], atol=0.3)
    np.testing.assert_allclose(told, people["value"], atol=2.1)


def test_knows_what_each_category_is_worth() -> None:
    """Two customers who differ in class alone differ by what the classes are worth."""
    model = fit(simulate_people(2000, seed=4, noise=10.0))
    twins = pd.DataFrame(
        {
            "Vehicle Class": pd.Categorical(["Luxury SUV", "Two-Door Car"]),
            "Income": [50_000.0, 50_000.0],
            "frequency": [5.0, 5.0],
            "Noise": [0.0, 0.0],
        }
    )
    told = model.predict(Snapshot(None, 0, twins, np.zeros((2, 0)))).spend
    assert told[0] - told[1] == pytest.approx(CLASSES["Luxury SUV"], abs=5.0)
    assert told[1] == pytest.approx(BASE + 600 - 125, abs=10.0)


def test_penalises_what_is_only_noise() -> None:
    """Where features say nothing, the penalty is far higher than where they say all."""
    random = np.random.default_rng(0)
    features = pd.DataFrame(random.normal(size=(300, 20)), columns=[f"f{i}" for i in range(20)])
    all_told = fit(features.assign(value=features.sum(axis=1)))
    nothing = fit(features.assign(value=random.normal(size=300)))
    assert nothing.penalty_ > 1000 * all_told.penalty_


def test_attributions_are_those_of_shap() -> None:
    """The closed form is what shap.LinearExplainer gives for the matrix' columns."""
    people = simulate_people(400, seed=5).dropna()
    data = as_training(people)
    model = LinearForecaster(matrix=MatrixSettings(most_categories=2)).fit(data)
    background = as_training(people.iloc[:100]).history
    inputs, typical = (
        model.matrix_.transform(rows.features).astype(float) for rows in (data.history, background)
    )
    masker = shap.maskers.Independent(typical, max_samples=len(typical))
    expected = shap.LinearExplainer((model.weights_, model.intercept_), masker).shap_values(inputs)
    np.testing.assert_allclose(model.attribute_spend(inputs, typical), expected, atol=1e-6)
    explained = explain_matrix(model, data.history, background)
    assert list(explained.contributions) == ["Vehicle Class", "Income", "frequency", "Noise"]
    np.testing.assert_allclose(explained.contributions.sum(axis=1), expected.sum(axis=1), atol=1e-6)


def test_does_not_learn_from_rows_it_is_not_given() -> None:
    """The weights are the same whatever the customers are who will be asked about."""
    people = simulate_people(300, seed=6)
    data = as_training(people)
    other = TrainingData(as_training(simulate_people(50, seed=9)).history, data.labelled)
    first, second = LinearForecaster().fit(data), LinearForecaster().fit(other)
    np.testing.assert_array_equal(first.weights_, second.weights_)
