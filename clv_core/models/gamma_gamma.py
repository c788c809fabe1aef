"""Gamma-Gamma: what a purchase day is worth.

Fader, Hardie & Lee (2005), RFM and CLV: using iso-value curves for customer
base analysis, Journal of Marketing Research 42(4), 415-430; notation of Fader &
Hardie (2013), The Gamma-Gamma model of monetary value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from clv_core.columns import FREQUENCY, MONETARY
from clv_core.errors import TooFewCustomers
from clv_core.models.maximum_likelihood import FloatArray, Limits, describe_fit, maximise
from clv_core.models.purchase_process import MAX_DISTINCT_ROWS, MIN_CUSTOMERS, sample_rows
from clv_core.sentences import Sentence

FLOOR_SHARE = 0.01  # of the median value; smaller means are refunds and give-aways, not prices


class GammaGamma:
    """Purchase values vary around a customer's own mean, which varies in the shop.

    A purchase day's value is Gamma(``p``, rate nu) and nu is Gamma(``q``, ``v``).

    Attributes
    ----------
    p_, q_, v_ : float
        ``v_`` in the shop's currency. ``q_`` stays above 1 so that the mean of
        the shop, p v / (q - 1), is finite.
    floor_ : float
        Smallest mean value the fit accepts; smaller and negative ones count as it.
    log_likelihood_ : float
    converged_ : bool
    notes_ : tuple of Sentence
        What a reader should know about the fit; empty where nothing is odd.
    """

    limits: ClassVar[tuple[Limits, ...]] = (
        Limits("p", 1e-2, 1e4, 3.0),
        Limits("q", 1.05, 1e4, 3.0),
        Limits("v", 1e-4, 1e4, 1.0),  # in medians of the mean value
    )

    def fit(
        self, mean_value: FloatArray, count: FloatArray, start: FloatArray | None = None
    ) -> Self:
        """Find the most likely parameters.

        Parameters
        ----------
        mean_value : ndarray, shape (customers,)
            Mean value of the ``count`` purchase days, in the shop's currency.
            Values that are not positive, or below ``FLOOR_SHARE`` of the median,
            count as that floor: the density lives on positive values and one
            value next to zero would outweigh thousands of ordinary ones.
        count : ndarray, shape (customers,)
            Purchase days behind each mean, at least 1.
        start : ndarray, optional
            ``p_, q_, v_`` of an earlier fit.

        Raises
        ------
        TooFewCustomers
            Where fewer than ``MIN_CUSTOMERS`` have a positive mean value.
        """
        positive = mean_value > 0
        if positive.sum() < MIN_CUSTOMERS:
            raise TooFewCustomers(
                Sentence(
                    "Only {customers} customer(s) have spent more than they were refunded.",
                    customers=int(positive.sum()),
                ),
                Sentence("Give orders of at least {needed} such customers.", needed=MIN_CUSTOMERS),
            )
        unit = float(np.median(mean_value[positive]))
        self.floor_ = FLOOR_SHARE * unit
        value, days, weights = _sorted_sample(np.maximum(mean_value, self.floor_) / unit, count)
        scaled = None if start is None else start / np.array([1.0, 1.0, unit])
        optimum = maximise(
            lambda parameters: _log_likelihood_and_gradient(parameters, value, days, weights),
            self.limits,
            [np.array([3.0, 3.0, 1.0]) if scaled is None else scaled],
            scale=float(weights.sum()),
        )
        self.p_, self.q_, self.v_ = (optimum.parameters * np.array([1.0, 1.0, unit])).tolist()
        # The density of value / unit is unit times that of the value.
        self.log_likelihood_ = optimum.log_likelihood - float(weights.sum() * np.log(unit))
        self.converged_ = optimum.converged
        self.notes_ = describe_fit("Gamma-Gamma", optimum)
        return self

    @property
    def parameters_(self) -> FloatArray:
        """``p_, q_, v_`` as an array, shape (3,)."""
        return np.array([self.p_, self.q_, self.v_])

    @property
    def population_mean(self) -> float:
        """Expected value of a purchase day of a customer nobody knows yet."""
        return float(self.p_ * self.v_ / (self.q_ - 1))

    def expected_value(self, mean_value: FloatArray, count: FloatArray) -> FloatArray:
        """Return the expected value of a customer's next purchase day.

        The customer's mean, shrunk towards the shop's the more the fewer days
        stand behind it (Fader & Hardie 2013, eq. 5). Means below ``floor_``,
        refund-heavy customers' among them, count as the floor.
        """
        value = np.maximum(mean_value, self.floor_)
        expected: FloatArray = self.p_ * (self.v_ + count * value) / (self.p_ * count + self.q_ - 1)
        return expected

    def to_json(self) -> dict[str, Any]:
        """Return the fitted state as plain values."""
        return {
            "p": self.p_,
            "q": self.q_,
            "v": self.v_,
            "floor": self.floor_,
            "log_likelihood": self.log_likelihood_,
            "converged": self.converged_,
            "notes": [note.to_json() for note in self.notes_],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        model = cls()
        model.p_, model.q_, model.v_ = (float(stored[name]) for name in ("p", "q", "v"))
        model.floor_ = float(stored["floor"])
        model.log_likelihood_ = float(stored["log_likelihood"])
        model.converged_ = bool(stored["converged"])
        model.notes_ = tuple(Sentence.from_json(note) for note in stored["notes"])
        return model


def purchase_values(features: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return mean value and number of *all* purchase days, the first included.

    The textbook leaves the first purchase out, and with it all one-time buyers;
    with it the forecast ranks customers better (docs/method.md).
    """
    return features[MONETARY].to_numpy(float), features[FREQUENCY].to_numpy(float) + 1


def _sorted_sample(
    value: FloatArray, count: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    order = np.lexsort((value, count))
    rows, weights = sample_rows(np.ones(len(value)), MAX_DISTINCT_ROWS)
    return value[order][rows], count[order][rows], weights


def _log_likelihood_and_gradient(
    parameters: FloatArray, value: FloatArray, count: FloatArray, weights: FloatArray
) -> tuple[float, FloatArray]:
    """Equation (1a) of Fader & Hardie (2013) and its slopes by p, q and v."""
    p, q, v = parameters
    shape, total = p * count, count * value
    log_sum = np.log(total + v)
    rows = (
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        + q * np.log(v)
        + (shape - 1) * np.log(value)
        + shape * np.log(count)
        - (shape + q) * log_sum
    )
    both = digamma(shape + q)
    by_p = count * (both - digamma(shape) + np.log(total) - log_sum)
    by_q = both - digamma(q) + np.log(v) - log_sum
    by_v = q / v - (shape + q) / (total + v)
    return float(weights @ rows), np.array([weights @ by for by in (by_p, by_q, by_v)])
