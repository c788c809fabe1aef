"""The batched rescale rule: additive in money, exact where it must be, near SHAP's own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from shap import KernelExplainer

from clv_core.explain import deep
from clv_core.explain.deep import explain_dense, explain_network, group_by_source
from clv_core.features.matrix import FeatureMatrix
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import Activation, NetworkSettings
from clv_core.models.dense import DenseNetwork
from clv_core.models.heads import Head, HeadKind
from clv_core.models.network import NetworkForecaster
from clv_core.models.network_inputs import NetworkInputs
from tests.small_shop import make_training_data

INPUTS = 6


def make_network(
    kind: HeadKind = "ziln",
    activation: Activation = "gelu",
    hidden: tuple[int, ...] = (12, 8),
    inputs: int = INPUTS,
    log_cap: float = np.inf,
) -> DenseNetwork:
    """A network with random weights."""
    random = np.random.default_rng(7)
    head = Head(kind, scale=1 if kind == "ziln" else 20.0, log_cap=log_cap)
    units = (inputs, *hidden, head.outputs)
    sizes = list(itertools.pairwise(units))
    return DenseNetwork(
        kernels=tuple(
            random.normal(0, 1 / np.sqrt(size[0]), size).astype(np.float32) for size in sizes
        ),
        biases=tuple(random.normal(0, 0.3, size[1]).astype(np.float32) for size in sizes),
        activation=activation,
        head=head,
    )


def make_rows(count: int, seed: int, inputs: int = INPUTS) -> np.ndarray:
    """Standardised inputs."""
    return np.random.default_rng(seed).normal(size=(count, inputs)).astype(np.float32)


@pytest.mark.parametrize("kind", get_args(HeadKind))
@pytest.mark.parametrize("activation", get_args(Activation))
def test_contributions_add_up_to_the_forecast(kind: HeadKind, activation: Activation) -> None:
    """Base value and contributions make the money, for every head and activation."""
    network = make_network(kind, activation)
    rows, background = make_rows(40, 1), make_rows(25, 2)
    random = np.random.default_rng(3)
    ratio, background_ratio = random.normal(0, 0.5, 40), random.normal(0, 0.5, 25)

    contributions, base = explain_dense(network, rows, background, ratio, background_ratio)

    money = network.money(rows.astype(np.float64), ratio)
    np.testing.assert_allclose(contributions.sum(axis=1) + base, money, rtol=1e-9)
    background_money = network.money(background.astype(np.float64), background_ratio)
    assert base == pytest.approx(background_money.mean())


def test_contributions_add_up_where_the_forecast_is_capped() -> None:
    """Rows and background rows on either side of the cap still add up."""
    network = make_network(log_cap=-1.5)
    rows, background = make_rows(60, 1), make_rows(30, 2)
    outputs = network.outputs(rows).astype(np.float64)
    uncapped = network.head.branches[0].parts(outputs).sum(axis=1)
    assert (uncapped > -1.5).any()
    assert (uncapped < -1.5).any()
    contributions, base = explain_dense(network, rows, background)
    np.testing.assert_allclose(
        contributions.sum(axis=1) + base, network.money(rows.astype(np.float64)), rtol=1e-9
    )


def test_linear_network_has_the_exact_shapley_values() -> None:
    """Without curvature a share is weight times distance from the background's mean."""
    network = DenseNetwork(
        kernels=(np.array([[2.0], [-3.0]], np.float32),),
        biases=(np.array([1.0], np.float32),),
        activation="relu",
        head=Head("linear", scale=10.0, shift=5.0),
    )
    background = np.array([[0.0, 0.0], [2.0, 4.0]], np.float32)
    contributions, base = explain_dense(network, np.array([[3.0, 1.0]], np.float32), background)
    assert base == pytest.approx(5 + 10 * (1 + 2 * 1 - 3 * 2))
    np.testing.assert_allclose(contributions, [[10 * 2 * (3 - 1), 10 * -3 * (1 - 2), 0.0]])


def test_rescale_rule_by_hand() -> None:
    """One relu unit from -1 to 3, log head: all of the change is the only input's."""
    network = DenseNetwork(
        kernels=(np.array([[1.0]], np.float32), np.array([[0.5]], np.float32)),
        biases=(np.zeros(1, np.float32), np.zeros(1, np.float32)),
        activation="relu",
        head=Head("log", scale=10.0),
    )
    contributions, base = explain_dense(
        network, np.array([[3.0]], np.float32), np.array([[-1.0]], np.float32)
    )
    assert base == pytest.approx(10.0)
    assert contributions[0] == pytest.approx([10 * np.exp(1.5) - 10, 0.0])


def test_unread_and_unchanged_inputs_contribute_nothing() -> None:
    """An input without weight, and one equal to all the background, stay at zero."""
    network = make_network()
    network.kernels[0][0] = 0.0
    rows, background = make_rows(10, 1), make_rows(10, 2)
    rows[:, 1] = background[:, 1] = 0.7
    contributions, _ = explain_dense(network, rows, background)
    np.testing.assert_allclose(contributions[:, :2], 0.0, atol=1e-12)


def test_background_row_explains_itself_with_nothing() -> None:
    """Compared with itself alone, a row has no contributions."""
    row = make_rows(1, 1)
    contributions, base = explain_dense(make_network(), row, row)
    np.testing.assert_allclose(contributions, 0.0, atol=1e-12)
    assert base == pytest.approx(make_network().money(row.astype(np.float64))[0])


def test_horizon_ratio_has_a_column_of_its_own() -> None:
    """Same inputs, twice the horizon factor: the last column holds the whole difference."""
    network, row = make_network(), make_rows(1, 1)
    contributions, base = explain_dense(network, row, row, np.log([2.0]))
    assert contributions[0, -1] == pytest.approx(base)
    np.testing.assert_allclose(contributions[0, :-1], 0.0, atol=1e-12)


def test_chunks_do_not_change_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Explaining a row at a time gives what all at once gives."""
    network, rows, background = make_network(), make_rows(20, 1), make_rows(10, 2)
    at_once, _ = explain_dense(network, rows, background)
    monkeypatch.setattr(deep, "BYTES_AT_ONCE", 1)
    one_by_one, _ = explain_dense(network, rows, background)
    np.testing.assert_allclose(one_by_one, at_once, rtol=1e-9, atol=1e-12)


def test_values_agree_with_shap_kernel_explainer() -> None:
    """With all 64 coalitions SHAP's values are exact; ours rank and measure alike."""
    network = make_network(activation="silu")
    rows, background = make_rows(12, 1), make_rows(20, 2)
    reference = KernelExplainer(
        lambda x: network.money(np.asarray(x, np.float64)), background.astype(np.float64)
    ).shap_values(rows.astype(np.float64), nsamples=100, l1_reg=False, silent=True)

    contributions, _ = explain_dense(network, rows, background)

    ours = contributions[:, :-1]
    assert spearmanr(ours.ravel(), np.asarray(reference).ravel()).statistic > 0.97
    error = np.abs(ours - reference).mean() / np.abs(reference).mean()
    assert error < 0.15


def test_group_by_source_adds_columns_of_one_feature() -> None:
    """Two columns of one feature become one, in order of first appearance."""
    grouped = group_by_source(np.array([[1.0, 2.0, 4.0]]), ["b", "a", "b"])
    pd.testing.assert_frame_equal(grouped, pd.DataFrame({"b": [5.0], "a": [2.0]}))


def test_explained_forecaster_adds_up_in_money() -> None:
    """Two averaged networks over real features, missing flags and a carried horizon."""
    data = make_training_data(customers=60)
    history = data.history
    ratio = np.random.default_rng(5).uniform(0.2, 0.9, len(history.features))
    snapshot = dataclasses.replace(
        history, horizon_days=180, features=history.features.assign(log_horizon_ratio=ratio)
    )
    forecaster = make_forecaster(data.labelled[-1])

    explanation = explain_network(forecaster, snapshot, data.labelled[-1])

    assert list(explanation.contributions) == [
        "orders",
        "monetary_value",
        "recency_days",
        "gap_mean_days",
        "log_horizon_ratio",
    ]
    spend = forecaster.predict(snapshot).spend
    # Forecasts are scored in float32, explanations computed in float64.
    np.testing.assert_allclose(explanation.predicted, spend, rtol=5e-6)
    pd.testing.assert_frame_equal(
        explanation.values, snapshot.features[list(explanation.contributions)]
    )
    longer = explanation.contributions["log_horizon_ratio"]
    assert longer.gt(0).all()


def make_forecaster(snapshot: Snapshot) -> NetworkForecaster:
    """A fitted forecaster put together by hand, without training."""
    forecaster = NetworkForecaster(NetworkSettings(), seeds=2)
    forecaster.training_horizon_days_ = snapshot.horizon_days
    matrix = FeatureMatrix().fit(snapshot.features.drop(columns="log_horizon_ratio"))
    forecaster.inputs_ = NetworkInputs(matrix, scaling=None)
    inputs = len(matrix.column_names_)
    forecaster.networks_ = (
        make_network(inputs=inputs),
        make_network(inputs=inputs, hidden=(5,), activation="relu"),
    )
    return forecaster


def test_background_is_drawn_from_more_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """More background customers than the limit are sampled, the same ones per seed."""
    data = make_training_data(customers=60)
    forecaster = make_forecaster(data.labelled[-1])
    snapshot = dataclasses.replace(data.history, cutoff=dt.date(2024, 6, 1))
    monkeypatch.setattr(deep, "MOST_BACKGROUND_ROWS", 10)
    base = [
        explain_network(forecaster, snapshot, data.labelled[-1], seed).base_value
        for seed in (1, 1, 2)
    ]
    assert base[0] == base[1] != base[2]
