"""How far the total of some customers' forecasts may lie from what comes in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from clv_core.evaluation.certainty import MIN_CUSTOMERS, refuse_few
from clv_core.evaluation.metrics import Floats
from clv_core.sentences import Sentence

PARTS: Final = (0.5, 0.8)  # lines, as shares of value, between the parts that misses are told for


@dataclass(frozen=True)
class PastWindow:
    """What was forecast for a window that has closed, and what came in.

    Attributes
    ----------
    predicted, actual : Series of float, index ``customer_key``
        Of the same customers; no later day was known to the forecast.
    """

    predicted: pd.Series
    actual: pd.Series


@dataclass(frozen=True)
class TotalSpread:
    """What totals of earlier windows were off by, and what chance adds.

    Attributes
    ----------
    miss_of_all, miss_of_part : float
        Standard deviation of (what came in ÷ forecast − 1) beyond what chance in who
        buys how much explains: of all customers together, and of the parts of them
        that carry much, some and little of the value.
    dispersion : float
        Squared errors ÷ forecasts on the newest window: the variance that goes with an
        expected unit of currency, where no distribution is known.
    validation_ratio : float
        What came in ÷ forecast, of all customers on the newest window.
    windows : int
        Behind the misses.
    expected_of_all : float
        Total forecast of all customers, whose parts are asked for.
    """

    miss_of_all: float
    miss_of_part: float
    dispersion: float
    validation_ratio: float
    windows: int
    expected_of_all: float

    def to_json(self) -> str:
        """Return the misses as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TotalSpread:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class TotalInterval:
    """What some customers together may bring.

    Attributes
    ----------
    expected : float
        Sum of the forecasts.
    low, high : float
        Between which the total should lie; ``expected`` is always inside.
    share : float
        Intended chance that it does.
    validation_ratio : float
        Actual ÷ forecast total of all customers on the validation window.
    contains : Sentence
        What the interval allows for and what not.
    """

    expected: float
    low: float
    high: float
    share: float
    validation_ratio: float
    contains: Sentence


def measure_misses(windows: Sequence[PastWindow], expected_of_all: float) -> TotalSpread:
    """Learn from windows that have closed how far totals are off.

    Of each window's total, what came in ÷ forecast is compared with 1. The squared
    deviation less what chance alone explains (the squared errors of the customers
    around that ratio) is averaged over the windows by their size: the between-window
    variance of random-effects models by the method of moments (DerSimonian and Laird
    1986, "Meta-analysis in clinical trials", with sizes as weights), around 1 and not
    around the windows' own mean, so that a lasting bias counts as well. The same is
    done for the parts of the customers between the lines ``PARTS``.

    Parameters
    ----------
    windows : sequence of PastWindow
        The validation window of the model in use first. Others may be forecasts of a
        simpler model: they tell how much windows differ.
    expected_of_all : float

    Raises
    ------
    TooFewCustomers
        With fewer than ``MIN_CUSTOMERS`` in the first window, or where its forecasts do
        not add up to more than nothing.
    """
    newest = _Window.read(windows[0])
    if len(newest.forecast) < MIN_CUSTOMERS or newest.forecast.sum() <= 0:
        raise refuse_few(len(newest.forecast))
    read = [newest, *map(_Window.read, windows[1:])]
    of_all = _average_miss([window.miss(np.ones(len(window.forecast), bool)) for window in read])
    of_part = _average_miss([window.miss(part) for window in read for part in window.parts()])
    came, forecast = newest.came.sum(), newest.forecast.sum()
    errors = newest.came - newest.forecast * came / forecast
    return TotalSpread(
        miss_of_all=of_all,
        miss_of_part=max(of_part, of_all),
        dispersion=float((errors**2).sum() / forecast),
        validation_ratio=float(came / forecast),
        windows=len(windows),
        expected_of_all=expected_of_all,
    )


def segment_total(
    predicted: pd.Series, spread: TotalSpread, variance: pd.Series | None, share: float
) -> TotalInterval:
    """Bound the total of any customers: a tier, a list, all of them.

    Two things are allowed for: that the total is off by as much as totals of earlier
    windows were, and what the customers happen to do. The smaller the part of all value,
    the nearer the miss lies to that of parts. The total is taken to follow the gamma
    distribution of that mean and variance: never below nothing, skewed for few
    customers, close to the normal for many.

    Parameters
    ----------
    predicted : Series of float, index ``customer_key``
        Forecasts of the customers.
    spread : TotalSpread
    variance : Series of float, same index, or None
        Of what each of them brings; None where it is not known.
    share : float
        Intended chance that the total lies within.
    """
    expected = float(predicted.sum())
    if expected <= 0:
        return _tell(expected, expected, expected, spread, share)
    whole = min(expected / spread.expected_of_all, 1.0) if spread.expected_of_all > 0 else 1.0
    systematic = whole * spread.miss_of_all**2 + (1 - whole) * spread.miss_of_part**2
    chance = spread.dispersion * expected if variance is None else float(variance.sum())
    total = max(systematic * expected**2 + chance, 1e-12 * expected**2)
    ends = [(1 - share) / 2, (1 + share) / 2]
    low, high = stats.gamma.ppf(ends, expected**2 / total, scale=total / expected)
    return _tell(min(float(low), expected), expected, max(float(high), expected), spread, share)


@dataclass(frozen=True)
class _Window:
    forecast: Floats
    came: Floats

    @classmethod
    def read(cls, window: PastWindow) -> _Window:
        actual = window.actual.loc[window.predicted.index]
        return cls(window.predicted.to_numpy(float), actual.to_numpy(float))

    def parts(self) -> list[np.ndarray]:
        """Return who carries much, some and little of the forecast value."""
        values = np.maximum(self.forecast, 0.0)
        order = np.argsort(-values, kind="stable")
        before = np.empty(len(values))
        before[order] = np.cumsum(values[order]) - values[order]
        place = np.searchsorted(np.array(PARTS) * values.sum(), before, side="right")
        return [place == number for number in range(len(PARTS) + 1)]

    def miss(self, rows: np.ndarray) -> tuple[float, float]:
        """Return the forecast total of some customers and its squared miss beyond chance."""
        forecast, came = self.forecast[rows], self.came[rows]
        expected = float(forecast.sum())
        if len(forecast) < MIN_CUSTOMERS or expected <= 0:
            return 0.0, 0.0
        ratio = float(came.sum()) / expected
        chance = float(((came - ratio * forecast) ** 2).sum()) / expected**2
        return expected, (ratio - 1) ** 2 - chance


def _average_miss(misses: Sequence[tuple[float, float]]) -> float:
    sizes, squares = np.array(misses).T
    return float(np.sqrt(max(float(sizes @ squares) / sizes.sum(), 0.0)))


def _tell(
    low: float, expected: float, high: float, spread: TotalSpread, share: float
) -> TotalInterval:
    contains = Sentence(
        "Totals of earlier windows ({windows}) were off by about {percent:.0f} % beyond chance."
        " The range allows for a miss of that size and for the chance in who buys how much. It"
        " does not allow for a different season, market or marketing, nor for customers who are"
        " yet to come.",
        windows=spread.windows,
        percent=spread.miss_of_all * 100,
    )
    return TotalInterval(expected, low, high, share, spread.validation_ratio, contains)
