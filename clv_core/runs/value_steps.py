"""The steps of a run on a value table, in the order the pipeline takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.activation.tiers_by_value import assign_tiers_by_value
from clv_core.cleaning.value_table import ValueTable
from clv_core.errors import InvalidSetting
from clv_core.evaluation.coverage import measure_coverage
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.evaluation.recommendation import recommend
from clv_core.evaluation.scoreboard import Scoreboard, build_scoreboard
from clv_core.evaluation.splits import plan_split, split_customers
from clv_core.evaluation.value_verdict import write_value_verdict
from clv_core.explain.attribution import explain_forecast
from clv_core.features.snapshots import Snapshot
from clv_core.features.telling import find_telling_features
from clv_core.features.value_rows import take_value_rows
from clv_core.models.forecaster import Report
from clv_core.models.registry import (
    MORE_VALUE_FORECASTERS,
    VALUE_FORECASTERS,
    build_value_forecasters,
)
from clv_core.network_presets import suit_value_table
from clv_core.runs.certainty import Certainty
from clv_core.runs.progress import Progress
from clv_core.runs.rehearsal import Rehearsal
from clv_core.runs.result import RunResult
from clv_core.runs.value_rehearsal import CrossValidation, Rehearser
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings

YARDSTICK: Final = "mean_value"  # to be beaten; says nothing of any one customer

# Seconds that steps took on 10,000 customers, two cores: only their ratios matter.
MODEL_WEIGHTS: Final = {
    "mean_value": 0.01,
    "linear": 0.3,
    "boosted_trees": 0.6,
    "network": 6.0,
    "decision_tree": 0.3,
    "random_forest": 2.0,
    "svm": 2.0,
}
SCORE_WEIGHT: Final = 2.0
EXPLAIN_WEIGHT: Final = 3.0


class ValueSteps:
    """One run on a value table in the making.

    Parameters
    ----------
    table : ValueTable
    settings : RunSettings
        The window is not used: the table knows no time.
    report : Report

    Raises
    ------
    UserDataError
        Where the table cannot be learnt from, or the model asked for is none.
    """

    def __init__(self, table: ValueTable, settings: RunSettings, report: Report) -> None:
        _check_model(settings.model)
        self._table = table
        self._values = table.read_values()
        self._settings = suit_value_table(settings)
        values = self._values.to_numpy(np.float64)
        self.plan = plan_split(values, len(table.features), settings.seed)
        self._learning, self._held = split_customers(values, self.plan)
        self._report = report
        self._training: list[dict[str, Any]] = []
        fits = self.plan.folds * self.plan.repeats + 2
        one_fit = [MODEL_WEIGHTS[name] for name in build_value_forecasters(settings)]
        weights = [*(one_fit * fits), SCORE_WEIGHT, EXPLAIN_WEIGHT]
        self._progress = Progress(self._note, weights)
        self._rehearser = Rehearser(self._settings, table.missing_values, self._progress)

    def cross_validate(self) -> CrossValidation:
        """Try every model on the customers to learn from, fold by fold."""
        return self._rehearser.cross_validate(self._take(self._learning), self.plan)

    def choose_model(self, tried: CrossValidation) -> str:
        """Name the model to use, before the held-out customers are looked at."""
        if self._settings.model is not None:
            return self._settings.model
        candidates = {name: p for name, p in tried.predictions.items() if name != YARDSTICK}
        return recommend(
            tried.actual,
            candidates,
            set(),
            self._settings.evaluation,
            self._settings.seed,
            repeats=tried.repeats,
        )

    def rehearse_holdout(self) -> Rehearsal:
        """Fit every model on the customers to learn from; forecast those kept back."""
        return self._rehearser.rehearse(
            "holdout", self._take(self._learning), self._take(self._held)
        )

    def rehearse_all(self) -> Rehearsal:
        """Fit every model on all known values; forecast every customer of the table."""
        known = np.flatnonzero(self._values.notna().to_numpy())
        return self._rehearser.rehearse("forecast", self._take(known), self._take(None))

    def conclude(
        self, model: str, tried: CrossValidation, holdout: Rehearsal, final: Rehearsal
    ) -> RunResult:
        """Score the customers kept back, then explain and sort all customers."""
        if model not in final.predictions:
            raise InvalidSetting(
                Sentence("The model {name} could not be fitted to this table.", name=model),
                final.left_out.get(model, Sentence("Choose another model.")),
            )
        self._progress.step(Sentence("Comparing the forecasts with the given values"))
        outcome = self._values.iloc[self._held].to_frame("future_spend")
        scoreboard = self._score(model, holdout, outcome)
        leaks = {**self._find_telling(), **self._table.leaks}
        certainty = self._measure_certainty(model, tried, holdout, final)
        self._progress.step(Sentence("Finding the reasons behind every forecast"))
        forecast = self._assemble(final, model, certainty.bounds)
        segments = assign_value_tiers(forecast, self._settings.segments)
        forecast = forecast.assign(value_tier=segments.assignment)
        tiers = assign_tiers_by_value(forecast)
        explanation = explain_forecast(
            final.forecasters[model], final.snapshot, final.newest_training, self._settings.seed
        )
        self._progress.finish(Sentence("Done"))
        return RunResult(
            plan=self.plan,
            settings=self._settings,
            model=model,
            holdout=holdout,
            outcome=outcome,
            scoreboard=scoreboard,
            verdict=write_value_verdict(scoreboard, leaks),
            final=final,
            certainty=certainty,
            forecast=forecast.assign(
                value_tier=segments.assignment.astype("str"),
                marketing_tier=tiers.assignment.astype("str"),
            ),
            segments=segments,
            tiers=tiers,
            explanation=replace(
                explanation, own_features={one.name: one for one in self._table.features}
            ),
            training=tuple(self._training),
            leaks=leaks,
        )

    def _take(self, rows: np.ndarray | None) -> Snapshot:
        return take_value_rows(self._table, rows)

    def _find_telling(self) -> dict[str, Sentence]:
        """Look for columns that alone tell the value, on the customers learnt from."""
        learning = self._take(self._learning)
        values = self._values.loc[learning.features.index]
        return find_telling_features(learning.features, values, self._settings.seed)

    def _score(self, model: str, holdout: Rehearsal, outcome: pd.DataFrame) -> Scoreboard:
        return build_scoreboard(
            outcome,
            holdout.predictions,
            set(),
            self._settings.evaluation,
            self._settings.seed,
            recommended=model,
            window=None,
        )

    def _measure_certainty(
        self, model: str, tried: CrossValidation, holdout: Rehearsal, final: Rehearsal
    ) -> Certainty:
        """Learn bounds from cross-validated errors, measure them on the customers kept back."""
        spend, held = final.predictions[model].spend, holdout.predictions.get(model)
        unknown = pd.DataFrame({"low": np.nan, "high": np.nan}, index=spend.index)
        if model not in tried.predictions:
            return Certainty(unknown, unknown, None, None, None, 1.0)
        share = self._settings.evaluation.interval_share
        interval = ErrorBounds.fit(
            tried.predictions[model].spend.to_numpy(np.float64),
            tried.actual["future_spend"].to_numpy(np.float64),
            share,
        )
        held_bounds, coverage = unknown, None
        if held is not None:
            held_bounds = interval.bounds(held.spend)
            actual = self._values.iloc[self._held]
            tiers = assign_value_tiers(held.spend.to_frame("predicted"), self._settings.segments)
            coverage = measure_coverage(actual, held.spend, held_bounds, share, tiers.assignment)
        return Certainty(interval.bounds(spend), held_bounds, coverage, None, interval, 1.0)

    def _assemble(self, final: Rehearsal, model: str, bounds: pd.DataFrame) -> pd.DataFrame:
        """Put every forecast beside the value that is known, highest forecast first."""
        table = pd.DataFrame(
            {
                "predicted": final.predictions[model].spend,
                "low": bounds["low"],
                "high": bounds["high"],
                "known_value": self._values,
            },
            index=final.snapshot.features.index,
        )
        return table.sort_values("predicted", ascending=False, kind="stable")

    def _note(self, row: dict[str, Any]) -> None:
        if "epoch" in row:
            self._training.append(row)
        self._report(row)


def _check_model(name: str | None) -> None:
    """Refuse to use what is no model for value tables, or says the same of everyone."""
    families = (*VALUE_FORECASTERS, *MORE_VALUE_FORECASTERS)
    choosable = [model for model in families if model != YARDSTICK]
    if name is None or name in choosable:
        return
    remedy = Sentence("Choose one of: {names}.", names=", ".join(choosable))
    if name == YARDSTICK:
        raise InvalidSetting(
            Sentence(
                "{name} says the same of every customer; it is there to be beaten.", name=name
            ),
            remedy,
        )
    raise InvalidSetting(
        Sentence(
            "There is no model named {name} for a table with one value per customer.", name=name
        ),
        remedy,
    )
