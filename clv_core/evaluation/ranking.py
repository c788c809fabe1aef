"""How good lists of products are, held against what was bought afterwards.

Definitions as in Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of
IR techniques", ACM TOIS 20(4), with gains of 0 and 1, and, for precision, recall and
average precision at k, as in Manning, Raghavan and Schütze 2008, "Introduction to
Information Retrieval", section 8.4, the latter over min(relevant, k).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["RANKING_METRICS", "compare_means", "mark_lists", "mean_interval"]

RANKING_METRICS: Final = ("precision", "recall", "ndcg", "average_precision")
RESAMPLES: Final = 400
_CELLS: Final = 4_000_000  # drawn at a time

Floats = npt.NDArray[np.float64]


def mark_lists(hits: npt.NDArray[np.bool_], relevant: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Mark each customer's list.

    Parameters
    ----------
    hits : array of bool, shape (customers, k)
        Whether the product at each place was bought.
    relevant : array of int, shape (customers,)
        Different products that the customer bought, at least 1 each.

    Returns
    -------
    DataFrame with ``precision``, ``recall``, ``ndcg``, ``average_precision`` (0 to 1)
        One row per customer, in the same order.
    """
    k = hits.shape[1]
    gains = hits.astype(np.float64)
    places = np.arange(1, k + 1)
    discounts = 1 / np.log2(places + 1)
    reachable = np.minimum(relevant, k)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[reachable]
    precision_here = np.cumsum(gains, axis=1) / places
    return pd.DataFrame(
        {
            "precision": gains.sum(axis=1) / k,
            "recall": gains.sum(axis=1) / relevant,
            "ndcg": gains @ discounts / ideal,
            "average_precision": (precision_here * gains).sum(axis=1) / reachable,
        }
    )


def mean_interval(values: Floats, seed: int, share: float = 0.95) -> tuple[float, float, float]:
    """Return a mean over customers and the ends of its bootstrap interval (percentiles).

    Raises
    ------
    ValueError
        Without any value.
    """
    if not len(values):
        raise ValueError("nothing to average")
    drawn = _resample_means(np.asarray(values, dtype=np.float64), seed)
    low, high = np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2])
    return float(values.mean()), float(low), float(high)


def compare_means(
    values: Floats, others: Floats, seed: int, share: float = 0.95
) -> tuple[float, float, float]:
    """Return by how much one mean exceeds another over the same customers, with its interval."""
    return mean_interval(np.asarray(values) - np.asarray(others), seed, share)


def _resample_means(values: Floats, seed: int) -> Floats:
    """Draw customers with replacement, again and again."""
    random = np.random.default_rng(seed)
    at_once = max(1, _CELLS // len(values))
    means = []
    for start in range(0, RESAMPLES, at_once):
        draws = min(at_once, RESAMPLES - start)
        means.append(values[random.integers(0, len(values), (draws, len(values)))].mean(axis=1))
    return np.concatenate(means)
