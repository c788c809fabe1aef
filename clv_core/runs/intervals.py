"""Intervals of a run put to use: read, applied to a forecast, asked for their spread."""

from __future__ import annotations

import json

import pandas as pd

from clv_core.evaluation.certainty import IntervalModel
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.evaluation.ranges import Ranges
from clv_core.models.forecaster import Prediction


def find_variance(
    interval: Ranges | IntervalModel | ErrorBounds, told: Prediction
) -> pd.Series | None:
    """Return the variance of what each customer brings, where a distribution is known."""
    if not isinstance(interval, Ranges) or told.p_buy is None:
        return None
    return interval.variance(told.spend, told.p_buy)


def bound_forecast(
    interval: Ranges | IntervalModel, told: Prediction, scale: float
) -> pd.DataFrame:
    """Return ``low`` and ``high`` of a forecast, by whichever intervals were made.

    ``IntervalModel`` knows amounts over the length of the window that taught it;
    forecasts over a longer one are scaled to that and back.
    """
    if isinstance(interval, IntervalModel):
        return interval.bounds(told.spend / scale) * scale
    return interval.bounds(told.spend, require_chances(told))


def require_chances(told: Prediction) -> pd.Series:
    """Return the chances of buying that a forecast must have here."""
    if told.p_buy is None:
        raise ValueError("these ranges ask for a chance of buying, which was known before")
    return told.p_buy


def read_interval(text: str) -> Ranges | IntervalModel:
    """Rebuild the intervals of a run on dated rows, an earlier version's too."""
    if "distribution" in json.loads(text):
        return Ranges.from_json(text)
    return IntervalModel.from_json(text)
