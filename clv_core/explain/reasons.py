"""One customer's forecast in plain words and money.

The words say what the model associates with value in this shop; nothing here
claims that changing the cause would change the value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.explain.summaries import label_of, rank_features
from clv_core.features.catalogue import CATALOGUE
from clv_core.sentences import Sentence

SMALLEST_MONEY: Final = 0.005
"""Contributions that would be shown as 0.00 are no reasons."""

PHRASES: Final[dict[str, Callable[[float], Sentence]]] = {
    "recency_days": lambda value: Sentence("Last bought {days} days ago", days=round(value)),
    "tenure_days": lambda value: Sentence("First bought {days} days ago", days=round(value)),
    "order_count": lambda value: (
        Sentence("Bought once")
        if round(value) == 1
        else Sentence("Bought {count} times", count=round(value))
    ),
    "frequency": lambda value: (
        Sentence("Came back to buy on {count} day(s)", count=round(value))
        if value
        else Sentence("Never came back to buy")
    ),
    "is_one_time_buyer": lambda value: (
        Sentence("Bought on one day only") if value else Sentence("Bought on more than one day")
    ),
    "net_spend": lambda value: Sentence("Spent {money} so far", money=round(value, 2)),
}
"""Features whose value reads better inside a sentence than behind its label."""


def reasons_in_words(
    explanation: Explanation, customer_key: int, top: int = 3
) -> tuple[Sentence, ...]:
    """Name the features that move one customer's forecast most.

    Facts named ``money`` are amounts in the shop's currency, to be formatted by
    whoever shows them; ``percent`` is a number from 0 to 100.

    Parameters
    ----------
    explanation : Explanation
    customer_key : int
    top : int, default 3
        At most this many reasons, largest first.

    Returns
    -------
    tuple of Sentence
        Each like "Bought 12 times: adds 85.0"; empty where nothing sets the
        customer apart from the typical one.

    Raises
    ------
    KeyError
        When the customer is not in the explanation.
    """
    ranked = rank_features(explanation, customer_key).head(top)
    ranked = ranked[ranked["contribution"].abs() >= SMALLEST_MONEY]
    return tuple(
        _reason(describe_value(str(feature), value, explanation.has_own_names), float(contribution))
        for feature, value, contribution in ranked.itertuples(index=False)
    )


def describe_value(feature: str, value: float | str, has_own_names: bool = False) -> Sentence:
    """Say what the customer has: the feature's label and the value in its unit.

    Parameters
    ----------
    feature : str
    value : float or str
        Text where the feature is a category.
    has_own_names : bool, default False
        Whether the feature bears the user's header, not a name of the catalogue.
    """
    if pd.isna(value):
        return Sentence("{label}: not known", label=label_of(feature, has_own_names))
    if isinstance(value, str):
        return Sentence("{label} is {value}", label=label_of(feature, has_own_names), value=value)
    return _describe_number(feature, float(value), has_own_names)


def _describe_number(feature: str, value: float, has_own_names: bool) -> Sentence:
    if has_own_names:
        return Sentence("{label}: {value}", label=label_of(feature, True), value=_round(value))
    if feature in PHRASES:
        return PHRASES[feature](value)
    unit = CATALOGUE[feature].unit if feature in CATALOGUE else "ratio"
    if unit == "money":
        return Sentence("{label}: {money}", label=label_of(feature), money=round(value, 2))
    if unit == "share":
        percent = round(100 * value, 1)
        return Sentence("{label}: {percent} %", label=label_of(feature), percent=percent)
    if unit == "log":
        factor = round(float(np.exp(value)), 2)
        return Sentence("{label}: {factor} times", label=label_of(feature), factor=factor)
    return Sentence("{label}: {value}", label=label_of(feature), value=_round(value))


def _round(value: float) -> float | int:
    return round(value) if value.is_integer() else round(value, 2)


def _reason(cause: Sentence, contribution: float) -> Sentence:
    money = round(abs(contribution), 2)
    if contribution > 0:
        return Sentence("{cause}: adds {money}", cause=cause, money=money)
    return Sentence("{cause}: takes away {money}", cause=cause, money=money)
