"""Which column is what: known names first, then similar ones, then a look at the values.

Headers are compared folded (:func:`~clv_core.ingest.spelling.fold_header`). A
name in the alias table counts 100, one that differs by its unit only
(``实付款(元)``) a little less; others count their similarity to the nearest alias
(rapidfuzz, at least 80: at 60 a buyer's nickname matched an amount), word by
word, so that ``Shipping State`` is no ``Shipping Name``. Values then decide
between candidates: times must read as times, numbers as numbers, and an id that
is masked identifies nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from clv_core.columns import FIELDS, TableKind
from clv_core.ingest.aliases import ALIASES
from clv_core.ingest.spelling import fold_header, split_words, strip_unit
from clv_core.ingest.values import is_amount, is_masked, is_time, share_that

__all__ = ["is_unmasked", "match_headers", "name_columns", "name_target"]

_SIMILAR_ENOUGH: Final = 80.0
_EXACT: Final = 100.0
_SAME_BUT_UNIT: Final = 99.5
_READABLE_SHARE: Final = 0.8
_MASKED_SHARE: Final = 0.2
_SHORTEST_SIMILAR: Final = 5  # letters; shorter names resemble too much
_TIMES: Final = frozenset({"order_time", "event_time", "review_time", "cancelled_at"})
_NUMBERS: Final = frozenset(
    {
        *("amount", "quantity", "unit_price", "refunded_amount", "rating", "duration_seconds"),
        "target_value",
    }
)
_NEVER_MASKED: Final = frozenset({"customer_id", "email", "phone"})
_KNOWN_NAMES_ONLY: Final = frozenset(
    {"order_status", "category", "rating", "review_text", "event_type", "target_value"}
)
_VALUE_NAME: Final = re.compile(r"(?:^|\b)(?:p?c?ltv|clv)(?:\b|$)|lifetime ?value|终身价值")
_FOLDED: Final[dict[str, dict[str, int]]] = {
    name: {fold_header(alias): rank for rank, alias in reversed(list(enumerate(aliases)))}
    for name, aliases in ALIASES.items()
}
_WORDS: Final[dict[str, list[tuple[str, tuple[str, ...], int]]]] = {
    name: [(fold_header(alias), split_words(alias), rank) for rank, alias in enumerate(aliases)]
    for name, aliases in ALIASES.items()
}
_ALL_FOLDED: Final = frozenset(folded for known in _FOLDED.values() for folded in known)


@dataclass(frozen=True, order=True)
class _Candidate:
    """A column that may carry a field; sorts worst first."""

    readable: bool
    score: float
    minus_rank: int
    minus_position: int
    column: str
    canonical: str


def name_columns(header: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return one unique name per column: the file's own, or ``column_1`` ….

    A name that appears again gets ``_2``, ``_3`` …; an empty one its position.
    """
    given = header if header is not None else [""] * count
    names: list[str] = []
    taken: set[str] = set()
    for position, text in enumerate(given, start=1):
        plain = text.strip() or f"column_{position}"
        name, again = plain, 1
        while name in taken:
            again += 1
            name = f"{plain}_{again}"
        names.append(name)
        taken.add(name)
    return tuple(names)


def match_headers(
    column_names: Sequence[str], rows: Sequence[Sequence[str]], kind: TableKind
) -> dict[str, str]:
    """Map the fields of a kind of table to columns.

    Parameters
    ----------
    column_names : sequence of str
        Unique names.
    rows : sequence of sequence of str
        The first rows, cells as text; short rows count as blank at the end.
    kind : {"orders", "events", "reviews", "customers", "value_table"}

    Returns
    -------
    dict
        Canonical field -> column; each column serves one field, except that
        the customer is known by e-mail where there is no id.
    """
    candidates = [
        candidate
        for canonical in FIELDS[kind]
        for candidate in _find_candidates(canonical, column_names, rows)
    ]
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for candidate in sorted(candidates, reverse=True):
        if candidate.canonical not in mapping and candidate.column not in taken:
            mapping[candidate.canonical] = candidate.column
            taken.add(candidate.column)
    if "customer_id" not in mapping and "email" in mapping:
        mapping["customer_id"] = mapping["email"]
    return {name: mapping[name] for name in FIELDS[kind] if name in mapping}


def name_target(column_name: str) -> bool:
    """Say whether a header names a customer's value, whatever stands around it."""
    plain = " ".join(split_words(column_name))
    return fold_header(column_name) in _FOLDED["target_value"] or bool(_VALUE_NAME.search(plain))


def is_unmasked(cells: Sequence[str]) -> bool:
    """Say whether few enough cells hide part of themselves to be ids or contacts."""
    filled = [cell for cell in cells if cell.strip()]
    return not filled or share_that(is_masked, filled) < _MASKED_SHARE


def _find_candidates(
    canonical: str, column_names: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[_Candidate]:
    found = []
    for position, column in enumerate(column_names):
        score, rank = _similarity(canonical, column)
        if score < _SIMILAR_ENOUGH:
            continue
        readable = _is_readable(canonical, [row[position] for row in rows if position < len(row)])
        if not readable and (score < _SAME_BUT_UNIT or canonical in _NEVER_MASKED):
            continue  # a known name keeps its field: cleaning says what is wrong in it
        found.append(_Candidate(readable, score, -rank, -position, column, canonical))
    return found


def _similarity(canonical: str, header: str) -> tuple[float, int]:
    """Return how near a header comes to a field's aliases, and to which one."""
    known = _FOLDED[canonical]
    folded, bare = fold_header(header), fold_header(strip_unit(header))
    if folded in known:
        return _EXACT, known[folded]
    if bare in known:
        return _SAME_BUT_UNIT, known[bare]
    if canonical == "target_value" and name_target(header):
        return _SAME_BUT_UNIT, len(known)
    if canonical in _KNOWN_NAMES_ONLY or len(folded) < _SHORTEST_SIMILAR:
        return 0.0, 0
    if folded in _ALL_FOLDED or bare in _ALL_FOLDED:  # it has a name of its own
        return 0.0, 0
    return _nearest(canonical, bare, split_words(strip_unit(header)))


def _nearest(canonical: str, folded: str, words: tuple[str, ...]) -> tuple[float, int]:
    """Return the likeness to the nearest alias of as many words, or written as one."""
    best, best_rank = 0.0, 0
    for alias, alias_words, rank in _WORDS[canonical]:
        if len(words) != 1 and len(words) != len(alias_words):
            continue
        score = fuzz.ratio(folded, alias)
        if score <= best or score < _SIMILAR_ENOUGH:
            continue
        if len(words) == 1 or all(map(_is_same_word, words, alias_words)):
            best, best_rank = score, rank
    return min(best, _EXACT - 1), best_rank


def _is_same_word(word: str, other: str) -> bool:
    return (
        fuzz.ratio(word, other) >= _SIMILAR_ENOUGH - 10
    )  # "cust" is no "customer", "oder" "order"


def _is_readable(canonical: str, cells: Sequence[str]) -> bool:
    if canonical in _TIMES:
        return share_that(is_time, cells) >= _READABLE_SHARE
    if canonical in _NUMBERS:
        return share_that(is_amount, cells) >= _READABLE_SHARE
    return canonical not in _NEVER_MASKED or is_unmasked(cells)
