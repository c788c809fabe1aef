"""TreeSHAP looked up: LightGBM's own values, whatever is missing."""

import lightgbm
import numpy as np
import pytest

from clv_core.models.tree_tables import LONGEST_PATH, ScoreTables, look_up


def grow(rows, labels, **settings):
    """Fit a few trees."""
    told = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 20, **settings}
    return lightgbm.train(told, lightgbm.Dataset(rows, labels), 30)


def draw(seed=0, gaps=True):
    """Return columns of several kinds, some with gaps, and labels that ask for most of them."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(2_000, 8))
    rows[:, 1] = random.poisson(1.0, 2_000)
    rows[:, 2] = rows[:, 2] > 0
    labels = np.exp(rows[:, 0] + rows[:, 1] * rows[:, 2])
    if gaps:
        rows[random.random(rows.shape) < 0.15] = np.nan
    return rows, labels


@pytest.mark.parametrize("settings", [{}, {"zero_as_missing": True}, {"use_missing": False}])
def test_values_are_those_of_lightgbm(settings):
    """Every part equals LightGBM's to the last digits, gaps wherever the trees send them."""
    rows, labels = draw()
    trees = grow(rows, labels, objective="tweedie", num_leaves=15, **settings)
    expected = np.asarray(trees.predict(rows, pred_contrib=True))
    tables = ScoreTables(trees)
    np.testing.assert_allclose(tables.attribute(rows), expected[:, :-1], atol=1e-12)
    assert tables.constant == pytest.approx(expected[0, -1])


def test_one_split_by_hand():
    """A tree of two leaves gives its feature the leaf's value less the mean of both."""
    rows = np.repeat([[0.0], [1.0]], [30, 10], axis=0)
    trees = lightgbm.train(
        {"verbosity": -1, "min_data_in_leaf": 5, "learning_rate": 1.0, "lambda_l2": 0.0},
        lightgbm.Dataset(rows, np.repeat([2.0, 6.0], [30, 10])),
        1,
    )
    tables = ScoreTables(trees)
    assert tables.constant == pytest.approx(3.0)
    np.testing.assert_allclose(tables.attribute(np.array([[0.0], [1.0]])), [[-1.0], [3.0]])


def test_paths_that_are_too_long_are_left_to_lightgbm():
    """Trees that ask for more features than a table is worth have none."""
    random = np.random.default_rng(1)
    columns = LONGEST_PATH + 4
    rows = (random.random((4_000, columns)) < 0.9).astype(float)
    labels = np.cumprod(rows, axis=1).sum(axis=1)  # each column matters where all before are 1
    assert look_up(grow(rows, labels, num_leaves=64, min_data_in_leaf=5)) is None
