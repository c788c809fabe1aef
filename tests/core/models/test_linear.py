"""The linear model against numbers worked out by hand and against shap's own explainer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shap

from clv_core.explain.linked_sums import Carried, attribute_sums
from clv_core.explain.matrix import explain_matrix
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import MatrixSettings
from clv_core.models.forecaster import TrainingData
from clv_core.models.linear import LinearForecaster
from tests.small_shop import make_training_data
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
    inputs, typical = (model.read_inputs(rows.features) for rows in (data.history, background))
    masker = shap.maskers.Independent(typical, max_samples=len(typical))
    expected = shap.LinearExplainer(
        (model.map_.weights[:, 0], model.map_.bias[0]), masker
    ).shap_values(inputs)
    parts, of_ratio = attribute_sums(
        model.map_,
        model.head_,
        Carried(inputs, np.zeros(len(inputs))),
        Carried(typical, np.zeros(len(typical))),
    )
    np.testing.assert_allclose(parts, expected, atol=1e-6)
    assert not of_ratio.any()
    explained = explain_matrix(model, data.history, background)
    assert list(explained.contributions) == ["Vehicle Class", "Income", "frequency", "Noise"]
    np.testing.assert_allclose(explained.contributions.sum(axis=1), expected.sum(axis=1), atol=1e-6)


def test_does_not_learn_from_rows_it_is_not_given() -> None:
    """The weights are the same whatever the customers are who will be asked about."""
    people = simulate_people(300, seed=6)
    data = as_training(people)
    other = TrainingData(as_training(simulate_people(50, seed=9)).history, data.labelled)
    first, second = LinearForecaster().fit(data), LinearForecaster().fit(other)
    np.testing.assert_array_equal(first.map_.weights, second.map_.weights)


def test_forecasts_of_orders_add_up_and_stay_above_zero() -> None:
    """On the rows it learnt from, forecasts come to the spend that came in; none is negative."""
    data = make_training_data(customers=300)
    model = LinearForecaster().fit(data)
    told = pd.concat([model.predict(snapshot).spend for snapshot in data.labelled])
    came = sum(snapshot.future_spend.sum() for snapshot in data.labelled)  # type: ignore[union-attr]
    assert told.sum() == pytest.approx(came)
    assert (told >= 0).all()
    assert (told == 0).any()
    assert model.predict(data.history).p_buy is None


def test_one_huge_order_does_not_turn_the_line() -> None:
    """A customer who once brought a million changes the order of hardly anybody else."""
    data = make_training_data(customers=300)
    newest = data.labelled[-1]
    assert newest.future_spend is not None
    spend = newest.future_spend.copy()
    spend.iloc[0] = 1e6
    odd = TrainingData(data.history, (*data.labelled[:-1], replace(newest, future_spend=spend)))
    usual, told = (LinearForecaster().fit(one).predict(data.history).spend for one in (data, odd))
    assert told.corr(usual, method="spearman") > 0.99


def test_reads_what_earlier_versions_stored(tmp_path: Path) -> None:
    """A model stored without settings, seed and head tells values as it did then."""
    people = simulate_people(100, seed=6)
    model = fit(people)
    model.save(tmp_path)
    file = tmp_path / "linear.json"
    stored = json.loads(file.read_text("utf-8"))
    for later in ("settings", "seed", "head", "training_horizon_days"):
        del stored[later]
    file.write_text(json.dumps(stored), "utf-8")
    rows = as_training(people).history
    pd.testing.assert_series_equal(
        LinearForecaster.load(tmp_path).predict(rows).spend, model.predict(rows).spend
    )
