"""Better settings in what a time budget leaves, chosen before the holdout is looked at.

The window before the holdout has been rehearsed with the settings as they are, each
family timed. What the fits that follow will cost is estimated from that and kept in
reserve; the rest is spent on trials of the boosted trees and of the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import pandas as pd

from clv_core.errors import UserDataError
from clv_core.evaluation.lead import measure_badness
from clv_core.features.windows import WindowPlan
from clv_core.models.forecaster import TrainingData
from clv_core.models.registry import build_ensemble
from clv_core.models.titles import MODEL_TITLES
from clv_core.runs.automatic_reserve import Reserve
from clv_core.runs.rehearsal import Rehearsal, Shelf, count_buyers
from clv_core.runs.search import Search
from clv_core.runs.search_run import is_of_one_season, tell_one_season
from clv_core.runs.search_windows import DayWindows, SearchWindow
from clv_core.runs.trials import Budget, Trial
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SearchedModel, SearchSettings

TUNED: Final[dict[SearchedModel, tuple[str, ...]]] = {
    "boosted_trees": ("learning_rate", "leaves", "min_rows_per_leaf", "tweedie_power"),
    "network": ("learning_rate", "hidden_units", "dropout_share", "epochs"),
}
"""The settings that are tried, by family."""
SHARES: Final[dict[SearchedModel, float]] = {"boosted_trees": 0.4, "network": 1.0}
"""Of the time left when a family's turn comes, where the next one has a use for the rest."""
FEWEST_FITS: Final = 2  # that must fit for a family's turn to be worth it
FEWEST_TRIALS: Final = 4  # for another window: a lead on one of them seldom lasts
MOST_WINDOWS: Final = 3


@dataclass(frozen=True)
class Tuning:
    """What came of the time that was left.

    Attributes
    ----------
    settings : RunSettings
        Those to forecast with.
    rehearsal : Rehearsal
        Of the validation window, with them.
    account : tuple of Sentence
        What was tried, and what was chosen.
    """

    settings: RunSettings
    rehearsal: Rehearsal
    account: tuple[Sentence, ...] = ()


@dataclass
class Tuner:
    """Spends a time budget on trials.

    Parameters
    ----------
    shelf : Shelf
    plan : WindowPlan
    outcome : DataFrame
        What happened in the validation window.
    budget : Budget
        Of the whole run.
    reserve : Reserve
    tell : callable, optional
        Takes the share of the spare time that is spent.
    most_trials : int, default 1000
        Of one family, where time does not end them.
    """

    shelf: Shelf
    plan: WindowPlan
    outcome: pd.DataFrame
    budget: Budget
    reserve: Reserve
    tell: Callable[[float], None] = lambda share: None
    most_trials: int = 1000
    _costs: dict[str, float] = field(default_factory=dict)
    _spare_s: float = 1.0

    @property
    def spare_s(self) -> float:
        """Seconds that may be spent on trials."""
        return self.budget.left_s - self.reserve.seconds(self._costs)

    def tune(self, settings: RunSettings, rehearsal: Rehearsal) -> Tuning:
        """Try settings of each family in turn; take those that lead beyond chance."""
        told: list[Sentence] = []
        self._spare_s = max(self.spare_s, 1e-9)
        newest = SearchWindow(
            TrainingData(rehearsal.snapshot, rehearsal.labelled), rehearsal.snapshot, self.outcome
        )
        windows = DayWindows(self.shelf, self.plan, MOST_WINDOWS, newest)
        scored_on: list[Sentence] = []
        for model in TUNED:
            if model not in rehearsal.forecasters:
                continue
            search = self._search(model, settings, rehearsal, windows)
            if search is None:
                told.append(_tell_no_time(model))
                continue
            found, account = self._weigh(search)
            told.append(account)
            scored_on.append(search.windows.describe())
            scored_on += [tell_one_season()] if is_of_one_season(search) else []
            if found is not None:
                settings, rehearsal = search.best_settings, _adopt(rehearsal, model, found)
        return Tuning(settings, rehearsal, (*told, *dict.fromkeys(scored_on)))

    def _search(
        self,
        model: SearchedModel,
        settings: RunSettings,
        rehearsal: Rehearsal,
        windows: DayWindows,
    ) -> Search | None:
        """Try settings in a family's share of the time; None where not even one fits."""
        trial_s = self.reserve.fits_s[model]
        share_s = self._share_out(model, rehearsal)
        if share_s < FEWEST_FITS * trial_s:
            return None
        count = self._count_windows(share_s, trial_s, windows.count)
        asked = SearchSettings(model=model, searched=TUNED[model], most_trials=self.most_trials)
        search = Search(windows.limit(count), settings, asked, Budget(share_s))
        prediction = rehearsal.predictions[model]
        search.begin(
            Trial(
                [measure_badness(self.outcome, prediction)],
                [prediction],
                [trial_s],
                rehearsal.forecasters[model],
            )
        )
        search.go_on(lambda: self.tell(1 - self.spare_s / self._spare_s))
        return search

    def _share_out(self, model: SearchedModel, rehearsal: Rehearsal) -> float:
        """Return a family's seconds: all there are where they do not suffice for the next one."""
        rest_s = (1 - SHARES[model]) * self.spare_s
        later = list(TUNED)[list(TUNED).index(model) + 1 :]
        waiting = [
            name
            for name in later
            if name in rehearsal.forecasters and rest_s >= FEWEST_FITS * self.reserve.fits_s[name]
        ]
        return (SHARES[model] if waiting else 1.0) * self.spare_s

    def _count_windows(self, share_s: float, trial_s: float, most: int) -> int:
        """Return on how many windows enough trials fit."""
        count = 1
        while count < most:
            more = count + 1
            cost_s = (FEWEST_TRIALS + 1) * more * trial_s + count * self.reserve.data_s
            if cost_s > share_s:
                break
            count = more
        return count

    def _weigh(self, search: Search) -> tuple[Trial | None, Sentence]:
        """Say whether the best settings are taken, and why."""
        count, model = search.compared, search.asked.model
        title = MODEL_TITLES[model]
        if count == 0:
            return None, _tell_no_time(model)
        lead, best = search.measure_lead(), search.best_trial
        if lead is None or best is None:
            return None, Sentence(
                "{model}: none of {count} other settings did better than the defaults, which were"
                " kept.",
                model=title,
                count=count,
            )
        if not lead.is_beyond_chance:
            return None, Sentence(
                "{model}: the best of {count} settings tried led the defaults by {gain:.1%}, which"
                " may be chance; the defaults were kept.",
                model=title,
                count=count,
                gain=lead.gain,
            )
        costs = {**self._costs, model: best.seconds[0]}
        if self.reserve.seconds(costs) > self.budget.left_s:
            return None, Sentence(
                "{model}: the best of {count} settings tried led the defaults by {gain:.1%}, but"
                " would not have been done in time; the defaults were kept.",
                model=title,
                count=count,
                gain=lead.gain,
            )
        self._costs = costs
        return best, Sentence(
            "{model}: the best of {count} settings tried led the defaults by {gain:.1%}, beyond"
            " chance, and was taken.",
            model=title,
            count=count,
            gain=lead.gain,
        )


def _adopt(rehearsal: Rehearsal, model: str, found: Trial) -> Rehearsal:
    """Put a family with found settings, and the ensemble with it, in place of the default's."""
    if found.forecaster is None:
        raise ValueError("a trial without its model cannot be taken")
    fitted = {**rehearsal.forecasters, model: found.forecaster}
    predictions = {**rehearsal.predictions, model: found.predictions[0]}
    ensemble = build_ensemble(
        fitted, count_buyers(TrainingData(rehearsal.snapshot, rehearsal.labelled))
    )
    if ensemble is not None:
        fitted[ensemble.name] = ensemble
        predictions[ensemble.name] = ensemble.predict(rehearsal.snapshot)
    return replace(rehearsal, forecasters=fitted, predictions=predictions)


def _tell_no_time(model: str) -> Sentence:
    return Sentence(
        "{model}: no time was left to try other settings; the defaults were kept.",
        model=MODEL_TITLES[model],
    )


def tune_or_keep(tuner: Tuner, settings: RunSettings, rehearsal: Rehearsal) -> Tuning:
    """Tune, or keep the settings where nothing can be compared without the test."""
    try:
        return tuner.tune(settings, rehearsal)
    except UserDataError as reason:
        return Tuning(settings, rehearsal, (reason.problem,))
