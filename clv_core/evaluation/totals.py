"""How far the total of all forecasts may lie from what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.certainty import MIN_CUSTOMERS, refuse_few
from clv_core.evaluation.metrics import Floats
from clv_core.sentences import Sentence

_MAX_DRAWN: Final = 2_000_000  # customers drawn at once


@dataclass(frozen=True)
class TotalInterval:
    """What all customers together may bring.

    Attributes
    ----------
    expected : float
        Sum of the forecasts.
    low, high : float
        Between which the total should lie; ``expected`` is always inside.
    share : float
        Intended chance that it does.
    validation_ratio : float
        Actual ÷ forecast total on the validation window.
    contains : Sentence
        What the interval allows for and what not.
    """

    expected: float
    low: float
    high: float
    share: float
    validation_ratio: float
    contains: Sentence


def total_interval(
    predicted: pd.Series,
    actual: pd.Series,
    new_predicted: pd.Series,
    seed: int,
    share: float = 0.8,
    samples: int = 1000,
) -> TotalInterval:
    """Bound the total of new forecasts by what happened on the validation window.

    Two things are allowed for: that the total is off by as much as on the
    validation window (actual ÷ forecast total − 1), to either side with even
    chance, and what the new customers happen to do, from validation errors drawn
    with replacement and scaled to their number and size.

    Parameters
    ----------
    predicted, actual : Series of float, index ``customer_key``
        Forecast and net revenue on the validation window.
    new_predicted : Series of float
        The forecasts whose sum is bounded, over a window of equal length.
    seed : int
    share : float
        Intended chance that the total lies within.
    samples : int
        Draws, at least 1.

    Raises
    ------
    TooFewCustomers
        With fewer than ``MIN_CUSTOMERS``, or where the validation forecasts do
        not add up to more than nothing.
    """
    forecast = predicted.to_numpy(float)
    came = actual.loc[predicted.index].to_numpy(float)
    if len(forecast) < MIN_CUSTOMERS or forecast.sum() <= 0:
        raise refuse_few(len(forecast))
    expected, ratio = float(new_predicted.sum()), float(came.sum() / forecast.sum())
    count = min(len(forecast), len(new_predicted))
    drawn_forecast, drawn_came = _draw_totals(forecast, came, count, samples, seed)
    size = float(new_predicted.mean() / forecast.mean())
    chance = (drawn_came - ratio * drawn_forecast) * size * np.sqrt(len(new_predicted) / count)
    # One window tells how large a miss can be, not on which side the next one is.
    miss = expected * (ratio - 1)
    totals = expected + np.concatenate([chance + miss, chance - miss])
    low, high = map(float, np.quantile(totals, [(1 - share) / 2, (1 + share) / 2]))
    return TotalInterval(
        expected,
        min(low, expected),
        max(high, expected),
        share,
        ratio,
        _say_what_it_contains(ratio),
    )


def _draw_totals(
    forecast: Floats, came: Floats, count: int, samples: int, seed: int
) -> tuple[Floats, Floats]:
    """Sum forecast and outcome of ``count`` customers drawn again and again."""
    rng = np.random.default_rng(seed)
    at_once = max(1, _MAX_DRAWN // count)
    sums = []
    for start in range(0, samples, at_once):
        rows = min(at_once, samples - start)
        drawn = rng.integers(0, len(forecast), size=(rows, count))
        sums.append((forecast[drawn].sum(axis=1), came[drawn].sum(axis=1)))
    forecasts, outcomes = zip(*sums, strict=True)
    return np.concatenate(forecasts), np.concatenate(outcomes)


def _say_what_it_contains(ratio: float) -> Sentence:
    return Sentence(
        "The total came in at {percent:.0f} % of the forecast on the validation window. The range"
        " allows for a miss of that size in either direction and for the chance in who buys how"
        " much. It does not allow for a different season, market or marketing, nor for customers"
        " who are yet to come.",
        percent=ratio * 100,
    )
