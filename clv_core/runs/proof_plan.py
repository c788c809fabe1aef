"""Which tests a proof makes: earlier windows, other seeds, shorter histories, fewer files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import Field

from clv_core.cleaning.tables import Tables
from clv_core.errors import UserDataError
from clv_core.evaluation.variants import READ_ORDERS_ALONE
from clv_core.features.horizons import SHORTEST_DAYS
from clv_core.features.windows import WindowPlan, plan_backtest
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings
from clv_core.settings_base import Settings

UnitKind = Literal["window", "forecast", "history", "files"]

HISTORY_SHARES: Final = (0.25, 0.5, 0.75)  # of the days before the newest cutoff
HISTORY_COST: Final = 0.6  # of a rehearsal on the whole history, on the average of the shorter
# Against those of a training, which also starts, compiles and explains: measured on two shops.
REHEARSAL_COST: Final = 0.55
ADDED_FILES: Final = ("events", "reviews")  # to the orders, in this order
_SEED_STEP: Final = 1000  # a run may average networks of neighbouring seeds
_SEEDS: Final = 2**31
_STEP_PARTS: Final = (1, 2, 3)  # windows lie a horizon apart, else half of it, else a third


class ProofSettings(Settings):
    """How much is tested anew."""

    windows: Annotated[int, Field(ge=1, le=12)] = 3  # the run's own is the first
    seeds: Annotated[int, Field(ge=1, le=10)] = 3  # the run's own is the first


@dataclass(frozen=True)
class Unit:
    """One part of a proof, done and kept by itself.

    Attributes
    ----------
    kind : {"window", "forecast", "history", "files"}
        A test on a window; the forecast in use; the newest test with a shorter
        history; the same with fewer files.
    label : str
        Cutoff, first day or files; empty for the forecast.
    seed : int
    rehearsals : int
        How often all models are fitted for it.
    """

    kind: UnitKind
    label: str
    seed: int
    rehearsals: int = 1

    @property
    def weight(self) -> float:
        """What it costs, in rehearsals on the whole history."""
        return self.rehearsals * (HISTORY_COST if self.kind == "history" else 1.0)

    @property
    def name(self) -> str:
        """What its files are called."""
        return "_".join(part for part in (self.kind, self.label, str(self.seed)) if part)


@dataclass(frozen=True)
class ProofPlan:
    """What is tested, newest window first.

    Attributes
    ----------
    windows : tuple of WindowPlan
        The first is the run's own.
    seeds : tuple of int
        The first is the run's own.
    histories : tuple of date
        First days of the shorter histories, the shortest first.
    present : tuple of str
        Tables beside the orders that the model in use can read.
    first_day : date
        Of the whole history.
    model : str
        In use in the run.
    reasons : tuple of Sentence
        Why it is not more, and whether windows overlap.
    """

    windows: tuple[WindowPlan, ...]
    seeds: tuple[int, ...]
    histories: tuple[dt.date, ...]
    present: tuple[str, ...]
    first_day: dt.date
    model: str
    reasons: tuple[Sentence, ...] = ()

    @property
    def newest(self) -> WindowPlan:
        """The window of the run's own test."""
        return self.windows[0]

    @property
    def files(self) -> tuple[tuple[str, ...], ...]:
        """The smaller sets of tables beside the orders, the smallest first."""
        return tuple(self.present[:count] for count in range(len(self.present)))

    def units(self) -> Iterator[Unit]:
        """Yield the parts in the order in which they are done; not those the run holds."""
        own = self.seeds[0]
        for number, window in enumerate(self.windows):
            for seed in self.seeds:
                if number or seed != own:
                    yield Unit("window", name_window(window), seed, self._count(number, seed))
            if not number:  # made from the same snapshots
                yield from (Unit("forecast", "", seed) for seed in self.seeds if seed != own)
        for opens in self.histories:
            yield from (Unit("history", opens.isoformat(), seed) for seed in self.seeds)
        for tables in self.files:
            yield from (Unit("files", name_files(tables), seed) for seed in self.seeds)

    def carries(self, number: int) -> bool:
        """Say whether a window's test was made to choose the model of the window after it."""
        if not number:
            return False
        later, window = self.windows[number - 1], self.windows[number]
        cutoff = window.holdout_cutoff
        return (
            later.validation_cutoff == cutoff
            and later.validation_horizon_days == window.horizon_days
            and later.training_horizon_days == window.training_horizon_days
            and later.training_cutoffs(cutoff) == window.training_cutoffs(cutoff)
        )

    def _count(self, number: int, seed: int) -> int:
        is_known = self.carries(number) and (number > 1 or seed != self.seeds[0])
        return (not is_known) + (self.windows[number].validation_cutoff is not None)


def plan_proof(
    tables: Tables, newest: WindowPlan, settings: RunSettings, model: str, wanted: ProofSettings
) -> ProofPlan:
    """Lay out what can be tested with these data.

    Parameters
    ----------
    tables : Tables
        Those of the run.
    newest : WindowPlan
        Of the run.
    settings : RunSettings
        Of the run.
    model : str
        In use in the run.
    wanted : ProofSettings
    """
    windows = _place_windows(tables, newest, settings, wanted.windows)
    known_days = (newest.holdout_cutoff - tables.first_day).days
    kept = [round(known_days * share) for share in HISTORY_SHARES]
    histories = [
        newest.holdout_cutoff - dt.timedelta(days=days) for days in kept if days >= SHORTEST_DAYS
    ]
    return ProofPlan(
        windows=windows,
        seeds=tuple((settings.seed + _SEED_STEP * k) % _SEEDS for k in range(wanted.seeds)),
        histories=tuple(histories),
        present=tuple(
            name for name in ADDED_FILES if tables.has(name) and model not in READ_ORDERS_ALONE
        ),
        first_day=tables.first_day,
        model=model,
        reasons=_explain(windows, wanted.windows),
    )


def count_trainings(units: Iterable[Unit], newest: WindowPlan) -> float:
    """Return how many trainings of the run some parts take as long as."""
    rehearsals = 2 if newest.validation_cutoff is None else 3
    return REHEARSAL_COST * sum(unit.weight for unit in units) / rehearsals


def name_window(window: WindowPlan) -> str:
    """Name a window by its cutoff."""
    return window.holdout_cutoff.isoformat()


def name_files(tables: Iterable[str]) -> str:
    """Name a set of files."""
    return "+".join(("orders", *tables))


def _place_windows(
    tables: Tables, newest: WindowPlan, settings: RunSettings, wanted: int
) -> tuple[WindowPlan, ...]:
    """Go back from the newest window: a whole horizon each where that gives as many as wanted."""

    @lru_cache
    def plan(cutoff: dt.date) -> WindowPlan | None:
        """Return how the days before a cutoff would be cut; None where no model could learn."""
        try:
            found = plan_backtest(
                tables, cutoff, newest.horizon_days, settings.window, settings.seed
            )
        except UserDataError:
            return None
        return found if found.training_cutoffs(cutoff) else None

    most: list[WindowPlan] = [newest]
    for part in _STEP_PARTS:
        step = dt.timedelta(days=max(newest.horizon_days // part, 1))
        found = [newest]
        while len(found) < wanted:
            window = plan(found[-1].holdout_cutoff - step)
            if window is None:
                break
            found.append(window)
        if len(found) > len(most):
            most = found
    return tuple(most)


def _explain(windows: tuple[WindowPlan, ...], wanted: int) -> tuple[Sentence, ...]:
    reasons = []
    if len(windows) < wanted:
        reasons.append(
            Sentence(
                "History holds {count} of the {wanted} windows: before {cutoff} no model could"
                " have learnt.",
                count=len(windows),
                wanted=wanted,
                cutoff=name_window(windows[-1]),
            )
        )
    if len(windows) > 1:
        apart = (windows[0].holdout_cutoff - windows[1].holdout_cutoff).days
        days = windows[0].horizon_days
        if apart < days:
            reasons.append(
                Sentence(
                    "The windows overlap: they begin {apart} days apart and each is {days} days"
                    " long, so they do not count as so many separate tests.",
                    apart=apart,
                    days=days,
                )
            )
        else:
            reasons.append(
                Sentence("The windows do not overlap: each is {days} days long.", days=days)
            )
    return tuple(reasons)
