"""Expected gradients: exact where the network is linear, near shap's own elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.attribution import explain_forecast
from clv_core.explain.differentiable import build_money
from clv_core.explain.gradients import FactoredRows, attribute_money, close_gap
from clv_core.explain.one_customer import explain_one_exactly
from clv_core.model_settings import Activation, NetworkSettings
from clv_core.models.backend import use_compilation_cache
from clv_core.models.dense import DenseNetwork
from clv_core.models.encoders import Encoder, EncoderKind
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.heads import Head, HeadKind
from clv_core.models.network import NetworkForecaster
from clv_core.models.sequence_network import JointRows, SequenceNetwork
from clv_core.models.statistical import ParetoNbdForecaster
from tests.simulated import simulate_training

UNITS, CHANNELS, COLUMNS = 4, 3, 2
SHAPES: dict[EncoderKind, tuple[tuple[int, ...], ...]] = {
    "gru": ((CHANNELS, 3 * UNITS), (UNITS, 3 * UNITS), (2, 3 * UNITS)),
    "lstm": ((CHANNELS, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)),
    "conv1d": ((3, CHANNELS, UNITS), (UNITS,), (3, UNITS, UNITS), (UNITS,)),
}


@pytest.fixture(scope="module", autouse=True)
def _compilation_cache(pytestconfig: pytest.Config) -> None:
    """Compile each network shape once, for this run of the tests and later ones."""
    use_compilation_cache(Path(pytestconfig.cache.mkdir("compiled")))


def draw(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.normal(0, 0.5, shape).astype(np.float32)


def make_network(
    kind: EncoderKind = "gru",
    head: HeadKind = "ziln",
    activation: Activation = "gelu",
) -> SequenceNetwork:
    """A wide-and-deep network with weights drawn at random."""
    random = np.random.default_rng(7)
    codes = UNITS if kind != "conv1d" else 2 * UNITS  # six bins, three by three
    made = Head(head, scale=1 if head == "ziln" else 20.0, log_cap=4.0, log_refund_cap=3.0)
    trunk = DenseNetwork(
        (draw(random, COLUMNS + codes, 5), draw(random, 5, made.outputs)),
        (draw(random, 5), draw(random, made.outputs)),
        activation,
        made,
    )
    weights = tuple(draw(random, *shape) for shape in SHAPES[kind])
    return SequenceNetwork(
        Encoder(kind, weights, activation), trunk, draw(random, COLUMNS, made.outputs)
    )


def make_rows(count: int, seed: int) -> FactoredRows:
    """Six bins of three channels, two columns, one factor."""
    random = np.random.default_rng(seed)
    inputs = JointRows(draw(random, count, 6, CHANNELS), draw(random, count, COLUMNS))
    return FactoredRows(inputs, 0.3 * draw(random, count, 1).astype(np.float64))


@pytest.mark.parametrize(
    ("kind", "head", "activation"),
    [
        *((kind, "ziln", "gelu") for kind in get_args(EncoderKind)),
        *(("gru", head, "relu") for head in get_args(HeadKind)),
        *(("conv1d", "log", activation) for activation in get_args(Activation)),
    ],
)
def test_differentiable_pass_equals_the_scoring_one(kind: Any, head: Any, activation: Any) -> None:
    """Every encoder, head and activation gives the same money in JAX, to 1e-5."""
    network, rows = make_network(kind, head, activation), make_rows(20, 1)
    found = build_money(network)(*rows.to_arrays())
    expected = network.money(rows.inputs, rows.log_factors[:, 0])
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-5)


def test_linear_network_is_split_exactly() -> None:
    """Without curvature a share is weight times distance from the background's mean."""
    kernel = np.array([[2.0], [-3.0], *[[0.0]] * UNITS], dtype=np.float32)
    silent = Encoder("gru", tuple(np.zeros(shape, np.float32) for shape in SHAPES["gru"]))
    trunk = DenseNetwork((kernel,), (np.ones(1, np.float32),), "relu", Head("linear", scale=10.0))
    rows, typical = make_rows(5, 1), make_rows(40, 2)
    rows, typical = (FactoredRows(one.inputs, 0 * one.log_factors) for one in (rows, typical))
    parts = attribute_money(SequenceNetwork(silent, trunk), rows, typical, seed=1)
    assert rows.inputs.matrix is not None
    assert typical.inputs.matrix is not None
    apart = rows.inputs.matrix - typical.inputs.matrix.mean(axis=0)
    np.testing.assert_allclose(parts[:, CHANNELS:-1], apart * [20.0, -30.0], rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(parts[:, :CHANNELS], 0.0)


@pytest.mark.parametrize("kind", get_args(EncoderKind))
def test_parts_nearly_add_up_before_the_gap_is_closed(kind: Any) -> None:
    """200 places miss the differences by a small part of their spread."""
    network, rows, typical = make_network(kind), make_rows(40, 1), make_rows(200, 2)
    parts = attribute_money(network, rows, typical, seed=1)
    money, base = (
        network.money(one.inputs, one.log_factors.sum(axis=1)) for one in (rows, typical)
    )
    gap = parts.sum(axis=1) - (money - base.mean())
    assert np.sqrt(np.mean(gap**2)) < 0.1 * money.std()


def test_gap_is_spread_in_proportion_to_size() -> None:
    """Parts of 3 and -1 that lack 2 of a difference of 4 get 1.5 and 0.5 of it."""
    parts = pd.DataFrame({"a": [3.0, 0.0], "b": [-1.0, 0.0]})
    closed = close_gap(parts, np.array([4.0, 6.0]))
    np.testing.assert_allclose(closed, [[4.5, -0.5], [3.0, 3.0]])


@pytest.fixture(scope="module")
def explained() -> tuple[Any, NetworkForecaster]:
    """Return a shop and a wide-and-deep network fitted to it."""
    data = simulate_training(customers=300, seed=1)[0]
    settings = NetworkSettings(
        architecture="wide_and_deep", hidden_units=(8,), sequence_units=4, epochs=8, batch_size=128
    )
    return data, NetworkForecaster(settings, seed=2).fit(data)


def test_shaps_permutations_agree(explained: tuple[Any, NetworkForecaster]) -> None:
    """Each sequence and feature against shap's sampled Shapley values, per customer.

    Expected gradients walk a straight line, Shapley values mix whole features: on
    networks with curvature they differ. The stated bound is half of the values'
    own size (root mean square), with a correlation above 0.85.
    """
    data, model = explained
    batch = explain_forecast(model, data.history, data.labelled[-1], seed=3)
    keys = data.history.features.index[[3, 60, 120]]
    apart, size, agreement = [], [], []
    for key in keys:
        one = explain_one_exactly(model, data.history, key, data.labelled[-1], 3, evaluations=200)
        assert one.predicted.loc[key] == pytest.approx(batch.predicted.loc[key], rel=1e-4)
        ours, theirs = batch.contributions.loc[key], one.contributions.loc[key]
        apart.append(((ours - theirs[ours.index]) ** 2).mean())
        size.append((theirs**2).mean())
        agreement.append(ours.corr(theirs))
    assert np.sqrt(np.sum(apart) / np.sum(size)) < 0.5
    assert np.mean(agreement) > 0.85


def test_ensemble_explains_a_member_that_reads_months(
    explained: tuple[Any, NetworkForecaster],
) -> None:
    """The mean of a network over months and a statistical model is still additive."""
    data, model = explained
    ensemble = MeanForecaster.from_fitted([ParetoNbdForecaster().fit(data), model])
    few = data.history.take(np.arange(10))
    explanation = explain_forecast(ensemble, few, data.labelled[-1], seed=3)
    np.testing.assert_allclose(explanation.predicted, ensemble.predict(few).spend, rtol=1e-6)
    assert "spend_sequence" in explanation.values


def test_unknown_customers_are_not_explained(explained: tuple[Any, NetworkForecaster]) -> None:
    """A key that the snapshot does not hold is a bug and stays loud."""
    data, model = explained
    with pytest.raises(KeyError, match="not in the snapshot"):
        explain_one_exactly(model, data.history, -1, data.labelled[-1], seed=3)
