"""The steps of a run that may spend a time budget on better settings."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from clv_core.models.backend import import_keras
from clv_core.models.registry import build_forecasters
from clv_core.models.titles import MODEL_TITLES
from clv_core.runs.automatic import Tuner, tune_or_keep
from clv_core.runs.automatic_reserve import Reserve, estimate_growth, find_fixed
from clv_core.runs.rehearsal import Rehearsal
from clv_core.runs.result import RunResult
from clv_core.runs.steps import (
    DATA_WEIGHT,
    EXPLAIN_WEIGHT,
    MODEL_WEIGHTS,
    SCORE_WEIGHT,
    Steps,
    Validation,
)
from clv_core.runs.trials import Budget
from clv_core.sentences import Sentence


class AutomaticSteps(Steps):
    """One run in the making; parameters as for ``Steps``.

    Where the settings name a time budget, it begins with :meth:`validate`, the first
    step, and :meth:`tune` spends what the others leave of it.

    Attributes
    ----------
    account : tuple of Sentence
        What :meth:`tune` tried and chose.
    """

    account: tuple[Sentence, ...] = ()
    _budget: Budget | None = None

    def validate(self) -> Validation | None:
        """Rehearse on the window before the holdout, each family timed."""
        minutes = self._settings.automatic_minutes
        if minutes is not None:
            self._budget = Budget.of_minutes(minutes)
            import_keras()  # once a process: no part of what a fit takes
        return super().validate()

    def tune(
        self, validation: Validation | None, still_to_come: tuple[dt.date, ...]
    ) -> Validation | None:
        """Try settings of trees and network in the time that is left, and take better ones.

        Parameters
        ----------
        validation : Validation or None
            With the settings as they are.
        still_to_come : tuple of date
            Cutoffs that all models will yet be fitted for.

        Returns
        -------
        Validation or None
            With the settings that are taken.
        """
        if self._budget is None:
            return validation
        minutes, self._settings = (
            self._settings.automatic_minutes,
            self._settings.model_copy(update={"automatic_minutes": None}),
        )
        if validation is None:
            self.account = (
                Sentence(
                    "Automatic: there is no window before the test to compare settings on, so the"
                    " defaults were kept."
                ),
            )
            return None
        tuner = Tuner(
            self._shelf,
            self._plan,
            validation.outcome,
            self._budget,
            self._measure_reserve(validation.rehearsal, still_to_come),
            self._progress.advance,
        )
        self._say_how_long(tuner.spare_s)
        tuning = tune_or_keep(tuner, self._settings, validation.rehearsal)
        self._settings = tuning.settings
        within = Sentence(
            "Automatic: the whole training was given {minutes:g} min; other settings are tried in"
            " what the usual training leaves of them.",
            minutes=float(minutes or 0),
        )
        self.account = (within, *tuning.account)
        if tuning.rehearsal is validation.rehearsal:
            return validation
        return self._learn_from(tuning.rehearsal, validation.outcome)

    def conclude(
        self,
        model: str,
        validation: Validation | None,
        holdout: Rehearsal,
        final: Rehearsal,
        is_outcome_known: bool,
    ) -> RunResult:
        """Score, forecast and explain as ``Steps`` do, and tell what was tuned."""
        result = super().conclude(model, validation, holdout, final, is_outcome_known)
        return replace(result, tuning=self.account)

    def _measure_reserve(self, rehearsal: Rehearsal, still_to_come: tuple[dt.date, ...]) -> Reserve:
        """Read off what the validation window cost what is still to come."""
        data_s = self._progress.lasted(_look_at(rehearsal))
        families = build_forecasters(self._settings)
        fits_s = {name: self._progress.lasted(MODEL_TITLES[name]) for name in families}
        weight = DATA_WEIGHT + sum(MODEL_WEIGHTS[name] for name in families)
        conclusion = (SCORE_WEIGHT + EXPLAIN_WEIGHT) / weight
        return Reserve(
            data_s=data_s,
            fits_s=fits_s,
            fixed_s=find_fixed(fits_s, self._training),
            growth=estimate_growth(self._plan, rehearsal, still_to_come),
            conclusion_s=conclusion * (data_s + sum(fits_s.values())),
        )

    def _say_how_long(self, spare_s: float) -> None:
        """Plan a step for the trials, in the weights of the steps already taken."""
        families = build_forecasters(self._settings)
        weight = DATA_WEIGHT + sum(MODEL_WEIGHTS[name] for name in families)
        spent_s = 0.0 if self._budget is None else self._budget.spent_s
        self._progress.insert(weight * max(spare_s, 0.0) / max(spent_s, 1.0))
        self._progress.step(Sentence("Trying other settings"))


def _look_at(rehearsal: Rehearsal) -> Sentence:
    """Return the step in which the shop was described (``runs.rehearsal``)."""
    return Sentence(
        "Looking at the shop as it was on {day}", day=rehearsal.snapshot.day.isoformat()
    )
