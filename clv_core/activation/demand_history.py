"""What was sold of each category: by whom up to a day, and in a window of days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.expressions import Frame, count_where, day_after, sum_where

__all__ = [
    "NOT_GIVEN",
    "OTHERS",
    "BoughtBefore",
    "gather_small",
    "list_products_sold",
    "read_bought_before",
    "sum_window",
]

# Neither can be a category's name: cells are trimmed, and empty ones are none.
NOT_GIVEN: Final = ""  # of products without a category
OTHERS: Final = " "  # the small ones together
MOST_CATEGORIES: Final = 40  # told apart


@dataclass(frozen=True)
class BoughtBefore:
    """What each customer had bought of each category by a day.

    Attributes
    ----------
    customers : array of int64
        Keys, in order.
    categories : tuple of str
        In order of the money spent on them, most first; ``NOT_GIVEN`` may be among them,
        and ``OTHERS`` where there are more than ``MOST_CATEGORIES``.
    spent : array of float, shape (customers, categories)
        Money, returns not deducted.
    lines : array of float, same shape
        Order lines behind it.
    """

    customers: npt.NDArray[np.int64]
    categories: tuple[str, ...]
    spent: npt.NDArray[np.float64]
    lines: npt.NDArray[np.float64]


def read_bought_before(tables: Tables, cutoff: dt.date) -> BoughtBefore:
    """Sum what each customer spent on each category up to a day."""
    time, paid = nw.col("order_time"), nw.col("amount") > 0
    summed = (
        _with_category(tables)
        .filter(time < nw.lit(day_after(cutoff)), paid)
        .group_by("customer_key", "category")
        .agg(nw.col("amount").sum().alias("spent"), nw.len().cast(nw.Float64()).alias("lines"))
    )
    found = _collect(summed).sort_values(["customer_key", "category"], ignore_index=True)
    if found["category"].nunique() > MOST_CATEGORIES:
        large = found.groupby("category")["spent"].sum().nlargest(MOST_CATEGORIES - 1).index
        found["category"] = found["category"].where(found["category"].isin(large), OTHERS)
        found = found.groupby(["customer_key", "category"], as_index=False).sum()
    by_money = found.groupby("category")["spent"].sum().sort_values(ascending=False, kind="stable")
    categories = tuple(str(name) for name in by_money.index)
    customers = np.unique(found["customer_key"].to_numpy(np.int64))
    row = np.searchsorted(customers, found["customer_key"].to_numpy(np.int64))
    column = by_money.index.get_indexer(pd.Index(found["category"]))
    shape = (len(customers), len(categories))
    spent, lines = np.zeros(shape), np.zeros(shape)
    spent[row, column] = found["spent"].to_numpy(np.float64)
    lines[row, column] = found["lines"].to_numpy(np.float64)
    return BoughtBefore(customers, categories, spent, lines)


def sum_window(tables: Tables, opens_after: dt.date, days: int) -> pd.DataFrame:
    """Sum what was sold of each category in the days after a day, returns deducted.

    Returns
    -------
    DataFrame, index category
        ``money``, ``pieces`` of all customers; ``known_money``, ``known_pieces`` of those
        who had bought by ``opens_after``; ``lines`` of all.
    """
    time, last_day = nw.col("order_time"), opens_after + dt.timedelta(days=days)
    earlier = (
        tables.scan("orders")
        .filter(time < nw.lit(day_after(opens_after)), ~nw.col("is_return"))
        .select("customer_key")
        .unique()
        .with_columns(nw.lit(1.0).alias("known"))
    )
    inside = _with_category(tables).filter(
        time >= nw.lit(day_after(opens_after)), time < nw.lit(day_after(last_day))
    )
    is_known = ~nw.col("known").is_null()
    summed = (
        inside.join(earlier, on="customer_key", how="left")
        .group_by("category")
        .agg(
            nw.col("amount").sum().alias("money"),
            nw.col("quantity").sum().alias("pieces"),
            sum_where(is_known, nw.col("amount")).alias("known_money"),
            sum_where(is_known, nw.col("quantity")).alias("known_pieces"),
            count_where(nw.col("amount") > 0).alias("lines"),
        )
    )
    # Sums of floats hang on the order of the rows in their last bit.
    return _collect(summed).set_index("category").sort_index().astype(float).round(6)


def list_products_sold(tables: Tables, opens_after: dt.date, days: int) -> pd.DataFrame:
    """Sum what was sold of each product in the days after a day, returns deducted.

    Returns
    -------
    DataFrame, index ``product_key``
        ``category``, ``money``, ``pieces``, ``lines``.
    """
    time, last_day = nw.col("order_time"), opens_after + dt.timedelta(days=days)
    summed = (
        _with_category(tables)
        .filter(
            time >= nw.lit(day_after(opens_after)),
            time < nw.lit(day_after(last_day)),
            ~nw.col("product_key").is_null(),
        )
        .group_by("product_key", "category")
        .agg(
            nw.col("amount").sum().alias("money"),
            nw.col("quantity").sum().alias("pieces"),
            count_where(nw.col("amount") > 0).alias("lines"),
        )
    )
    return _collect(summed).set_index("product_key").sort_index().round(6)


def gather_small(sold: pd.DataFrame, categories: pd.Index) -> pd.DataFrame:
    """Put what was sold of categories that are not told apart together as ``OTHERS``."""
    if OTHERS not in categories:
        return sold
    apart = sold.index.isin(categories)
    return sold.groupby(sold.index.where(apart, OTHERS).rename("category")).sum()


def _with_category(tables: Tables) -> Frame:
    category = tables.scan("products").select("product_key", "category")
    joined = tables.scan("lines").join(category, on="product_key", how="left")
    return joined.with_columns(nw.col("category").fill_null(NOT_GIVEN))


def _collect(frame: Frame) -> pd.DataFrame:
    collected: pd.DataFrame = frame.collect("pyarrow").to_pandas()
    return collected
