"""Learning a given value from some customers and telling it for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from clv_core.evaluation.splits import SplitPlan, deal_folds
from clv_core.features.snapshots import Snapshot
from clv_core.features.value_rows import keep_complete_rows
from clv_core.models.forecaster import Prediction, TrainingData
from clv_core.models.registry import build_value_forecasters
from clv_core.runs.progress import Progress
from clv_core.runs.rehearsal import Rehearsal, fit_each
from clv_core.settings import MissingValues, RunSettings


@dataclass(frozen=True)
class CrossValidation:
    """What models said of customers that they had not learnt from.

    Attributes
    ----------
    actual : DataFrame
        ``future_spend``, the given value; every learning customer once per
        repeat, the repeats one after the other in the same order.
    predictions : mapping of str to Prediction
        Of the same rows; only models that could be fitted every time.
    repeats : int
    """

    actual: pd.DataFrame
    predictions: Mapping[str, Prediction]
    repeats: int


@dataclass(frozen=True)
class Rehearser:
    """Fits all models on some customers of a value table and lets each tell others.

    Attributes
    ----------
    settings : RunSettings
    missing : {"drop", "mean", "median", "regression"}
        What a missing number is taken for.
    progress : Progress
        Takes one step per model and fit.
    """

    settings: RunSettings
    missing: MissingValues
    progress: Progress

    def rehearse(
        self, phase: str, learning: Snapshot, asked: Snapshot, *, is_recorded: bool = True
    ) -> Rehearsal:
        """Fit every model on labelled customers and forecast the asked ones.

        Parameters
        ----------
        phase : {"validation", "holdout", "forecast"}
        learning : Snapshot
            Labelled.
        asked : Snapshot
            Its label, if there is one, is not looked at.
        is_recorded : bool, default True
            Whether the models' learning curves are passed on.
        """
        if self.missing == "drop":
            learning = keep_complete_rows(learning)
        history = replace(learning, future_spend=None)
        fitted, left_out = fit_each(
            build_value_forecasters(self.settings, self.missing),
            TrainingData(history=history, labelled=(learning,)),
            self.progress,
            partial(self._pass_on, phase, is_recorded),
        )
        return Rehearsal(
            phase=phase,
            snapshot=asked,
            newest_training=learning,
            expectation=None,
            forecasters=fitted,
            predictions={
                name: Prediction(model.predict(asked).spend) for name, model in fitted.items()
            },
            left_out=left_out,
        )

    def cross_validate(self, learning: Snapshot, plan: SplitPlan) -> CrossValidation:
        """Forecast every learning customer by models that learnt from the other folds."""
        values = read_values(learning)
        told: list[dict[str, np.ndarray]] = []
        for repeat in range(plan.repeats):
            fold_of = deal_folds(values, plan, repeat)
            told.append(self._go_round(learning, fold_of, plan.folds, is_recorded=repeat == 0))
        names = [name for name in told[0] if all(name in one for one in told)]
        return CrossValidation(
            actual=pd.DataFrame({"future_spend": np.tile(values, plan.repeats)}),
            predictions={
                name: Prediction(pd.Series(np.concatenate([one[name] for one in told])))
                for name in names
            },
            repeats=plan.repeats,
        )

    def _go_round(
        self, learning: Snapshot, fold_of: np.ndarray, folds: int, *, is_recorded: bool
    ) -> dict[str, np.ndarray]:
        """Forecast each fold once; models that refuse one of them are left out."""
        told: dict[str, np.ndarray] = {}
        for fold in range(folds):
            asked = np.flatnonzero(fold_of == fold)
            rehearsal = self.rehearse(
                "validation",
                learning.take(np.flatnonzero(fold_of != fold)),
                learning.take(asked),
                is_recorded=is_recorded and fold == 0,
            )
            if fold == 0:
                told = {name: np.empty(len(fold_of)) for name in rehearsal.predictions}
            told = {name: one for name, one in told.items() if name in rehearsal.predictions}
            for name, column in told.items():
                column[asked] = rehearsal.predictions[name].spend.to_numpy(np.float64)
        return told

    def _pass_on(self, phase: str, is_recorded: bool, model: str, row: dict[str, Any]) -> None:
        """Hand a row of training on; of curves that nobody draws, only how far it is."""
        self.progress.within({"phase": phase, "model": model, **row}, is_recorded=is_recorded)


def read_values(snapshot: Snapshot) -> np.ndarray:
    """Return the given values of labelled customers, in order.

    Raises
    ------
    ValueError
        Where one of them is blank.
    """
    if snapshot.future_spend is None:
        raise ValueError("customers without a value cannot be learnt from")
    return snapshot.future_spend.to_numpy(np.float64)
