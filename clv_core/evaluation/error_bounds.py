"""How far a told value may lie from the given one, learnt from cross-validated errors."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.certainty import MIN_CUSTOMERS, refuse_few
from clv_core.evaluation.metrics import Floats

_MAX_BINS: Final = 20
_MIN_PER_BIN: Final = 50


@dataclass(frozen=True)
class ErrorBounds:
    """Bounds between which a stated share of customers should fall.

    Split-conformal prediction on the errors (given value − forecast) of customers
    that the forecasting models had not seen (Lei, G'Sell, Rinaldo, Tibshirani and
    Wasserman 2018, "Distribution-free predictive inference for regression", with
    its finite-sample ranks), in bins of similar forecasts (Mondrian conformal
    prediction, Vovk, Gammerman and Shafer 2005, section 4.5), half of what may be
    missed on either side. ``certainty.IntervalModel`` bounds outcomes rather than
    errors: right where chance moves customers further than forecasts differ within
    a bin, too wide here, where a column may tell another almost exactly.

    Between bins the errors are interpolated; above the highest they grow in
    proportion to the forecast. Bounds always include the forecast.

    Attributes
    ----------
    share : float
        Of customers that should lie within the bounds.
    knots : tuple of float
        Median forecast of each bin, rising.
    lows, highs : tuple of float
        Errors at the knots.
    """

    share: float
    knots: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    @classmethod
    def fit(cls, predicted: Floats, actual: Floats, share: float = 0.8) -> ErrorBounds:
        """Learn the bounds from forecasts of unseen customers.

        Parameters
        ----------
        predicted, actual : array of float, shape (customers,)
        share : float
            Of customers that should lie within the bounds, between 0 and 1.

        Raises
        ------
        TooFewCustomers
            With fewer than ``MIN_CUSTOMERS``.
        """
        if len(predicted) < MIN_CUSTOMERS:
            raise refuse_few(len(predicted))
        bins = int(np.clip(len(predicted) // _MIN_PER_BIN, 1, _MAX_BINS))
        # Inner edges only, each once: tied forecasts never fall into two bins.
        edges = np.unique(np.quantile(predicted, np.arange(1, bins) / bins))
        place = np.searchsorted(edges, predicted, side="right")
        found = []
        for number in np.unique(place):
            inside = place == number
            knot = float(np.median(predicted[inside]))
            growth = np.ones(int(inside.sum()))
            if number == place.max() and knot > 0:
                growth = np.maximum(predicted[inside] / knot, 1.0)
            errors = (actual[inside] - predicted[inside]) / growth
            found.append((knot, *_cut_tails(np.sort(errors), share)))
        knots, lows, highs = zip(*found, strict=True)
        return cls(share, knots, lows, highs)

    def bounds(self, predicted: pd.Series) -> pd.DataFrame:
        """Return ``low`` and ``high`` for each forecast, on its index."""
        forecast, knots = predicted.to_numpy(float), np.array(self.knots)
        growth = np.ones_like(forecast)
        if knots[-1] > 0:
            growth = np.maximum(forecast / knots[-1], 1.0)
        low = forecast + growth * np.interp(forecast, knots, self.lows)
        high = forecast + growth * np.interp(forecast, knots, self.highs)
        return pd.DataFrame(
            {"low": np.minimum(low, forecast), "high": np.maximum(high, forecast)},
            index=predicted.index,
        )

    def to_json(self) -> str:
        """Return the bounds as JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ErrorBounds:
        """Rebuild what :meth:`to_json` wrote."""
        stored = json.loads(text)
        return cls(stored["share"], *(tuple(stored[name]) for name in ("knots", "lows", "highs")))


def _cut_tails(ordered: Floats, share: float) -> tuple[float, float]:
    """Return the errors that leave out half of what may be missed on either side."""
    count, tail = len(ordered), (1 - share) / 2
    # Rounded, since (1 − 0.8) / 2 is a hair below 0.1 and would cost a whole rank.
    first = max(int(np.floor(np.round((count + 1) * tail, 9))) - 1, 0)
    last = min(int(np.ceil(np.round((count + 1) * (1 - tail), 9))) - 1, count - 1)
    return float(ordered[first]), float(ordered[last])
