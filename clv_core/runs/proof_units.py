"""The parts of a proof, one rehearsal or two each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.errors import UserDataError
from clv_core.evaluation.scoreboard import Scoreboard, Window, build_scoreboard
from clv_core.features.windows import WindowPlan, plan_backtest
from clv_core.models.forecaster import Prediction, Report
from clv_core.models.registry import RANKINGS, build_forecasters
from clv_core.models.sequence_families import reads_months
from clv_core.runs.certainty import measure_certainty
from clv_core.runs.progress import Progress
from clv_core.runs.proof_plan import ProofPlan, Unit, name_files, name_window
from clv_core.runs.rehearsal import Rehearsal, Shelf, rehearse, restack
from clv_core.runs.steps import (
    DATA_WEIGHT,
    DEFAULT_MODEL,
    MODEL_WEIGHTS,
    Validation,
    choose_model,
    measure_validation,
    weigh_members,
)
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.settings import RunSettings


@dataclass(frozen=True)
class Part:
    """What came of one unit.

    Attributes
    ----------
    facts : dict
        JSON. Of a window its ``scoreboard`` and the ensemble's ``weights``; of the others
        ``model``, whose forecast it is; ``failure`` where nothing could be fitted.
    table : DataFrame or None, index ``customer_key``
        ``predicted``, ``p_buy`` where the model gives it, ``value_tier`` of forecasts.
    """

    facts: dict[str, Any]
    table: pd.DataFrame | None = None


@dataclass(frozen=True)
class Known:
    """What the newest window taught under a seed.

    Attributes
    ----------
    model : str
        Chosen for it; forecasts are made with it.
    weights : mapping of str to float or None
        Of the ensemble's members, where they are learnt.
    """

    model: str
    weights: Mapping[str, float] | None = None


class Workbench:
    """Does the units of a proof; keeps what the next ones need too.

    Parameters
    ----------
    tables : Tables
    settings : RunSettings
        Of the run.
    plan : ProofPlan
    """

    def __init__(self, tables: Tables, settings: RunSettings, plan: ProofPlan) -> None:
        self.tables = tables
        self.settings = settings
        self.plan = plan
        self._shelf: tuple[str, Shelf] | None = None
        self._carried: dict[tuple[int, dt.date], Rehearsal] = {}

    def do(self, unit: Unit, known: Known, report: Report) -> Part:
        """Do one unit.

        Parameters
        ----------
        unit : Unit
        known : Known
            What this seed's newest window taught.
        report : Report
        """
        settings = self.settings.model_copy(update={"seed": unit.seed})
        if unit.kind == "window":
            return self._test(unit, settings, report)
        model = known.model if unit.kind == "forecast" else self.plan.model
        # Of the families on request only the one that is looked at has to be fitted.
        settings = settings.model_copy(update={"families": (), "model": model})
        try:
            rehearsal = self._rehearse_variant(unit, settings, known.weights, report)
        except UserDataError as error:
            return Part({"failure": error.problem.to_json()})
        used = model if model in rehearsal.predictions else DEFAULT_MODEL
        if used not in rehearsal.predictions:
            return Part({"failure": rehearsal.left_out[used].to_json()})
        table = tabulate(rehearsal.predictions[used])
        if unit.kind == "forecast":
            tiers = assign_value_tiers(table, settings.segments)
            table = table.assign(value_tier=tiers.assignment.astype("str"))
        return Part({"model": used}, table)

    def _test(self, unit: Unit, settings: RunSettings, report: Report) -> Part:
        """Test all models on a window, the one in use chosen on the window before it."""
        number = [name_window(window) for window in self.plan.windows].index(unit.label)
        window = self.plan.windows[number]
        shelf = self._take_shelf(f"window {unit.label}", self.tables, window)
        held = self._carried.pop((unit.seed, window.holdout_cutoff), None)
        rounds = (held is None) + (window.validation_cutoff is not None)
        progress = _plan_progress(report, settings, rounds)
        try:
            validation = _validate(shelf, window, settings, progress)
            weights = weigh_members(validation, settings)
            if held is None:
                cutoff, days = window.holdout_cutoff, window.horizon_days
                held = rehearse(shelf, "holdout", cutoff, days, settings, progress)
            held = restack(held, weights)
        except UserDataError as error:
            return Part({"failure": error.problem.to_json()})
        if validation is not None and self._is_carried_on(number):
            self._carried[unit.seed, validation.rehearsal.snapshot.day] = validation.rehearsal
        model = choose_model(validation, window, settings)
        outcome = shelf.outcome(window.holdout_cutoff, window.horizon_days)
        board = _score(model, validation, held, outcome, window, settings)
        table = None
        if number == 0 and self.plan.model in held.predictions:
            table = tabulate(held.predictions[self.plan.model])
        return Part({"scoreboard": board.to_json(), "weights": weights}, table)

    def _is_carried_on(self, number: int) -> bool:
        """Say whether what chooses this window's model is the next window's test."""
        return number + 1 < len(self.plan.windows) and self.plan.carries(number + 1)

    def _rehearse_variant(
        self,
        unit: Unit,
        settings: RunSettings,
        weights: Mapping[str, float] | None,
        report: Report,
    ) -> Rehearsal:
        """Forecast the newest window from less, or what is to come from everything."""
        window, tables = self.plan.newest, self.tables
        if unit.kind == "history":
            tables = tables.since(dt.date.fromisoformat(unit.label))
            cutoff, days = window.holdout_cutoff, window.horizon_days
            window = plan_backtest(tables, cutoff, days, settings.window, self.settings.seed)
        elif unit.kind == "files":
            present = next(names for names in self.plan.files if name_files(names) == unit.label)
            wanted = {"orders", *present}
            tables = tables.without(name for name in ("events", "reviews") if name not in wanted)
        key = f"{unit.kind} {unit.label}" if unit.label else f"window {name_window(window)}"
        day = window.forecast_cutoff if unit.kind == "forecast" else window.holdout_cutoff
        shelf = self._take_shelf(key, tables, window)
        progress = _plan_progress(report, settings, 1)
        found = rehearse(shelf, unit.kind, day, window.horizon_days, settings, progress)
        return restack(found, weights)

    def _take_shelf(self, key: str, tables: Tables, window: WindowPlan) -> Shelf:
        """Return the snapshots of a window, the same as long as one asks for the same."""
        if self._shelf is None or self._shelf[0] != key:
            self._shelf = key, Shelf(tables, window, reads_months(self.settings))
        return self._shelf[1]


def tabulate(prediction: Prediction) -> pd.DataFrame:
    """Return a forecast as a table of ``predicted`` and, where there is one, ``p_buy``."""
    columns = {"predicted": prediction.spend}
    if prediction.p_buy is not None:
        columns["p_buy"] = prediction.p_buy
    return pd.DataFrame(columns)


def _plan_progress(report: Report, settings: RunSettings, rounds: int) -> Progress:
    one_round = [DATA_WEIGHT, *(MODEL_WEIGHTS[name] for name in build_forecasters(settings))]
    return Progress(report, one_round * max(rounds, 1))


def _validate(
    shelf: Shelf, window: WindowPlan, settings: RunSettings, progress: Progress
) -> Validation | None:
    cutoff, days = window.validation_cutoff, window.validation_horizon_days
    if cutoff is None or days is None:
        return None
    rehearsal = rehearse(shelf, "validation", cutoff, days, settings, progress)
    return measure_validation(rehearsal, shelf.outcome(cutoff, days), settings)


def _score(
    model: str,
    validation: Validation | None,
    held: Rehearsal,
    outcome: pd.DataFrame,
    window: WindowPlan,
    settings: RunSettings,
) -> Scoreboard:
    """Score a window as a run scores its own, chances put right where they would be."""
    predictions = held.predictions
    if model in predictions:
        certainty = measure_certainty(
            model,
            None if validation is None else (validation.rehearsal, validation.outcome),
            (held, outcome),
            held,
            settings,
        )
        predictions = certainty.tell_holdout(predictions, model)
    return build_scoreboard(
        outcome,
        predictions,
        set(RANKINGS),
        settings.evaluation,
        settings.seed,
        recommended=model,
        window=Window(window.holdout_cutoff, window.horizon_days, window.training_horizon_days),
    )
