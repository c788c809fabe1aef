"""How long a future fits behind a history, and what fits before the cutoff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from clv_core.errors import HistoryTooShort
from clv_core.sentences import Sentence

HORIZONS_DAYS: Final = (365, 180, 90, 60, 30)  # tried in this order when none is chosen
SHORTEST_DAYS: Final = 28  # of history before any cutoff, and of a training window
SHORTEST_HORIZON_DAYS: Final = 7
_ENOUGH_HISTORY_DAYS: Final = 60  # before a training cutoff, where there is room for it
_ENOUGH_TO_VALIDATE_DAYS: Final = 90  # before a validation cutoff at the full horizon


@dataclass(frozen=True)
class Span:
    """The days with orders, and when the shop had customers enough to learn from.

    Attributes
    ----------
    first_day, last_day : date
    crowded_day : date
        By its end enough customers for a training snapshot had bought, and one
        of them twice.
    """

    first_day: dt.date
    last_day: dt.date
    crowded_day: dt.date

    @property
    def days(self) -> int:
        """Days from the first to the last."""
        return (self.last_day - self.first_day).days


@dataclass(frozen=True)
class Room:
    """What fits between the first day and a cutoff.

    Attributes
    ----------
    training_horizon_days : int
    validation_horizon_days : int or None
    earliest_cutoff : date
        First day that may be a training cutoff.
    """

    training_horizon_days: int
    validation_horizon_days: int | None
    earliest_cutoff: dt.date


def measure_room(span: Span, cutoff: dt.date, horizon_days: int) -> Room:
    """Fit a validation and a training window before a cutoff.

    A training cutoff needs 60 days of history before it; a third of the history,
    but at least 28 days, where that is less. Both windows have the full horizon
    if the history holds them. Else models train on about a third of it, at least
    28 days, and validate at the full horizon if as much again (and 90 days) lies
    before that window; else on the training window's length; else not at all.
    """
    history_days = (cutoff - span.first_day).days
    needed_days = max(SHORTEST_DAYS, min(_ENOUGH_HISTORY_DAYS, history_days // 3))
    earliest = max(span.first_day + dt.timedelta(days=needed_days), span.crowded_day)
    free_days = (cutoff - earliest).days
    if free_days >= 2 * horizon_days:
        return Room(horizon_days, horizon_days, earliest)
    third = min(horizon_days, max(SHORTEST_DAYS, round(history_days / 3)))
    before_full = history_days - horizon_days
    if before_full >= max(horizon_days, _ENOUGH_TO_VALIDATE_DAYS):
        beside_full = min(third, free_days - horizon_days)
        if beside_full >= min(SHORTEST_DAYS, horizon_days):
            return Room(beside_full, horizon_days, earliest)
    for windows in (2, 1):
        part = min(third, free_days // windows)
        if part >= min(SHORTEST_DAYS, horizon_days):
            return Room(part, part if windows == 2 else None, earliest)
    return Room(horizon_days, None, earliest)


def choose_horizon(span: Span, cutoff: dt.date | None, spacing_days: int) -> int:
    """Return the longest usual horizon that trains, validates and tests in full.

    Three training snapshots before the validation window are preferred to one.
    Where not even 30 days fit in full, the longest horizon with twice its length
    of history before the cutoff is taken, else the shortest that can be tested.

    Raises
    ------
    HistoryTooShort
        When no horizon can be tested.
    """
    testable = [days for days in HORIZONS_DAYS if _is_testable(span, cutoff, days)]
    for snapshots in (3, 1):
        for days in testable:
            spread_days = 2 * days + (snapshots - 1) * spacing_days
            placed = cutoff or span.last_day - dt.timedelta(days=days)
            room = measure_room(span, placed, days)
            if (placed - room.earliest_cutoff).days >= spread_days:
                return days
    for days in testable:
        placed = cutoff or span.last_day - dt.timedelta(days=days)
        if (placed - span.first_day).days >= 2 * days:
            return days
    if testable:
        return testable[-1]
    rest_days = (span.last_day - (cutoff or span.first_day)).days
    if cutoff and _is_testable(span, cutoff, rest_days):
        return rest_days
    raise _too_short(span, HORIZONS_DAYS[-1])


def place_holdout(span: Span, cutoff: dt.date | None, horizon_days: int) -> dt.date:
    """Return the cutoff of the test: the user's, else the last that can be judged.

    Raises
    ------
    HistoryTooShort
        When the window after it reaches past the data, or fewer than 28 days of
        history lie before it; names a cutoff or a horizon that works.
    """
    if not _is_testable(span, cutoff, horizon_days):
        raise _too_short(span, horizon_days)
    return cutoff or span.last_day - dt.timedelta(days=horizon_days)


def _is_testable(span: Span, cutoff: dt.date | None, horizon_days: int) -> bool:
    latest = span.last_day - dt.timedelta(days=horizon_days)
    earliest = span.first_day + dt.timedelta(days=SHORTEST_DAYS)
    return horizon_days >= SHORTEST_HORIZON_DAYS and earliest <= (cutoff or latest) <= latest


def _too_short(span: Span, horizon_days: int) -> HistoryTooShort:
    return HistoryTooShort(
        Sentence(
            "The orders from {first_day} to {last_day} do not hold {history_days} days of history "
            "before the cutoff and {horizon_days} days after it.",
            first_day=span.first_day.isoformat(),
            last_day=span.last_day.isoformat(),
            history_days=SHORTEST_DAYS,
            horizon_days=horizon_days,
        ),
        _what_works(span, horizon_days),
    )


def _what_works(span: Span, horizon_days: int) -> Sentence:
    earliest = span.first_day + dt.timedelta(days=SHORTEST_DAYS)
    latest = span.last_day - dt.timedelta(days=horizon_days)
    if earliest <= latest:
        return Sentence(
            "Choose a cutoff from {earliest} to {latest}, or a shorter horizon.",
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )
    if span.days - SHORTEST_DAYS >= SHORTEST_HORIZON_DAYS:
        return Sentence(
            "Leave the cutoff open and choose a horizon of at most {days} days.",
            days=span.days - SHORTEST_DAYS,
        )
    return Sentence(
        "Bring at least {days} days of orders.", days=SHORTEST_DAYS + SHORTEST_HORIZON_DAYS + 1
    )
