"""Into how many clusters customers fall, and whether they would again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

Array = npt.NDArray[np.float64]

COUNTS: Final = (3, 4, 5, 6, 7, 8)
STABLE: Final = 0.8  # mean adjusted Rand index between fits on halves
SMALLEST_SHARE: Final = 0.03  # of the customers, in the smallest cluster
_SAMPLE: Final = 5000  # customers that counts are tried on
_SILHOUETTE_SAMPLE: Final = 2000  # its distances grow with the square
_FITTED: Final = 100_000  # customers that middles are found with
_HALVES: Final = 6
_STARTS: Final = 5


@dataclass(frozen=True)
class ClusterCount:
    """Why there are so many clusters.

    Attributes
    ----------
    chosen : int
    stability : float
        Of the chosen number: see ``tried``.
    tried : DataFrame with ``clusters``, ``stability``, ``silhouette``, ``smallest_share``
        ``stability`` is the mean adjusted Rand index (1: the same clusters, 0: as by
        chance) between fits with other seeds on random halves of the customers, each
        asked about all; ``silhouette`` is the mean silhouette width (Rousseeuw 1987).
    """

    chosen: int
    stability: float
    tried: pd.DataFrame

    @property
    def is_stable(self) -> bool:
        """Whether clusters come out much the same on other halves of the customers."""
        return self.stability >= STABLE


def choose_count(points: Array, seed: int) -> ClusterCount:
    """Choose the number of clusters.

    Of the numbers that are stable (``STABLE``) and leave no cluster smaller than
    ``SMALLEST_SHARE``, the one with the widest mean silhouette; where there is none, the
    most stable. Tried on 5,000 customers drawn by the seed where there are more.

    Parameters
    ----------
    points : ndarray, shape (customers, features)
        Scaled; more customers than the largest of ``COUNTS`` has to find in a half.
    seed : int
    """
    random = np.random.default_rng(seed)
    if len(points) > _SAMPLE:
        points = points[random.choice(len(points), _SAMPLE, replace=False)]
    halves = [random.permutation(len(points))[: len(points) // 2] for _ in range(_HALVES)]
    rows = [_try_count(points, halves, count, seed) for count in COUNTS]
    tried = pd.DataFrame(
        rows, columns=["clusters", "stability", "silhouette", "smallest_share"]
    ).astype({"clusters": "int64"})
    fit = tried[(tried["stability"] >= STABLE) & (tried["smallest_share"] >= SMALLEST_SHARE)]
    ranked = (
        fit.sort_values("silhouette", ascending=False, kind="stable")
        if len(fit)
        else tried.sort_values("stability", ascending=False, kind="stable")
    )
    best = ranked.to_dict("records")[0]
    return ClusterCount(int(best["clusters"]), float(best["stability"]), tried)


def fit_clusters(points: Array, count: int, seed: int) -> npt.NDArray[np.intp]:
    """Return every customer's cluster by k-means, the largest cluster first.

    Of more than 100,000 customers so many are drawn by the seed to find the middles with.
    """
    model = KMeans(count, n_init=_STARTS, random_state=seed)
    if len(points) > _FITTED:
        drawn = np.random.default_rng(seed).choice(len(points), _FITTED, replace=False)
        found = model.fit(points[drawn]).predict(points)
    else:
        found = model.fit_predict(points)
    order = np.argsort(-np.bincount(found, minlength=count), kind="stable")
    return np.asarray(np.argsort(order)[found], dtype=np.intp)


def _try_count(
    points: Array, halves: list[npt.NDArray[np.int64]], count: int, seed: int
) -> tuple[float, ...]:
    told = [
        KMeans(count, n_init=_STARTS, random_state=seed + number).fit(points[half]).predict(points)
        for number, half in enumerate(halves, start=1)
    ]
    agreement = [adjusted_rand_score(one, other) for one, other in combinations(told, 2)]
    whole = fit_clusters(points, count, seed)
    width = silhouette_score(
        points, whole, sample_size=min(_SILHOUETTE_SAMPLE, len(points)), random_state=seed
    )
    smallest = np.bincount(whole).min() / len(points)
    return count, float(np.mean(agreement)), float(width), float(smallest)
