"""What a new customer may cost: value against acquisition cost, and the highest bid.

For customers who turn out like those of a tier,

    highest bid = margin rate × expected value per customer ÷ target ratio

with the lower bound of that value for those who want to be safe. The value is what is
to come in the forecast's days, not the first order and not a whole life.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from clv_core.columns import TENURE
from clv_core.economic_settings import EconomicSettings


def cost_customers(
    features: pd.DataFrame, cutoff: dt.date | None, economics: EconomicSettings
) -> pd.Series:
    """Return what winning each customer has cost: by the month of the first purchase.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        ``tenure_days`` where days are known.
    cutoff : date or None
        The day that tenure counts back from; None where no days are known.
    economics : EconomicSettings

    Returns
    -------
    Series of float, index ``customer_key``
        NaN where the cost of that month was not said.
    """
    if cutoff is None:
        cost = economics.acquisition_cost
        return pd.Series(np.nan if cost is None else cost, index=features.index, dtype="float64")
    at, tenures = pd.factorize(features[TENURE])  # a million customers share a thousand days
    first = pd.Timestamp(cutoff) - pd.to_timedelta(pd.Series(tenures), unit="D")
    costs = first.dt.strftime("%Y-%m").map(economics.cost_of_winning).astype("float64")
    return pd.Series(np.append(costs, np.nan)[at], index=features.index)  # -1: not known


def set_bids(
    bounds: pd.DataFrame,
    tiers: pd.Series,
    costs: pd.Series,
    margin_rate: float,
    target_ratio: float,
    past_spend: pd.Series | None = None,
) -> pd.DataFrame:
    """Set what customers of each tier are worth against what they cost.

    Parameters
    ----------
    bounds : DataFrame, index tier
        ``mean`` and ``lower``, from ``playbook.bound_customers``.
    tiers : Series of str, index ``customer_key``
    costs : Series of float, same index
        From :func:`cost_customers`.
    margin_rate : float
    target_ratio : float
        Of margin to acquisition cost, that a bid is to leave.
    past_spend : Series of float or None, same index as ``tiers``
        None where no past is known.

    Returns
    -------
    DataFrame, index tier
        ``customers``, ``margin_value`` (expected margin per customer), ``cost`` (mean of
        those known), ``ratio`` (margin to come against cost; NaN without a cost),
        ``total_ratio`` (the margin so far included; NaN without a past), ``bid``,
        ``safe_bid`` (NaN without a lower bound).
    """
    table = pd.DataFrame({"customers": tiers.value_counts().reindex(bounds.index)})
    table["margin_value"] = margin_rate * bounds["mean"]
    table["cost"] = costs.groupby(tiers).mean()
    costly = table["cost"].where(table["cost"] > 0)
    table["ratio"] = table["margin_value"] / costly
    past = np.nan if past_spend is None else margin_rate * past_spend.groupby(tiers).mean()
    table["total_ratio"] = (table["margin_value"] + past) / costly
    table["bid"] = (table["margin_value"] / target_ratio).clip(lower=0)
    table["safe_bid"] = (margin_rate * bounds["lower"] / target_ratio).clip(lower=0)
    return table
