"""A search for better settings of one family, scored on days before the holdout."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from clv_core.evaluation.lead import Lead, measure_lead, score_against
from clv_core.models.forecaster import Prediction
from clv_core.runs.search_folder import FACTS, SearchFolder
from clv_core.runs.search_space import (
    Parameters,
    acts,
    lay_out_space,
    read_parameters,
    with_parameters,
)
from clv_core.runs.search_windows import SearchWindows
from clv_core.runs.trials import Budget, Trial, is_warm, read_epoch, try_window
from clv_core.settings import RunSettings, SearchSettings

if TYPE_CHECKING:
    from clv_core.runs.search_study import Attempt, IsBehind

STEPS_A_WINDOW: Final = 10_000  # so that epochs and windows number their steps apart

Tell = Callable[[], None]
"""Called before every trial."""


@dataclass(frozen=True)
class Standing:
    """The best settings so far.

    Attributes
    ----------
    number : int
        Of the trial; 0 where the default settings lead.
    score : float
    parameters : mapping
    seconds : float
        That a trial of them takes on all windows.
    """

    number: int
    score: float
    parameters: Parameters
    seconds: float


class Search:
    """Settings of one family tried one after the other.

    Parameters
    ----------
    windows : SearchWindows
    settings : RunSettings
        The default settings that others are compared with.
    asked : SearchSettings
    budget : Budget
        No trial is begun that would not fit, and one that outlasts it is cut off.
    folder : SearchFolder, optional
        Keeps what was found; a search that was interrupted goes on from there.
    """

    def __init__(
        self,
        windows: SearchWindows,
        settings: RunSettings,
        asked: SearchSettings,
        budget: Budget,
        folder: SearchFolder | None = None,
    ) -> None:
        from clv_core.runs.search_study import Study  # noqa: PLC0415  Optuna, late

        self.windows, self.settings, self.asked = windows, settings, asked
        self._budget, self._folder = budget, folder
        self._space = lay_out_space(asked.model, settings, asked.searched, windows.is_of_days)
        self._study = Study(
            self._space,
            settings.network.architecture,
            asked.method,
            settings.seed,
            None if folder is None else folder.journal,
        )
        self._default: Trial | None = None
        self._best: tuple[int, Trial] | None = None
        self._began_s = max((one.elapsed_s for one in self.attempts), default=0.0)

    @property
    def attempts(self) -> list[Attempt]:
        """Every trial so far, in the order in which they were begun."""
        return self._study.attempts

    @property
    def compared(self) -> int:
        """How many settings were compared with the default, to their end or until stopped."""
        return sum(one.state != "failed" for one in self.attempts) - 1

    @property
    def standing(self) -> Standing:
        """The best settings so far, ``default`` included."""
        finished = [one for one in self.attempts if one.score is not None]
        best = min(finished, key=lambda one: (one.score, one.number))
        return Standing(best.number, float(best.score or 0.0), best.parameters, best.seconds)

    @property
    def best_settings(self) -> RunSettings:
        """The settings with the best ones of the family."""
        return with_parameters(self.settings, self.asked.model, self.standing.parameters)

    @property
    def best_trial(self) -> Trial | None:
        """The best trial, where it was made by this process and is not the default's."""
        is_ours = self._best is not None and self._best[0] == self.standing.number
        return self._best[1] if self._best is not None and is_ours else None

    def begin(self, default: Trial | None = None) -> None:
        """Measure the default settings, unless that was done before.

        Parameters
        ----------
        default : Trial, optional
            Of them on the first window, where they have been tried there already.

        Raises
        ------
        UserDataError
            Where the family cannot be fitted.
        """
        for number in range(self.windows.count):  # what comes once is no part of any trial
            self.windows.window(number)
        told = next((one for one in self.attempts if one.number == 0), None)
        self._default = default or Trial()
        if told is not None:
            self._recall_default(told)
            return
        self._complete(self._default, self.settings)
        seconds = sum(self._default.seconds)
        facts = {"seconds": seconds, "elapsed_s": self._elapsed(), "badness": self._default.badness}
        steps = {self._step(window + 1, 0): 1.0 for window in range(self.windows.count)}
        self._study.add_default(self._read_default(), steps, facts)
        self._keep("default", 0, self._default.predictions)

    def go_on(self, tell: Tell) -> None:
        """Try settings until the time, the trials or the grid are at an end."""
        while not self._study.is_exhausted and self._may_begin():
            tell()
            self._try_next()

    def measure_lead(self) -> Lead | None:
        """Weigh the best settings against the default; None where the default leads."""
        standing = self.standing
        if standing.number == 0:
            return None
        default, best = self._default_predictions(), self._best_predictions(standing)
        judged = [
            (self.windows.window(number).actual, default[number], best[number])
            for number in range(self.windows.count)
        ]
        if not self.windows.is_of_days:  # folds share no customer: judged as one
            judged = [_join(judged)]
        return measure_lead(judged, self.compared, self.settings.evaluation, self.settings.seed)

    def tabulate(self) -> pd.DataFrame:
        """Return the history: ``FACTS`` and a column per setting, a row per trial."""
        rows: list[dict[str, Any]] = []
        best = float("inf")
        for attempt in self.attempts:
            best = best if attempt.score is None else min(best, attempt.score)
            rows.append(
                {
                    "trial": attempt.number,
                    "elapsed_s": attempt.elapsed_s,
                    "score": attempt.score,
                    "best_score": best,
                    "state": attempt.state,
                    "seconds": attempt.seconds,
                    **attempt.parameters,
                }
            )
        return pd.DataFrame(rows, columns=[*FACTS, *self._space])

    @property
    def is_exhausted(self) -> bool:
        """Whether there is nothing left to try."""
        return self._study.is_exhausted

    def expected_seconds(self) -> float:
        """Return how long a trial takes: the median of those that were finished."""
        return statistics.median(one.seconds for one in self.attempts if one.score is not None)

    def _may_begin(self) -> bool:
        begun = len(self.attempts) - 1 < self.asked.most_trials
        return begun and self._budget.left_s >= self.expected_seconds()

    def _try_next(self) -> None:
        trial = Trial()
        began_s = self._elapsed()

        def attempt(number: int, parameters: Parameters, is_behind: IsBehind) -> float:
            settings = with_parameters(self.settings, self.asked.model, parameters)
            score = self._try_windows(trial, settings, is_behind)
            if score < self.standing.score:
                self._best = (number, trial)
                self._keep("best", number, trial.predictions)
            return score

        def note() -> dict[str, Any]:
            ended_s = self._elapsed()
            return {"elapsed_s": ended_s, "seconds": ended_s - began_s, "badness": trial.badness}

        self._study.try_next(attempt, note)

    def _try_windows(self, trial: Trial, settings: RunSettings, is_behind: IsBehind) -> float:
        from clv_core.runs.search_study import Behind  # noqa: PLC0415

        def watch(window: int, row: dict[str, Any]) -> None:
            self._budget.stop_when_over()
            badness = read_epoch(row)
            if badness is None:
                return
            if is_behind(self._step(window, row["epoch"]), badness) and is_warm(row):
                raise Behind

        scores: list[float] = []
        for window in range(self.windows.count):
            try_window(trial, self.windows, settings, self.asked.model, watch)
            scores.append(score_against(trial.badness[-1], self._default_badness()[window]))
            mean = statistics.fmean(scores)
            if is_behind(self._step(window + 1, 0), mean) and window + 1 < self.windows.count:
                raise Behind
        return statistics.fmean(scores)

    def _complete(self, trial: Trial, settings: RunSettings) -> None:
        """Try settings on all windows that a trial has not come to yet."""
        while len(trial.badness) < self.windows.count:
            try_window(trial, self.windows, settings, self.asked.model, lambda *_: None)

    def _recall_default(self, told: Attempt) -> None:
        self._default = Trial(badness=list(told.facts["badness"]))

    def _default_badness(self) -> list[dict[str, float]]:
        return [] if self._default is None else self._default.badness

    def _default_predictions(self) -> list[Prediction]:
        return self._find_predictions("default", 0, self._default, self.settings)

    def _best_predictions(self, standing: Standing) -> list[Prediction]:
        settings = with_parameters(self.settings, self.asked.model, standing.parameters)
        return self._find_predictions("best", standing.number, self.best_trial, settings)

    def _find_predictions(
        self, name: str, number: int, trial: Trial | None, settings: RunSettings
    ) -> list[Prediction]:
        """Return a trial's forecasts: remembered, kept on disk, or made again."""
        if trial is not None and trial.predictions:
            return trial.predictions
        kept = None if self._folder is None else self._folder.read_predictions(name, number)
        if kept is not None:
            return kept
        again = Trial()
        self._complete(again, settings)
        return again.predictions

    def _keep(self, name: str, number: int, predictions: list[Prediction]) -> None:
        if self._folder is not None:
            self._folder.write_predictions(name, number, predictions)

    def _read_default(self) -> Parameters:
        now = read_parameters(self.settings, self.asked.model, list(self._space))
        architecture = self.settings.network.architecture
        return {
            name: now[name] for name, one in self._space.items() if acts(one, now, architecture)
        }

    def _elapsed(self) -> float:
        return self._began_s + self._budget.spent_s

    def _step(self, window: int, epoch: int) -> int:
        return window * STEPS_A_WINDOW + epoch


def _join(
    judged: list[tuple[pd.DataFrame, Prediction, Prediction]],
) -> tuple[pd.DataFrame, Prediction, Prediction]:
    actual = pd.concat([one[0] for one in judged])
    default, found = (Prediction(pd.concat([one[part].spend for one in judged])) for part in (1, 2))
    return actual, default, found
