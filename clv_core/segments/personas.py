"""Customers who behave alike: clusters with names.

A description of the customers as they are on the last day of data, learnt from all
of them. It forecasts nothing, so nothing is held back and nothing is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from clv_core.errors import TooFewCustomers
from clv_core.features.matrix import FeatureMatrix
from clv_core.segments.cluster_count import ClusterCount, choose_count, fit_clusters
from clv_core.segments.persona_words import WORDS, name_personas
from clv_core.sentences import Sentence

Array = npt.NDArray[np.float64]

FEWEST_CUSTOMERS: Final = 100
FEWEST_KINDS: Final = 30  # customers who differ from one another
_LOOKED_AT: Final = 10_000


@dataclass(frozen=True)
class Personas:
    """Every customer in exactly one cluster.

    Attributes
    ----------
    assignment : Series of category, index ``customer_key``
        ``persona_1`` (the largest), ``persona_2``, ...
    names : mapping of str to Sentence
        What sets each apart, in the order of their size; no two alike.
    distinctions : DataFrame with ``persona``, ``feature``, ``category``, ``mean``,
    ``overall``, ``difference``
        A row per persona and feature, or per category of a feature of categories
        (None for numbers). ``mean`` is of the persona's customers, ``overall`` of all,
        in the feature's own unit, of known values; of a category the share of
        customers. ``difference`` is that of the means of what the clusters were found
        on (filled, logs of heavy tails, capped), in standard deviations of all.
    count : ClusterCount
        Why there are so many.
    """

    assignment: pd.Series
    names: Mapping[str, Sentence]
    distinctions: pd.DataFrame
    count: ClusterCount


def find_personas(features: pd.DataFrame, seed: int, *, has_own_names: bool = False) -> Personas:
    """Group customers by what they do (k-means on scaled features).

    Numbers are brought to one scale robustly (``features.matrix``: median for gaps, logs
    of heavy tails, caps at the 0.5 % and 99.5 % quantiles), categories are ones and
    zeros. The number of clusters follows ``segments.cluster_count``.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        Of orders: those of ``persona_words.WORDS`` are read.
    seed : int
        The same seed finds the same personas.
    has_own_names : bool
        Whether the features are the columns of a value table; then all are read.

    Raises
    ------
    TooFewCustomers
        When there are fewer than ``FEWEST_CUSTOMERS``, or fewer than ``FEWEST_KINDS``
        who differ.
    """
    told = features if has_own_names else features[[n for n in WORDS if n in features.columns]]
    if len(told) < FEWEST_CUSTOMERS:
        raise _refuse(len(told), FEWEST_CUSTOMERS)
    columns, points = _read_points(told)
    kinds = _count_kinds(points)
    if kinds < FEWEST_KINDS:
        raise _refuse(kinds, FEWEST_KINDS)
    with threadpool_limits(1):  # on a busy machine threads wait for each other for most of a minute
        count = choose_count(points, seed)
        clusters = fit_clusters(points, count.chosen, seed)
    names = [f"persona_{number + 1}" for number in range(count.chosen)]
    placed = pd.Categorical.from_codes(clusters, dtype=pd.CategoricalDtype(names))
    assignment = pd.Series(placed, index=features.index, name="persona")
    distinctions = _tell_apart(told, columns, points, clusters)
    titles = name_personas(distinctions, names, has_own_names=has_own_names)
    return Personas(assignment, titles, distinctions, count)


def _count_kinds(points: Array) -> int:
    """Count customers who differ, of the first ones where these are enough to tell."""
    first = len(np.unique(points[:_LOOKED_AT], axis=0))
    return first if first >= FEWEST_KINDS else len(np.unique(points, axis=0))


def _refuse(found: int, needed: int) -> TooFewCustomers:
    return TooFewCustomers(
        Sentence(
            "Personas need at least {needed} customers who differ from one another; here are"
            " {found}.",
            needed=needed,
            found=found,
        ),
        Sentence("Use the value tiers, which need no more than a forecast."),
    )


def _read_points(features: pd.DataFrame) -> tuple[list[tuple[str, str | None]], Array]:
    """Return the scaled columns with the feature and category that each is of."""
    numbers = features.select_dtypes("number").columns
    filled = features.assign(**{n: features[n].fillna(features[n].median()) for n in numbers})
    if not (filled.nunique() > 1).any():
        return [], np.zeros((len(features), 1))
    matrix = FeatureMatrix().fit(filled)
    values = matrix.read_columns(filled).astype(np.float64)
    columns: list[tuple[str, str | None]] = []
    kept = []
    for place, name in enumerate(matrix.column_names_):
        source = matrix.source_of_column_[name]
        is_number = source in matrix.scalings_
        if is_number or name.startswith(f"{source}="):  # else whether a category is missing
            columns.append((source, None if is_number else name.removeprefix(f"{source}=")))
            kept.append(place)
    return columns, values[:, kept]


def _tell_apart(
    features: pd.DataFrame,
    columns: list[tuple[str, str | None]],
    points: Array,
    clusters: npt.NDArray[np.intp],
) -> pd.DataFrame:
    """Compare every cluster with all customers, feature by feature."""
    spread = points.std(axis=0)
    rows = []
    for cluster in range(int(clusters.max()) + 1):
        inside = clusters == cluster
        gaps = (points[inside].mean(axis=0) - points.mean(axis=0)) / np.where(spread, spread, 1.0)
        for (feature, category), place in zip(columns, range(len(columns)), strict=True):
            known = features[feature] if category is None else points[:, place]
            mean = pd.Series(known[inside]).mean()
            overall = pd.Series(known).mean()
            rows.append((f"persona_{cluster + 1}", feature, category, mean, overall, gaps[place]))
    names = ["persona", "feature", "category", "mean", "overall", "difference"]
    table = pd.DataFrame(rows, columns=names)
    return table.astype({"mean": "float64", "overall": "float64", "difference": "float64"})
