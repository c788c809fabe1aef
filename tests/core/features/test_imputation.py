"""What a missing number becomes: mean, median, or what the other columns tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.features.matrix import FeatureMatrix
from clv_core.model_settings import MatrixSettings

RNG = np.random.default_rng(4)
SIZE = RNG.uniform(0, 10, 1000)
KNOWN = RNG.random(1000) < 0.7
PEOPLE = pd.DataFrame(
    {
        "size": SIZE,
        "weight": np.where(KNOWN, 2 * SIZE + RNG.normal(0, 0.1, 1000), np.nan),
        "region": pd.Categorical(RNG.choice(["east", "west"], 1000)),
        "noise": RNG.normal(size=1000),
    }
)


def test_mean_and_median():
    """A gap scales as the training rows' mean or median does."""
    skewed = pd.DataFrame({"spend": [1.0, 2.0, 3.0, 10.0, np.nan]})
    for missing, middle in (("mean", 4.0), ("median", 2.5), ("drop", 2.5)):
        matrix = FeatureMatrix(missing=missing).fit(skewed)
        filled = matrix.transform(pd.DataFrame({"spend": [np.nan, middle]}))[:, 0]
        assert filled[0] == filled[1]


def test_regression_tells_the_gap():
    """A weight that is twice the size is found from the size, far better than by the median."""
    matrix = FeatureMatrix(missing="regression").fit(PEOPLE)
    place = matrix.column_names_.index("weight")
    truth = matrix.transform(PEOPLE.assign(weight=2 * SIZE))[~KNOWN, place]
    told = matrix.transform(PEOPLE)[~KNOWN, place]
    assert np.abs(told - truth).mean() < 0.1
    assert matrix.fillings_["weight"].columns[0] == "size"
    by_median = FeatureMatrix().fit(PEOPLE).transform(PEOPLE)[~KNOWN, place]
    assert np.abs(by_median - truth).mean() > 0.5


def test_regression_stays_within_what_was_seen():
    """Beyond the training rows the filled value is their largest, not a line drawn on."""
    matrix = FeatureMatrix(MatrixSettings(scaling="min_max"), "regression").fit(PEOPLE)
    place = matrix.column_names_.index("weight")
    far = pd.DataFrame({"size": [10.0], "weight": [np.nan], "region": ["east"], "noise": [1e9]})
    assert 0 <= matrix.transform(far)[0, place] <= 1


def test_feature_without_training_gaps_takes_the_median():
    """What no training row lacked was never regressed."""
    matrix = FeatureMatrix(missing="regression").fit(PEOPLE)
    assert list(matrix.fillings_) == ["weight"]
    gap = matrix.transform(PEOPLE.head(1).assign(size=np.nan))
    middle = matrix.transform(PEOPLE.head(1).assign(size=np.median(SIZE)))
    np.testing.assert_array_equal(gap, middle)


def test_min_max_lies_between_nought_and_one():
    """The lower cap becomes 0, the upper one 1, by hand."""
    frame = pd.DataFrame({"x": np.arange(1001.0)})
    scaled = FeatureMatrix(MatrixSettings(scaling="min_max")).fit(frame).transform(frame)[:, 0]
    np.testing.assert_allclose(scaled, np.clip((np.arange(1001.0) - 5) / 990, 0, 1), atol=1e-6)


@pytest.mark.parametrize("missing", ["mean", "median", "regression"])
def test_no_gap_is_left(missing):
    """Whatever fills gaps, none is left, in training rows and others."""
    matrix = FeatureMatrix(missing=missing).fit(PEOPLE)
    empty = pd.DataFrame(np.nan, index=[0], columns=["size", "weight", "noise"]).assign(region=None)
    assert np.isfinite(matrix.transform(PEOPLE)).all()
    assert np.isfinite(matrix.transform(empty)).all()
