"""Estimators on disk: read as written, and nothing else is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeRegressor
from skops.io import dump

from clv_core.errors import NothingStored
from clv_core.models.stored_estimators import load_estimator, save_estimator


def test_there_and_back(tmp_path: Path) -> None:
    """A tree read from its file tells to the bit what it told before."""
    inputs = np.linspace(0, 1, 50)[:, None]
    tree = DecisionTreeRegressor(max_depth=3).fit(inputs, np.sin(6 * inputs))
    save_estimator(tree, tmp_path / "tree.skops")
    read = load_estimator(tmp_path / "tree.skops")
    assert np.array_equal(read.predict(inputs), tree.predict(inputs))


def test_refuses_what_could_run_code(tmp_path: Path) -> None:
    """A file that names a function of the system is refused before anything in it is built."""
    dump(FunctionTransformer(func=Path.unlink), tmp_path / "odd.skops")
    with pytest.raises(NothingStored, match=r"odd\.skops"):
        load_estimator(tmp_path / "odd.skops")
