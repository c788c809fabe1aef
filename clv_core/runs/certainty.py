"""Intervals for a run: learnt on one window, measured on the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clv_core.evaluation.certainty import (
    MIN_CUSTOMERS,
    Coverage,
    IntervalModel,
    measure_coverage,
)
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.evaluation.totals import TotalInterval, total_interval
from clv_core.runs.rehearsal import Rehearsal
from clv_core.settings import RunSettings

Window = tuple[Rehearsal, pd.DataFrame]
"""A rehearsal with ``future_spend`` and ``future_orders`` of its customers."""


@dataclass(frozen=True)
class Certainty:
    """How far the forecast may lie from what comes.

    Attributes
    ----------
    bounds : DataFrame, index ``customer_key``
        ``low`` and ``high`` of the forecast; NaN where no window could teach them.
    holdout_bounds : DataFrame, index ``customer_key``
        The same for the held-out forecast.
    coverage : Coverage or None
        Share of held-out customers inside their bounds; None where the bounds
        were learnt on that same window or its outcome is not known.
    total : TotalInterval or None
        Of all customers together.
    interval : IntervalModel, ErrorBounds or None
        The latter for value tables.
    scale : float
        Mean forecast over the full horizon ÷ over the length of the window the
        bounds come from, of the same customers on the same day.
    """

    bounds: pd.DataFrame
    holdout_bounds: pd.DataFrame
    coverage: Coverage | None
    total: TotalInterval | None
    interval: IntervalModel | ErrorBounds | None
    scale: float


def measure_certainty(
    model: str,
    validation: Window | None,
    holdout: Window | None,
    final: Rehearsal,
    settings: RunSettings,
) -> Certainty:
    """Learn intervals before the holdout, measure them on it, apply them after it.

    Where there is no validation window, or the model could not be fitted for it,
    the holdout teaches the bounds, and their coverage stays unmeasured. A backtest
    has no bounds then: its forecast is the holdout's own.
    """
    spend, cutoff = final.predictions[model].spend, final.snapshot.day
    windows = (validation, holdout)
    teacher = next((w for w in windows if w is not None and _can_teach(w, model, cutoff)), None)
    unknown = pd.DataFrame({"low": np.nan, "high": np.nan}, index=spend.index)
    if teacher is None:
        return Certainty(unknown, unknown, None, None, None, 1.0)
    predicted, actual = teacher[0].predictions[model].spend, teacher[1]["future_spend"]
    share = settings.evaluation.interval_share
    interval = IntervalModel.fit(predicted, actual, share)
    scale = _scale(teacher[0], final.snapshot.horizon_days, model)
    held_bounds, coverage = scaled_bounds(interval, spend, scale), None
    if holdout is not None:
        held_bounds, held = unknown, holdout[0].predictions.get(model)
        if held is not None:
            held_bounds = scaled_bounds(interval, held.spend, scale)
        if held is not None and teacher is validation:
            came = holdout[1]["future_spend"]
            coverage = measure_coverage(came, held.spend, held_bounds, share)
    return Certainty(
        bounds=scaled_bounds(interval, spend, scale),
        holdout_bounds=held_bounds,
        coverage=coverage,
        total=total_interval(predicted, actual, spend, settings.seed, share),
        interval=interval,
        scale=scale,
    )


def scaled_bounds(interval: IntervalModel, predicted: pd.Series, scale: float) -> pd.DataFrame:
    """Apply bounds learnt over a shorter window to forecasts over a longer one."""
    return interval.bounds(predicted / scale) * scale


def _can_teach(window: Window, model: str, cutoff: dt.date) -> bool:
    """Say whether a window was over at ``cutoff`` and the model forecast something for it."""
    seen, prediction = window[0].snapshot, window[0].predictions.get(model)
    is_over = seen.day + dt.timedelta(days=seen.horizon_days) <= cutoff
    if prediction is None or not is_over:
        return False
    return len(prediction.spend) >= MIN_CUSTOMERS and float(prediction.spend.sum()) > 0


def _scale(teacher: Rehearsal, horizon_days: int, model: str) -> float:
    """Compare the teacher's own forecasts over both lengths: nothing later is seen."""
    if teacher.snapshot.horizon_days == horizon_days:
        return 1.0
    if teacher.expectation is None:
        raise ValueError("only a statistical expectation carries a forecast to another length")
    longer = teacher.expectation.attach(replace(teacher.snapshot, horizon_days=horizon_days))
    over_horizon = float(teacher.forecasters[model].predict(longer).spend.sum())
    return over_horizon / float(teacher.predictions[model].spend.sum())
