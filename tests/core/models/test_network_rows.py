"""Rows that count more, rows that are mixed, and what that leaves as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.model_settings import NetworkSettings
from clv_core.models.network_rows import MatrixRows
from clv_core.models.row_weights import RowWeights, weigh_rows
from clv_core.models.sequence_network import JointRows

SPEND = np.array([0.0, 0.0, 0.0, 12.0])
FEATURES = pd.DataFrame({"net_spend": [0.0, 3.0, -5.0, 9.0]})


def test_rows_count_alike_by_default() -> None:
    """No weights are passed to Keras, so that nothing changes."""
    assert weigh_rows(FEATURES, SPEND, NetworkSettings()) == RowWeights()


def test_buyers_count_as_much_as_the_others() -> None:
    """One buyer beside three others counts three times; the odds are told apart again."""
    found = weigh_rows(FEATURES, SPEND, NetworkSettings(row_weights="buyers"))
    assert found.weights is not None
    np.testing.assert_allclose(found.weights, np.array([1, 1, 1, 3]) / 1.5)
    assert found.log_odds == pytest.approx(np.log(3))


def test_buyers_are_not_weighed_where_no_loss_tells_them() -> None:
    """Weights that depend on the label would move the mean of a squared error."""
    settings = NetworkSettings(row_weights="buyers", loss="mse")
    assert weigh_rows(FEATURES, SPEND, settings) == RowWeights()


def test_value_is_weighed_by_what_was_spent_before() -> None:
    """Square roots of past spend (mean 3) plus 3 + 1, brought to mean 1."""
    found = weigh_rows(FEATURES, SPEND, NetworkSettings(row_weights="value"))
    roots = np.sqrt([4.0, 7.0, 4.0, 13.0])
    assert found.weights is not None
    np.testing.assert_allclose(found.weights, roots / roots.mean(), rtol=1e-6)
    assert found.log_odds == 0


def make_rows(count: int = 6) -> MatrixRows:
    """Rows whose inputs and label are their own number."""
    numbers = np.arange(count, dtype=np.float32)
    sequence = np.repeat(numbers[:, None, None], 4, axis=1)
    return MatrixRows(
        JointRows(sequence, numbers[:, None]),
        numbers.astype(np.float64),
        row_weights=RowWeights(numbers),
    )


def test_taken_rows_stay_together() -> None:
    """Months, features, label and weight follow the same row."""
    taken = make_rows().take(np.array([4, 1]))
    assert isinstance(taken.inputs, JointRows)
    assert taken.inputs.matrix is not None
    for one in (taken.inputs.sequence[:, 0, 0], taken.inputs.matrix[:, 0], taken.spend):
        np.testing.assert_array_equal(one, [4, 1])
    np.testing.assert_array_equal(taken.row_weights.weights, [4, 1])


def test_mixed_rows_lie_between_two_and_have_the_label_of_one() -> None:
    """The rows themselves come first; the mixed ones lie on the line to another row."""
    mixed = make_rows(50).mix(0.4, seed=1)
    assert isinstance(mixed.inputs, JointRows)
    assert mixed.inputs.matrix is not None
    places = mixed.inputs.matrix[:, 0]
    np.testing.assert_array_equal(places[:50], np.arange(50))
    np.testing.assert_allclose(mixed.inputs.sequence[:, 2, 0], places, rtol=1e-6)
    partners = np.random.default_rng(1).permutation(50)
    low, high = np.minimum(np.arange(50), partners), np.maximum(np.arange(50), partners)
    assert (places[50:] >= low - 1e-4).all()
    assert (places[50:] <= high + 1e-4).all()
    labels = mixed.spend[50:]
    assert ((labels == np.arange(50)) | (labels == partners)).all()
    assert (labels != np.arange(50)).any()
    np.testing.assert_array_equal(mixed.row_weights.weights, mixed.spend)
