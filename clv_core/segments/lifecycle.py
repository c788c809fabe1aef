"""Where customers stand in their life with the shop, by their own rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.segments.groups import profile_groups
from clv_core.segments.sorting import sort_into_groups
from clv_core.sentences import Sentence

LIFECYCLE_STAGES: Final = ("new", "active", "loyal", "at_risk", "lapsed")
LIFECYCLE_TITLES: Final = {
    "new": Sentence("New"),
    "active": Sentence("Active"),
    "loyal": Sentence("Loyal"),
    "at_risk": Sentence("At risk"),
    "lapsed": Sentence("Lapsed"),
}
LATE_GAPS: Final = 2.0  # usual gaps of silence from which a customer is late
LAPSED_GAPS: Final = 4.0
EVEN_CHANCE: Final = 0.5  # of still being a customer
FEWEST_LOYAL_DAYS: Final = 3  # purchase days


@dataclass(frozen=True)
class LifecycleLines:
    """The numbers that separate the stages in this shop.

    Attributes
    ----------
    typical_gap_days : float
        Median over repeat buyers of their mean days between purchases; without
        repeat buyers the median days since the first purchase. At least 1.
    loyal_days : int
        Purchase days from which a customer may be loyal: the median of repeat
        buyers, at least ``FEWEST_LOYAL_DAYS``.
    knows_alive : bool
        Whether a chance of still being a customer is known.
    """

    typical_gap_days: float
    loyal_days: int
    knows_alive: bool


@dataclass(frozen=True)
class Lifecycle:
    """Every customer in exactly one stage.

    Attributes
    ----------
    assignment : Series of category, index ``customer_key``
        Names in ``LIFECYCLE_STAGES``.
    profile : DataFrame
        As :func:`segments.groups.profile_groups` gives it.
    lines : LifecycleLines
    """

    assignment: pd.Series
    profile: pd.DataFrame
    lines: LifecycleLines


def find_lifecycle(features: pd.DataFrame, forecast: pd.DataFrame) -> Lifecycle:
    """Put every customer into one stage; the first rule that fits decides.

    A customer's usual gap is the mean of their own gaps between purchase days and one
    typical gap of the shop, (last − first day + typical) ⁄ (repeat days + 1): own gaps
    count for more the more there are, and a one-time buyer has the shop's. Silence is
    counted in usual gaps.

    - *new*: one purchase day, silent for at most one gap;
    - *lapsed*: silent for more than ``LAPSED_GAPS``, and not more likely than not
      still a customer;
    - *at risk*: silent for more than ``LATE_GAPS``, or less likely than not still a
      customer;
    - *loyal*: at least ``LifecycleLines.loyal_days`` purchase days;
    - *active*: all others.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        ``frequency``, ``recency_days``, ``tenure_days`` and, where known, ``p_alive``;
        where that is missing silence alone decides.
    forecast : DataFrame, index ``customer_key``
        Of customers in ``features``; ``predicted`` and, where known, ``p_buy``.
    """
    known = features.loc[forecast.index]
    lines = draw_lifecycle_lines(known)
    own = known[TENURE] - known[RECENCY]
    usual = (own + lines.typical_gap_days) / (known[FREQUENCY] + 1)
    silence = known[RECENCY] / usual
    p_alive = known.get("p_alive", pd.Series(np.nan, index=known.index))
    rules = {
        "new": (known[FREQUENCY] == 0) & (silence <= 1),
        "lapsed": (silence > LAPSED_GAPS) & ~(p_alive >= EVEN_CHANCE),
        "at_risk": (silence > LATE_GAPS) | (p_alive < EVEN_CHANCE),
        "loyal": known[FREQUENCY] + 1 >= lines.loyal_days,
    }
    fits = {stage: rule.to_numpy(bool) for stage, rule in rules.items()}
    assignment = sort_into_groups(
        fits, "active", LIFECYCLE_STAGES, forecast.index, "lifecycle_stage"
    )
    return Lifecycle(assignment, profile_groups(forecast, assignment, LIFECYCLE_STAGES), lines)


def assign_lifecycle(features: pd.DataFrame, forecast: pd.DataFrame) -> pd.Series:
    """Return every customer's stage, as :func:`find_lifecycle` finds it."""
    return find_lifecycle(features, forecast).assignment


def draw_lifecycle_lines(features: pd.DataFrame) -> LifecycleLines:
    """Find the numbers that separate the stages in this shop."""
    repeats = features[features[FREQUENCY] > 0]
    if len(repeats):
        gaps = (repeats[TENURE] - repeats[RECENCY]) / repeats[FREQUENCY]
        typical, days = float(gaps.median()), int(np.ceil(repeats[FREQUENCY].median() + 1))
    else:
        typical, days = float(features[TENURE].median()) if len(features) else 1.0, 0
    return LifecycleLines(
        typical_gap_days=max(1.0, typical),
        loyal_days=max(FEWEST_LOYAL_DAYS, days),
        knows_alive="p_alive" in features and bool(features["p_alive"].notna().any()),
    )


def explain_stage(stage: str, lines: LifecycleLines) -> Sentence:
    """Say in words who is in a stage."""
    if stage == "new":
        return Sentence(
            "One purchase day, at most {days:.0f} days ago: the shop's typical time to the next.",
            days=lines.typical_gap_days,
        )
    if stage == "loyal":
        return Sentence(
            "On time by their own rhythm, with at least {days} purchase days.",
            days=lines.loyal_days,
        )
    if stage == "active":
        return Sentence(
            "On time by their own rhythm, with fewer than {days} purchase days.",
            days=lines.loyal_days,
        )
    if stage == "at_risk":
        return _explain_at_risk(lines)
    return _explain_lapsed(lines)


def _explain_at_risk(lines: LifecycleLines) -> Sentence:
    if lines.knows_alive:
        return Sentence(
            "Silent for more than {gaps:.0f} of their usual gaps between purchases, or less"
            " likely than not still a customer.",
            gaps=LATE_GAPS,
        )
    return Sentence(
        "Silent for {gaps:.0f} to {most:.0f} of their usual gaps between purchases.",
        gaps=LATE_GAPS,
        most=LAPSED_GAPS,
    )


def _explain_lapsed(lines: LifecycleLines) -> Sentence:
    if lines.knows_alive:
        return Sentence(
            "Silent for more than {gaps:.0f} of their usual gaps between purchases, and less"
            " likely than not still a customer.",
            gaps=LAPSED_GAPS,
        )
    return Sentence(
        "Silent for more than {gaps:.0f} of their usual gaps between purchases.",
        gaps=LAPSED_GAPS,
    )
