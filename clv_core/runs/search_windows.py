"""Where settings are tried: days before the holdout, or customers that are not held out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from clv_core.cleaning.value_table import ValueTable
from clv_core.evaluation.splits import deal_folds, plan_split, split_customers
from clv_core.features.earlier_windows import place_windows
from clv_core.features.snapshots import Snapshot
from clv_core.features.value_rows import keep_complete_rows, take_value_rows
from clv_core.features.windows import WindowPlan
from clv_core.models.forecaster import Forecaster, TrainingData
from clv_core.models.registry import build_forecasters, build_value_forecasters
from clv_core.runs.rehearsal import Shelf
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings


@dataclass(frozen=True)
class SearchWindow:
    """What a trial may learn from, whom it forecasts, and what happened.

    Attributes
    ----------
    data : TrainingData
    asked : Snapshot
    actual : DataFrame, index as in ``asked``
        ``future_spend`` and, for orders, ``future_orders``.
    """

    data: TrainingData
    asked: Snapshot
    actual: pd.DataFrame


class SearchWindows(ABC):
    """Windows that a search scores on, each built when it is first looked at."""

    is_of_days: bool

    def __init__(self, count: int) -> None:
        self.count = count
        self._built: dict[int, SearchWindow] = {}

    def window(self, number: int) -> SearchWindow:
        """Return a window, the one that tells most first."""
        if number not in self._built:
            self._built[number] = self._build(number)
        return self._built[number]

    def limit(self, count: int) -> Self:
        """Return the first of these windows, built but once for both."""
        fewer = copy(self)
        fewer.count = min(count, self.count)
        return fewer

    @abstractmethod
    def build_forecaster(self, settings: RunSettings, model: str) -> Forecaster:
        """Make a family, not yet fitted."""

    @abstractmethod
    def describe(self) -> Sentence:
        """Say what the scores are of."""

    @abstractmethod
    def _build(self, number: int) -> SearchWindow: ...


class DayWindows(SearchWindows):
    """Windows of days that close by the holdout cutoff, the newest first.

    Parameters
    ----------
    shelf : Shelf
    plan : WindowPlan
    most : int
        Windows at most.
    newest : SearchWindow, optional
        The first one, where it has been built already.

    Raises
    ------
    HistoryTooShort
        Where no window before the holdout has days to learn from before it.
    """

    is_of_days = True

    def __init__(
        self, shelf: Shelf, plan: WindowPlan, most: int, newest: SearchWindow | None = None
    ) -> None:
        self.cutoffs = place_windows(plan, most)
        super().__init__(len(self.cutoffs))
        self._shelf, self._plan = shelf, plan
        self._days = int(plan.validation_horizon_days or 0)
        if newest is not None:
            self._built[0] = newest

    def build_forecaster(self, settings: RunSettings, model: str) -> Forecaster:
        """Make a family for orders."""
        return build_forecasters(settings.model_copy(update={"model": model}))[model]

    def describe(self) -> Sentence:
        """Say how many windows there are, and that they lie before the test."""
        return Sentence(
            "Windows scored on: {count}, of {days} days each, the last of which closes on"
            " {cutoff}: nothing of the test was looked at.",
            count=self.count,
            days=self._days,
            cutoff=self._plan.holdout_cutoff.isoformat(),
        )

    def _build(self, number: int) -> SearchWindow:
        cutoff = self.cutoffs[number]
        data, _ = self._shelf.training_data(cutoff, self._days)
        return SearchWindow(data, data.history, self._shelf.outcome(cutoff, self._days))


class FoldWindows(SearchWindows):
    """Folds of the customers of a value table that are not held out for the test.

    Parameters
    ----------
    table : ValueTable
    settings : RunSettings
    most : int
        Folds at most that are forecast; the others only teach.

    Raises
    ------
    UserDataError
        Where the table cannot be learnt from.
    """

    is_of_days = False

    def __init__(self, table: ValueTable, settings: RunSettings, most: int) -> None:
        values = table.read_values().to_numpy(np.float64)
        self.plan = plan_split(values, len(table.features), settings.seed)
        learning, _ = split_customers(values, self.plan)
        super().__init__(min(most, self.plan.folds))
        self._missing = table.missing_values
        self._rows = take_value_rows(table, learning)
        self._fold_of = deal_folds(values[learning], self.plan, 0)

    def build_forecaster(self, settings: RunSettings, model: str) -> Forecaster:
        """Make a family for value tables."""
        asked = settings.model_copy(update={"model": model})
        return build_value_forecasters(asked, self._missing)[model]

    def describe(self) -> Sentence:
        """Say which customers the scores are of."""
        return Sentence(
            "Scored on {count} of {folds} folds of {customers} customers: nothing of the test was"
            " looked at.",
            count=self.count,
            folds=self.plan.folds,
            customers=self.plan.learning,
        )

    def _build(self, number: int) -> SearchWindow:
        learning = self._rows.take(np.flatnonzero(self._fold_of != number))
        asked = self._rows.take(np.flatnonzero(self._fold_of == number))
        if self._missing == "drop":
            learning = keep_complete_rows(learning)
        history = replace(learning, future_spend=None)
        actual = pd.DataFrame({"future_spend": asked.future_spend})
        return SearchWindow(TrainingData(history, (learning,)), asked, actual)
