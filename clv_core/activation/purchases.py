"""Who bought which products up to a day, and in a window after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from clv_core.cleaning.tables import Tables
from clv_core.features.expressions import AGE, Frame, day_after, keep_seen

__all__ = ["Purchases", "list_bought", "read_purchases"]

_PAIR: Final = ["customer_key", "product_key"]


@dataclass(frozen=True)
class Purchases:
    """What each customer bought up to a day, of the products still on sale then.

    Attributes
    ----------
    cutoff : date
        Last day that is seen.
    customers : array of int64
        Keys of all customers who bought anything by then, in order.
    products : array of int64
        Keys of the products sold within ``on_sale_days`` of the cutoff, the one that
        most customers bought in that time first.
    orders : csr_array of float64, shape (customers, products)
        In how many orders a customer bought a product, returned pieces not counted.
    ages : csr_array of float64, same shape and places
        Days from the last of them to the cutoff, plus 1.
    buyers : array of int64, shape (products,)
        Customers who bought each product within ``on_sale_days``.
    on_sale_days : int
    """

    cutoff: dt.date
    customers: npt.NDArray[np.int64]
    products: npt.NDArray[np.int64]
    orders: sparse.csr_matrix
    ages: sparse.csr_matrix
    buyers: npt.NDArray[np.int64]
    on_sale_days: int

    def rows_of(self, keys: pd.Index) -> npt.NDArray[np.int64]:
        """Return the rows of customers, all of whom must be known."""
        rows = pd.Index(self.customers).get_indexer(keys)
        if (rows < 0).any():
            raise KeyError("a customer had bought nothing by then")
        return rows.astype(np.int64)


def read_purchases(tables: Tables, cutoff: dt.date, on_sale_days: int) -> Purchases:
    """Count the orders in which each customer bought each product, up to a day.

    Parameters
    ----------
    tables : Tables
        With ``lines``.
    cutoff : date
        Nothing after it is seen.
    on_sale_days : int
        A product that nobody bought for so long is taken to be sold no more.
    """
    seen = keep_seen(_sold(tables), "order_time", cutoff)
    counted = seen.group_by(*_PAIR).agg(
        nw.col("order_key").n_unique().cast(nw.Float64()).alias("orders"),
        nw.col(AGE).min().alias("age"),
    )
    pairs: pd.DataFrame = counted.collect("pyarrow").to_pandas()
    pairs = pairs.sort_values(_PAIR, ignore_index=True)
    customers = np.unique(pairs["customer_key"].to_numpy(np.int64))
    lately = pairs[pairs["age"] < on_sale_days].groupby("product_key").size()
    lately = lately.sort_index().sort_values(ascending=False, kind="stable")
    products = lately.index.to_numpy(np.int64)
    column = pd.Index(products).get_indexer(pd.Index(pairs["product_key"]))
    on_sale = column >= 0
    row = np.searchsorted(customers, pairs["customer_key"].to_numpy(np.int64))
    place = (row[on_sale], column[on_sale])
    shape = (len(customers), len(products))
    values = {name: pairs.loc[on_sale, name].to_numpy(np.float64) for name in ("orders", "age")}
    return Purchases(
        cutoff=cutoff,
        customers=customers,
        products=products,
        orders=sparse.csr_matrix((values["orders"], place), shape),
        ages=sparse.csr_matrix((values["age"] + 1.0, place), shape),
        buyers=lately.to_numpy().astype(np.int64),
        on_sale_days=on_sale_days,
    )


def list_bought(tables: Tables, cutoff: dt.date, horizon_days: int) -> pd.DataFrame:
    """List the products that each customer bought in the window after a day.

    Returns
    -------
    DataFrame with ``customer_key``, ``product_key``
        Each pair once, in order.
    """
    time, last_day = nw.col("order_time"), cutoff + dt.timedelta(days=horizon_days)
    inside = (time >= nw.lit(day_after(cutoff))) & (time < nw.lit(day_after(last_day)))
    frame: pd.DataFrame = (
        _sold(tables).filter(inside).select(*_PAIR).unique().collect("pyarrow").to_pandas()
    )
    return frame.sort_values(_PAIR, ignore_index=True)


def _sold(tables: Tables) -> Frame:
    sold = (nw.col("quantity") > 0) & ~nw.col("product_key").is_null()
    return tables.scan("lines").filter(sold)
