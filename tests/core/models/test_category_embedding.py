"""Categories learnt as a few numbers, and networks and trees on value tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import UnreadableColumn
from clv_core.explain.deep import explain_network
from clv_core.explain.trees import explain_boosted
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import BoostedSettings, MatrixSettings, NetworkSettings
from clv_core.models.backend import import_keras, use_compilation_cache
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.category_embedding import CategoryEmbedding, Embedding
from clv_core.models.forecaster import TrainingData
from clv_core.models.head_start import start_head
from clv_core.models.network import NetworkForecaster
from clv_core.models.network_building import build_network, read_dense

EMBEDDED = MatrixSettings(categories="embedding", embedding_width=2)
TINY = NetworkSettings(hidden_units=(8,), epochs=4, batch_size=32, learning_rate=0.01)
CITIES = [f'city "{number}", [x]' for number in range(6)]


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


def make_people(shift: float = 0.0, rows: int = 240) -> Snapshot:
    """Return customers whose value depends on a number and on their city."""
    random = np.random.default_rng(2)
    city = random.integers(0, len(CITIES), rows)
    size = random.normal(size=rows)
    features = pd.DataFrame(
        {
            "size: {m²}": np.where(random.random(rows) < 0.1, np.nan, size),
            "city": pd.Categorical([CITIES[number] for number in city]),
        },
        index=pd.RangeIndex(rows, name="customer_key"),
    )
    value = np.exp(3 + 0.5 * size + 0.4 * city) + shift
    return Snapshot(
        cutoff=None,
        horizon_days=0,
        features=features,
        spend_sequence=np.zeros((rows, 0), dtype=np.float32),
        future_spend=pd.Series(value, index=features.index),
    )


def learn(model: Any, people: Snapshot) -> Any:
    """Fit a model to all customers."""
    return model.fit(TrainingData(history=people, labelled=(people,)))


@pytest.fixture(scope="module")
def people() -> Snapshot:
    """240 customers of six cities."""
    return make_people()


@pytest.fixture(scope="module")
def embedded(people: Snapshot) -> NetworkForecaster:
    """A tiny network with embedded cities."""
    return learn(NetworkForecaster(TINY, 1, 1, EMBEDDED), people)


@pytest.mark.parametrize("batch_normalisation", [False, True])
def test_folded_network_is_the_keras_network(batch_normalisation: bool) -> None:
    """Folded into the first kernel, embeddings give Keras' own outputs to 1e-5."""
    keras = import_keras()
    keras.utils.set_random_seed(3)
    random = np.random.default_rng(3)
    settings = NetworkSettings(hidden_units=(7, 5), batch_normalisation=batch_normalisation)
    start = start_head(random.lognormal(3, 1, 200), settings)
    model = build_network(9, settings, start, 4, Embedding(((1, 4), (6, 8)), 2))
    inputs = random.normal(size=(50, 9)).astype(np.float32)
    # Weights as training leaves them: batch normalisation begins at 0 and 1.
    model.set_weights([random.uniform(0.2, 1, one.shape) for one in model.get_weights()])
    assert [kernel.shape for kernel in model.layers[0].get_weights()] == [(3, 2), (2, 2)]
    folded = read_dense(model, settings, start.head)
    assert folded.kernels[0].shape == (9, 7)
    outputs = np.asarray(model(inputs, training=False))
    np.testing.assert_allclose(folded.outputs(inputs), outputs, rtol=1e-5, atol=1e-5)


def test_inputs_of_categories_alone() -> None:
    """Without a number beside them, embeddings are all there is."""
    keras = import_keras()
    keras.utils.set_random_seed(3)
    settings = NetworkSettings(hidden_units=(4,))
    start = start_head(np.array([1.0, 2.0, 0.0]), settings)
    model = build_network(3, settings, start, 4, Embedding(((0, 3),), 2))
    rows = np.eye(3, dtype=np.float32)
    folded = read_dense(model, settings, start.head)
    np.testing.assert_allclose(folded.outputs(rows), np.asarray(model(rows)), atol=1e-5)


def test_embedded_network_stores_and_loads(
    tmp_path: Path, people: Snapshot, embedded: NetworkForecaster
) -> None:
    """The stored numbers forecast the same bits; the Keras file holds the same network."""
    embedded.save(tmp_path)
    loaded = NetworkForecaster.load(tmp_path)
    pd.testing.assert_series_equal(loaded.predict(people).spend, embedded.predict(people).spend)
    assert loaded.matrix == EMBEDDED
    model = import_keras().saving.load_model(tmp_path / "network_0.keras")
    assert isinstance(model.layers[0], CategoryEmbedding)
    inputs = embedded.read_inputs(people)
    outputs = loaded.networks_[0].outputs(inputs)
    np.testing.assert_allclose(outputs, np.asarray(model(inputs)), rtol=1e-5, atol=1e-5)


def test_reasons_are_given_per_feature(people: Snapshot, embedded: NetworkForecaster) -> None:
    """A city is one reason, however many columns it has; reasons add up to the forecast."""
    explanation = explain_network(embedded, people, people)
    assert list(explanation.contributions) == ["size: {m²}", "city"]
    np.testing.assert_allclose(explanation.predicted, embedded.predict(people).spend, rtol=1e-5)


def test_network_takes_values_below_zero(embedded: NetworkForecaster) -> None:
    """Where values are negative, the squared error stands in for a loss on zero and above."""
    below = make_people(shift=-1000.0)
    fitted = learn(NetworkForecaster(TINY), below)
    assert (fitted.loss_, embedded.loss_) == ("mse", "ziln")
    assert (fitted.predict(below).spend < 0).any()
    with pytest.raises(UnreadableColumn, match="same value"):
        learn(NetworkForecaster(TINY), make_people_alike())


def make_people_alike() -> Snapshot:
    """Return customers who all have the same value."""
    people = make_people()
    alike = pd.Series(7.0, index=people.features.index)
    return Snapshot(None, 0, people.features, people.spend_sequence, alike)


@pytest.mark.parametrize("shift", [0.0, -1000.0])
def test_trees_read_categories(tmp_path: Path, people: Snapshot, shift: float) -> None:
    """Trees tell cities apart, whatever their headers; values below zero stay below."""
    known = make_people(shift)
    model = learn(BoostedForecaster(BoostedSettings(min_rows_per_leaf=10)), known)
    prediction = model.predict(known)
    assert prediction.p_buy is None
    assert prediction.spend.corr(known.future_spend, method="spearman") > 0.9
    assert (prediction.spend < 0).any() == (shift < 0)
    model.save(tmp_path)
    loaded = BoostedForecaster.load(tmp_path)
    pd.testing.assert_series_equal(loaded.predict(people).spend, prediction.spend)
    explanation = explain_boosted(loaded, known, known)
    assert list(explanation.contributions) == ["size: {m²}", "city"]
    np.testing.assert_allclose(explanation.predicted, prediction.spend, rtol=1e-6)
    assert explanation.contributions["city"].abs().mean() > 1


def test_trees_refuse_equal_values() -> None:
    """Nothing can be learnt where all values are equal."""
    with pytest.raises(UnreadableColumn, match="same value"):
        learn(BoostedForecaster(), make_people_alike())
