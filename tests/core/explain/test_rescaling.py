"""Reasons through products and codes: per column, additive, and what they must be by hand."""

from __future__ import annotations

import itertools

import numpy as np

from clv_core.explain.deep import explain_dense
from clv_core.explain.rescaling import pass_refinement, rescale, rescale_relu
from clv_core.features.components import Components, learn_principal_components
from clv_core.features.crosses import Crosses, learn_crosses
from clv_core.features.refinement import Refinement
from clv_core.models.dense import DenseNetwork
from clv_core.models.heads import Head

RNG = np.random.default_rng(9)
COLUMNS = 4


def draw(*shape: int) -> np.ndarray:
    """Return standard normal numbers."""
    return RNG.normal(size=shape)


def make_network(inputs: int) -> DenseNetwork:
    """A relu network with random weights and a zero-inflated lognormal head."""
    kernels = draw(inputs, 6) / 2, draw(6, 3) / 2
    return DenseNetwork(kernels, (draw(6) / 3, draw(3) / 3), "relu", Head("ziln"))


def make_encoder(inputs: int) -> Components:
    """Two layers of random weights, as an autoencoder's."""
    return Components((draw(inputs, 5) / 2, draw(5, 3) / 2), (draw(5) / 3, draw(3) / 3))


def test_a_product_is_shared_by_hand():
    """From 1 · 2 to 3 · 6: 2 times the mean of 2 and 6, and 4 times the mean of 1 and 3."""
    crosses = Crosses(np.array([[0, 1]]), np.zeros((1, 2)), np.zeros(1), np.ones(1))
    on_inputs = np.array([[[0.0, 0.0, 1.0]]])
    above, below = np.array([[3.0, 6.0]]), np.array([[1.0, 2.0]])
    parts = pass_refinement(Refinement(crosses), on_inputs, above, below)
    np.testing.assert_allclose(parts, [[8.0, 8.0]])


def test_an_encoder_before_a_network_is_one_deeper_network():
    """Folded into one network, encoder and network are given the same reasons."""
    encoder, network = make_encoder(COLUMNS), make_network(3)
    joined = DenseNetwork(
        (encoder.kernels[0], encoder.kernels[1] @ network.kernels[0], network.kernels[1]),
        (
            encoder.biases[0],
            encoder.biases[1] @ network.kernels[0] + network.biases[0],
            network.biases[1],
        ),
        "relu",
        network.head,
    )
    rows, background = draw(30, COLUMNS), draw(20, COLUMNS)
    expected, base = explain_dense(joined, rows, background)
    found, own_base = explain_dense(network, rows, background, refinement=Refinement(None, encoder))
    # Without an encoder before it a relu network is passed in half the precision.
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert np.isclose(own_base, base, rtol=1e-12)


def test_components_before_a_sum_are_another_sum():
    """Principal components with a linear head: weight times distance, the exact Shapley values."""
    background = draw(50, COLUMNS)
    components = learn_principal_components(background, 0.8)
    kernel = draw(components.width, 1)
    network = DenseNetwork((kernel,), (np.zeros(1),), "relu", Head("linear"))
    row = draw(1, COLUMNS)
    found, _ = explain_dense(network, row, background, refinement=Refinement(None, components))
    weights = (components.kernels[0] @ kernel)[:, 0]
    np.testing.assert_allclose(found[0, :-1], weights * (row[0] - background.mean(axis=0)))


def test_reasons_add_up_through_all_of_it():
    """Crosses, a code of both and a network: base value and parts make the money."""
    background = draw(25, COLUMNS)
    crosses = learn_crosses(background, [(0, 1), (1, 3)])
    refinement = Refinement(crosses, make_encoder(COLUMNS + 2))
    network, rows = make_network(3), draw(40, COLUMNS)
    ratio = draw(40) / 3
    parts, base = explain_dense(network, rows, background, ratio, refinement=refinement)
    money = network.money(refinement.apply(rows), ratio)
    np.testing.assert_allclose(parts.sum(axis=1) + base, money, rtol=1e-9)
    assert parts.shape == (40, COLUMNS + 1)


def test_products_in_a_sum_have_their_exact_shapley_values():
    """All 24 orders of the columns joining, against every background row, agree."""
    background, row = draw(6, COLUMNS), draw(1, COLUMNS)
    refinement = Refinement(learn_crosses(background, [(0, 1), (1, 3)]))
    network = DenseNetwork((draw(COLUMNS + 2, 1),), (draw(1),), "relu", Head("linear", scale=3.0))
    expected = np.zeros(COLUMNS)
    for order in itertools.permutations(range(COLUMNS)):
        mixed = background.copy()
        before = network.money(refinement.apply(mixed)).mean()
        for column in order:
            mixed[:, column] = row[0, column]
            after = network.money(refinement.apply(mixed)).mean()
            expected[column] += (after - before) / 24
            before = after
    found, _ = explain_dense(network, row, background, refinement=refinement)
    np.testing.assert_allclose(found[0, :-1], expected, rtol=1e-9)


def test_the_quick_way_through_relu_is_the_rescale_rule():
    """The same quotients; of two equal values the slope, 1 above zero and 0 below."""
    above, below = draw(12, 5), draw(9, 5)
    found = rescale_relu(above, below)
    np.testing.assert_allclose(found, rescale(lambda x: np.maximum(x, 0), above, below))
    same = np.array([[2.0, -3.0, 0.0]])
    np.testing.assert_array_equal(rescale_relu(same, same)[0, 0], [1.0, 0.0, 0.0])
