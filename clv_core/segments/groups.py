"""What each group of customers holds, by itself and crossed with the value tiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clv_core.segments.sorting import put_in_order
from clv_core.segments.value_tiers import VALUE_TIERS


def profile_groups(
    forecast: pd.DataFrame, assignment: pd.Series, groups: Sequence[str]
) -> pd.DataFrame:
    """Sum the forecast up by group.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted`` and, where known, ``p_buy``.
    assignment : Series of str or category
        Group of at least these customers.
    groups : sequence of str
        Every group there may be, in the order of the rows.

    Returns
    -------
    DataFrame with ``group``, ``customers``, ``customer_share``, ``value`` (sum of
    forecasts), ``value_share`` (NaN where all value adds up to nothing),
    ``mean_value``, ``p_buy`` (mean)
        A row per group, empty ones too; their means are NaN.
    """
    total = float(forecast["predicted"].sum())
    p_buy = forecast.get("p_buy", pd.Series(np.nan, index=forecast.index))
    by_group = pd.DataFrame({"predicted": forecast["predicted"], "p_buy": p_buy}).groupby(
        put_in_order(assignment, forecast.index).array, observed=True
    )
    sums = by_group.agg(
        customers=("predicted", "size"),
        value=("predicted", "sum"),
        mean_value=("predicted", "mean"),
        p_buy=("p_buy", "mean"),
    ).reindex(list(groups))
    sums = sums.fillna({"customers": 0, "value": 0.0}).astype({"customers": "int64"})
    shares = {
        "customer_share": sums["customers"] / len(forecast) if len(forecast) else np.nan,
        "value_share": sums["value"] / total if total > 0 else np.nan,
    }
    columns = ["customers", "customer_share", "value", "value_share", "mean_value", "p_buy"]
    return sums.assign(**shares)[columns].rename_axis("group").reset_index()


def cross_with_tiers(
    forecast: pd.DataFrame, assignment: pd.Series, tiers: pd.Series, groups: Sequence[str]
) -> pd.DataFrame:
    """Sum the forecast up by group and value tier.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted``.
    assignment, tiers : Series of str or category
        Group and value tier of these customers.
    groups : sequence of str

    Returns
    -------
    DataFrame with ``group``, ``tier``, ``customers``, ``group_share`` (of the group's
    customers, NaN for an empty group), ``value``, ``value_share`` (of all value, NaN
    where that is nothing)
        A row per group and tier, empty ones too, in the order of ``groups`` and from
        the highest tier down.
    """
    cells = pd.MultiIndex.from_product([list(groups), list(VALUE_TIERS)], names=["group", "tier"])
    keys = [put_in_order(one, forecast.index) for one in (assignment, tiers)]
    sums = forecast["predicted"].groupby(keys, observed=True).agg(["size", "sum"])
    table = sums.reindex(cells, fill_value=0).set_axis(["customers", "value"], axis=1)
    sizes = table.groupby("group", sort=False)["customers"].transform("sum")
    total = float(forecast["predicted"].sum())
    table["group_share"] = table["customers"] / sizes.where(sizes > 0)
    table["value_share"] = table["value"] / total if total > 0 else np.nan
    return table[["customers", "group_share", "value", "value_share"]].reset_index()
