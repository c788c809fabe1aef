"""How far a single customer's value may lie from the forecast, by its rank alone.

For forecasts without a chance of buying, and windows with too few buyers to learn
:class:`~clv_core.evaluation.ranges.Ranges` from; and the intervals of earlier versions.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.errors import TooFewCustomers
from clv_core.evaluation.metrics import Floats
from clv_core.sentences import Sentence

MIN_CUSTOMERS: Final = 10
_MAX_BINS: Final = 20
_MIN_PER_BIN: Final = 50  # for a quantile in the tenths to mean something


@dataclass(frozen=True)
class IntervalModel:
    """Bounds between which a stated share of customers should fall.

    Rank-binned split-conformal prediction: validation customers are binned by
    forecast, and each bin's bounds are quantiles of what its customers spent,
    with the finite-sample ranks of split-conformal prediction (Lei, G'Sell,
    Rinaldo, Tibshirani and Wasserman 2018, "Distribution-free predictive
    inference for regression"; binning as in Mondrian conformal prediction, Vovk,
    Gammerman and Shafer 2005, section 4.5). In the highest bin, which is wide,
    outcomes of forecasts above the bin's median are first scaled down to it.
    The lower bound leaves out half of what may be missed; the upper one the rest,
    all of it where many buy nothing and nobody can fall below.

    Between bins the bounds are interpolated, made to rise with the forecast, and
    stretched to include the forecast itself. A mean can lie above what most
    customers spend, so the forecast may *be* the upper bound.

    Coverage holds on average over customers like those of the validation window,
    in each bin, not for every single one; a change between windows breaks it.
    That is why it is measured: :func:`measure_coverage`.

    Attributes
    ----------
    share : float
        Of customers that should lie within the bounds.
    knots : tuple of float
        Median forecast of each bin, rising.
    lows, highs : tuple of float
        Bounds at the knots, never falling.
    """

    share: float
    knots: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @classmethod
    def fit(cls, predicted: pd.Series, actual: pd.Series, share: float = 0.8) -> IntervalModel:
        """Learn the bounds on the validation window.

        Parameters
        ----------
        predicted, actual : Series of float, index ``customer_key``
            Forecast and net revenue of the same customers.
        share : float
            Of customers that should lie within the bounds, between 0 and 1.

        Raises
        ------
        TooFewCustomers
            With fewer than ``MIN_CUSTOMERS``.
        """
        if len(predicted) < MIN_CUSTOMERS:
            raise refuse_few(len(predicted))
        forecast = predicted.to_numpy(float)
        came = actual.loc[predicted.index].to_numpy(float)
        bins = int(np.clip(len(forecast) // _MIN_PER_BIN, 1, _MAX_BINS))
        # Inner edges only, each once: tied forecasts never fall into two bins.
        edges = np.unique(np.quantile(forecast, np.arange(1, bins) / bins))
        place = np.searchsorted(edges, forecast, side="right")
        numbers = np.unique(place)
        found = [
            _bound_bin(forecast[place == n], came[place == n], share, n == numbers[-1])
            for n in numbers
        ]
        knots, lows, highs = (np.array(values) for values in zip(*found, strict=True))
        return cls(
            share,
            tuple(knots.tolist()),
            tuple(np.maximum.accumulate(lows).tolist()),
            tuple(np.maximum.accumulate(highs).tolist()),
        )

    def bounds(self, predicted: pd.Series) -> pd.DataFrame:
        """Return ``low`` and ``high`` for each forecast, on its index.

        Both rise with the forecast and ``low <= predicted <= high``. Above the
        highest knot they grow in proportion to the forecast.
        """
        forecast = predicted.to_numpy(float)
        knots = np.array(self.knots)
        beyond = np.ones_like(forecast)
        if knots[-1] > 0:
            beyond = np.maximum(forecast / knots[-1], 1.0)
        low = np.interp(forecast, knots, self.lows)
        high = np.interp(forecast, knots, self.highs)
        # A negative bound must not sink as the forecast rises.
        low = np.where(low > 0, low * beyond, low)
        high = np.where(high > 0, high * beyond, high)
        return pd.DataFrame(
            {"low": np.minimum(low, forecast), "high": np.maximum(high, forecast)},
            index=predicted.index,
        )

    def to_json(self) -> str:
        """Return the model as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> IntervalModel:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        return cls(stored["share"], *(tuple(stored[name]) for name in ("knots", "lows", "highs")))


def _bound_bin(
    forecast: Floats, came: Floats, share: float, is_highest: bool
) -> tuple[float, float, float]:
    knot = float(np.median(forecast))
    scaled = came * knot / np.maximum(forecast, knot) if is_highest and knot > 0 else came
    ordered, count = np.sort(scaled), len(scaled)
    # Rounded, since (1 − 0.8) / 2 is a hair below 0.1 and would cost a whole rank.
    first = max(int(np.floor(np.round((count + 1) * (1 - share) / 2, 9))) - 1, 0)
    low = float(ordered[first])
    below = int(np.searchsorted(ordered, low, side="left"))
    # A new customer falls below the k-th of n outcomes with chance k / (n + 1); where
    # several share it, the share seen below is nearer to the truth.
    missed = (below + 1) / (count + 1) if below == first else below / count
    last = int(np.ceil(np.round((count + 1) * (share + missed), 9))) - 1
    return knot, low, float(ordered[min(last, count - 1)])


def refuse_few(customers: int) -> TooFewCustomers:
    """Return the error for a validation window that ranges cannot be learnt from."""
    return TooFewCustomers(
        Sentence(
            "Ranges cannot be learnt from {customers} customers in the validation window.",
            customers=customers,
        ),
        Sentence(
            "At least {needed} customers with forecasts that add up to something are needed; use"
            " an earlier cutoff or a longer history.",
            needed=MIN_CUSTOMERS,
        ),
    )
