"""Customers by name beside their forecast, filtered and searched."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd


def list_customers(
    forecast: pd.DataFrame,
    customers: pd.DataFrame,
    value_tiers: Collection[str] = (),
    marketing_tiers: Collection[str] = (),
    id_part: str = "",
) -> pd.DataFrame:
    """Put the shop's own ids beside the forecast and keep those that are asked for.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        With ``predicted``, ``value_tier`` and ``marketing_tier``.
    customers : DataFrame
        ``columns.CUSTOMERS``, with ``customer_key`` as a column.
    value_tiers, marketing_tiers : collection of str
        Tiers to keep; empty keeps all.
    id_part : str
        Kept where the shop's id contains it, whatever the case; taken literally.

    Returns
    -------
    DataFrame, index ``customer_key``
        ``customer_id`` and the columns of ``forecast``, highest forecast first.
    """
    ids = customers.set_index("customer_key")["customer_id"]
    kept = forecast.copy()
    kept.insert(0, "customer_id", ids.reindex(kept.index).astype(str))
    if value_tiers:
        kept = kept[kept["value_tier"].isin(list(value_tiers))]
    if marketing_tiers:
        kept = kept[kept["marketing_tier"].isin(list(marketing_tiers))]
    wanted = id_part.strip()
    if wanted:
        kept = kept[kept["customer_id"].str.contains(wanted, case=False, regex=False)]
    return kept.sort_values("predicted", ascending=False, kind="stable")
