"""The fitted matrix: filled, capped and scaled as learnt on training rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from clv_core.features.matrix import FeatureMatrix

RNG = np.random.default_rng(7)
TRAINING = pd.DataFrame(
    {
        "even": RNG.normal(50.0, 10.0, 2000),
        "heavy": RNG.lognormal(3.0, 1.5, 2000) * RNG.choice([-1.0, 1.0], 2000, p=[0.1, 0.9]),
        "holed": np.where(np.arange(2000) % 4 == 0, np.nan, np.arange(2000) % 7),
        "rare": np.where(np.arange(2000) == 5, 1.0, 0.0),
        "flat": 3.0,
        "absent": np.nan,
    }
)


def test_columns_and_their_sources():
    """Flat and absent features give no column, holed ones a second column."""
    matrix = FeatureMatrix().fit(TRAINING)
    assert matrix.column_names_ == ["even", "heavy", "holed", "holed_is_missing", "rare"]
    assert matrix.source_of_column_["holed_is_missing"] == "holed"


def test_training_rows_are_standardised():
    """Every feature's column has mean 0 and standard deviation 1, and no gaps."""
    values = FeatureMatrix().fit(TRAINING).transform(TRAINING)
    assert values.dtype == np.float32
    assert values.shape == (2000, 5)
    scaled = values[:, [0, 1, 2, 4]]
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-5)
    np.testing.assert_array_equal(values[:, 3], TRAINING["holed"].isna())


def test_by_hand():
    """Without tails or gaps the matrix is the standard score of the capped value."""
    frame = pd.DataFrame({"x": np.arange(1001.0)})
    capped = np.clip(frame["x"], 5.0, 995.0)
    expected = (capped - capped.mean()) / capped.std(ddof=0)
    np.testing.assert_allclose(FeatureMatrix().fit(frame).transform(frame)[:, 0], expected, 1e-5)


def test_missing_takes_the_training_median():
    """A gap becomes the median of the training rows, not of the rows at hand."""
    matrix = FeatureMatrix().fit(TRAINING)
    gap = TRAINING.head(1).assign(even=np.nan)
    middle = TRAINING.head(1).assign(even=TRAINING["even"].median())
    np.testing.assert_array_equal(matrix.transform(gap), matrix.transform(middle))


def test_outliers_are_capped_and_heavy_tails_logged():
    """A value far outside the training rows counts as their cap."""
    matrix = FeatureMatrix().fit(TRAINING)
    wild = TRAINING.head(2).assign(even=[1e9, 1e12], heavy=[1e9, 1e12])
    values = matrix.transform(wild)
    np.testing.assert_array_equal(values[0, :2], values[1, :2])
    assert values[0, 0] < 4
    assert matrix.scalings_["heavy"].is_log
    assert not matrix.scalings_["even"].is_log


def test_rare_event_survives():
    """One row in two thousand is not capped away."""
    values = FeatureMatrix().fit(TRAINING).transform(TRAINING)[:, 4]
    assert values.argmax() == 5
    assert values.max() > 1


def test_other_columns_and_their_order_do_not_matter():
    """Rows are read by name."""
    matrix = FeatureMatrix().fit(TRAINING)
    shuffled = TRAINING.assign(unknown=1.0)[["unknown", *reversed(TRAINING.columns)]]
    np.testing.assert_array_equal(matrix.transform(shuffled), matrix.transform(TRAINING))


def test_json_round_trip():
    """A stored matrix transforms bit-identically."""
    matrix = FeatureMatrix().fit(TRAINING)
    again = FeatureMatrix.from_json(json.loads(json.dumps(matrix.to_json(), sort_keys=True)))
    np.testing.assert_array_equal(again.transform(TRAINING), matrix.transform(TRAINING))
    assert again.column_names_ == matrix.column_names_


def test_nothing_varies():
    """Training rows that are all alike are refused."""
    with pytest.raises(ValueError, match="no feature varies"):
        FeatureMatrix().fit(pd.DataFrame({"flat": [1.0, 1.0]}))


def test_fitted_feature_is_needed():
    """A feature that was fitted cannot be left out."""
    with pytest.raises(KeyError, match="even"):
        FeatureMatrix().fit(TRAINING).transform(TRAINING.drop(columns="even"))
