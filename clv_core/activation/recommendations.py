"""Which way of recommending products is best here, and what it recommends to whom.

The way is chosen on a window that closes where the holdout opens; the holdout
reports. Bestsellers are recommended unless another way beats them beyond chance on
the first window and does not lose to them beyond chance on the second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clv_core.activation.purchases import Purchases, list_bought, read_purchases
from clv_core.activation.recommenders import METHODS, Method, rank_products
from clv_core.cleaning.tables import Tables
from clv_core.evaluation.ranking import (
    RANKING_METRICS,
    compare_means,
    mark_lists,
    mean_interval,
)

__all__ = [
    "FEWEST_TESTED",
    "LENGTH",
    "RecommendationTest",
    "choose_method",
    "recommend_all",
    "summarise_segments",
    "try_methods",
]

LENGTH: Final = 10  # products per customer
DECISIVE: Final = "ndcg"
PLAIN: Final[Method] = "bestsellers"
FEWEST_TESTED: Final = 30  # customers who bought in the window
SHORTEST_ON_SALE_DAYS: Final = 90


@dataclass(frozen=True)
class RecommendationTest:
    """How each way of recommending did on days it had not seen.

    Attributes
    ----------
    cutoff : date
        Last day that was learnt from.
    horizon_days : int
        Length of the window after it.
    customers : int
        Known by the cutoff and buyers of a named product in the window; they are marked.
    products : int
        On sale at the cutoff.
    marks : DataFrame with ``method``, ``metric``, ``value``, ``low``, ``high``
        Means over the customers (0 to 1) with 95 % bootstrap intervals; metrics
        ``RANKING_METRICS`` and ``coverage``, the share of the products on sale that are
        on anybody's list, which has no interval.
    leads : DataFrame with ``method``, ``value``, ``low``, ``high``
        By how much the nDCG exceeds that of bestsellers, customer by customer.
    repeat_share : float
        Of the products bought in the window, those that the customer had bought before.
    """

    cutoff: dt.date
    horizon_days: int
    customers: int
    products: int
    marks: pd.DataFrame
    leads: pd.DataFrame
    repeat_share: float

    def lead_of(self, method: Method) -> tuple[float, float, float]:
        """Return by how much a way beats bestsellers, with the ends of the interval."""
        rows = self.leads.loc[self.leads["method"] == method, ["value", "low", "high"]]
        value, low, high = rows.to_numpy(np.float64)[0]
        return float(value), float(low), float(high)


def try_methods(
    tables: Tables,
    cutoff: dt.date,
    horizon_days: int,
    seed: int,
    methods: Sequence[Method] = METHODS,
) -> RecommendationTest | None:
    """Recommend from what was bought up to a day and look at what was bought after it.

    Parameters
    ----------
    tables : Tables
        With ``lines``.
    cutoff : date
    horizon_days : int
    seed : int
        Of the resamples.
    methods : sequence of Method
        Bestsellers among them.

    Returns
    -------
    RecommendationTest or None
        None where fewer than ``FEWEST_TESTED`` customers can be marked.
    """
    purchases = read_purchases(tables, cutoff, max(horizon_days, SHORTEST_ON_SALE_DAYS))
    bought = list_bought(tables, cutoff, horizon_days)
    bought = bought[bought["customer_key"].isin(purchases.customers)]
    keys = pd.Index(np.unique(bought["customer_key"].to_numpy(np.int64)))
    if len(keys) < FEWEST_TESTED or not len(purchases.products):
        return None
    relevant = bought.groupby("customer_key").size().reindex(keys).to_numpy().astype(np.int64)
    truth = _mark_bought(bought, keys, purchases)
    rows = purchases.rows_of(keys)
    ndcg: dict[str, npt.NDArray[np.float64]] = {}
    marks = []
    for method in methods:
        lists = rank_products(method, purchases, rows, LENGTH)
        table = mark_lists(_find_hits(lists, truth), relevant)
        ndcg[method] = table[DECISIVE].to_numpy(np.float64)
        marks += [
            (method, metric, *mean_interval(table[metric].to_numpy(np.float64), seed))
            for metric in RANKING_METRICS
        ]
        reached = len(np.unique(lists[lists >= 0])) / len(purchases.products)
        marks.append((method, "coverage", reached, np.nan, np.nan))
    leads = [(method, *compare_means(ndcg[method], ndcg[PLAIN], seed)) for method in methods]
    owned = (purchases.orders[rows] > 0).multiply(truth > 0).sum()
    return RecommendationTest(
        cutoff=cutoff,
        horizon_days=horizon_days,
        customers=len(keys),
        products=len(purchases.products),
        marks=pd.DataFrame(marks, columns=["method", "metric", "value", "low", "high"]),
        leads=pd.DataFrame(leads, columns=["method", "value", "low", "high"]),
        repeat_share=float(owned / relevant.sum()),
    )


def choose_method(
    validation: RecommendationTest | None, holdout: RecommendationTest | None
) -> Method:
    """Return the way in use; see the module for the rule.

    Parameters
    ----------
    validation : RecommendationTest or None
        On the window before the holdout; without it nothing but bestsellers is known to do.
    holdout : RecommendationTest or None
    """
    if validation is None:
        return PLAIN
    marks = validation.marks[validation.marks["metric"] == DECISIVE]
    best = cast("Method", marks["method"].iloc[int(marks["value"].to_numpy().argmax())])
    if validation.lead_of(best)[1] <= 0:
        return PLAIN
    if holdout is not None and holdout.lead_of(best)[2] < 0:
        return PLAIN
    return best


def recommend_all(
    tables: Tables, cutoff: dt.date, horizon_days: int, method: Method, keys: pd.Index
) -> pd.DataFrame:
    """Recommend products to customers from all that was bought up to a day.

    Parameters
    ----------
    keys : Index of customer keys
        Customers who bought nothing that still counts get bestsellers.

    Returns
    -------
    DataFrame with ``customer_key``, ``place`` (1 the best), ``product_key``, ``is_new``
        Ordered by customer and place; ``is_new`` where the customer never bought it.
    """
    purchases = read_purchases(tables, cutoff, max(horizon_days, SHORTEST_ON_SALE_DAYS))
    if not len(purchases.products):
        return _table([], [], [], [])
    known = keys[keys.isin(purchases.customers)].sort_values()
    rows = purchases.rows_of(known)
    lists = rank_products(method, purchases, rows, LENGTH)
    owned = np.hstack(
        [_look_up(purchases.orders[rows], lists[:, [place]]) for place in range(LENGTH)]
    )
    others = keys.difference(known)
    best = np.full((1, LENGTH), -1, np.int64)
    count = min(LENGTH, len(purchases.products))
    best[0, :count] = np.arange(count)
    everybody = np.concatenate([known.to_numpy(np.int64), others.to_numpy(np.int64)])
    lists = np.vstack([lists, np.repeat(best, len(others), axis=0)])
    owned = np.vstack([owned, np.zeros((len(others), LENGTH), bool)])
    who, place = np.nonzero(lists >= 0)
    table = _table(
        everybody[who], place + 1, purchases.products[lists[who, place]], ~owned[who, place]
    )
    return table.sort_values(["customer_key", "place"], ignore_index=True)


def summarise_segments(recommended: Iterable[pd.DataFrame], segments: pd.Series) -> pd.DataFrame:
    """Say which products are best for each segment: those high on most of its lists.

    Parameters
    ----------
    recommended : iterable of DataFrame
        As from :func:`recommend_all`, in blocks of rows.
    segments : Series of str, index ``customer_key``

    Returns
    -------
    DataFrame with ``segment``, ``product_key``, ``customers``, ``share``, ``lift``
        ``customers`` with the product on their list, ``share`` of the segment's, ``lift``
        that share ÷ the share of all customers. Within a segment ordered by the sum of
        1 ÷ log2(place + 1), the discount of nDCG, largest first.
    """
    named = segments.dropna().astype("category")
    counted = _count_places(recommended, named)
    weights = counted["customers"] / np.log2(counted["place"] + 1)
    table = (
        counted.assign(weight=weights)
        .groupby(["segment", "product_key"], as_index=False)
        .agg(customers=("customers", "sum"), weight=("weight", "sum"))
    )
    table["segment"] = named.cat.categories.to_numpy()[table["segment"]]
    table = table.sort_values(
        ["segment", "weight", "product_key"], ascending=[True, False, True], ignore_index=True
    )
    sizes = named.value_counts().set_axis(named.value_counts().index.astype(object))
    everywhere = counted.groupby("product_key")["customers"].sum() / len(segments)
    table["share"] = table["customers"] / table["segment"].map(sizes).astype(float)
    table["lift"] = table["share"] / table["product_key"].map(everywhere)
    return table[["segment", "product_key", "customers", "share", "lift"]]


def _count_places(recommended: Iterable[pd.DataFrame], named: pd.Series) -> pd.DataFrame:
    """Count how often a product stands at a place of a segment's lists, block by block."""
    by = ["segment", "product_key", "place"]
    whole = pd.DataFrame({name: pd.Series(dtype="int64") for name in (*by, "customers")})
    for block in recommended:
        at = named.index.get_indexer(pd.Index(block["customer_key"]))
        rows = block.assign(segment=named.cat.codes.to_numpy()[at].astype(np.int64))[at >= 0]
        counted = rows.assign(customers=1).groupby(by, as_index=False).agg({"customers": "sum"})
        together = pd.concat([whole, counted]).groupby(by, as_index=False)
        whole = together.agg({"customers": "sum"})
    return whole


def _mark_bought(bought: pd.DataFrame, keys: pd.Index, purchases: Purchases) -> sparse.csr_matrix:
    column = pd.Index(purchases.products).get_indexer(pd.Index(bought["product_key"]))
    there = column >= 0
    row = keys.get_indexer(pd.Index(bought["customer_key"]))[there]
    shape = (len(keys), len(purchases.products))
    return sparse.csr_matrix((np.ones(int(there.sum())), (row, column[there])), shape)


def _find_hits(lists: npt.NDArray[np.int64], truth: sparse.csr_matrix) -> npt.NDArray[np.bool_]:
    return np.hstack([_look_up(truth, lists[:, [place]]) for place in range(lists.shape[1])])


def _look_up(matrix: sparse.csr_matrix, column: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say for each row whether the matrix holds something in the row's own column."""
    chosen = column[:, 0]
    held = np.asarray(matrix[np.arange(len(chosen)), np.maximum(chosen, 0)]).ravel() > 0
    return (held & (chosen >= 0))[:, None]


def _table(
    customers: Sequence[int] | npt.NDArray[np.int64],
    places: Sequence[int] | npt.NDArray[np.int64],
    products: Sequence[int] | npt.NDArray[np.int64],
    is_new: Sequence[bool] | npt.NDArray[np.bool_],
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_key": np.asarray(customers, np.int64),
            "place": np.asarray(places, np.int64),
            "product_key": np.asarray(products, np.int64),
            "is_new": np.asarray(is_new, bool),
        }
    )
