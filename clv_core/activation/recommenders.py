"""Ways to choose products for each customer, from what was bought up to a day.

The two plain ways (what sells, what the customer bought before) are what the others
have to beat. Those are the ``implicit`` library's: nearest neighbours of products
by cosine (Deshpande and Karypis 2004, "Item-Based Top-N Recommendation Algorithms",
ACM TOIS 22(1)), and factors by alternating least squares (Hu, Koren and
Volinsky 2008, "Collaborative Filtering for Implicit Feedback Datasets", ICDM).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.activation.purchases import Purchases

__all__ = ["METHODS", "OWN_METHODS", "Method", "rank_products"]

Method = Literal[
    "bestsellers",
    "buy_again",
    "neighbours",
    "factors",
    "new_bestsellers",
    "new_neighbours",
    "new_factors",
]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
# Those that may name what the customer has; the others name nothing of it.
OWN_METHODS: Final = ("bestsellers", "buy_again", "neighbours", "factors")

Positions = npt.NDArray[np.int64]

_NEIGHBOURS: Final = 100  # kept of each product
_FACTORS: Final = 32
_PRODUCTS_PER_FACTOR: Final = 5
_ROUNDS: Final = 15
_SEED: Final = 7
_BATCH: Final = 20_000  # customers at a time
_SPARE: Final = 5  # bestsellers at hand, times the length of a list, for whoever has some


def rank_products(
    method: Method, purchases: Purchases, rows: npt.NDArray[np.int64], count: int
) -> Positions:
    """List the best products for some customers.

    Where a way knows fewer than ``count`` for somebody, bestsellers follow.

    Parameters
    ----------
    method : Method
    purchases : Purchases
        All that is learnt from.
    rows : array of int64
        The customers, by row of ``purchases``.
    count : int
        Length of a list.

    Returns
    -------
    array of int64, shape (customers, count)
        Positions in ``purchases.products``, the best first, each once; -1 where there
        are no more.
    """
    is_new = method not in OWN_METHODS
    kind = method.removeprefix("new_")
    if kind == "buy_again":
        first = _take_own(purchases, rows, count)
    elif kind == "bestsellers" or len(purchases.products) < 2:
        first = np.full((len(rows), 0), -1, np.int64)
    else:
        first = _ask_library(kind, purchases, rows, count, is_new)
    return _fill_up(first, purchases, rows, count, is_new)


def _take_own(purchases: Purchases, rows: Positions, count: int) -> Positions:
    """Return what each customer bought most often, the latest first between equals."""
    orders = purchases.orders[rows].tocoo()
    own = pd.DataFrame({"row": orders.row, "product": orders.col, "orders": orders.data}).assign(
        age=purchases.ages[rows].tocoo().data
    )
    own = own.sort_values(["row", "orders", "age", "product"], ascending=[True, False, True, True])
    place = own.groupby("row").cumcount().to_numpy()
    kept = place < count
    first = np.full((len(rows), count), -1, np.int64)
    first[own["row"].to_numpy()[kept], place[kept]] = own["product"].to_numpy()[kept]
    return first


def _ask_library(
    kind: str, purchases: Purchases, rows: Positions, count: int, is_new: bool
) -> Positions:
    # Loaded where it is used: it takes half a second, which a training need not wait for.
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415
    from implicit.nearest_neighbours import ItemItemRecommender  # noqa: PLC0415
    from sklearn.preprocessing import normalize  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    width = min(count, len(purchases.products))
    weights = purchases.orders.copy()
    weights.data = np.log1p(weights.data)  # the tenth order of a thing tells less than the second
    with threadpool_limits(1, "blas"):  # else the library's own loop and BLAS fight for cores
        if kind == "neighbours":
            model = ItemItemRecommender(K=_NEIGHBOURS, num_threads=1)
            model.fit(normalize(weights, axis=0).tocsr(), show_progress=False)
        else:
            model = AlternatingLeastSquares(
                factors=_count_factors(len(purchases.products)),
                iterations=_ROUNDS,
                random_state=_SEED,
                num_threads=1,
            )
            model.fit(weights, show_progress=False)
        first = np.full((len(rows), width), -1, np.int64)
        for part in _batches(len(rows)):
            ids, scores = model.recommend(
                rows[part], weights[rows[part]], N=width, filter_already_liked_items=is_new
            )
            first[part, : ids.shape[1]] = np.where(scores > 0, ids, -1)
    return first


def _count_factors(products: int) -> int:
    """Return how many factors: as many as there are products would learn every basket by heart."""
    return max(1, min(_FACTORS, products // _PRODUCTS_PER_FACTOR))


def _fill_up(
    first: Positions, purchases: Purchases, rows: Positions, count: int, is_new: bool
) -> Positions:
    """Put bestsellers behind what a way found, and none of them twice."""
    best = np.arange(min(len(purchases.products), count * _SPARE))
    lists = np.full((len(rows), count), -1, np.int64)
    for part in _batches(len(rows)):
        taken = (first[part][:, :, None] == best).any(axis=1)
        if is_new:
            taken |= (purchases.orders[rows[part]][:, best] > 0).toarray()
        proposed = np.hstack([first[part], np.broadcast_to(best, taken.shape)])
        usable = np.hstack([first[part] >= 0, ~taken])
        order = np.argsort(~usable, axis=1, kind="stable")[:, :count]
        found = np.where(
            np.take_along_axis(usable, order, axis=1),
            np.take_along_axis(proposed, order, axis=1),
            -1,
        )
        lists[part, : found.shape[1]] = found
    return lists


def _batches(rows: int) -> Iterator[slice]:
    return (slice(start, start + _BATCH) for start in range(0, rows, _BATCH))
