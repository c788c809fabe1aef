"""Which columns are kept: not two that say the same, or those that tell most."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from clv_core.features.matrix import FeatureMatrix
from clv_core.features.matrix_notes import describe_matrix
from clv_core.features.selection import keep_least_alike, keep_most_telling
from clv_core.model_settings import MatrixSettings
from clv_core.models.tree_inputs import TreeInputs

RNG = np.random.default_rng(5)
ROWS = 400
SPEND = RNG.lognormal(3.0, 1.0, ROWS)


def test_the_more_telling_of_two_alike_stays():
    """Of a column and its noisy copy the one stays whose ranks go with the label's."""
    telling = np.log(SPEND)
    noisy = telling + RNG.normal(0, 0.05, ROWS)
    other = RNG.normal(size=ROWS)
    kept = keep_least_alike(np.column_stack([noisy, other, telling]), SPEND, 0.98)
    np.testing.assert_array_equal(kept, [False, True, True])


def test_opposites_are_alike():
    """A column and its negative say the same, and so do a column and its cube."""
    column = RNG.normal(size=ROWS)
    matrix = np.column_stack([column, -column, column**3])
    assert keep_least_alike(matrix, SPEND, 0.98).sum() == 1


def test_columns_below_the_limit_stay():
    """Correlated at 0.9 or so, both stay under 0.98 and one under 0.8."""
    first = RNG.normal(size=ROWS)
    matrix = np.column_stack([first, first + RNG.normal(0, 0.45, ROWS)])
    assert keep_least_alike(matrix, SPEND, 0.98).all()
    assert keep_least_alike(matrix, SPEND, 0.8).sum() == 1


def test_the_most_telling_stay():
    """Of four columns the two stay that the label depends on."""
    matrix = RNG.normal(size=(ROWS, 4))
    spend = np.exp(matrix[:, 1]) + np.exp(0.7 * matrix[:, 3])
    np.testing.assert_array_equal(keep_most_telling(matrix, spend, 0.5), [0, 1, 0, 1])
    np.testing.assert_array_equal(keep_most_telling(matrix, spend, 1e-6), [0, 1, 0, 0])


FRAME = pd.DataFrame(
    {
        "frequency": SPEND,
        "order_count": SPEND + 1,
        "holed": np.where(np.arange(ROWS) % 3 == 0, np.nan, RNG.normal(size=ROWS)),
        "plan": pd.Series(RNG.choice(["a", "b", "c"], ROWS), dtype="category"),
    }
)


def test_a_matrix_leaves_columns_out_and_says_so():
    """What is left out is in no row of the matrix, is named, and survives storing."""
    matrix = FeatureMatrix(MatrixSettings(selection="correlation")).fit(FRAME, SPEND)
    whole = FeatureMatrix().fit(FRAME)
    assert matrix.source_of_dropped_ == {"order_count": "order_count"}
    places = [whole.column_names_.index(name) for name in matrix.column_names_]
    rows = matrix.transform(FRAME)
    np.testing.assert_array_equal(rows, whole.transform(FRAME)[:, places])
    assert set(matrix.source_of_column_) == set(matrix.column_names_)
    assert matrix.category_blocks() == ((3, 6),)
    assert [str(note) for note in describe_matrix(matrix, has_own_names=False)] == [
        "1 of 7 columns are left out, as others say nearly the same: Orders so far."
    ]
    assert "order_count" in str(describe_matrix(matrix, has_own_names=True)[0])
    again = FeatureMatrix.from_json(json.loads(json.dumps(matrix.to_json(), sort_keys=True)))
    np.testing.assert_array_equal(again.transform(FRAME), rows)
    assert again.source_of_dropped_ == matrix.source_of_dropped_
    without = FRAME.drop(columns="order_count")
    np.testing.assert_array_equal(again.transform(without), rows)


def test_a_category_may_keep_some_of_its_columns():
    """Blocks of categories shrink with their columns."""
    settings = MatrixSettings(selection="importance", kept_share=0.45)
    spend = np.where(FRAME["plan"] == "b", 90.0, 1.0)
    matrix = FeatureMatrix(settings).fit(FRAME, spend)
    assert len(matrix.column_names_) == 3
    ((start, stop),) = matrix.category_blocks()
    assert "plan=b" in matrix.column_names_[start:stop]
    assert {matrix.source_of_column_[n] for n in matrix.column_names_[start:stop]} == {"plan"}


def test_a_label_is_needed():
    """A selection without a label is a mistake of ours, and loud."""
    with pytest.raises(ValueError, match="label"):
        FeatureMatrix(MatrixSettings(selection="importance")).fit(FRAME)


def test_trees_read_fewer_numbers_too():
    """Numbers are selected, gaps included; categories stay whole."""
    inputs = TreeInputs.learn(FRAME, SPEND, MatrixSettings(selection="correlation"))
    assert inputs.dropped == ("order_count",)
    assert inputs.feature_names == ("frequency", "holed", "plan")
    assert inputs.read(FRAME).shape == (ROWS, 2 + 3)
    assert TreeInputs.from_json(json.loads(json.dumps(inputs.to_json()))) == inputs
    assert len(inputs.describe(MatrixSettings(selection="correlation"), False)) == 1
    unselected = TreeInputs.learn(FRAME, SPEND, MatrixSettings())
    assert unselected.describe(MatrixSettings(), False) == ()


def test_what_was_stored_before_still_loads():
    """A matrix and trees' inputs of versions without a selection read everything."""
    matrix, inputs = FeatureMatrix().fit(FRAME), TreeInputs.learn(FRAME, SPEND, MatrixSettings())
    newer = {"kept", "dropped", "refinement"}
    stored = {name: one for name, one in matrix.to_json().items() if name not in newer}
    stored["settings"] = {"scaling": "standard", "categories": "one_hot"}
    again = FeatureMatrix.from_json(stored)
    np.testing.assert_array_equal(again.transform(FRAME), matrix.transform(FRAME))
    told = inputs.to_json()
    del told["dropped"]
    assert TreeInputs.from_json(told) == inputs
