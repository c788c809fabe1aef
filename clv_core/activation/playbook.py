"""What the shop does for each marketing tier, in its own words, and what it may cost.

An offer's ceiling for one customer of a tier is

    margin rate × offer share × lower bound of a customer's value

where the lower bound is the lower end of the tier's total, divided by its customers;
where no window could teach that, the mean of the customers' own lower bounds. It says
what the tier could carry, not that an offer pays: that takes customers left without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from clv_core.evaluation.totals import TotalInterval
from clv_core.settings_base import Settings

TierName = Literal["welcome", "protect", "reward", "win_back", "grow", "rest"]
Channel = Literal["email", "phone", "message", "post", "ads", "service", "newsletter", "none"]
CHANNELS: Final[tuple[Channel, ...]] = (
    *("email", "phone", "message", "post", "ads", "service", "newsletter", "none"),
)
Share = Annotated[float, Field(ge=0, le=1)]


class Play(Settings):
    """What is done for the customers of one tier.

    Attributes
    ----------
    action : str or None
        The user's own words; None for those of the tier, which are there in every language.
    channel : str
        One of ``CHANNELS``.
    offer_share : float
        Of the margin that a customer brings at least, what an offer may cost.
    notes : str
    """

    action: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    channel: Channel = "email"
    offer_share: Share = 0.0
    notes: Annotated[str, Field(max_length=4000)] = ""


# Where to begin; nothing of it is learnt.
STARTING_PLAYS: Final[dict[TierName, Play]] = {
    "welcome": Play(channel="email", offer_share=0.10),
    "protect": Play(channel="phone", offer_share=0.15),
    "reward": Play(channel="service", offer_share=0.05),
    "win_back": Play(channel="email", offer_share=0.20),
    "grow": Play(channel="email", offer_share=0.10),
    "rest": Play(channel="newsletter", offer_share=0.0),
}


class PlaybookSettings(Settings):
    """The plays that the user has changed, kept per data set; the others stay as they began."""

    plays: dict[TierName, Play] = Field(default_factory=dict)

    def play(self, tier: TierName) -> Play:
        """Return what is done for a tier."""
        return self.plays.get(tier, STARTING_PLAYS[tier])

    def change(self, tier: TierName, play: Play | None) -> PlaybookSettings:
        """Return the playbook with another play for one tier; None for the one it began with."""
        others = {name: kept for name, kept in self.plays.items() if name != tier}
        changed = {} if play is None or play == STARTING_PLAYS[tier] else {tier: play}
        return PlaybookSettings(plays=others | changed)


def bound_customers(
    forecast: pd.DataFrame, tiers: pd.Series, totals: Mapping[str, TotalInterval]
) -> pd.DataFrame:
    """Say what a customer of each tier brings at least, on average.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted`` and ``low``.
    tiers : Series of str, same index
    totals : mapping of str to TotalInterval
        Of the tiers; empty where nothing could teach them.

    Returns
    -------
    DataFrame, index tier
        ``mean`` (forecast per customer), ``lower`` (0 at least; NaN where unknown) and
        ``from_total`` (whether it is a share of the tier's total).
    """
    rows = {}
    for tier, inside in forecast.groupby(tiers):
        total = totals.get(str(tier))
        own = inside["low"].dropna().clip(lower=0)
        lower = max(total.low, 0.0) / len(inside) if total else (own.mean() if len(own) else np.nan)
        rows[str(tier)] = {
            "mean": float(inside["predicted"].mean()),
            "lower": float(lower),
            "from_total": total is not None,
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "lower", "from_total"])


def limit_offer(play: Play, lower: float, margin_rate: float) -> float:
    """Return what an offer to one customer may cost at most, in the shop's currency."""
    return margin_rate * play.offer_share * max(lower, 0.0)
