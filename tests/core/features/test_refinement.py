"""Products of columns, and many columns as few numbers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from clv_core.features.components import Components, learn_principal_components
from clv_core.features.crosses import find_learnt_pairs, find_rfm_pairs, learn_crosses
from clv_core.features.matrix import FeatureMatrix
from clv_core.features.matrix_notes import describe_matrix
from clv_core.features.refinement import Refinement
from clv_core.model_settings import MatrixSettings

RNG = np.random.default_rng(6)


def test_a_product_by_hand():
    """Columns 1, 3 and 2, 6: distances ±1 and ±2, products 2, 2, -2, -2."""
    columns = np.array([[1.0, 2.0], [3.0, 6.0], [1.0, 6.0], [3.0, 2.0]])
    crosses = learn_crosses(columns, [(0, 1)])
    assert crosses is not None
    np.testing.assert_allclose(crosses.middles, [[2.0, 4.0]])
    np.testing.assert_allclose(crosses.apply(columns)[:, 0], [1.0, 1.0, -1.0, -1.0])
    np.testing.assert_allclose(crosses.apply(np.array([[4.0, 8.0]])), [[8.0 / 2.0]])


def test_a_product_that_never_varies_is_none():
    """Two columns, one of them flat, have nothing to say together."""
    columns = np.array([[1.0, 5.0], [2.0, 5.0]])
    assert learn_crosses(columns, [(0, 1)]) is None
    assert learn_crosses(columns, []) is None


def test_pairs_of_recency_frequency_and_money():
    """Each role is played by the first column there is."""
    names = ["net_spend", "order_count", "recency_days", "weekend_share"]
    assert find_rfm_pairs(names, 9) == [(2, 1), (2, 0), (1, 0)]
    assert find_rfm_pairs(names, 1) == [(2, 1)]
    assert find_rfm_pairs(["weekend_share"], 9) == []


def test_trees_find_the_pair_that_acts_together():
    """Where only a product tells the label, its columns are the first pair; never one feature."""
    columns = RNG.normal(size=(1500, 4))
    spend = np.exp(2 + columns[:, 1] * columns[:, 3])
    assert find_learnt_pairs(columns, spend, list("abcd"), 3)[0] == (1, 3)
    assert (1, 3) not in find_learnt_pairs(columns, spend, list("abcb"), 9)


def test_principal_components_by_hand():
    """Points on a line are one number each: how far along it they lie."""
    columns = np.array([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]])
    found = learn_principal_components(columns, 0.95)
    assert found.width == 1
    np.testing.assert_allclose(np.abs(found.apply(columns)[:, 0]), np.sqrt(2) * np.array([1, 0, 1]))


def test_the_fewest_components_that_hold_the_share():
    """Variances 9, 4 and 1: the first holds 64 %, two hold 93 %."""
    columns = RNG.normal(size=(4000, 3)) * [3.0, 2.0, 1.0]
    widths = [learn_principal_components(columns, share).width for share in (0.6, 0.9, 0.99)]
    assert widths == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        {"crosses": "rfm"},
        {"crosses": "learnt", "most_crosses": 2},
        {"compression": "pca"},
        {"crosses": "rfm", "compression": "pca", "compressed_variance": 0.8},
        {"compression": "autoencoder"},
    ],
)
def test_a_refined_matrix_is_stored_to_the_bit(change):
    """Columns stay what they were; what a model takes of them survives JSON."""
    count = 300
    frame = pd.DataFrame(
        {
            "recency_days": RNG.normal(size=count),
            "frequency": RNG.poisson(3, count),
            "monetary_value": np.where(RNG.random(count) < 0.1, np.nan, RNG.normal(size=count)),
        }
    )
    spend = RNG.lognormal(2, 1, count)

    def halve(columns: np.ndarray) -> Components:
        eye = np.eye(columns.shape[1])
        return Components((eye, eye[:, :2] / 3), (np.full(len(eye), 0.1), np.zeros(2)))

    matrix = FeatureMatrix(MatrixSettings(**change)).fit(frame, spend, halve)
    plain = FeatureMatrix().fit(frame)
    assert matrix.column_names_ == plain.column_names_
    np.testing.assert_array_equal(matrix.read_columns(frame), plain.transform(frame))
    rows = matrix.transform(frame)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    again = FeatureMatrix.from_json(json.loads(json.dumps(matrix.to_json(), sort_keys=True)))
    np.testing.assert_array_equal(again.transform(frame), rows)
    notes = [str(note) for note in describe_matrix(matrix, has_own_names=False)]
    assert len(notes) == len(change.keys() & {"crosses", "compression"})
    if change.get("crosses") == "rfm":
        assert "Days since the last purchase × Days with a repeat purchase" in notes[0]


def test_layers_cut_at_zero_between_them():
    """relu(x - 1) · 2 + 3, by hand; the last layer is not cut."""
    components = Components(
        (np.array([[1.0]]), np.array([[2.0]])), (np.array([-1.0]), np.array([3.0]))
    )
    told = Refinement(None, components).apply(np.array([[0.0], [4.0]]))
    np.testing.assert_allclose(told, [[3.0], [9.0]])


def test_an_autoencoder_needs_what_trains_it():
    """Asking for a code without a trainer is a mistake of ours, and loud."""
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="autoencoder"):
        FeatureMatrix(MatrixSettings(compression="autoencoder")).fit(frame)


def test_crosses_of_nothing_are_told():
    """Where none of the usual columns is there, a note says that nothing was multiplied."""
    frame = pd.DataFrame({"size": [1.0, 2.0, 3.0], "age": [3.0, 1.0, 2.0]})
    matrix = FeatureMatrix(MatrixSettings(crosses="rfm")).fit(frame)
    assert matrix.refinement_ is None
    assert "No two columns" in str(describe_matrix(matrix, has_own_names=True)[0])
