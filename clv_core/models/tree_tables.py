"""TreeSHAP of many rows at once: what a leaf adds, looked up instead of worked out.

A leaf's share in a row's score depends on one thing only: for which of the features on
its path the row goes the leaf's way. With d features on a path there are 2**d cases,
so the Shapley values of each are worked out once and rows look them up (the idea of Yang
2021, "Fast TreeSHAP: Accelerating SHAP value computation for trees", arXiv:2109.09847,
version 2). The values are LightGBM's own, those of Lundberg et al. 2020, Nature Machine
Intelligence 2, algorithm 1, but for the last digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial
from typing import Any, Final

import lightgbm
import numpy as np

__all__ = ["ScoreTables", "look_up"]

ROWS_AT_ONCE: Final = 8_192  # keeps what a tree needs in the processor's cache
LONGEST_PATH: Final = 12  # features; the tables of longer ones are larger than they are worth
ZERO: Final = 1e-35  # LightGBM's


@dataclass(frozen=True)
class _Split:
    """A node that parts rows: where its feature has which place among those on the path."""

    column: int
    threshold: float
    missing: str
    default_left: bool
    place: int
    is_new: bool
    left: _Split | _Leaf
    right: _Split | _Leaf

    def goes_left(self, rows: np.ndarray) -> np.ndarray:
        """Return which rows LightGBM sends to the left."""
        values = rows[:, self.column]
        is_gap = np.isnan(values)
        values = np.where(is_gap, 0.0, values)
        left = values <= self.threshold
        if self.missing == "NaN":
            left[is_gap] = self.default_left
        elif self.missing == "Zero":
            left[np.abs(values) <= ZERO] = self.default_left
        return np.asarray(left)


@dataclass(frozen=True)
class _Leaf:
    """A leaf: the columns on its path, and each one's share in every case."""

    columns: tuple[int, ...]
    shares: np.ndarray  # (columns, cases)


class ScoreTables:
    """The Shapley values of boosted trees' raw scores, ready to be looked up.

    Parameters
    ----------
    trees : lightgbm.Booster

    Raises
    ------
    ValueError
        Where a tree has a path too long, or splits on categories.
    """

    def __init__(self, trees: lightgbm.Booster) -> None:
        dumped = trees.dump_model()
        self._columns = int(dumped["max_feature_idx"]) + 1
        self._trees = [_read_node(tree["tree_structure"], {}) for tree in dumped["tree_info"]]
        nobody = np.zeros((1, self._columns))
        self.constant = float(np.asarray(trees.predict(nobody, pred_contrib=True))[0, -1])

    def attribute(self, rows: np.ndarray) -> np.ndarray:
        """Return each column's part of the rows' scores; with ``constant`` they add up to it.

        Parameters
        ----------
        rows : ndarray of float64, shape (rows, columns)

        Returns
        -------
        ndarray of float64, shape (rows, columns)
        """
        parts = np.empty(rows.shape)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = np.asfortranarray(rows[start : start + ROWS_AT_ONCE])
            told = np.zeros((self._columns, len(block)))
            space = np.empty(len(block))
            for tree in self._trees:
                for leaf, case in _walk(tree, block, np.zeros(len(block), dtype=np.intp)):
                    for column, share in zip(leaf.columns, leaf.shares, strict=True):
                        np.take(share, case, out=space, mode="clip")
                        told[column] += space
            parts[start : start + len(block)] = told.T
        return parts


def look_up(trees: lightgbm.Booster) -> ScoreTables | None:
    """Return the tables of boosted trees; None where they would be too large."""
    try:
        return ScoreTables(trees)
    except ValueError:
        return None


def _walk(
    node: _Split | _Leaf, rows: np.ndarray, case: np.ndarray
) -> Iterator[tuple[_Leaf, np.ndarray]]:
    """Go down to every leaf with the case that each row is there.

    A case is a number whose bit k says whether the row goes the leaf's way wherever
    the k-th feature of the path is asked for.
    """
    if isinstance(node, _Leaf):
        yield node, case
        return
    left = node.goes_left(rows)
    for child, agrees in ((node.left, left), (node.right, ~left)):
        bit = agrees.astype(np.intp) << node.place
        reached = case | bit if node.is_new else case & (bit | ~(1 << node.place))
        yield from _walk(child, rows, reached)


def _read_node(node: dict[str, Any], path: dict[int, float]) -> _Split | _Leaf:
    """Read a node and all below it.

    Parameters
    ----------
    node : dict
        As LightGBM dumps it.
    path : dict of int to float
        Columns asked for above, in order, and the share of training rows that goes this
        way at all nodes that ask for them.
    """
    if "leaf_value" in node:
        return _Leaf(tuple(path), _share_out(float(node["leaf_value"]), list(path.values())))
    if node["decision_type"] != "<=":
        raise ValueError("only splits of numbers are looked up")
    column, count = int(node["split_feature"]), node["internal_count"]
    is_new = column not in path
    if is_new and len(path) == LONGEST_PATH:
        raise ValueError("a path is too long to be looked up")
    place = len(path) if is_new else list(path).index(column)
    below = []
    for name in ("left_child", "right_child"):
        child = node[name]
        share = child.get("internal_count", child.get("leaf_count", 0)) / count
        below.append(_read_node(child, {**path, column: path.get(column, 1.0) * share}))
    return _Split(
        column=column,
        threshold=float(node["threshold"]),
        missing=str(node["missing_type"]),
        default_left=bool(node["default_left"]),
        place=place,
        is_new=is_new,
        left=below[0],
        right=below[1],
    )


def _share_out(value: float, shares: list[float]) -> np.ndarray:
    """Return the Shapley value of every feature on a path, in every case.

    Of a leaf worth ``value`` a coalition gets the product over its features of 1 or 0
    (the row goes the leaf's way or not) and over the others of the share of training
    rows that does.

    Returns
    -------
    ndarray, shape (features, 2**features)
    """
    count = len(shares)
    cases = np.arange(1 << count)
    agrees = ((cases >> np.arange(count)[:, None]) & 1).astype(np.float64)
    weights = [
        factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)
    ]
    found = np.empty((count, len(cases)))
    for feature, own in enumerate(shares):
        by_size = np.zeros((count, len(cases)))  # sums of products, by the size of coalitions
        by_size[0] = 1.0
        for other, share in enumerate(shares):
            if other != feature:
                grown = by_size * share
                grown[1:] += by_size[:-1] * agrees[other]
                by_size = grown
        found[feature] = value * (agrees[feature] - own) * (np.array(weights) @ by_size)
    return found
