"""The fitted matrix knows its training rows and nothing else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.features.matrix import FeatureMatrix
from clv_core.model_settings import MatrixSettings

ROWS = 60
NUMBERS = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-5, 5).map(float))
WORDS = st.one_of(st.none(), st.sampled_from(["north", "south", "east", "west", "=", "other"]))


def columns(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """One column of as many entries as there are rows."""
    return st.lists(entries, min_size=ROWS, max_size=ROWS)


@settings(max_examples=20, deadline=None)
@given(
    first=columns(NUMBERS),
    second=columns(NUMBERS),
    words=columns(WORDS),
    later=columns(NUMBERS),
    scaling=st.sampled_from(["standard", "min_max"]),
    missing=st.sampled_from(["mean", "median", "regression"]),
)
def test_other_rows_change_nothing(first, second, words, later, scaling, missing):
    """Altering rows that are not learnt from leaves the matrix and its rows as they are."""
    frame = pd.DataFrame(
        {
            "trend": np.arange(ROWS, dtype=np.float64),
            "first": np.array(first, dtype=np.float64),
            "second": np.array(second, dtype=np.float64),
            "words": pd.Series(words, dtype="category"),
        }
    )
    training = np.arange(ROWS) % 3 != 0
    altered = frame.copy()
    altered.loc[~training, "first"] = np.array(later, dtype=np.float64)[~training]
    altered["words"] = frame["words"].cat.add_categories(["unseen"])
    altered.loc[~training, "words"] = "unseen"
    fitted, again = (
        FeatureMatrix(MatrixSettings(scaling=scaling, most_categories=2), missing).fit(
            one[training]
        )
        for one in (frame, altered)
    )
    assert json.dumps(fitted.to_json()) == json.dumps(again.to_json())
    rows = fitted.transform(frame[training])
    np.testing.assert_array_equal(rows, again.transform(altered[training]))
    assert np.isfinite(fitted.transform(altered)).all()


@settings(max_examples=15, deadline=None)
@given(
    first=columns(NUMBERS),
    words=columns(WORDS),
    later=columns(NUMBERS),
    spend=columns(st.floats(-10, 1e5)),
    later_spend=columns(st.floats(-10, 1e5)),
    change=st.sampled_from(
        [
            {"selection": "correlation", "correlation_limit": 0.8},
            {"selection": "importance"},
            {"crosses": "learnt"},
            {"compression": "pca"},
            {"selection": "correlation", "crosses": "learnt", "compression": "pca"},
        ]
    ),
)
def test_other_rows_select_cross_and_compress_nothing(
    first, words, later, spend, later_spend, change
):
    """Nor does what they are or what they came to spend."""
    training = np.arange(ROWS) % 3 != 0
    frame = pd.DataFrame(
        {
            "trend": np.arange(ROWS, dtype=np.float64),
            "wave": np.sin(np.arange(ROWS)),
            "first": np.array(first, dtype=np.float64),
            "words": pd.Series(words, dtype="category"),
        }
    )
    altered = frame.copy()
    altered.loc[~training, "first"] = np.array(later, dtype=np.float64)[~training]
    labels = np.array(spend)
    other_labels = np.where(training, labels, later_spend)
    fitted, again = (
        FeatureMatrix(MatrixSettings(**change)).fit(one[training], label[training])
        for one, label in ((frame, labels), (altered, other_labels))
    )
    assert json.dumps(fitted.to_json()) == json.dumps(again.to_json())
    rows = fitted.transform(frame[training])
    np.testing.assert_array_equal(rows, again.transform(altered[training]))
    assert np.isfinite(fitted.transform(altered)).all()
