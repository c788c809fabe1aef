"""Customers filtered by tier and searched by the shop's own id."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

__all__ = ["find_customers", "search_ids"]


def find_customers(
    tiers: pd.DataFrame,
    value_tiers: Collection[str] = (),
    marketing_tiers: Collection[str] = (),
    among: pd.Index | None = None,
) -> pd.Index:
    """Return the keys of the customers who are asked for, highest forecast first.

    Parameters
    ----------
    tiers : DataFrame, index ``customer_key``
        ``predicted``, ``value_tier`` and ``marketing_tier``.
    value_tiers, marketing_tiers : collection of str
        Tiers to keep; empty keeps all.
    among : Index, optional
        Keys of those who come into question; everybody where not given.
    """
    kept = tiers
    if among is not None:
        kept = kept[kept.index.isin(among)]
    if value_tiers:
        kept = kept[kept["value_tier"].isin(list(value_tiers))]
    if marketing_tiers:
        kept = kept[kept["marketing_tier"].isin(list(marketing_tiers))]
    if kept["predicted"].is_monotonic_decreasing:  # as forecasts are stored
        return kept.index
    return kept["predicted"].sort_values(ascending=False, kind="stable").index


def search_ids(customers: nw.LazyFrame[Any], part: str) -> pd.Index:
    """Return the keys of customers whose id contains a text, taken literally, in any case.

    Parameters
    ----------
    customers : lazy frame
        ``columns.CUSTOMERS``, on this process's engine.
    part : str
        What a user typed; it reaches the engine as a value, not as a part of a query.
    """
    lower = duckdb.FunctionExpression("lower", duckdb.ColumnExpression("customer_id"))
    wanted = duckdb.FunctionExpression(
        "contains", lower, duckdb.ConstantExpression(part.strip().lower())
    )
    scanned: duckdb.DuckDBPyRelation = customers.to_native()
    found = scanned.filter(wanted).select("customer_key").to_arrow_table()
    keys: pd.Index = pd.Index(found["customer_key"].to_numpy(), name="customer_key")
    return keys
