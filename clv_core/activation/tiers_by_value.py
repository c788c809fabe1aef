"""Marketing tiers where nothing but a value is known: no purchases, no dates."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from clv_core.activation.marketing_tiers import TIER_TITLES, MarketingTiers
from clv_core.sentences import Sentence

TIER_OF_VALUE: Final = {"high": "reward", "middle": "grow", "low": "rest"}
_ACTIONS: Final = {
    "reward": Sentence("Look after them first: good service, a personal contact, early access."),
    "grow": Sentence(
        "Try offers that could move them up, and leave some of them without to see the difference."
    ),
    "rest": Sentence("Keep them informed and spend nothing extra on them."),
}


def assign_tiers_by_value(forecast: pd.DataFrame) -> MarketingTiers:
    """Put every customer into the marketing tier that goes with the value tier.

    Tiers that ask when a customer last bought (welcome, protect, win back) stay
    out: a value table does not say.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted`` and ``value_tier``.

    Returns
    -------
    MarketingTiers
        Without ``lines``; ``profile`` has the tiers of ``TIER_OF_VALUE`` alone.
    """
    assignment = forecast["value_tier"].map(TIER_OF_VALUE).rename("marketing_tier")
    total = float(forecast["predicted"].sum())
    rows = []
    for value_tier, tier in TIER_OF_VALUE.items():
        inside = forecast.loc[forecast["value_tier"] == value_tier, "predicted"]
        value = float(inside.sum())
        rows.append(
            {
                "tier": tier,
                "title": TIER_TITLES[tier],
                "action": _ACTIONS[tier],
                "why": _explain(value_tier, inside),
                "customers": len(inside),
                "customer_share": len(inside) / len(forecast) if len(forecast) else np.nan,
                "value": value,
                "value_share": value / total if total > 0 else np.nan,
                "mean_value": inside.mean(),
                "p_buy": np.nan,
            }
        )
    return MarketingTiers(assignment, pd.DataFrame(rows), None)


def _explain(value_tier: str, inside: pd.Series) -> Sentence:
    if inside.empty:
        return Sentence("No customer is in this tier.")
    if value_tier == "high":
        return Sentence("High predicted value: {low:,.2f} or more.", low=float(inside.min()))
    if value_tier == "middle":
        return Sentence(
            "Middle predicted value: {low:,.2f} to {high:,.2f}.",
            low=float(inside.min()),
            high=float(inside.max()),
        )
    return Sentence("Low predicted value: {high:,.2f} or less.", high=float(inside.max()))
