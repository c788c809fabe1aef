"""The steps of a run, with their progress, in the order the pipeline takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.activation.marketing_tiers import assign_marketing_tiers
from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting
from clv_core.evaluation.bootstrap import MetricDraws, draw_metrics
from clv_core.evaluation.recommendation import Incumbent, weigh_draws
from clv_core.evaluation.scoreboard import (
    Scoreboard,
    Window,
    build_scoreboard,
    tabulate_scoreboard,
)
from clv_core.evaluation.verdict import write_verdict
from clv_core.explain.attribution import explain_forecast
from clv_core.features.windows import WindowPlan
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Prediction, Report
from clv_core.models.registry import (
    FORECASTERS,
    MORE_FORECASTERS,
    RANKINGS,
    build_forecasters,
)
from clv_core.models.sequence_families import reads_months
from clv_core.models.stacking import learn_weights
from clv_core.runs.certainty import measure_certainty
from clv_core.runs.forecast import assemble_forecast
from clv_core.runs.progress import Progress
from clv_core.runs.rehearsal import Rehearsal, Shelf, rehearse, restack
from clv_core.runs.result import RunResult
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings

DEFAULT_MODEL: Final = "pareto_nbd"  # where no window could choose, or no ensemble be fitted
INCUMBENT: Final = MeanForecaster.name  # stays unless another is better beyond chance

# Seconds that steps took on the sample shop, two cores: only their ratios matter.
DATA_WEIGHT: Final = 2.5
MODEL_WEIGHTS: Final = {
    "past_spend": 0.1,
    "past_rate": 0.1,
    "bg_nbd": 0.5,
    "pareto_nbd": 0.5,
    "boosted_trees": 2.0,
    "network": 6.0,
    "mbg_nbd": 0.5,
    "linear": 0.3,
    "logistic": 0.5,
    "decision_tree": 0.5,
    "random_forest": 5.0,
    "svm": 5.0,
    **dict.fromkeys(("gru", "lstm", "conv1d", "wide_and_deep"), 15.0),
}
SCORE_WEIGHT: Final = 2.0
EXPLAIN_WEIGHT: Final = 3.0


@dataclass(frozen=True)
class Validation:
    """The window before the holdout: what was expected, what happened, how they compare."""

    rehearsal: Rehearsal
    outcome: pd.DataFrame
    draws: MetricDraws


class Steps:
    """One run in the making.

    Parameters
    ----------
    tables : Tables
    plan : WindowPlan
    settings : RunSettings
    report : Report
    rehearsals : int
        How often all models will be fitted where a validation window exists.
    """

    def __init__(
        self,
        tables: Tables,
        plan: WindowPlan,
        settings: RunSettings,
        report: Report,
        rehearsals: int,
    ) -> None:
        _check_model(settings.model)
        self._plan = plan
        self._settings = settings
        self._report = report
        self._shelf = Shelf(tables, plan, reads_months(settings))
        self._training: list[dict[str, Any]] = []
        self._weights: dict[str, float] | None = None  # of the ensemble, where stacked
        rounds = rehearsals if plan.validation_cutoff else rehearsals - 1
        one_round = [DATA_WEIGHT, *(MODEL_WEIGHTS[name] for name in build_forecasters(settings))]
        self._progress = Progress(self._note, [*(one_round * rounds), SCORE_WEIGHT, EXPLAIN_WEIGHT])

    def validate(self) -> Validation | None:
        """Rehearse on the window before the holdout, if history reaches that far."""
        cutoff, days = self._plan.validation_cutoff, self._plan.validation_horizon_days
        if cutoff is None or days is None:
            return None
        rehearsal = rehearse(
            self._shelf, "validation", cutoff, days, self._settings, self._progress
        )
        return self._learn_from(rehearsal, self._shelf.outcome(cutoff, days))

    def choose_model(self, validation: Validation | None) -> str:
        """Name the model to forecast with, before the holdout is looked at."""
        return choose_model(validation, self._plan, self._settings)

    def rehearse(self, phase: str, cutoff: dt.date) -> Rehearsal:
        """Fit every model on what was known at ``cutoff``."""
        days = self._plan.horizon_days
        found = rehearse(self._shelf, phase, cutoff, days, self._settings, self._progress)
        return restack(found, self._weights)

    def conclude(
        self,
        model: str,
        validation: Validation | None,
        holdout: Rehearsal,
        final: Rehearsal,
        is_outcome_known: bool,
    ) -> RunResult:
        """Score the holdout, then forecast, explain and sort the customers."""
        if model not in final.predictions:
            raise InvalidSetting(
                Sentence("The model {name} could not be fitted to these orders.", name=model),
                final.left_out.get(model, Sentence("Choose another model.")),
            )
        self._progress.step(Sentence("Comparing the forecasts with what happened"))
        outcome = None
        if is_outcome_known:
            outcome = self._shelf.outcome(self._plan.holdout_cutoff, self._plan.horizon_days)
        certainty = measure_certainty(
            model,
            None if validation is None else (validation.rehearsal, validation.outcome),
            None if outcome is None else (holdout, outcome),
            final,
            self._settings,
        )
        told = certainty.tell_holdout(holdout.predictions, model)
        scoreboard = None if outcome is None else self._score(model, told, outcome)
        self._progress.step(Sentence("Finding the reasons behind every forecast"))
        forecast = assemble_forecast(final, model, certainty.bounds, certainty.chances)
        segments = assign_value_tiers(forecast, self._settings.segments)
        tiers = assign_marketing_tiers(
            forecast.assign(value_tier=segments.assignment), final.snapshot.features
        )
        explanation = explain_forecast(
            final.forecasters[model], final.snapshot, final.newest_training, self._settings.seed
        )
        self._progress.finish(Sentence("Done"))
        return RunResult(
            plan=self._plan,
            settings=self._settings,
            model=model,
            holdout=holdout,
            outcome=outcome,
            scoreboard=scoreboard,
            validation_scoreboard=None
            if validation is None
            else score_validation(validation, self._plan, model),
            verdict=None if scoreboard is None else write_verdict(scoreboard),
            final=final,
            certainty=certainty,
            forecast=forecast.assign(
                value_tier=segments.assignment.astype("str"),
                marketing_tier=tiers.assignment.astype("str"),
            ),
            segments=segments,
            tiers=tiers,
            explanation=explanation,
            training=tuple(self._training),
        )

    def _learn_from(self, rehearsal: Rehearsal, outcome: pd.DataFrame) -> Validation:
        """Measure the validation window, and weigh the ensemble of what comes after it."""
        found = measure_validation(rehearsal, outcome, self._settings)
        self._weights = weigh_members(found, self._settings)
        return found

    def _score(
        self, model: str, predictions: Mapping[str, Prediction], outcome: pd.DataFrame
    ) -> Scoreboard:
        plan = self._plan
        return build_scoreboard(
            outcome,
            predictions,
            set(RANKINGS),
            self._settings.evaluation,
            self._settings.seed,
            recommended=model,
            window=Window(plan.holdout_cutoff, plan.horizon_days, plan.training_horizon_days),
        )

    def _note(self, row: dict[str, Any]) -> None:
        if "epoch" in row:
            self._training.append(row)
        self._report(row)


def measure_validation(
    rehearsal: Rehearsal, outcome: pd.DataFrame, settings: RunSettings
) -> Validation:
    """Hold every model's forecast of the window before the holdout against what happened."""
    draws = draw_metrics(
        outcome, rehearsal.predictions, set(RANKINGS), settings.evaluation, settings.seed
    )
    return Validation(rehearsal, outcome, draws)


def weigh_members(validation: Validation | None, settings: RunSettings) -> dict[str, float] | None:
    """Weigh the spend of the ensemble's members by how they did on the validation window.

    ``None`` where there is none, or settings do not ask for it.
    """
    if validation is None or settings.ensemble.weights != "stacked":
        return None
    ensemble = validation.rehearsal.forecasters.get(MeanForecaster.name)
    if not isinstance(ensemble, MeanForecaster) or not ensemble.is_geometric_:
        return None
    told = validation.rehearsal.predictions
    spends = {one.name: told[one.name].spend.to_numpy(np.float64) for one in ensemble.members_}
    return learn_weights(
        spends,
        validation.outcome["future_spend"].to_numpy(np.float64),
        dict(zip(spends, ensemble.weights_, strict=True)),
    )


def choose_model(validation: Validation | None, plan: WindowPlan, settings: RunSettings) -> str:
    """Name the model to forecast with: the user's, else what the window before speaks for."""
    if settings.model is not None:
        return settings.model
    if validation is None:
        return DEFAULT_MODEL
    incumbent = Incumbent(
        INCUMBENT if INCUMBENT in validation.rehearsal.predictions else DEFAULT_MODEL,
        validation.rehearsal.snapshot.horizon_days < plan.horizon_days,
    )
    return weigh_draws(validation.draws, set(RANKINGS), incumbent).model


def score_validation(validation: Validation, plan: WindowPlan, model: str) -> Scoreboard:
    """Write the scoreboard of the window that chose the model, chances as the models gave them."""
    snapshot = validation.rehearsal.snapshot
    return tabulate_scoreboard(
        validation.draws,
        validation.outcome,
        validation.rehearsal.predictions,
        set(RANKINGS),
        recommended=model,
        window=Window(snapshot.day, snapshot.horizon_days, plan.training_horizon_days),
    )


def _check_model(name: str | None) -> None:
    """Refuse to forecast with what is no model, or gives no amounts."""
    choosable = [model for model in (*FORECASTERS, *MORE_FORECASTERS) if model not in RANKINGS]
    if name is None or name in choosable:
        return
    names = ", ".join(choosable)
    remedy = Sentence("Choose one of: {names}.", names=names)
    if name in RANKINGS:
        raise InvalidSetting(
            Sentence("{name} puts customers in order but forecasts no amounts.", name=name), remedy
        )
    raise InvalidSetting(Sentence("There is no model named {name}.", name=name), remedy)
