"""Networks that read months: numpy against Keras, and values by hand."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from clv_core.model_settings import Architecture, NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.category_embedding import Embedding
from clv_core.models.encoders import Encoder
from clv_core.models.head_start import start_head
from clv_core.models.network_building import copy_without_training
from clv_core.models.sequence_building import (
    build_sequence_network,
    list_inputs,
    read_sequence_network,
)
from clv_core.models.sequence_network import JointRows

ARCHITECTURES = [name for name in get_args(Architecture) if name != "dense"]
SPEND = np.array([0.0, 0.0, 10.0, 20.0, 40.0, 80.0, -5.0, 0.0])


def make_rows(architecture: str, count: int = 30) -> JointRows:
    """Nine bins of three channels; five columns where features are read too."""
    random = np.random.default_rng(3)
    sequence = random.normal(size=(count, 9, 3)).astype(np.float32)
    matrix = random.normal(size=(count, 5)).astype(np.float32)
    return JointRows(sequence, matrix if architecture == "wide_and_deep" else None)


def build(architecture: Any, **changes: Any) -> tuple[Any, NetworkSettings, JointRows]:
    """Build a small network with weights drawn at random, its settings and rows."""
    import_keras().utils.set_random_seed(5)
    settings = NetworkSettings(
        architecture=architecture, sequence_units=4, hidden_units=(6, 3), **changes
    )
    rows = make_rows(architecture)
    embedding = Embedding(((1, 4),), 2) if architecture == "wide_and_deep" else None
    model = build_sequence_network(rows, settings, start_head(SPEND, settings), 2, embedding)
    random = np.random.default_rng(5)
    for layer in model.layers:
        weights = [random.uniform(0.2, 0.9, weight.shape) for weight in layer.get_weights()]
        layer.set_weights([weight.astype(np.float32) for weight in weights])
    return model, settings, rows


@pytest.mark.parametrize(
    ("architecture", "changes"),
    [
        *((name, {}) for name in ARCHITECTURES),
        ("wide_and_deep", {"batch_normalisation": True, "activation": "selu"}),
        ("conv1d", {"activation": "tanh", "kernel_bins": 2}),
        ("gru", {"loss": "signed_ziln"}),
    ],
)
def test_forward_pass_equals_keras(architecture: str, changes: dict[str, Any]) -> None:
    """Every architecture, its embedding folded in, to 1e-5."""
    model, settings, rows = build(architecture, **changes)
    network = read_sequence_network(model, settings, start_head(SPEND, settings).head)
    expected = np.asarray(model(list_inputs(rows), training=False))
    np.testing.assert_allclose(network.outputs(rows), expected, rtol=1e-5, atol=1e-5)


def test_copy_without_training_computes_the_same() -> None:
    """The stored form of a network with two inputs has the same weights."""
    model, _, rows = build("wide_and_deep")
    copy = copy_without_training(model)
    assert not copy.compiled
    np.testing.assert_array_equal(
        np.asarray(copy(list_inputs(rows))), np.asarray(model(list_inputs(rows)))
    )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_first_forecast_is_that_of_the_whole_population(architecture: str) -> None:
    """Before learning, money is near the population's mean, whatever is read."""
    import_keras().utils.set_random_seed(5)
    settings = NetworkSettings(architecture=architecture, hidden_units=(4,))  # type: ignore[arg-type]
    start = start_head(SPEND, settings)
    rows = make_rows(architecture)
    model = build_sequence_network(rows, settings, start, steps_per_epoch=2)
    zeros = JointRows(0 * rows.sequence, None if rows.matrix is None else 0 * rows.matrix)
    money = read_sequence_network(model, settings, start.head).money(zeros)
    logs = np.log(SPEND[SPEND > 0])
    assert money == pytest.approx(4 / 9 * np.exp(logs.mean() + logs.var() / 2), rel=1e-5)


def test_gru_by_hand() -> None:
    """One unit, one bin: the gate is half open, so half of tanh(2) is taken up."""
    kernel = np.array([[0.0, 0.0, 1.0]])  # update, reset, candidate
    encoder = Encoder("gru", (kernel, np.zeros((1, 3)), np.zeros((2, 3))))
    assert encoder.encode(np.array([[[2.0]]])) == pytest.approx(0.5 * np.tanh(2.0))


def test_lstm_by_hand() -> None:
    """One unit, two bins, all gates half open: the memory keeps half and takes half."""
    kernel = np.array([[0.0, 0.0, 1.0, 0.0]])  # take, keep, new, show
    encoder = Encoder("lstm", (kernel, np.zeros((1, 4)), np.zeros(4)))
    memory = 0.25 * np.tanh(2.0) + 0.5 * np.tanh(4.0)
    found = encoder.encode(np.array([[[2.0], [4.0]]]))
    assert found == pytest.approx(0.5 * np.tanh(memory))


def test_convolution_by_hand() -> None:
    """Sums of a bin and the one before, then of neighbours two by two: 1, 3, 5, 7."""
    ones = np.ones((2, 1, 1))
    encoder = Encoder("conv1d", (ones, np.zeros(1), ones, np.zeros(1)))
    found = encoder.encode(np.array([[[1.0], [2.0], [3.0], [4.0]]]))
    np.testing.assert_allclose(found, [[1 + 3, 5 + 7]])
