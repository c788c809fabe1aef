"""One customer's forecast in plain words and money.

The words say what the model associates with value in this shop; nothing here
claims that changing the cause would change the value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from clv_core.cleaning.value_columns import ValueFeature
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
        _reason(_describe(explanation, str(feature), value), float(contribution))
        for feature, value, contribution in ranked.itertuples(index=False)
    )


def _describe(explanation: Explanation, feature: str, value: float | str) -> Sentence:
    if explanation.own_features is not None:
        return describe_own_value(explanation.own_features[feature], value)
    return describe_value(feature, float(value))


def describe_own_value(feature: ValueFeature, value: float | str) -> Sentence:
    """Say what the customer has in a column of the user's own, under its header.

    Parameters
    ----------
    feature : ValueFeature
    value : float or str
        As models see it: text for a category, 1 or 0 for yes or no, days before
        the newest one for a date.
    """
    label = label_of(feature.name, has_own_names=True)
    if pd.isna(value):
        return Sentence("{label}: not known", label=label)
    if isinstance(value, str):
        return Sentence("{label} is {value}", label=label, value=value)
    if feature.type == "yes_no":
        return (
            Sentence("{label}: yes", label=label) if value else Sentence("{label}: no", label=label)
        )
    if feature.type == "date" and feature.newest is not None:
        day = dt.date.fromisoformat(feature.newest) - dt.timedelta(days=round(value))
        return Sentence("{label}: {value}", label=label, value=day.isoformat())
    return Sentence("{label}: {value}", label=label, value=_round(float(value)))


def describe_value(feature: str, value: float) -> Sentence:
    """Say what the customer has: the feature's label and the value in its unit."""
    if np.isnan(value):
        return Sentence("{label}: not known", label=label_of(feature))
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
