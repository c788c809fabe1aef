"""Recency, frequency and money spent: the eleven groups that Shopify names.

Shopify publishes that each of the three is scored 1 to 5 by fifths of the shop's own
customers, that a group follows from the recency score and the mean of the other two,
and describes every group in words (shopify.dev, ``CustomerRfmGroup``). The bounds
below turn those words into scores; the exact bounds in use there are not published
in that reference, so single customers near a bound may be called otherwise there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.columns import RECENCY
from clv_core.segments.groups import profile_groups
from clv_core.segments.sorting import sort_into_groups
from clv_core.sentences import Sentence

PROSPECTS: Final = "prospects"
_SCORES: Final = 5


@dataclass(frozen=True)
class RfmGroup:
    """One of the groups with a purchase.

    Attributes
    ----------
    title : Sentence
    meaning : Sentence
        What its customers did.
    recency : tuple of int
        Lowest and highest recency score inside.
    spending : tuple of int
        Lowest and highest sum of the frequency and the monetary score inside.
    """

    title: Sentence
    meaning: Sentence
    recency: tuple[int, int]
    spending: tuple[int, int]


SCORED_GROUPS: Final = {
    "champions": RfmGroup(
        Sentence("Champions"),
        Sentence("Bought very recently, order most often and spend most."),
        (5, 5),
        (8, 10),
    ),
    "loyal": RfmGroup(
        Sentence("Loyal"),
        Sentence("Bought recently, order most often and spend most."),
        (3, 4),
        (8, 10),
    ),
    "active": RfmGroup(
        Sentence("Active"),
        Sentence("Bought recently, with some orders and middling spend."),
        (4, 5),
        (4, 7),
    ),
    "new": RfmGroup(
        Sentence("New"),
        Sentence("Bought very recently, with few orders and little spend so far."),
        (5, 5),
        (2, 3),
    ),
    "promising": RfmGroup(
        Sentence("Promising"),
        Sentence("Bought fairly recently, with few orders and little spend so far."),
        (3, 4),
        (2, 3),
    ),
    "needs_attention": RfmGroup(
        Sentence("Needs attention"),
        Sentence("Last bought a while ago, with some orders and middling spend."),
        (3, 3),
        (4, 7),
    ),
    "at_risk": RfmGroup(
        Sentence("At risk"),
        Sentence("Silent for long, after many orders and much spend."),
        (1, 2),
        (6, 7),
    ),
    "previously_loyal": RfmGroup(
        Sentence("Previously loyal"),
        Sentence("Silent for long, after the most orders and the most spend."),
        (1, 2),
        (8, 10),
    ),
    "almost_lost": RfmGroup(
        Sentence("Almost lost"),
        Sentence("Silent for long, after few orders and little spend."),
        (2, 2),
        (2, 5),
    ),
    "dormant": RfmGroup(
        Sentence("Dormant"),
        Sentence("Silent longest of all, after few orders and little spend."),
        (1, 1),
        (2, 5),
    ),
}
RFM_GROUPS: Final = (*SCORED_GROUPS, PROSPECTS)
SILENT_GROUPS: Final = ("at_risk", "previously_loyal", "almost_lost", "dormant")
LIVELY_GROUPS: Final = ("champions", "loyal")
RFM_TITLES: Final = {
    **{name: group.title for name, group in SCORED_GROUPS.items()},
    PROSPECTS: Sentence("Prospects"),
}
RFM_MEANINGS: Final = {
    **{name: group.meaning for name, group in SCORED_GROUPS.items()},
    PROSPECTS: Sentence("In the files, but without an order so far: no forecast covers them."),
}


def explain_rfm_group(group: str) -> Sentence:
    """Return the scores that make up a group."""
    if group == PROSPECTS:
        return Sentence("no order")
    low, high = SCORED_GROUPS[group].recency
    least, most = SCORED_GROUPS[group].spending
    facts = {"least": least / 2, "most": most / 2}
    if low == high:
        return Sentence("R {low}, FM {least:.1f} to {most:.1f}", low=low, **facts)
    return Sentence("R {low} to {high}, FM {least:.1f} to {most:.1f}", low=low, high=high, **facts)


def score_rfm(features: pd.DataFrame) -> pd.DataFrame:
    """Score every customer with an order by fifths of these customers.

    A score is one more than the fifths of customers who stand below. Ties fall to the
    worse in frequency and spend, so that one-time buyers score 1 however many they
    are; in recency, where the score counts down from 5 by who bought later, they
    fall to the better.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        ``recency_days``, ``order_count`` and ``net_spend``; whoever has no order
        count, or none above 0, is left out.

    Returns
    -------
    DataFrame with ``recency_score``, ``frequency_score``, ``monetary_score`` (int64)
        1 to 5, 5 is best.
    """
    ordered = features[features["order_count"] > 0]
    below = {
        name: _count_fifths_below(ordered[name].to_numpy(float))
        for name in (RECENCY, "order_count", "net_spend")
    }
    return pd.DataFrame(
        {
            "recency_score": _SCORES - below[RECENCY],
            "frequency_score": below["order_count"] + 1,
            "monetary_score": below["net_spend"] + 1,
        },
        index=ordered.index,
    )


def _count_fifths_below(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return how many whole fifths of all values are less than each, 0 to 4."""
    fifths = np.zeros(len(values), dtype=np.int64)
    if len(values):
        # k fifths lie below a value where the last of the lowest k fifths does.
        last = [-(-fifth * len(values) // _SCORES) - 1 for fifth in range(1, _SCORES)]
        for bound in np.partition(values, last)[last]:
            fifths += values > bound
    return fifths


def assign_rfm_groups(features: pd.DataFrame) -> pd.Series:
    """Put every customer into one RFM group.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        As for :func:`score_rfm`; whoever has no order is a prospect.

    Returns
    -------
    Series of category, index as ``features``
        Names in ``RFM_GROUPS``.
    """
    scores = score_rfm(features)
    recency = scores["recency_score"]
    spending = scores["frequency_score"] + scores["monetary_score"]
    rules = {
        name: (recency.between(*group.recency) & spending.between(*group.spending)).to_numpy()
        for name, group in SCORED_GROUPS.items()
    }
    named = sort_into_groups(rules, PROSPECTS, RFM_GROUPS, scores.index, "rfm_group")
    return named.reindex(features.index, fill_value=PROSPECTS)


def profile_rfm_groups(forecast: pd.DataFrame, assignment: pd.Series) -> pd.DataFrame:
    """Sum the forecast up by RFM group.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
    assignment : Series of str or category
        Of these customers and, maybe, of people without an order, who are in no
        forecast.

    Returns
    -------
    DataFrame
        As :func:`segments.groups.profile_groups` gives it; prospects are counted,
        while shares are of the customers with a forecast.
    """
    profile = profile_groups(forecast, assignment, RFM_GROUPS).set_index("group")
    profile.loc[PROSPECTS, "customers"] = int((assignment == PROSPECTS).sum())
    profile.loc[PROSPECTS, "customer_share"] = np.nan
    return profile.reset_index()
