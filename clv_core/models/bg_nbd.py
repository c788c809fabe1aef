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

TERMS_AT_ONCE = 32  # between two looks at which customers' sums have settled
NEGLIGIBLE = 1e-13  # bound on P(N > j) at which a sum has settled


class BgNbd(PurchaseProcess):
    """Beta-geometric / negative binomial model.

    While a customer, one buys at a Poisson rate drawn from Gamma(``r``,
    ``alpha`` weeks); after each repeat purchase one leaves with a probability
    drawn from Beta(``a``, ``b``). Who has not come back yet cannot have left,
    so P(alive) of one-time buyers is 1: a property of the model.

    Formulas count the chances of leaving that a customer has met, k: here the
    repeat purchases x, as one who has bought once has met none.
    """

    title: ClassVar[str] = "BG/NBD"
    chances_at_first: ClassVar[int] = 0  # of leaving, that the first purchase brings
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
        """Return the numerator of equation (10) of the paper, as a sum over purchases.

        One who never left would buy N times, N negative binomial; purchase j + 1
        comes about where N > j and the customer stayed after each of the j
        before it. So the expectation is the sum over j of P(N > j) P(stayed j
        times): positive terms only, where the hypergeometric form cancels and is
        undefined at a = 1.
        """
        r, alpha, a, b = self.parameters_
        size = r + histories.frequency
        share = weeks / (alpha + histories.tenure_weeks + weeks)
        return _sum_over_purchases(size, share, b + self._chances(histories), a)

    def _log_likelihood(self, parameters: FloatArray, histories: PurchaseHistories) -> FloatArray:
        r, alpha, a, b = parameters
        x, k = histories.frequency, self._chances(histories)
        staying = (
            betaln(a, b + k)
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
        x, k = histories.frequency, self._chances(histories)
        stretch = np.log(alpha + histories.tenure_weeks) - np.log(
            alpha + histories.last_purchase_weeks
        )
        may_leave = k > 0
        # b + k - 1 > 0 needs k >= 1; who has met no chance of leaving cannot have left.
        leaving = np.log(a) - np.log(np.where(may_leave, b + k - 1, 1.0))
        return np.where(may_leave, leaving + (r + x) * stretch, -np.inf)

    def _chances(self, histories: PurchaseHistories) -> FloatArray:
        return histories.frequency + self.chances_at_first

    def _log_likelihood_and_gradient(
        self, parameters: FloatArray, histories: PurchaseHistories
    ) -> tuple[float, FloatArray]:
        r, alpha, a, b = parameters
        x, k, weights = histories.frequency, self._chances(histories), histories.weights
        at_cutoff = alpha + histories.tenure_weeks
        at_last = alpha + histories.last_purchase_weeks
        gone = expit(self._log_odds_gone(parameters, histories))
        stretch = np.log(at_cutoff) - np.log(at_last)
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - np.log(at_cutoff) + gone * stretch
        by_alpha = r / alpha - (r + x) * ((1 - gone) / at_cutoff + gone / at_last)
        by_a = digamma(a + b) - digamma(a + b + k) + gone / a
        offset = np.where(k > 0, b + k - 1, 1.0)
        by_b = digamma(b + k) - digamma(b) + digamma(a + b) - digamma(a + b + k) - gone / offset
        value = float(weights @ self._log_likelihood(parameters, histories))
        gradient = np.array([weights @ by for by in (by_r, by_alpha, by_a, by_b)])
        return value, gradient


def _sum_over_purchases(
    size: FloatArray, share: FloatArray, stays: FloatArray, leaves: float
) -> FloatArray:
    """Sum P(N > j) E[(1 - p)^j] over j for N ~ NB(size, share), p ~ Beta(leaves, stays)."""
    expected = np.zeros(len(size))
    open_rows = np.arange(len(size))
    log_mass = size * np.log1p(-share)  # of P(N = j)
    more, staying = -np.expm1(log_mass), np.ones(len(size))
    j = 0
    while open_rows.size:
        total = np.zeros(open_rows.size)
        log_share = np.log(share)
        for _ in range(TERMS_AT_ONCE):
            total += more * staying
            staying = staying * (stays + j) / (leaves + stays + j)
            log_mass = log_mass + np.log((size + j) / (j + 1)) + log_share
            more = more - np.exp(log_mass)
            j += 1
        expected[open_rows] += total
        # From here on masses fall at least this fast, so P(N > j) <= mass / (1 - ratio).
        ratio = np.maximum((size + j) / (j + 1) * share, share)
        keep = np.exp(log_mass) > NEGLIGIBLE * (1 - ratio)
        open_rows = open_rows[keep]
        size, share, stays, log_mass, more, staying = (
            part[keep] for part in (size, share, stays, log_mass, more, staying)
        )
    return expected
