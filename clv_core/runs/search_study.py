"""Optuna's side of a search: which settings next, which trials to stop, what was tried.

Imports Optuna: only for code that searches.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, GridSampler, TPESampler
from optuna.storages import BaseStorage, InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, TrialState

from clv_core.errors import UserDataError
from clv_core.runs.search_space import Dimension, Options, Parameters, Space, Value, acts
from clv_core.runs.trials import OutOfTime
from clv_core.settings import SearchMethod

optuna.logging.set_verbosity(optuna.logging.ERROR)

NAME: Final = "search"
DRAWN_AT_RANDOM: Final = 8  # trials before the Bayesian search begins to learn from them
MOST_REPEATS: Final = 30  # in a row, until a small space counts as searched
FEWEST_TO_PRUNE: Final = 4  # finished trials, before the first one is stopped early
STATES: Final = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "stopped_early",
    TrialState.FAIL: "failed",
}

IsBehind = Callable[[int, float], bool]
"""Takes a step and how bad a trial is by then; says whether to stop it."""


class Behind(Exception):
    """A trial was stopped because those before it did better by then."""


@dataclass(frozen=True)
class Attempt:
    """A row of a search's history.

    Attributes
    ----------
    number : int
        0 for the default settings.
    state : {"finished", "stopped_early", "failed"}
    score : float or None
        Mean ratio of badness to the default's; None where not finished.
    elapsed_s : float
        From the search's beginning to the trial's end.
    seconds : float
        That the trial took.
    parameters : mapping of str to value
    facts : mapping
        What was noted besides, JSON.
    """

    number: int
    state: str
    score: float | None
    elapsed_s: float
    seconds: float
    parameters: Parameters
    facts: dict[str, Any]


class Study:
    """Trials of settings, told to Optuna and kept by it.

    Parameters
    ----------
    space : Space
    architecture : str
        Of the network where it is not searched.
    method : {"bayesian", "grid"}
        Tree-structured Parzen estimators (Bergstra et al. 2011, "Algorithms for
        hyper-parameter optimization"), or all combinations of levels in random order.
    seed : int
    journal : Path or None
        File that keeps every finished trial; None keeps them in memory.
    """

    def __init__(
        self,
        space: Space,
        architecture: str,
        method: SearchMethod,
        seed: int,
        journal: Path | None = None,
    ) -> None:
        self.space = space
        self._architecture = architecture
        storage = _open_storage(journal)
        self._study = optuna.create_study(
            storage=storage,
            study_name=NAME,
            load_if_exists=True,
            pruner=MedianAtStep(),
        )
        for cut_off in self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            self._study.tell(cut_off.number, state=TrialState.FAIL)
        begun = len(self._study.get_trials(deepcopy=False))
        self._sampler = _choose_sampler(method, space, seed, begun)
        self._study.sampler = self._sampler

    @property
    def attempts(self) -> list[Attempt]:
        """What was tried, the default settings first; repeats left out."""
        return [
            Attempt(
                trial.number,
                STATES[trial.state],
                trial.value if trial.state == TrialState.COMPLETE else None,
                trial.user_attrs.get("elapsed_s", 0.0),
                trial.user_attrs.get("seconds", 0.0),
                trial.params,
                trial.user_attrs,
            )
            for trial in self._study.get_trials(deepcopy=False)
            if trial.state in STATES and not _is_repeat(trial)
        ]

    @property
    def is_exhausted(self) -> bool:
        """Whether every combination of a grid was tried, or nothing new is drawn any more."""
        if isinstance(self._sampler, GridSampler):
            return self._sampler.is_exhausted(self._study)
        newest = self._study.get_trials(deepcopy=False)[-MOST_REPEATS:]
        repeats = [
            trial for trial in newest if trial.state == TrialState.PRUNED and _is_repeat(trial)
        ]
        return len(repeats) == MOST_REPEATS

    def add_default(
        self, parameters: Parameters, steps: dict[int, float], facts: dict[str, Any]
    ) -> None:
        """Note the default settings as a finished trial with the score 1."""
        used = {name: value for name, value in parameters.items() if name in self.space}
        self._study.add_trial(
            optuna.trial.create_trial(
                params=used,
                distributions={name: _distribution(self.space[name]) for name in used},
                value=1.0,
                intermediate_values=steps,
                user_attrs=facts,
            )
        )

    def try_next(
        self,
        attempt: Callable[[int, Parameters, IsBehind], float],
        note: Callable[[], dict[str, Any]],
    ) -> None:
        """Draw settings and try them; those tried before are passed over.

        Parameters
        ----------
        attempt : callable
            Takes the trial's number and its settings, returns the score; raises
            ``Behind`` to stop early, ``UserDataError`` or ``OutOfTime`` where there is
            none.
        note : callable
            Returns the facts to keep with the trial, however it ended.
        """

        def objective(trial: optuna.Trial) -> float:
            parameters = self._draw(trial)
            if self._was_tried(parameters):
                raise optuna.TrialPruned

            def is_behind(step: int, value: float) -> bool:
                trial.report(value, step)
                return trial.should_prune()

            try:
                return attempt(trial.number, parameters, is_behind)
            except Behind:
                raise optuna.TrialPruned from None
            finally:
                for name, fact in note().items():
                    trial.set_user_attr(name, fact)

        self._study.optimize(objective, n_trials=1, catch=(UserDataError, OutOfTime))

    def _draw(self, trial: optuna.Trial) -> Parameters:
        drawn: dict[str, Value] = {}
        for name, one in self.space.items():
            if acts(one, drawn, self._architecture):
                drawn[name] = _suggest(trial, name, one)
        return drawn

    def _was_tried(self, parameters: Parameters) -> bool:
        return any(attempt.parameters == parameters for attempt in self.attempts)


class MedianAtStep(optuna.pruners.BasePruner):
    """Stop a trial that is worse than the median of the finished ones at the same step.

    The median stopping rule (Golovin et al. 2017, "Google Vizier", section 3.2.1).
    Optuna's own pruner compares a trial's best step so far; steps here are of two
    kinds, epochs and windows, whose values cannot be compared.
    """

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        """Say whether to stop."""
        step = trial.last_step
        if step is None:
            return False
        finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        there = [t.intermediate_values[step] for t in finished if step in t.intermediate_values]
        if len(there) < FEWEST_TO_PRUNE:
            return False
        return trial.intermediate_values[step] > statistics.median(there)


def _is_repeat(trial: FrozenTrial) -> bool:
    """Say whether a trial was passed over or cut off: nothing was noted of it."""
    return "elapsed_s" not in trial.user_attrs


def _open_storage(journal: Path | None) -> BaseStorage:
    if journal is None:
        return InMemoryStorage()
    if journal.is_file():
        _drop_torn_line(journal)
    lock = JournalFileOpenLock(str(journal))  # symbolic links need a privilege on Windows
    return JournalStorage(JournalFileBackend(str(journal), lock_obj=lock))


def _drop_torn_line(journal: Path) -> None:
    """Remove a last line that was being written when the process was killed."""
    content = journal.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        journal.write_bytes(whole)


def _choose_sampler(method: SearchMethod, space: Space, seed: int, begun: int) -> BaseSampler:
    if method == "grid":  # its trials bear numbers of the order that the seed shuffles
        return GridSampler({name: list(one.levels) for name, one in space.items()}, seed)
    # The same seed would draw the same settings again after an interruption.
    return TPESampler(seed=seed + begun, n_startup_trials=DRAWN_AT_RANDOM)


def _distribution(one: Dimension) -> BaseDistribution:
    if isinstance(one, Options):
        return CategoricalDistribution(one.values)
    if one.is_whole:
        return IntDistribution(int(one.low), int(one.high), log=one.is_log)
    return FloatDistribution(one.low, one.high, log=one.is_log)


def _suggest(trial: optuna.Trial, name: str, one: Dimension) -> Value:
    if isinstance(one, Options):
        return cast("Value", trial.suggest_categorical(name, one.values))
    if one.is_whole:
        return trial.suggest_int(name, int(one.low), int(one.high), log=one.is_log)
    return trial.suggest_float(name, one.low, one.high, log=one.is_log)
