"""Which days are history, which are held out and which train.

With the last day *E* and the horizon *H*, the holdout opens after *E − H* (or
after the user's cutoff). A validation window closes where the holdout opens, and
training labels close where the forecast they serve begins. Where history cannot
hold that at the full horizon, models train on a shorter one and are carried to
*H* by the statistical model's expectations.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.errors import NoRepeatBuyers, TooFewCustomers
from clv_core.features.buyers import count_buyers
from clv_core.features.horizons import Span, choose_horizon, measure_room, place_holdout
from clv_core.sentences import Sentence
from clv_core.settings import WindowSettings

FEWEST_CUSTOMERS: Final = 30  # at the holdout cutoff, for anything to be learnt
FEWEST_PER_SNAPSHOT: Final = 50  # at a training cutoff, for it to be worth a snapshot
_WIDEST_SPACING_DAYS: Final = 91  # so that nine snapshots see two rounds of seasons


@dataclass(frozen=True)
class WindowPlan:
    """How a data set's days are cut.

    Attributes
    ----------
    horizon_days : int
        Length of the future that is forecast.
    training_horizon_days : int
        Length of the training labels' windows; shorter where history demands it.
    validation_horizon_days : int or None
        Length of the validation window; None without one.
    holdout_cutoff : date
        Last day that features see in the test whose result is reported.
    validation_cutoff : date or None
        The same in the test that chooses the model; None where history is too short.
    forecast_cutoff : date
        Last day of data; the forecast that is used begins after it.
    earliest_cutoff : date
        No training snapshot lies before it: enough history and customers by then,
        one of whom had come back.
    max_snapshots, snapshot_spacing_days, cutoff_jitter_days : int
        As in ``WindowSettings``.
    jitter_seed : int
        For how far each training cutoff is moved.
    reasons : tuple of Sentence
        Why the windows lie where they lie.
    """

    horizon_days: int
    training_horizon_days: int
    validation_horizon_days: int | None
    holdout_cutoff: dt.date
    validation_cutoff: dt.date | None
    forecast_cutoff: dt.date
    earliest_cutoff: dt.date
    max_snapshots: int
    snapshot_spacing_days: int
    reasons: tuple[Sentence, ...] = ()
    cutoff_jitter_days: int = 0
    jitter_seed: int = 0

    def training_cutoffs(self, for_cutoff: dt.date) -> tuple[dt.date, ...]:
        """Return the snapshots that may train a forecast from a cutoff, oldest first.

        The newest label window closes on ``for_cutoff``. Steps back are
        ``snapshot_spacing_days`` long, up to a quarter of a year where history is
        long enough for ``max_snapshots`` of them. With a jitter each is then moved
        by a random number of days, less than half a step, so that they keep their
        order but not their weekday or day of the month; none past the newest.
        """
        newest = for_cutoff - dt.timedelta(days=self.training_horizon_days)
        room_days = (newest - self.earliest_cutoff).days
        if room_days < 0:
            return ()
        spread = room_days // max(self.max_snapshots - 1, 1)
        step = max(self.snapshot_spacing_days, min(spread, _WIDEST_SPACING_DAYS))
        count = min(self.max_snapshots, room_days // step + 1)
        even = (newest - dt.timedelta(days=step * back) for back in reversed(range(count)))
        most = min(self.cutoff_jitter_days, (step - 1) // 2)
        return tuple(
            min(max(self._move(cutoff, most), self.earliest_cutoff), newest) for cutoff in even
        )

    def _move(self, cutoff: dt.date, most: int) -> dt.date:
        """Move a day by up to so many days: the same day always by as many."""
        random = np.random.default_rng((self.jitter_seed, cutoff.toordinal()))
        return cutoff + dt.timedelta(days=int(random.integers(-most, most + 1)))

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        stored = asdict(self) | {"reasons": [reason.to_json() for reason in self.reasons]}
        plain: dict[str, Any] = json.loads(json.dumps(stored, default=dt.date.isoformat))
        return plain

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> WindowPlan:
        """Rebuild a plan written by :meth:`to_json`."""
        days = {
            name: dt.date.fromisoformat(value)
            for name, value in stored.items()
            if name.endswith("_cutoff") and value is not None
        }
        reasons = tuple(Sentence.from_json(reason) for reason in stored["reasons"])
        return cls(**(stored | days | {"reasons": reasons}))


def plan_windows(tables: Tables, settings: WindowSettings, seed: int = 0) -> WindowPlan:
    """Cut the days so that the holdout's outcome is known.

    Parameters
    ----------
    tables : Tables
    settings : WindowSettings
        ``cutoff`` and ``horizon_days`` are chosen where they are None.
    seed : int, default 0
        For jittered training cutoffs.

    Raises
    ------
    HistoryTooShort
        When the window does not fit into the data; names one that does.
    TooFewCustomers
        When fewer than 30 customers have bought by the holdout cutoff.
    NoRepeatBuyers
        When none of them bought on two days.
    """
    buyers = count_buyers(tables)
    span = _span(tables, buyers)
    horizon_days = settings.horizon_days or choose_horizon(
        span, settings.cutoff, settings.snapshot_spacing_days
    )
    cutoff = place_holdout(span, settings.cutoff, horizon_days)
    _check_buyers(buyers, cutoff)
    return _plan(span, cutoff, horizon_days, settings, seed)


def plan_backtest(
    tables: Tables, cutoff: dt.date, horizon_days: int, settings: WindowSettings, seed: int = 0
) -> WindowPlan:
    """Cut the days before a cutoff whose outcome need not be known.

    Rows after the cutoff, if there are any, decide nothing: ``holdout_cutoff``
    and ``forecast_cutoff`` are both the cutoff.

    Raises
    ------
    TooFewCustomers, NoRepeatBuyers
        As :func:`plan_windows`.
    """
    buyers = count_buyers(tables)
    _check_buyers(buyers, cutoff)
    span = replace(_span(tables, buyers), last_day=cutoff)
    return _plan(span, cutoff, horizon_days, settings, seed)


def _plan(
    span: Span, cutoff: dt.date, horizon_days: int, settings: WindowSettings, seed: int
) -> WindowPlan:
    room = measure_room(span, cutoff, horizon_days)
    validation_days = room.validation_horizon_days
    plan = WindowPlan(
        horizon_days=horizon_days,
        training_horizon_days=room.training_horizon_days,
        validation_horizon_days=validation_days,
        holdout_cutoff=cutoff,
        validation_cutoff=cutoff - dt.timedelta(days=validation_days) if validation_days else None,
        forecast_cutoff=span.last_day,
        earliest_cutoff=room.earliest_cutoff,
        max_snapshots=settings.max_snapshots,
        snapshot_spacing_days=settings.snapshot_spacing_days,
        cutoff_jitter_days=settings.cutoff_jitter_days,
        jitter_seed=seed,
    )
    horizon = _explain_horizon(span, plan, is_given=settings.horizon_days is not None)
    return replace(plan, reasons=(horizon, *_explain_windows(span, plan)))


def _explain_horizon(span: Span, plan: WindowPlan, is_given: bool) -> Sentence:
    days = plan.horizon_days
    if is_given or plan.forecast_cutoff == plan.holdout_cutoff:
        return Sentence(
            "The forecast looks {horizon_days} days ahead, as chosen.", horizon_days=days
        )
    if plan.training_horizon_days == plan.validation_horizon_days == days:
        return Sentence(
            "The forecast looks {horizon_days} days ahead, the longest usual horizon with enough "
            "days before {cutoff} to learn from and to choose a model on.",
            horizon_days=days,
            cutoff=plan.holdout_cutoff.isoformat(),
        )
    return Sentence(
        "The forecast looks {horizon_days} days ahead; {history_days} days of orders can test "
        "that, but not train and validate it at full length.",
        horizon_days=days,
        history_days=span.days,
    )


def _explain_windows(span: Span, plan: WindowPlan) -> tuple[Sentence, ...]:
    cutoff = plan.holdout_cutoff.isoformat()
    reasons = []
    if plan.training_horizon_days < plan.horizon_days:
        reasons.append(
            Sentence(
                "With {history_days} days of orders before {cutoff}, models learn on windows of "
                "{training_days} days and the statistical model carries them to {horizon_days}.",
                history_days=(plan.holdout_cutoff - span.first_day).days,
                cutoff=cutoff,
                training_days=plan.training_horizon_days,
                horizon_days=plan.horizon_days,
            )
        )
    if plan.validation_cutoff is None:
        reasons.append(
            Sentence("History before {cutoff} has no room for a validation window.", cutoff=cutoff)
        )
    else:
        reasons.append(
            Sentence(
                "The model is chosen on the {validation_days} days from {validation_cutoff} to "
                "{cutoff}, before the test begins.",
                validation_days=plan.validation_horizon_days,
                validation_cutoff=plan.validation_cutoff.isoformat(),
                cutoff=cutoff,
            )
        )
    if plan.cutoff_jitter_days:
        reasons.append(
            Sentence(
                "The days that models learn from are moved by up to {days} days at random.",
                days=plan.cutoff_jitter_days,
            )
        )
    if not plan.training_cutoffs(plan.holdout_cutoff):
        reasons.append(
            Sentence(
                "No earlier day has enough history and customers to learn from, so only the "
                "statistical models can forecast from {cutoff}.",
                cutoff=cutoff,
            )
        )
    return tuple(reasons)


def _span(tables: Tables, buyers: pd.DataFrame) -> Span:
    crowded = tables.last_day
    days = pd.DatetimeIndex(buyers.index).date
    is_crowd = (buyers["newcomers"].cumsum() >= FEWEST_PER_SNAPSHOT).to_numpy()
    has_returned = (buyers["returning"] > 0).to_numpy()
    if is_crowd.any() and has_returned.any():
        crowded = max(days[is_crowd][0], days[has_returned][0])
    return Span(tables.first_day, tables.last_day, crowded)


def _check_buyers(buyers: pd.DataFrame, cutoff: dt.date) -> None:
    newcomers, returning = buyers.loc[: pd.Timestamp(cutoff)].sum()
    if newcomers < FEWEST_CUSTOMERS:
        raise TooFewCustomers(
            Sentence(
                "Only {count} customers have bought by {cutoff}; at least {needed} are needed.",
                count=int(newcomers),
                cutoff=cutoff.isoformat(),
                needed=FEWEST_CUSTOMERS,
            ),
            Sentence("Bring more orders, or choose a later cutoff or a shorter horizon."),
        )
    if not returning:
        raise NoRepeatBuyers(
            Sentence("No customer bought on two days by {cutoff}.", cutoff=cutoff.isoformat()),
            Sentence(
                "Bring a longer history, and check that the customer column names the buyer "
                "and not the order."
            ),
        )
