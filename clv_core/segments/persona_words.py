"""What personas are called: by what sets each of them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

from clv_core.sentences import Sentence

NOTABLE: Final = 0.3  # standard deviations from the mean of all customers
_WORDS: Final = 2  # in a name, unless more are needed to tell two apart


class Words(NamedTuple):
    """How a persona is described whose customers have little or much of something."""

    little: Sentence
    much: Sentence


WORDS: Final = {
    "frequency": Words(Sentence("Seldom come back"), Sentence("Come back often")),
    "recency_days": Words(Sentence("Bought lately"), Sentence("Silent for long")),
    "tenure_days": Words(Sentence("Joined lately"), Sentence("With the shop for long")),
    "mean_order_amount": Words(Sentence("Small orders"), Sentence("Large orders")),
    "pieces_per_order": Words(Sentence("Few pieces per order"), Sentence("Full baskets")),
    "return_rate": Words(Sentence("Return little"), Sentence("Return a lot")),
    "visits_90d": Words(Sentence("Hardly browse"), Sentence("Browse a lot")),
    "carts_per_view": Words(
        Sentence("Look more than they pick"), Sentence("Pick what they look at")
    ),
    "review_count": Words(Sentence("Write no reviews"), Sentence("Write reviews")),
}
"""Features that personas are made from, each of another side of behaviour."""

_AVERAGE: Final = Sentence("Much like everybody")


def name_personas(
    distinctions: pd.DataFrame, personas: Sequence[str], *, has_own_names: bool = False
) -> dict[str, Sentence]:
    """Name every persona by what sets it apart most, no two alike.

    Parameters
    ----------
    distinctions : DataFrame
        As ``segments.personas.Personas.distinctions``.
    personas : sequence of str
    has_own_names : bool
        Whether features bear the user's headers, whatever these seem to mean.

    Returns
    -------
    dict of str to Sentence
        Two phrases where two features lie at least ``NOTABLE`` standard deviations
        from the mean of all; more where two personas would be called the same, and a
        number where even all phrases are the same.
    """
    phrases = {persona: _list_phrases(distinctions, persona, has_own_names) for persona in personas}
    names: dict[str, Sentence] = {}
    for persona in personas:
        told = phrases[persona]
        for length in range(min(_WORDS, len(told)), len(told) + 1):
            name = _join(told[:length])
            if name not in names.values():
                break
        if name in names.values():
            name = Sentence("{name} ({number})", name=name, number=len(names) + 1)
        names[persona] = name
    return names


def _list_phrases(distinctions: pd.DataFrame, persona: str, has_own_names: bool) -> list[Sentence]:
    own = distinctions[distinctions["persona"] == persona]
    notable = own[own["difference"].abs() >= NOTABLE].sort_values(
        "difference", key=abs, ascending=False, kind="stable"
    )
    columns = (notable[name] for name in ("feature", "category", "difference"))
    return [
        _describe(
            str(feature),
            None if pd.isna(category) else str(category),
            float(difference) > 0,
            has_own_names,
        )
        for feature, category, difference in zip(*columns, strict=True)
    ]


def _describe(feature: str, category: str | None, is_above: bool, has_own_names: bool) -> Sentence:
    """Say on which side of all customers a persona lies."""
    if category is not None:
        if is_above:
            return Sentence("Mostly {feature}: {category}", feature=feature, category=category)
        return Sentence("Seldom {feature}: {category}", feature=feature, category=category)
    if not has_own_names:
        return WORDS[feature].much if is_above else WORDS[feature].little
    if is_above:
        return Sentence("High {feature}", feature=feature)
    return Sentence("Low {feature}", feature=feature)


def _join(phrases: list[Sentence]) -> Sentence:
    if not phrases:
        return _AVERAGE
    joined = phrases[0]
    for phrase in phrases[1:]:
        joined = Sentence("{first} · {second}", first=joined, second=phrase)
    return joined
