"""Networks as plain numbers: hand-made values, Keras' own, storage, no Keras."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from clv_core.model_settings import Activation, NetworkSettings
from clv_core.models.backend import import_keras
from clv_core.models.dense import DenseNetwork
from clv_core.models.head_start import start_head
from clv_core.models.heads import Head
from clv_core.models.network_building import build_network, copy_without_training, read_dense

REPOSITORY = Path(__file__).parents[3]
SPEND = np.array([0.0, 0.0, 10.0, 20.0, 40.0, 80.0, -5.0, 0.0])


def make_network(head: Head, outputs: list[float], activation: Activation = "relu") -> DenseNetwork:
    """One hidden unit that copies a positive input; outputs are its multiples."""
    return DenseNetwork(
        kernels=(
            np.array([[1.0]], dtype=np.float32),
            np.array([outputs], dtype=np.float32),
        ),
        biases=(np.zeros(1, dtype=np.float32), np.zeros(len(outputs), dtype=np.float32)),
        activation=activation,
        head=head,
    )


def test_ziln_money_by_hand() -> None:
    """Outputs (0, 2, 0): half of exp(2 + log(2)^2 / 2)."""
    network = make_network(Head("ziln"), [0.0, 2.0, 0.0])
    expected = 0.5 * np.exp(2 + np.log(2) ** 2 / 2)
    assert network.money(np.ones((1, 1), np.float32))[0] == pytest.approx(expected)
    assert network.buying_probability(np.ones((1, 1), np.float32)) == pytest.approx([0.5])


def test_linear_and_log_money_by_hand() -> None:
    """Linear: 100 + 10 z; log: 10 exp(z); a hidden value below zero is cut by relu."""
    rows = np.array([[2.0], [-2.0]], np.float32)
    linear = make_network(Head("linear", scale=10, shift=100), [1.0])
    log = make_network(Head("log", scale=10), [1.0])
    assert linear.money(rows) == pytest.approx([120.0, 100.0])
    assert log.money(rows) == pytest.approx([10 * np.exp(2), 10.0])
    assert linear.buying_probability(rows) is None


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_log_ratio_multiplies_money(kind: str) -> None:
    """A log ratio of log 3 makes three times the money."""
    network = make_network(Head(kind, scale=10, shift=100 if kind == "linear" else 0), [1.0])
    row = np.ones((1, 1), np.float32)
    assert network.money(row, np.log([3.0])) == pytest.approx(3 * network.money(row))


def test_money_is_capped_before_the_horizon_is_carried() -> None:
    """A forecast beyond the greatest spend seen is cut there, then carried."""
    network = make_network(Head("log", log_cap=float(np.log(50))), [1.0])
    row = np.array([[9.0]], np.float32)
    assert network.money(row) == pytest.approx([50.0])
    assert network.money(row, np.log(2.0)) == pytest.approx([100.0])


def test_no_rows_give_no_money() -> None:
    """An empty table of customers is scored without complaint."""
    network = make_network(Head("ziln"), [0.0, 2.0, 0.0])
    assert network.money(np.empty((0, 1), np.float32)).shape == (0,)


@pytest.mark.parametrize(
    ("activation", "batch_normalisation"),
    [*((name, False) for name in get_args(Activation)), ("gelu", True)],
)
def test_forward_pass_equals_keras(activation: Activation, batch_normalisation: bool) -> None:
    """Every activation, with and without folded batch normalisation, to 1e-5."""
    keras = import_keras()
    keras.utils.set_random_seed(5)
    settings = NetworkSettings(
        hidden_units=(6, 4), activation=activation, batch_normalisation=batch_normalisation
    )
    start = start_head(SPEND, settings)
    model = build_network(3, settings, start, steps_per_epoch=2)
    random = np.random.default_rng(5)
    for layer in model.layers:
        weights = [random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()]
        layer.set_weights([w.astype(np.float32) for w in weights])
    rows = random.normal(size=(50, 3)).astype(np.float32)

    outputs = read_dense(model, settings, start.head).outputs(rows)

    np.testing.assert_allclose(outputs, np.asarray(model(rows)), rtol=1e-5, atol=1e-5)


def test_copy_without_training_computes_the_same() -> None:
    """The stored Keras form has the weights, and no optimiser to carry along."""
    import_keras().utils.set_random_seed(6)
    settings = NetworkSettings(hidden_units=(4,))
    model = build_network(2, settings, start_head(SPEND, settings), steps_per_epoch=2)
    rows = np.ones((3, 2), np.float32)

    copy = copy_without_training(model)

    assert not copy.compiled
    np.testing.assert_array_equal(np.asarray(copy(rows)), np.asarray(model(rows)))


@pytest.mark.parametrize(
    ("loss", "constant"),
    [
        ("mse", SPEND.mean()),
        ("mae", np.median(SPEND)),
        ("huber", np.median(SPEND)),
        ("tweedie", np.maximum(SPEND, 0).mean()),
    ],
)
def test_first_forecast_is_the_best_constant(loss: str, constant: float) -> None:
    """Before learning, a row of zeros is forecast as the whole training population."""
    settings = NetworkSettings(loss=loss, hidden_units=(4,))
    start = start_head(SPEND, settings)
    model = build_network(2, settings, start, steps_per_epoch=2)
    money = read_dense(model, settings, start.head).money(np.zeros((1, 2), np.float32))
    assert money[0] == pytest.approx(constant, rel=1e-5)


def test_first_ziln_forecast_has_the_moments_of_the_labels() -> None:
    """Share of buyers 4 of 9 (one added), lognormal with the labels' own moments."""
    settings = NetworkSettings(hidden_units=(4,))
    start = start_head(SPEND, settings)
    model = build_network(2, settings, start, steps_per_epoch=2)
    money = read_dense(model, settings, start.head).money(np.zeros((1, 2), np.float32))
    logs = np.log(SPEND[SPEND > 0])
    assert money[0] == pytest.approx(4 / 9 * np.exp(logs.mean() + logs.var() / 2), rel=1e-5)


def test_stored_network_forecasts_the_same(tmp_path: Path) -> None:
    """What is read back gives the same money to the last bit."""
    network = make_network(Head("ziln", log_cap=5.0), [0.3, 2.0, -0.4], activation="silu")
    network.save(tmp_path / "network.npz")
    rows = np.random.default_rng(1).normal(size=(20, 1)).astype(np.float32)

    loaded = DenseNetwork.load(tmp_path / "network.npz")

    np.testing.assert_array_equal(loaded.money(rows), network.money(rows))
    assert loaded.head == network.head


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    """A file that would need unpickling is not read."""
    np.savez(tmp_path / "network.npz", about=np.array([{"activation": "relu"}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        DenseNetwork.load(tmp_path / "network.npz")


def test_importing_the_network_and_its_explanations_does_not_load_keras() -> None:
    """The server imports both modules; Keras and JAX must stay outside."""
    script = (
        "import sys; import clv_core.models.network, clv_core.explain.deep;"
        "sys.exit('keras' in sys.modules or 'jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False)
    assert done.returncode == 0
