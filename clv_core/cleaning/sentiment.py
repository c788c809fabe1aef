"""How a text feels, from −1 (bad) to 1 (good), in English and Chinese.

VADER (Hutto and Gilbert 2014) weighs English words by a list that people rated,
and knows negation, emphasis and emoji. What shoppers say beyond its list is put
into its words first (``opinion_words``), Chinese too, so that both languages are
judged by one engine. Nothing is learnt from anybody's data: a text is judged by
itself alone, whatever else is in the file.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from clv_core.cleaning.opinion_words import CHINESE, PHRASES, SHOP_WEIGHTS
from clv_core.cleaning.terms import Terms, fold_text

__all__ = ["score_clause", "split_clauses"]

_CLAUSE_ENDS: Final = re.compile(
    r"(?<=[!?！？])(?![!?！？)])|[.;,…\n\r。；，、～]+"
    r"|\b(?:but|although|though|however|yet|except)\b"
    r"|但是|但|(?<!只)不过(?!如此)|可是|然而|可惜|只是|就是",
    re.IGNORECASE,
)
_MOST_LETTERS: Final = 250
_UNKNOWN_CHINESE: Final = re.compile(r"[\u3400-\u9fff]{1,2}")
_PUNCTUATION: Final = str.maketrans("！？（）：", "!?():")


def split_clauses(text: str) -> list[str]:
    """Cut a text where one statement ends and another begins, contrasts included.

    What runs on without an end is cut by length: the engine takes time with the
    square of it.
    """
    return [
        clause[place : place + _MOST_LETTERS]
        for part in _CLAUSE_ENDS.split(text)
        if (clause := part.strip())
        for place in range(0, len(clause), _MOST_LETTERS)
    ]


def score_clause(clause: str) -> float | None:
    """Judge one clause.

    Returns
    -------
    float or None
        From −1 to 1: the sum *s* of the words' weights as s / √(s² + 15) (Hutto
        and Gilbert 2014, as in their own code); None where no word of it judges.
    """
    scores = _analyzer().polarity_scores(_put_into_english(clause))
    if scores["pos"] == scores["neg"] == 0.0:
        return None
    return float(scores["compound"])


def _put_into_english(clause: str) -> str:
    """Replace our terms by English words; Chinese that none of them covers says nothing."""
    pieces, place = [], 0
    for word, start, end in _vocabulary().find(fold_text(clause)):
        pieces += [_silence(clause[place:start]), word]
        place = end
    pieces.append(_silence(clause[place:]))
    return " ".join(pieces).translate(_PUNCTUATION)


def _silence(text: str) -> str:
    """Count two Chinese characters as a word, so that a negation reaches no further."""
    return _UNKNOWN_CHINESE.sub(" x ", text)


@cache
def _vocabulary() -> Terms[str]:
    english = {term: word for word, terms in PHRASES.items() for term in terms.split("|")}
    chinese = {term: word for word, terms in CHINESE.items() for term in terms.split()}
    return Terms(english | chinese)


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    analyzer = SentimentIntensityAnalyzer()
    analyzer.lexicon.update(SHOP_WEIGHTS)
    return analyzer
