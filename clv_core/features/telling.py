"""Features that alone tell the value: a second look for leaks, at all training rows."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.features.categories import holds_categories
from clv_core.sentences import Sentence

__all__ = ["find_telling_features"]

Array = npt.NDArray[np.floating[Any]]

MOST_ROWS: Final = 10_000
FEWEST_ROWS: Final = 100
TELLING_SHARE: Final = 0.96  # of the ranks' variance; a rank correlation of 0.98
_MOST_GROUPS: Final = 200


def find_telling_features(
    features: pd.DataFrame, values: pd.Series, seed: int = 0
) -> dict[str, Sentence]:
    """Name the features from which alone the order of the values almost follows.

    Each feature's groups (categories, or up to 200 slices of equally many rows)
    get the mean rank of the value on one half of the rows; that forecasts the
    ranks of the other half. So a curve and a category are found as well as a
    straight line, and chance is not.

    Parameters
    ----------
    features : DataFrame
        Training rows.
    values : Series of float64, same index
    seed : int
        For drawing ``MOST_ROWS`` of more, and the halves.

    Returns
    -------
    dict of str to Sentence
        Feature -> why it is suspicious; empty with fewer than ``FEWEST_ROWS``.
    """
    if len(values) < FEWEST_ROWS:
        return {}
    chosen = np.random.default_rng(seed).permutation(len(values))[:MOST_ROWS]
    ranks = values.iloc[chosen].rank().to_numpy(np.float64)
    told = {str(name): _share_told(features[name].iloc[chosen], ranks) for name in features}
    return {
        name: Sentence(
            "On its own it tells {percent:.0f} % of the differences in the order of customers by "
            "value. If it only became known together with the value, leave it out.",
            percent=share * 100,
        )
        for name, share in told.items()
        if share >= TELLING_SHARE
    }


def _share_told(column: pd.Series, ranks: Array) -> float:
    """Return the R² of the second half's ranks, as forecast from the first half's."""
    half = len(ranks) // 2
    groups = _group(column, half)
    count = int(groups.max()) + 1
    rows = np.bincount(groups[:half], minlength=count)
    middle = float(ranks[:half].mean())
    sums = np.bincount(groups[:half], weights=ranks[:half], minlength=count)
    means = np.where(rows > 0, sums / np.maximum(rows, 1), middle)
    later = ranks[half:]
    spread = float(((later - later.mean()) ** 2).sum())
    return 1 - float(((later - means[groups[half:]]) ** 2).sum()) / spread if spread else 0.0


def _group(column: pd.Series, half: int) -> npt.NDArray[np.integer[Any]]:
    """Number each row's group; missing entries are a group of their own."""
    if holds_categories(column):
        return column.astype("category").cat.codes.to_numpy(np.int64) + 1
    numbers = column.to_numpy(np.float64)
    missing = np.isnan(numbers)
    known = numbers[:half][~missing[:half]]
    if not len(known):
        return np.zeros(len(numbers), dtype=np.int64)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _MOST_GROUPS + 1)[1:-1]))
    return np.where(missing, 0, np.searchsorted(edges, numbers, side="left") + 1).astype(np.int64)
