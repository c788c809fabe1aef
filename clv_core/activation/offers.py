"""How deep an offer can be for each tier, and that it is the same for everybody in it.

A discount of ``d`` on an order of value ``v`` costs ``d v``. It is held to a share ``s``
of the margin that a customer of the tier brings at least,

    d v <= s m L,   and   d <= m,

with margin rate ``m`` and lower bound ``L`` of a customer's value, so that no order is
sold below cost. What an offer can carry says nothing on whether it pays: that takes
customers left without one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

__all__ = ["FairnessCheck", "check_fairness", "name_scripts", "suggest_offers"]

STEP: Final = 0.01  # depths are whole percent, rounded down
FEWEST_COMPARED: Final = 30  # customers of a group, for it to be compared
UNLIKELY: Final = 0.05


@dataclass(frozen=True)
class FairnessCheck:
    """Whether offers fall differently on groups of customers that they are not based on.

    Attributes
    ----------
    is_same_within_tiers : bool
        Everybody in a tier is suggested the same depth.
    by_group : DataFrame with ``group``, ``customers``, ``depth``
        Mean suggested depth of each group with ``FEWEST_COMPARED`` customers or more.
    p_value : float
        Of a chi-squared test of tiers against groups; NaN with fewer than two of either.
    """

    is_same_within_tiers: bool
    by_group: pd.DataFrame
    p_value: float

    @property
    def differs(self) -> bool:
        """Whether tiers, and so depths, are spread over the groups other than by chance."""
        return bool(self.p_value < UNLIKELY)

    @property
    def gap(self) -> float:
        """Deepest mean depth of a group less the shallowest; 0 with fewer than two."""
        depth = self.by_group["depth"]
        return float(depth.max() - depth.min()) if len(depth) else 0.0


def suggest_offers(
    forecast: pd.DataFrame,
    tiers: pd.Series,
    lower: Mapping[str, float],
    offer_shares: Mapping[str, float],
    margin_rate: float,
) -> pd.DataFrame:
    """Suggest how deep a discount on the next order can be, tier by tier.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted`` (currency) and ``expected_orders``.
    tiers : Series of str, same index
    lower : mapping of str to float
        Of each tier, what a customer brings at least; NaN where unknown.
    offer_shares : mapping of str to float
        Of each tier, the share of that customer's margin that an offer may cost.
    margin_rate : float
        Of net revenue, above 0 and at most 1.

    Returns
    -------
    DataFrame, index tier
        ``customers``, ``lower``, ``order_value`` (expected spend ÷ expected orders),
        ``ceiling`` (what an offer may cost per customer), ``depth`` (share of the next
        order, whole percent rounded down) and ``limited_by`` (``share``, ``margin``,
        ``nothing`` where no offer is planned, ``unknown`` where a bound is missing).
    """
    rows = {}
    for name, inside in forecast.groupby(tiers, observed=True):
        tier = str(name)
        share, least = offer_shares.get(tier, 0.0), lower.get(tier, np.nan)
        orders = float(inside["expected_orders"].sum())
        value = float(inside["predicted"].sum()) / orders if orders > 0 else np.nan
        ceiling = margin_rate * share * max(least, 0.0)
        depth, limited_by = _limit(ceiling / value if value > 0 else np.nan, share, margin_rate)
        rows[tier] = {
            "customers": len(inside),
            "lower": least,
            "order_value": value,
            "ceiling": ceiling,
            "depth": depth,
            "limited_by": limited_by,
        }
    columns = ["customers", "lower", "order_value", "ceiling", "depth", "limited_by"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def check_fairness(depths: pd.Series, tiers: pd.Series, groups: pd.Series) -> FairnessCheck:
    """Look whether the suggested depth differs by something that it is not based on.

    Parameters
    ----------
    depths : Series of float, index customer key
        What each customer is suggested.
    tiers : Series of str, same index
    groups : Series of str, same index
        A country, say; customers without one are not compared.
    """
    people = pd.DataFrame({"tier": tiers, "depth": depths, "group": groups})
    by = ["tier", "depth", "group"]
    sizes_of = people.groupby(by, observed=True, dropna=False).size()
    counted: pd.DataFrame = sizes_of.rename("customers").reset_index()
    depths_of = counted.groupby("tier", observed=True)["depth"].nunique(dropna=False)
    known = counted.dropna(subset="group")
    sizes = known.groupby("group", observed=True)["customers"].sum()
    compared = known[known["group"].isin(sizes.index[sizes >= FEWEST_COMPARED])]
    compared = compared.assign(group=compared["group"].astype(str))
    told = compared.assign(
        given=compared["depth"] * compared["customers"],
        offered=compared["customers"].where(compared["depth"].notna()),
    )
    sums = told.groupby("group")[["customers", "given", "offered"]].sum(min_count=1)
    by_group = pd.DataFrame(
        {"customers": sums["customers"], "depth": sums["given"] / sums["offered"]}
    ).reset_index()
    table = compared.pivot_table(
        index="tier", columns="group", values="customers", aggfunc="sum", observed=True
    ).fillna(0)
    p_value = np.nan
    if min(table.shape) >= 2:
        p_value = float(stats.chi2_contingency(table.to_numpy())[1])
    return FairnessCheck(bool((depths_of <= 1).all()), by_group, p_value)


def name_scripts(names: pd.Series) -> pd.Series:
    """Return the script that each name is written in (LATIN, CJK …), None without a letter.

    What a name tells of origin, for :func:`check_fairness` and nothing else.
    """
    return names.map(_find_script, na_action="ignore").astype(object)


def _find_script(name: str) -> str | None:
    letter = next((char for char in name if char.isalpha()), None)
    return None if letter is None else unicodedata.name(letter, "OTHER").split()[0]


def _limit(affordable: float, share: float, margin_rate: float) -> tuple[float, str]:
    if share <= 0:
        return 0.0, "nothing"
    if np.isnan(affordable):
        return np.nan, "unknown"
    depth = np.floor(min(affordable, margin_rate) / STEP + 1e-9) * STEP
    return float(round(depth, 2)), "margin" if affordable > margin_rate else "share"
