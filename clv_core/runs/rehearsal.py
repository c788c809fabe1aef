"""Standing at an earlier day and forecasting as if the rest were unknown.

A table that knows no time is rehearsed on customers instead: ``runs.value_rehearsal``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.errors import NoRepeatBuyers, TooFewCustomers, UserDataError
from clv_core.features.batches import CUSTOMERS_PER_BATCH, build_batches
from clv_core.features.build import build_snapshot
from clv_core.features.mapped import map_parts, map_snapshot
from clv_core.features.snapshots import Snapshot
from clv_core.features.windows import WindowPlan
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.expectation import ExpectationModel
from clv_core.models.forecaster import Forecaster, Prediction, TrainingData
from clv_core.models.registry import build_ensemble, build_forecasters
from clv_core.models.titles import MODEL_TITLES
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings


@dataclass(frozen=True)
class Rehearsal:
    """Every model fitted on what was known, and what each expects.

    Attributes
    ----------
    phase : {"validation", "holdout", "forecast"}
    snapshot : Snapshot
        The customers forecast: as of the cutoff, the statistical expectation
        attached, or as a value table has them.
    newest_training : Snapshot
        Background for explanations: the newest labelled snapshot, or
        ``snapshot`` itself where there is none.
    expectation : ExpectationModel or None
        None for value tables.
    forecasters : mapping of str to Forecaster
    predictions : mapping of str to Prediction
    left_out : mapping of str to Sentence
        Models that could not be fitted, with the reason.
    labelled : tuple of Snapshot
        What models learnt from, oldest first; empty for value tables.
    """

    phase: str
    snapshot: Snapshot
    newest_training: Snapshot
    expectation: ExpectationModel | None
    forecasters: Mapping[str, Forecaster]
    predictions: Mapping[str, Prediction]
    left_out: Mapping[str, Sentence]
    labelled: tuple[Snapshot, ...] = ()


class Shelf:
    """The snapshots of one data set, each built once however often it is used."""

    def __init__(self, tables: Tables, plan: WindowPlan, has_months: bool = True) -> None:
        self._tables = tables
        self._has_months = has_months
        self._plan = plan
        self._labelled: dict[dt.date, Snapshot | None] = {}
        self._neighbour: ExpectationModel | None = None  # saves the optimiser steps

    def training_data(
        self, cutoff: dt.date, horizon_days: int
    ) -> tuple[TrainingData, ExpectationModel]:
        """Collect what models may see when they forecast from ``cutoff``."""
        training_days = self._plan.training_horizon_days
        history = self._build(cutoff, horizon_days, label=False)
        found = [self._training(c) for c in self._plan.training_cutoffs(cutoff)]
        labelled = tuple(snapshot for snapshot in found if snapshot is not None)
        expectation = ExpectationModel.fit(history, training_days, self._neighbour)
        attached = map_snapshot(expectation.attach(history))
        return TrainingData(attached, labelled), expectation

    def outcome(self, cutoff: dt.date, horizon_days: int) -> pd.DataFrame:
        """Return what customers known at ``cutoff`` did in the window after it."""
        snapshot = self._build(cutoff, horizon_days, label=True, has_months=False)
        return pd.DataFrame(
            {"future_spend": snapshot.future_spend, "future_orders": snapshot.future_orders}
        )

    def _build(
        self, cutoff: dt.date, horizon_days: int, label: bool, has_months: bool | None = None
    ) -> Snapshot:
        """Build a snapshot; of very many customers in batches that are put into a file."""
        months = self._has_months if has_months is None else has_months
        tables = self._tables
        if tables.customer_count <= CUSTOMERS_PER_BATCH:
            return build_snapshot(tables, cutoff, horizon_days, label, months)
        parts = build_batches(tables, cutoff, horizon_days, label, months)
        return map_parts(parts, tables.customer_count)

    def _training(self, cutoff: dt.date) -> Snapshot | None:
        """Return an early snapshot; None where too few had bought to describe them."""
        if cutoff not in self._labelled:
            self._labelled[cutoff] = self._describe(cutoff)
        return self._labelled[cutoff]

    def _describe(self, cutoff: dt.date) -> Snapshot | None:
        days = self._plan.training_horizon_days
        try:
            snapshot = self._build(cutoff, days, label=True)
            self._neighbour = ExpectationModel.fit(snapshot, days, self._neighbour)
        except (TooFewCustomers, NoRepeatBuyers):
            return None
        return map_snapshot(self._neighbour.attach(snapshot))


def rehearse(
    shelf: Shelf,
    phase: str,
    cutoff: dt.date,
    horizon_days: int,
    settings: RunSettings,
    progress: Progress,
) -> Rehearsal:
    """Fit every model on what was known at ``cutoff`` and let each forecast.

    Takes one step of ``progress`` for the data and one per model.
    """
    progress.step(Sentence("Looking at the shop as it was on {day}", day=cutoff.isoformat()))
    data, expectation = shelf.training_data(cutoff, horizon_days)
    fitted, left_out = fit_each(
        build_forecasters(settings), data, progress, partial(_pass_on, progress, phase)
    )
    return Rehearsal(
        phase=phase,
        snapshot=data.history,
        newest_training=data.labelled[-1] if data.labelled else data.history,
        expectation=expectation,
        forecasters=fitted,
        predictions=predict_each(fitted, data.history),
        left_out=left_out,
        labelled=data.labelled,
    )


def fit_each(
    families: Mapping[str, Forecaster],
    data: TrainingData,
    progress: Progress,
    report: Callable[[str, dict[str, Any]], None],
) -> tuple[dict[str, Forecaster], dict[str, Sentence]]:
    """Fit every family and average some of them; takes one step of ``progress`` each.

    Parameters
    ----------
    families : mapping of str to Forecaster
        Not yet fitted, without the ensemble.
    data : TrainingData
    progress : Progress
    report : callable
        Takes a model's name and a row of its training.

    Returns
    -------
    (dict of str to Forecaster, dict of str to Sentence)
        The fitted models, and why others could not be fitted.
    """
    fitted: dict[str, Forecaster] = {}
    left_out: dict[str, Sentence] = {}
    for name, forecaster in families.items():
        progress.step(MODEL_TITLES[name])
        try:
            fitted[name] = forecaster.fit(data, partial(report, name))
        except UserDataError as error:
            left_out[name] = error.problem
    ensemble = build_ensemble(fitted, count_buyers(data))
    if ensemble is not None:
        fitted[ensemble.name] = ensemble
    else:
        left_out[MeanForecaster.name] = Sentence(
            "Fewer than two of the models that the ensemble averages could be fitted."
        )
    return fitted, left_out


def predict_each(fitted: Mapping[str, Forecaster], snapshot: Snapshot) -> dict[str, Prediction]:
    """Let every model forecast; an ensemble takes what its members have forecast before it."""
    told: dict[str, Prediction] = {}
    for name, model in fitted.items():
        if isinstance(model, MeanForecaster):
            told[name] = model.combine(snapshot, told)
        else:
            told[name] = model.predict(snapshot)
    return told


def restack(rehearsal: Rehearsal, weights: Mapping[str, float] | None) -> Rehearsal:
    """Return a rehearsal whose ensemble weighs its members' spend so; nothing is refitted.

    Parameters
    ----------
    rehearsal : Rehearsal
    weights : mapping of str to float or None
        Of the ensemble's members, by name, learnt out of time; None changes nothing.
    """
    ensemble = rehearsal.forecasters.get(MeanForecaster.name)
    if weights is None or not isinstance(ensemble, MeanForecaster):
        return rehearsal
    stacked = ensemble.stacked(weights, rehearsal.snapshot, rehearsal.predictions)
    told = stacked.combine(rehearsal.snapshot, rehearsal.predictions)
    return replace(
        rehearsal,
        forecasters={**rehearsal.forecasters, stacked.name: stacked},
        predictions={**rehearsal.predictions, stacked.name: told},
    )


def count_buyers(data: TrainingData) -> int:
    """Count the customers who bought in any of the windows that models learn from."""
    bought = [
        snapshot.features.index.to_numpy()[(snapshot.future_spend > 0).to_numpy()]
        for snapshot in data.labelled
        if snapshot.future_spend is not None
    ]
    return len(np.unique(np.concatenate(bought))) if bought else 0


def _pass_on(progress: Progress, phase: str, model: str, row: dict[str, Any]) -> None:
    progress.within({"phase": phase, "model": model, **row})
