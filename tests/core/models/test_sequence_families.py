"""Networks that read months, beside the battery of contracts: what only they know, and losses."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting
from clv_core.explain.attribution import explain_forecast, list_features_read
from clv_core.model_settings import MatrixSettings, NetworkSettings
from clv_core.models.backend import import_keras, use_compilation_cache
from clv_core.models.forecaster import TrainingData
from clv_core.models.network import NetworkForecaster
from clv_core.models.sequence_building import list_inputs
from clv_core.models.sequence_families import (
    GruForecaster,
    WideAndDeepForecaster,
    reads_months,
)
from clv_core.settings import RunSettings
from tests.simulated import simulate_training
from tests.small_shop import make_training_data
from tests.value_tables import as_training, simulate_people

REPOSITORY = Path(__file__).parents[3]
TINY: dict[str, Any] = {
    "hidden_units": (8,),
    "sequence_units": 6,
    "epochs": 10,
    "batch_size": 128,
    "learning_rate": 0.01,
    "early_stopping": False,
}


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


@pytest.fixture(scope="module")
def shop() -> tuple[TrainingData, pd.Series]:
    """Return a shop's training data and what its customers then spent."""
    return simulate_training(customers=400, seed=1)


@pytest.fixture(scope="module")
def fitted(shop: tuple[TrainingData, pd.Series]) -> dict[str, NetworkForecaster]:
    """Return one network of months alone and one of months and features."""
    families = (GruForecaster, WideAndDeepForecaster)
    return {one.name: one(NetworkSettings(**TINY), seed=7).fit(shop[0]) for one in families}


def test_keras_file_holds_the_same_network(
    fitted: dict[str, NetworkForecaster], shop: tuple[TrainingData, pd.Series], tmp_path: Path
) -> None:
    """The stored Keras form opens without our code and gives the same money."""
    model, history = fitted["wide_and_deep"], shop[0].history
    model.save(tmp_path)
    stored = import_keras().saving.load_model(tmp_path / "network_0.keras")
    outputs = np.asarray(stored(list_inputs(model.read_inputs(history))), dtype=np.float64)
    money = model.networks_[0].head.money(outputs, model.read_log_factors(history).sum(axis=1))
    np.testing.assert_allclose(model.predict(history).spend, money, rtol=1e-4)


def test_loading_and_forecasting_need_no_keras(
    fitted: dict[str, NetworkForecaster], tmp_path: Path
) -> None:
    """Another process reads the folder and forecasts without Keras or JAX."""
    fitted["wide_and_deep"].save(tmp_path)
    script = (
        "import sys; from pathlib import Path;"
        "from clv_core.models.sequence_families import WideAndDeepForecaster;"
        "from tests.simulated import FIRST_DAY, simulate_purchases, take_snapshot;"
        "model = WideAndDeepForecaster.load(Path(sys.argv[1]));"
        "bare = take_snapshot(simulate_purchases(50, 3), 600, 90, label=False);"
        "named = dict.fromkeys(('expected_spend', 'expected_orders', 'p_alive'), 1.0);"
        "bare.features[list(named)] = list(named.values());"
        "assert model.predict(bare).spend.notna().all();"
        "sys.exit('keras' in sys.modules or 'jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=REPOSITORY, check=False
    )
    assert done.returncode == 0


def test_explains_months_as_one_feature_each(
    fitted: dict[str, NetworkForecaster], shop: tuple[TrainingData, pd.Series]
) -> None:
    """Contributions are of what is read; a sequence shows the sum of its months."""
    data = shop[0]
    few = data.history.take(np.arange(20))
    for model in fitted.values():
        explanation = explain_forecast(model, few, data.labelled[-1], seed=3)
        assert set(explanation.contributions) == set(list_features_read(model, few))
        assert explanation.contributions["spend_sequence"].abs().sum() > 0
        sums = few.spend_sequence.sum(axis=1, dtype=np.float64)
        np.testing.assert_allclose(explanation.values["spend_sequence"], sums)


def test_order_of_months_matters(
    fitted: dict[str, NetworkForecaster], shop: tuple[TrainingData, pd.Series]
) -> None:
    """The same months in reverse are another customer; features alone say nothing of them."""
    history = shop[0].history
    reversed_ = dataclasses.replace(history, spend_sequence=history.spend_sequence[:, ::-1])
    for model in fitted.values():
        spend = [model.predict(one).spend for one in (history, reversed_)]
        assert not np.allclose(*spend)


def test_settings_choose_the_architecture_of_the_network_family(
    fitted: dict[str, NetworkForecaster], shop: tuple[TrainingData, pd.Series]
) -> None:
    """The family of that name and the setting are the same network."""
    settings = NetworkSettings(**TINY, architecture="gru")
    chosen = NetworkForecaster(settings, seed=7).fit(shop[0])
    assert GruForecaster(NetworkSettings(**TINY)).settings == settings
    pd.testing.assert_series_equal(
        chosen.predict(shop[0].history).spend, fitted["gru"].predict(shop[0].history).spend
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"families": ("logistic",)}, False),
        ({"families": ("gru",)}, True),
        ({"model": "wide_and_deep"}, True),
        ({"network": {"architecture": "lstm"}}, True),
    ],
)
def test_months_are_built_only_for_those_who_read_them(
    changes: dict[str, Any], expected: bool
) -> None:
    """By name, as the model to use, or as the network's own architecture."""
    assert reads_months(RunSettings.check(changes)) is expected


def test_value_tables_are_refused() -> None:
    """No months, no sequence network; the remedy names what to do."""
    with pytest.raises(InvalidSetting, match="Choose the dense network"):
        GruForecaster(NetworkSettings(**TINY)).fit(as_training(simulate_people(80, seed=1)))


def test_embedded_categories_reach_the_wide_and_deep_network(
    shop: tuple[TrainingData, pd.Series],
) -> None:
    """A feature of words passes its narrow layer and is folded away when stored."""
    data = shop[0]

    def add_city(snapshot: Any) -> Any:
        keys = snapshot.features.index.to_numpy() % 5
        city = pd.Categorical([f"city {key}" for key in keys])
        return dataclasses.replace(snapshot, features=snapshot.features.assign(city=city))

    cities = TrainingData(add_city(data.history), tuple(map(add_city, data.labelled)))
    settings = NetworkSettings(**(TINY | {"epochs": 2}), architecture="wide_and_deep")
    embedding = MatrixSettings(categories="embedding", embedding_width=2)
    model = NetworkForecaster(settings, seed=1, matrix=embedding).fit(cities)
    inputs = model.read_inputs(cities.history)
    keras_model = model._keras_models[0]
    assert any(layer.name.startswith("category_embedding") for layer in keras_model.layers)
    expected = np.asarray(keras_model(list_inputs(inputs)))
    np.testing.assert_allclose(model.networks_[0].outputs(inputs), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("loss", ["hurdle", "cross_entropy", "signed_ziln"])
def test_every_loss_gives_money_that_is_explained_and_stored(
    loss: Any, shop: tuple[TrainingData, pd.Series], tmp_path: Path
) -> None:
    """Dense networks of every head: a total that is near, additive reasons, the same on load."""
    data = make_training_data()  # with refunds, but no purchase days
    truth = data.history.future_spend
    if loss == "cross_entropy":
        data, truth = shop
    assert truth is not None
    settings = NetworkSettings(hidden_units=(8,), epochs=10, batch_size=64, loss=loss)
    model = NetworkForecaster(settings, seed=1).fit(data)
    prediction = model.predict(data.history)
    assert 0.6 < prediction.spend.sum() / truth.sum() < 1.6
    if loss == "signed_ziln":
        labels = np.concatenate([one.future_spend for one in data.labelled])
        said = np.concatenate([model.predict(one).spend for one in data.labelled])
        assert said.sum() == pytest.approx(labels.sum(), rel=1e-3)
    assert prediction.p_buy is not None
    explanation = explain_forecast(model, data.history, data.labelled[-1], seed=3)
    np.testing.assert_allclose(explanation.predicted, prediction.spend, rtol=1e-5, atol=1e-5)
    model.save(tmp_path)
    loaded = NetworkForecaster.load(tmp_path)
    pd.testing.assert_series_equal(loaded.predict(data.history).spend, prediction.spend)
    assert loaded.loss_ == loss


def test_weighing_buyers_does_not_move_their_chance() -> None:
    """Rare buyers weighed up: the mean chance stays near their share, as without weights."""
    data = make_training_data(customers=300)
    rare = [
        dataclasses.replace(one, future_spend=one.future_spend.where(one.features["orders"] > 6, 0))
        for one in data.labelled
    ]
    settings = NetworkSettings(hidden_units=(8,), epochs=15, batch_size=64, row_weights="buyers")
    model = NetworkForecaster(settings, seed=1).fit(TrainingData(data.history, tuple(rare)))
    share = np.mean([one.future_spend.gt(0).mean() for one in rare])
    assert share < 0.2
    chance = model.predict(data.history).p_buy
    assert chance is not None
    assert abs(chance.mean() - share) < 0.05
