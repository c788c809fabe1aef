"""Which column is what: known names first, then similar ones, then a look at the values.

Headers are compared folded (:func:`~clv_core.ingest.spelling.fold_header`). A
name in the alias table counts 100; others count their similarity to the nearest
alias (rapidfuzz, at least 80: at 60 a buyer's nickname matched an amount).
Values then decide between candidates: times must read as times, numbers as
numbers, and an id that is masked identifies nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from clv_core.columns import FIELDS, TableKind
from clv_core.ingest.aliases import ALIASES
from clv_core.ingest.spelling import fold_header
from clv_core.ingest.values import is_amount, is_masked, is_time, share_that

__all__ = ["match_headers", "name_columns"]

_SIMILAR_ENOUGH: Final = 80.0
_EXACT: Final = 100.0
_READABLE_SHARE: Final = 0.8
_MASKED_SHARE: Final = 0.2
_SHORTEST_SIMILAR: Final = 5  # letters; shorter names resemble too much
_TIMES: Final = frozenset({"order_time", "event_time", "review_time", "cancelled_at"})
_NUMBERS: Final = frozenset(
    {"amount", "quantity", "unit_price", "refunded_amount", "rating", "duration_seconds"}
)
_NEVER_MASKED: Final = frozenset({"customer_id", "email", "phone"})
_KNOWN_NAMES_ONLY: Final = frozenset({"order_status", "rating", "review_text", "event_type"})
_FOLDED: Final[dict[str, dict[str, int]]] = {
    name: {fold_header(alias): rank for rank, alias in reversed(list(enumerate(aliases)))}
    for name, aliases in ALIASES.items()
}


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
    for position, text in enumerate(given, start=1):
        plain = text.strip() or f"column_{position}"
        name, again = plain, 1
        while name in names:
            again += 1
            name = f"{plain}_{again}"
        names.append(name)
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
    kind : {"orders", "events", "reviews", "customers"}

    Returns
    -------
    dict
        Canonical field -> column; each column serves one field, except that
        the customer is known by e-mail where there is no id.
    """
    cells = {name: [row[i] for row in rows if i < len(row)] for i, name in enumerate(column_names)}
    candidates = [
        candidate
        for canonical in FIELDS[kind]
        for candidate in _find_candidates(canonical, column_names, cells)
    ]
    mapping: dict[str, str] = {}
    for candidate in sorted(candidates, reverse=True):
        if candidate.canonical not in mapping and candidate.column not in mapping.values():
            mapping[candidate.canonical] = candidate.column
    if "customer_id" not in mapping and "email" in mapping:
        mapping["customer_id"] = mapping["email"]
    return {name: mapping[name] for name in FIELDS[kind] if name in mapping}


def _find_candidates(
    canonical: str, column_names: Sequence[str], cells: Mapping[str, Sequence[str]]
) -> list[_Candidate]:
    found = []
    for position, column in enumerate(column_names):
        score, rank = _similarity(canonical, fold_header(column))
        if score < _SIMILAR_ENOUGH:
            continue
        readable = _is_readable(canonical, cells[column])
        if not readable and (score < _EXACT or canonical in _NEVER_MASKED):
            continue  # a known name keeps its field: cleaning says what is wrong in it
        found.append(_Candidate(readable, score, -rank, -position, column, canonical))
    return found


def _similarity(canonical: str, folded: str) -> tuple[float, int]:
    """Return how near a folded header comes to a field's aliases, and to which one."""
    known = _FOLDED[canonical]
    if folded in known:
        return _EXACT, known[folded]
    if canonical in _KNOWN_NAMES_ONLY or len(folded) < _SHORTEST_SIMILAR:
        return 0.0, 0
    if any(folded in other for other in _FOLDED.values()):  # it has a name of its own
        return 0.0, 0
    best = process.extractOne(folded, known.keys(), scorer=fuzz.ratio)
    return (min(best[1], _EXACT - 1), known[best[0]]) if best is not None else (0.0, 0)


def _is_readable(canonical: str, cells: Sequence[str]) -> bool:
    if canonical in _TIMES:
        return share_that(is_time, cells) >= _READABLE_SHARE
    if canonical in _NUMBERS:
        return share_that(is_amount, cells) >= _READABLE_SHARE
    if canonical in _NEVER_MASKED:
        filled = [cell for cell in cells if cell.strip()]
        return not filled or share_that(is_masked, filled) < _MASKED_SHARE
    return True
