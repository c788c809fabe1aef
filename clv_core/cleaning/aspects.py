"""What a text names: delivery, price, service and the like."""

from __future__ import annotations

from functools import cache

from clv_core.cleaning.aspect_words import ASPECT_WORDS
from clv_core.cleaning.terms import Terms, fold_text

__all__ = ["name_aspects"]


def name_aspects(text: str) -> set[str]:
    """Return the aspects (``columns.REVIEW_ASPECTS``) that a text names, in either language."""
    return {aspect for named, _, _ in _vocabulary().find(fold_text(text)) for aspect in named}


@cache
def _vocabulary() -> Terms[tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for aspect, terms in ASPECT_WORDS.items():
        for term in terms.split("|"):
            named[term] = (*named.get(term, ()), aspect)
    return Terms(named)
