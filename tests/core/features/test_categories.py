"""Categories as columns of ones and zeros."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from clv_core.features.categories import CategoryColumns, learn_categories
from clv_core.features.matrix import FeatureMatrix
from clv_core.model_settings import MatrixSettings

PLANS = pd.Series([*"aaaabbbccd", None], dtype="category")


def write(columns: CategoryColumns, series: pd.Series) -> list[list[float]]:
    """Return the ones and zeros as lists."""
    out = np.full((len(series), len(columns.labels)), 9, dtype=np.float32)
    columns.write(series, out)
    return out.tolist()


def test_most_frequent_have_columns():
    """The rarest share one column; equally frequent ones go by name."""
    assert learn_categories(PLANS, 2) == CategoryColumns(("a", "b"), has_other=True)
    assert learn_categories(PLANS, 4) == CategoryColumns(("a", "b", "c", "d"), has_other=False)
    assert learn_categories(pd.Series(["y", "x"]), 1).known == ("x",)


def test_unknown_is_other_where_other_was_learnt():
    """An unknown category counts as other, or as nothing where no training row was."""
    seen = pd.Series(["a", "c", "new", None], dtype="category")
    with_other = [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert write(learn_categories(PLANS, 2), seen) == with_other
    assert write(learn_categories(PLANS, 4), seen)[2:] == [[0] * 4, [0] * 4]


def test_text_and_category_columns_are_one():
    """Whether text or pandas categories, in whatever order, the columns are the same."""
    columns = learn_categories(PLANS, 3)
    other_order = PLANS.cat.set_categories([*"dzcba"])
    assert learn_categories(PLANS.astype("str").where(PLANS.notna()), 3) == columns
    assert write(columns, other_order) == write(columns, PLANS)


def test_matrix_has_blocks_of_categories():
    """Numbers, one block per feature and what says that it is missing; sources add up."""
    frame = pd.DataFrame({"age": np.arange(11.0), "plan": PLANS, "flat": ["x"] * 11})
    matrix = FeatureMatrix(MatrixSettings(most_categories=2)).fit(frame)
    assert matrix.column_names_ == ["age", "plan=a", "plan=b", "plan=other", "plan_is_missing"]
    assert set(matrix.source_of_column_.values()) == {"age", "plan"}
    assert matrix.category_blocks() == ((1, 4),)
    rows = matrix.transform(frame)
    np.testing.assert_array_equal(rows[:, 1:4].sum(axis=1), [*[1] * 10, 0])
    np.testing.assert_array_equal(rows[:, 4], [*[0] * 10, 1])


def test_matrix_of_categories_round_trips():
    """Stored as JSON and read back, the matrix writes the same bits."""
    frame = pd.DataFrame({"plan": PLANS, "size": [*range(10), None], "plan=a": np.arange(11.0)})
    matrix = FeatureMatrix(MatrixSettings(scaling="min_max"), "regression").fit(frame)
    again = FeatureMatrix.from_json(json.loads(json.dumps(matrix.to_json(), sort_keys=True)))
    np.testing.assert_array_equal(again.transform(frame), matrix.transform(frame))
    assert again.settings == matrix.settings
    assert again.category_blocks() == matrix.category_blocks()
    assert len(set(matrix.column_names_)) == matrix.transform(frame).shape[1]
