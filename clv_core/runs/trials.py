"""Trying settings of a family on windows before the holdout, within a time budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from clv_core.evaluation.lead import Badness, measure_badness
from clv_core.models.forecaster import Forecaster, Prediction
from clv_core.runs.search_windows import SearchWindows
from clv_core.settings import RunSettings

Watch = Callable[[int, dict[str, Any]], None]
"""Takes a window's number and a row of training; may raise to end the trial."""

VALIDATED: Final = "validated"  # the stage of a network's training that held-back rows watch
SECONDS_A_MINUTE: Final = 60.0
WARM_UP_EPOCHS: Final = 4  # in which no network is stopped


class OutOfTime(Exception):
    """The time budget ended while a trial was at work."""


class Budget:
    """Time that may be spent.

    Parameters
    ----------
    seconds : float
        From now on.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.monotonic()

    @classmethod
    def of_minutes(cls, minutes: float) -> Budget:
        """Begin a budget of so many minutes."""
        return cls(minutes * SECONDS_A_MINUTE)

    @property
    def spent_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def left_s(self) -> float:
        """Seconds that are left; below zero once it is overdrawn."""
        return self.seconds - self.spent_s

    def stop_when_over(self) -> None:
        """Raise ``OutOfTime`` once nothing is left."""
        if self.left_s < 0:
            raise OutOfTime


@dataclass
class Trial:
    """One setting of a family on the windows that were come to, the first ones first.

    Attributes
    ----------
    badness : list of dict
        By decisive metric, per window.
    predictions : list of Prediction
        Per window.
    seconds : list of float
        Per window.
    forecaster : Forecaster or None
        As fitted for the first window.
    """

    badness: list[Badness] = field(default_factory=list)
    predictions: list[Prediction] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    forecaster: Forecaster | None = None


def try_window(
    trial: Trial, windows: SearchWindows, settings: RunSettings, model: str, watch: Watch
) -> None:
    """Fit a family for the next window of a trial and note how its forecast did.

    Raises
    ------
    UserDataError
        Where the family cannot be fitted with these settings.
    """
    number = len(trial.badness)
    window = windows.window(number)
    began = time.monotonic()

    def pass_on(row: dict[str, Any]) -> None:
        watch(number, row)

    fitted = windows.build_forecaster(settings, model).fit(window.data, pass_on)
    prediction = fitted.predict(window.asked)
    trial.seconds.append(time.monotonic() - began)
    trial.badness.append(measure_badness(window.actual, prediction))
    trial.predictions.append(prediction)
    if number == 0:
        trial.forecaster = fitted


def read_epoch(row: dict[str, Any]) -> float | None:
    """Return how badly a network in training orders the rows held back; None if not told."""
    if row.get("stage") != VALIDATED or row.get("validation_spearman") is None:
        return None
    return 1.0 - float(row["validation_spearman"])


def is_warm(row: dict[str, Any]) -> bool:
    """Say whether a network has learnt for long enough to be judged."""
    return int(row["epoch"]) > WARM_UP_EPOCHS
