"""BG/NBD: customers may leave right after any repeat purchase.

Fader, Hardie & Lee (2005), "Counting your customers" the easy way: an
alternative to the Pareto/NBD model, Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln

from clv_core.models.maximum_likelihood import FloatArray, Limits
from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess

MAX_SERIES_TERMS = 20_000


class BgNbd(PurchaseProcess):
    """Beta-geometric / negative binomial model.

    While a customer, one buys at a Poisson rate drawn from Gamma(``r``,
    ``alpha`` weeks); after each repeat purchase one leaves with a probability
    drawn from Beta(``a``, ``b``). Who has not come back yet cannot have left,
    so P(alive) of one-time buyers is 1: a property of the model.
    """

    title: ClassVar[str] = "BG/NBD"
    limits: ClassVar[tuple[Limits, ...]] = (
        Limits("r", 1e-3, 1e3, 0.5),
        Limits("alpha", 1e-3, 1e5, 8.0),
        Limits("a", 1e-4, 1e3, 0.8),
        Limits("b", 1e-3, 1e3, 2.5),
    )

    def p_alive(self, histories: PurchaseHistories) -> FloatArray:
        """Return P(alive) at the cutoff (Fader, Hardie & Lee 2008, note on P(alive))."""
        alive: FloatArray = expit(-self._log_odds_gone(self.parameters_, histories))
        return alive

    def expected_while_alive(self, histories: PurchaseHistories, weeks: float) -> FloatArray:
        """Return the numerator of equation (10) of the paper.

        Euler's transformation takes x out of the first two arguments of the
        hypergeometric function, and a - 1 is divided out term by term, so
        neither many purchases nor a = 1 does harm.
        """
        r, alpha, a, b = self.parameters_
        x = histories.frequency
        z = weeks / (alpha + histories.tenure_weeks + weeks)
        c = a + b + x - 1
        log_rest = (a - 1) * np.log1p(-z)
        # -expm1(y) / (a - 1), with its limit at a = 1
        decay = -np.log1p(-z) * _mean_of_exponential(log_rest)
        rest = _hypergeometric_rest(a + b - 1 - r, a, c, z)
        expected: FloatArray = c * (decay - np.exp(log_rest) * rest)
        return expected

    def _log_likelihood(self, parameters: FloatArray, histories: PurchaseHistories) -> FloatArray:
        r, alpha, a, b = parameters
        x = histories.frequency
        staying = (
            betaln(a, b + x)
            - betaln(a, b)
            + gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            - (r + x) * np.log(alpha + histories.tenure_weeks)
        )
        rows: FloatArray = staying + np.logaddexp(0.0, self._log_odds_gone(parameters, histories))
        return rows

    def _log_odds_gone(self, parameters: FloatArray, histories: PurchaseHistories) -> FloatArray:
        r, alpha, a, b = parameters
        x = histories.frequency
        stretch = np.log(alpha + histories.tenure_weeks) - np.log(
            alpha + histories.last_purchase_weeks
        )
        repeat = x > 0
        # b + x - 1 > 0 needs x >= 1; one-time buyers cannot have left.
        leaving = np.log(a) - np.log(np.where(repeat, b + x - 1, 1.0))
        return np.where(repeat, leaving + (r + x) * stretch, -np.inf)

    def _log_likelihood_and_gradient(
        self, parameters: FloatArray, histories: PurchaseHistories
    ) -> tuple[float, FloatArray]:
        r, alpha, a, b = parameters
        x, weights = histories.frequency, histories.weights
        at_cutoff = alpha + histories.tenure_weeks
        at_last = alpha + histories.last_purchase_weeks
        gone = expit(self._log_odds_gone(parameters, histories))
        stretch = np.log(at_cutoff) - np.log(at_last)
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - np.log(at_cutoff) + gone * stretch
        by_alpha = r / alpha - (r + x) * ((1 - gone) / at_cutoff + gone / at_last)
        by_a = digamma(a + b) - digamma(a + b + x) + gone / a
        repeat_offset = np.where(x > 0, b + x - 1, 1.0)
        by_b = (
            digamma(b + x) - digamma(b) + digamma(a + b) - digamma(a + b + x) - gone / repeat_offset
        )
        value = float(weights @ self._log_likelihood(parameters, histories))
        gradient = np.array([weights @ by for by in (by_r, by_alpha, by_a, by_b)])
        return value, gradient


def _mean_of_exponential(y: FloatArray) -> FloatArray:
    """Return expm1(y) / y, 1 where y is 0."""
    safe = np.where(y == 0, 1.0, y)
    return np.where(y == 0, 1.0, np.expm1(safe) / safe)


def _hypergeometric_rest(first: float, a: float, c: FloatArray, z: FloatArray) -> FloatArray:
    """Return (2F1(first, a - 1; c; z) - 1) / (a - 1) by its power series, 0 <= z < 1."""
    term = first / c * z
    total = term.copy()
    for n in range(1, MAX_SERIES_TERMS):
        term = term * ((first + n) * (a - 1 + n) / ((c + n) * (n + 1)) * z)
        total += term
        if np.all(np.abs(term) <= 1e-13 * (1.0 + np.abs(total))):
            break
    return total
