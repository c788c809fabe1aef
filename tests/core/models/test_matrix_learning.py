"""What of the matrix' options cannot go together is refused before anything is trained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import InvalidSetting
from clv_core.model_settings import MatrixSettings
from clv_core.models.matrix_learning import learn_matrix

RNG = np.random.default_rng(4)
FRAME = pd.DataFrame(
    {"size": RNG.normal(size=80), "city": pd.Series(RNG.choice(["a", "b"], 80), dtype="category")}
)
SPEND = RNG.lognormal(2, 1, 80)


def test_categories_are_embedded_or_compressed():
    """Both at once is refused; without categories an embedding asks for nothing."""
    both = MatrixSettings(categories="embedding", compression="pca")
    with pytest.raises(InvalidSetting, match="embedded and compressed"):
        learn_matrix(FRAME, SPEND, both, "median", seed=1)
    matrix = learn_matrix(FRAME[["size"]], SPEND, both, "median", seed=1)
    assert matrix.transform(FRAME).shape == (80, 1)


def test_gaps_are_filled_from_kept_columns():
    """A regression behind a selection asks for no feature that was left out."""
    frame = FRAME.assign(
        twin=FRAME["size"] + RNG.normal(0, 1e-3, 80),
        holed=np.where(np.arange(80) % 4 == 0, np.nan, RNG.normal(size=80)),
    )
    settings = MatrixSettings(selection="correlation")
    matrix = learn_matrix(frame, SPEND, settings, "regression", seed=1)
    left_out = set(matrix.source_of_dropped_.values()) - set(matrix.source_of_column_.values())
    assert left_out
    assert matrix.fillings_
    rows = matrix.transform(frame.drop(columns=sorted(left_out)))
    np.testing.assert_array_equal(rows, matrix.transform(frame))
