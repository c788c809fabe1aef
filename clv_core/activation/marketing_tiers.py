"""Six groups to act on, each with what to do and why, in words.

A tier says what kind of treatment the forecast makes plausible. It does not say
that the treatment works: that takes a group of customers left untreated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.segments.sorting import sort_into_groups
from clv_core.sentences import Sentence

MARKETING_TIERS: Final = ("welcome", "protect", "reward", "win_back", "grow", "rest")
NEW_DAYS: Final = 60
EVEN_CHANCE: Final = 0.5
UNCERTAIN_SHARE: Final = 0.25  # of the high-value customers, by P(buy), to be protected
NOTABLE_SHARE: Final = 0.5  # past spend of this rank and above counts as notable


@dataclass(frozen=True)
class TierLines:
    """The numbers that separate marketing tiers, in the forecast's own units.

    Attributes
    ----------
    new_days : int
        A single purchase at most so long ago makes a customer new.
    uncertain_p_buy : float or None
        Below this P(buy) a high-value customer is one of the least certain
        quarter of them; None where the model gives no probability, and silence
        is used instead.
    unlikely_p_buy : float or None
        Below this P(buy) a customer is unlikely to come back unprompted; None
        as above.
    quiet_days : float
        Days since the last purchase that count as quiet: the median.
    notable_spend : float
        Past spend that is worth winning back: the median.
    """

    new_days: int
    uncertain_p_buy: float | None
    unlikely_p_buy: float | None
    quiet_days: float
    notable_spend: float


@dataclass(frozen=True)
class MarketingTiers:
    """Every customer in exactly one marketing tier.

    Attributes
    ----------
    assignment : Series of category, index ``customer_key``
        Names in ``MARKETING_TIERS``.
    profile : DataFrame
        One row per tier, empty ones too: ``tier``, ``title``, ``action``,
        ``why`` (Sentences; ``why`` is the rule with its numbers), ``customers``,
        ``customer_share``, ``value`` (sum of forecasts), ``value_share`` (NaN
        where all value adds up to nothing), ``mean_value``, ``p_buy``.
    lines : TierLines or None
        None where value alone decides (``activation.tiers_by_value``).
    """

    assignment: pd.Series
    profile: pd.DataFrame
    lines: TierLines | None


def assign_marketing_tiers(forecast: pd.DataFrame, features: pd.DataFrame) -> MarketingTiers:
    """Put every customer into one marketing tier; the first rule that fits decides.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted``, ``value_tier``, ``past_spend`` and, where the model knows
        it, ``p_buy`` (absent or all NaN otherwise).
    features : DataFrame, index ``customer_key``
        ``frequency``, ``recency_days`` and ``tenure_days`` of the same customers.
    """
    known = features[[FREQUENCY, RECENCY, TENURE]].loc[forecast.index]
    lines = draw_lines(forecast, known)
    is_quiet = known[RECENCY] > lines.quiet_days
    uncertain = _is_below(lines.uncertain_p_buy, forecast, is_quiet)
    unlikely = _is_below(lines.unlikely_p_buy, forecast, is_quiet)
    is_high = forecast["value_tier"] == "high"
    is_new = (known[FREQUENCY] == 0) & (known[TENURE] <= lines.new_days)
    was_notable = (forecast["past_spend"] >= lines.notable_spend) & (forecast["past_spend"] > 0)
    rules = {
        "welcome": is_new,
        "protect": is_high & uncertain,
        "reward": is_high,
        "win_back": unlikely & was_notable & is_quiet,
        "grow": forecast["value_tier"] == "middle",
    }
    fits = {tier: rule.to_numpy(bool) for tier, rule in rules.items()}
    assignment = sort_into_groups(fits, "rest", MARKETING_TIERS, forecast.index, "marketing_tier")
    return MarketingTiers(assignment, _profile_tiers(forecast, assignment, lines), lines)


def _is_below(p_buy: float | None, forecast: pd.DataFrame, is_quiet: pd.Series) -> pd.Series:
    return is_quiet if p_buy is None else ~(forecast["p_buy"] >= p_buy)


def draw_lines(forecast: pd.DataFrame, features: pd.DataFrame) -> TierLines:
    """Find the numbers that separate the tiers for this shop.

    "Unlikely" is less than an even chance, or, in shops where even the
    high-value customers come back less often than that, less than those
    customers' own mean.
    """
    uncertain = unlikely = None
    if "p_buy" in forecast and forecast["p_buy"].notna().any():
        of_high = forecast.loc[forecast["value_tier"] == "high", "p_buy"].dropna()
        uncertain = float(of_high.quantile(UNCERTAIN_SHARE)) if len(of_high) else EVEN_CHANCE
        unlikely = min(EVEN_CHANCE, float(of_high.mean())) if len(of_high) else EVEN_CHANCE
    return TierLines(
        new_days=NEW_DAYS,
        uncertain_p_buy=uncertain,
        unlikely_p_buy=unlikely,
        quiet_days=float(features[RECENCY].median()) if len(features) else 0.0,
        notable_spend=(
            float(forecast["past_spend"].quantile(NOTABLE_SHARE)) if len(forecast) else 0.0
        ),
    )


TIER_TITLES: Final = {
    "welcome": Sentence("Welcome"),
    "protect": Sentence("Protect"),
    "reward": Sentence("Reward"),
    "win_back": Sentence("Win back"),
    "grow": Sentence("Grow"),
    "rest": Sentence("Let rest"),
}
_ACTIONS: Final = {
    "welcome": Sentence("Help them to a second order: a good first delivery, advice, a follow-up."),
    "protect": Sentence(
        "Get in touch in person: of the most valuable these are the least certain to come back."
    ),
    "reward": Sentence("Thank them with service and early access; a discount is hardly needed."),
    "win_back": Sentence("Remind them once or twice with a reason to return, then stop."),
    "grow": Sentence("Suggest what goes with what they already bought."),
    "rest": Sentence("Keep them on the newsletter and spend nothing extra on them."),
}


def _explain_welcome(lines: TierLines) -> Sentence:
    return Sentence(
        "One purchase day so far, at most {new_days} days ago.", new_days=lines.new_days
    )


def _explain_protect(lines: TierLines) -> Sentence:
    if lines.uncertain_p_buy is None:
        return Sentence(
            "High expected value, but no purchase for more than {quiet_days:.0f} days.",
            quiet_days=lines.quiet_days,
        )
    return Sentence(
        "High expected value, but a chance of buying again below {percent:.0f} %, the lowest"
        " quarter of all with high value.",
        percent=lines.uncertain_p_buy * 100,
    )


def _explain_reward(lines: TierLines) -> Sentence:
    if lines.uncertain_p_buy is None:
        return Sentence(
            "High expected value and a purchase within the last {quiet_days:.0f} days.",
            quiet_days=lines.quiet_days,
        )
    return Sentence(
        "High expected value and a chance of buying again of at least {percent:.0f} %.",
        percent=lines.uncertain_p_buy * 100,
    )


def _explain_win_back(lines: TierLines) -> Sentence:
    if lines.unlikely_p_buy is None:
        return Sentence(
            "Spent at least {spend:,.2f} so far, but bought nothing for more than"
            " {quiet_days:.0f} days; expected value not high.",
            spend=lines.notable_spend,
            quiet_days=lines.quiet_days,
        )
    return Sentence(
        "Spent at least {spend:,.2f} so far, but bought nothing for more than {quiet_days:.0f}"
        " days; chance of buying again below {percent:.0f} %, expected value not high.",
        spend=lines.notable_spend,
        quiet_days=lines.quiet_days,
        percent=lines.unlikely_p_buy * 100,
    )


def _explain_grow(lines: TierLines) -> Sentence:
    return Sentence("Middle expected value, and in none of the tiers above.")


def _explain_rest(lines: TierLines) -> Sentence:
    return Sentence("Low expected value, and in none of the tiers above.")


_REASONS: Final[dict[str, Callable[[TierLines], Sentence]]] = {
    "welcome": _explain_welcome,
    "protect": _explain_protect,
    "reward": _explain_reward,
    "win_back": _explain_win_back,
    "grow": _explain_grow,
    "rest": _explain_rest,
}


def _profile_tiers(forecast: pd.DataFrame, assignment: pd.Series, lines: TierLines) -> pd.DataFrame:
    total = float(forecast["predicted"].sum())
    told = forecast[[name for name in ("predicted", "p_buy") if name in forecast]]
    rows = []
    for tier in MARKETING_TIERS:
        inside = told[(assignment == tier).to_numpy()]
        value = float(inside["predicted"].sum())
        rows.append(
            {
                "tier": tier,
                "title": TIER_TITLES[tier],
                "action": _ACTIONS[tier],
                "why": _REASONS[tier](lines),
                "customers": len(inside),
                "customer_share": len(inside) / len(forecast) if len(forecast) else np.nan,
                "value": value,
                "value_share": value / total if total > 0 else np.nan,
                "mean_value": inside["predicted"].mean(),
                "p_buy": inside["p_buy"].mean() if "p_buy" in inside else np.nan,
            }
        )
    return pd.DataFrame(rows)
