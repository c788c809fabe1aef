"""Marks of lists of products, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from clv_core.evaluation.ranking import compare_means, mark_lists, mean_interval

HITS = np.array([[True, False, True, False], [False, False, False, True], [False] * 4])
BOUGHT = np.array([2, 5, 1])


def test_marks_by_hand():
    """Hits at places 1 and 3 of 4, of 2 bought; at place 4, of 5 bought; none."""
    marks = mark_lists(HITS, BOUGHT)
    assert marks["precision"].tolist() == [0.5, 0.25, 0.0]
    assert marks["recall"].tolist() == [1.0, 0.2, 0.0]
    discount = 1 / np.log2(np.arange(2, 6))
    assert marks["ndcg"].tolist() == pytest.approx(
        [(1 + 0.5) / (1 + discount[1]), discount[3] / discount.sum(), 0.0]
    )
    assert marks["average_precision"].tolist() == pytest.approx([(1 + 2 / 3) / 2, 0.25 / 4, 0.0])


def test_ndcg_is_scikit_learn_s():
    """Where everything bought could be on the list, the mark is scikit-learn's."""
    random = np.random.default_rng(0)
    hits = random.random((20, 6)) < 0.4
    hits[:, 5] = True
    ours = mark_lists(hits, hits.sum(axis=1))["ndcg"]
    theirs = [ndcg_score([row], [np.arange(6, 0, -1)]) for row in hits]
    np.testing.assert_allclose(ours, theirs)


def test_interval_of_a_mean_is_the_normal_one_where_there_are_many():
    """The percentiles of the resamples lie where the standard error says; the seed decides."""
    values = np.random.default_rng(1).normal(3.0, 2.0, 4000)
    mean, low, high = mean_interval(values, seed=5)
    assert mean == values.mean()
    error = 1.96 * values.std() / np.sqrt(len(values))
    assert (low, high) == pytest.approx((mean - error, mean + error), abs=0.25 * error)
    assert mean_interval(values, seed=5) == (mean, low, high)


def test_a_difference_is_taken_customer_by_customer():
    """A lead that everybody shares has no width, however much the marks differ."""
    values = np.arange(50.0)
    assert compare_means(values + 0.5, values, seed=0) == (0.5, 0.5, 0.5)


def test_nothing_has_no_mean():
    """Nobody to mark is told, not averaged."""
    with pytest.raises(ValueError, match="nothing to average"):
        mean_interval(np.array([]), seed=0)
