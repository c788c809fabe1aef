"""Customers who have like reasons, put together and in order: rows of a heatmap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import cdist

from clv_core.explain.explanation import Explanation
from clv_core.explain.summaries import OTHER_FEATURES, importance

SAMPLE: Final = 1500  # Ward's method compares everybody with everybody
ROWS_AT_ONCE: Final = 50_000


@dataclass(frozen=True)
class Patterns:
    """Groups of customers whose forecasts rest on like reasons.

    Attributes
    ----------
    cells : DataFrame, one row per group, one column per feature
        Mean contribution, in money; the last column, ``OTHER_FEATURES``, holds all
        features not shown singly (it is missing where all are). With the base value
        a row adds up to the group's mean forecast.
    groups : DataFrame with ``customers, mean_forecast``
        In the order of ``cells``: like groups stand beside each other.
    assignment : Series of int, index ``customer_key``
        The row of ``cells`` that each customer is in.
    """

    cells: pd.DataFrame
    groups: pd.DataFrame
    assignment: pd.Series

    def customers_of(self, group: int) -> pd.Index:
        """Return the keys of one group's customers."""
        return self.assignment.index[self.assignment == group]


def find_patterns(
    explanation: Explanation, top: int = 10, groups: int = 14, seed: int = 0
) -> Patterns:
    """Put customers with like reasons together.

    Ward's hierarchical clustering (Ward 1963) of a sample's contributions gives the
    groups; everybody else joins the nearest middle. Groups are ordered so that
    neighbours are as alike as the tree allows (Bar-Joseph et al. 2001,
    Bioinformatics 17). Amounts are compared after the inverse hyperbolic sine of
    contribution ÷ mean size: single great customers would else fill most groups.

    Parameters
    ----------
    explanation : Explanation
    top : int
        Features told apart, the strongest.
    groups : int
        At most; fewer where fewer kinds of customer are there.
    seed : int
        For the sample.
    """
    names = list(importance(explanation)["feature"].head(top))
    contributions = explanation.contributions
    parts = contributions[names]
    if len(names) < contributions.shape[1]:
        others = contributions.drop(columns=names).sum(axis=1)
        parts = parts.assign(**{OTHER_FEATURES: others})
    return group_reasons(parts, explanation.predicted, groups, seed)


def group_reasons(
    parts: pd.DataFrame, predicted: pd.Series, groups: int = 14, seed: int = 0
) -> Patterns:
    """Put customers with like contributions together, as :func:`find_patterns` does.

    Parameters
    ----------
    parts : DataFrame, index ``customer_key``
        Contributions of the strongest features and, as ``OTHER_FEATURES`` where there are
        more, of all others together; these take no part in finding the groups.
    predicted : Series of float, same index
    groups, seed : int
        As there.
    """
    shown = parts.drop(columns=OTHER_FEATURES, errors="ignore").to_numpy(np.float64)
    size = float(np.abs(shown).mean()) if shown.size else 0.0
    alike = np.arcsinh(shown / size) if size > 0 else np.zeros((len(shown), 1))
    middles = _find_middles(alike, groups, seed)
    nearest = np.concatenate(
        [
            cdist(alike[start : start + ROWS_AT_ONCE], middles).argmin(axis=1)
            for start in range(0, len(alike), ROWS_AT_ONCE)
        ]
    )
    present = np.unique(nearest)
    order = _order(middles[present])
    mean = predicted.groupby(nearest).mean()
    if len(order) > 1 and mean[present[order[0]]] < mean[present[order[-1]]]:
        order = order[::-1]
    place = np.empty(len(middles), dtype=np.intp)
    place[present[order]] = np.arange(len(order))
    assignment = pd.Series(place[nearest], parts.index, name="group")
    forecast = predicted.groupby(assignment)
    sums = pd.DataFrame({"customers": forecast.size(), "mean_forecast": forecast.mean()})
    return Patterns(parts.groupby(assignment).mean(), sums, assignment)


def _find_middles(alike: np.ndarray, groups: int, seed: int) -> np.ndarray:
    rows = alike
    if len(rows) > SAMPLE:
        chosen = np.random.default_rng(seed).choice(len(rows), SAMPLE, replace=False)
        rows = rows[np.sort(chosen)]
    if len(rows) < 2:
        return rows
    labels = fcluster(linkage(rows, "ward"), groups, "maxclust")
    return np.stack([rows[labels == label].mean(axis=0) for label in np.unique(labels)])


def _order(middles: np.ndarray) -> np.ndarray:
    if len(middles) < 2:
        return np.arange(len(middles))
    return np.asarray(leaves_list(linkage(middles, "ward", optimal_ordering=True)))
