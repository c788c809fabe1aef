"""Pareto/NBD: customers may leave at any moment.

Schmittlein, Morrison & Colombo (1987), Counting your customers: who are they
and what will they do next?, Management Science 33(1), 1-24; likelihood in the
form of Fader & Hardie (2005), A note on deriving the Pareto/NBD model and
related expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from clv_core.models.maximum_likelihood import FloatArray, Limits
from clv_core.models.purchase_process import PurchaseHistories, PurchaseProcess

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(20)  # log-likelihood to 1e-7 or better
FALLEN_AWAY_LOG = 40.0  # the integrand is cut off where it has fallen by exp(-40)
ROWS_AT_ONCE = 4096  # keeps the (rows, nodes) arrays inside the processor's cache


class ParetoNbd(PurchaseProcess):
    """Pareto / negative binomial model.

    While a customer, one buys at a Poisson rate drawn from Gamma(``r``,
    ``alpha`` weeks); one leaves at an exponential time whose rate is drawn from
    Gamma(``s``, ``beta`` weeks).
    """

    title: ClassVar[str] = "Pareto/NBD"
    limits: ClassVar[tuple[Limits, ...]] = (
        Limits("r", 1e-3, 1e3, 0.5),
        Limits("alpha", 1e-3, 1e5, 10.0),
        Limits("s", 1e-4, 1e3, 0.6),
        Limits("beta", 1e-3, 1e5, 12.0),
    )

    def p_alive(self, histories: PurchaseHistories) -> FloatArray:
        """Return P(alive) at the cutoff (Fader & Hardie 2005, eq. 36-37)."""
        return np.concatenate(
            [
                np.exp(fates.log_alive - fates.log_total)
                for fates, _ in _weigh_fates(self.parameters_, histories)
            ]
        )

    def expected_while_alive(self, histories: PurchaseHistories, weeks: float) -> FloatArray:
        """Return the expected purchases given alive (Fader & Hardie 2005, eq. 41)."""
        r, alpha, s, beta = self.parameters_
        tenure = histories.tenure_weeks
        rate = (r + histories.frequency) / (alpha + tenure)
        stretch = np.log1p(weeks / (beta + tenure))
        exponent = (1 - s) * stretch
        safe = np.where(exponent == 0, 1.0, exponent)
        mean = np.where(exponent == 0, 1.0, np.expm1(safe) / safe)  # limit at s = 1
        expected: FloatArray = rate * (beta + tenure) * stretch * mean
        return expected

    def _log_likelihood(self, parameters: FloatArray, histories: PurchaseHistories) -> FloatArray:
        r, alpha, s, beta = parameters
        x = histories.frequency
        total = np.concatenate(
            [fates.log_total for fates, _ in _weigh_fates(parameters, histories)]
        )
        rows: FloatArray = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + total
        )
        return rows

    def _log_likelihood_and_gradient(
        self, parameters: FloatArray, histories: PurchaseHistories
    ) -> tuple[float, FloatArray]:
        r, alpha, s, beta = parameters
        x, weights = histories.frequency, histories.weights
        fixed = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        value = float(weights @ fixed)
        gradient = np.array(
            [
                weights @ (digamma(r + x) - digamma(r) + np.log(alpha)),
                weights.sum() * r / alpha,
                weights.sum() * np.log(beta),
                weights.sum() * s / beta,
            ]
        )
        for fates, rows in _weigh_fates(parameters, histories):
            value += float(weights[rows] @ fates.log_total)
            gradient += fates.mean_slopes(parameters, x[rows]) @ weights[rows]
        return value, gradient


@dataclass(frozen=True)
class Fates:
    """The two ways a history can end: still a customer, or gone at some moment.

    The likelihood's bracket is

        (alpha + T)^-(r+x) (beta + T)^-s
        + s * integral from t_x to T of (alpha + u)^-(r+x) (beta + u)^-(s+1) du

    whose integral Fader & Hardie write as a difference of two hypergeometric
    functions (with a case for each order of alpha and beta). That difference
    loses all digits where both are nearly equal and is slow; Gauss-Legendre
    quadrature over log(min(alpha, beta) + u), where the integrand has no
    singularity within pi of the path, needs no cases and gives the gradient
    from the same nodes.

    Attributes
    ----------
    log_alive, log_total : ndarray, shape (rows,)
        Logs of the first term and of the bracket.
    alive : ndarray, shape (rows,)
        Share of the first term in the bracket: P(alive).
    gone : ndarray, shape (rows, nodes)
        Share of each moment of leaving.
    at_cutoff : pair of ndarray, shape (rows,)
        alpha + T and beta + T.
    at_leaving : pair of ndarray, shape (rows, nodes)
        alpha + u and beta + u.
    logs_at_leaving : pair of ndarray, shape (rows, nodes)
    """

    log_alive: FloatArray
    log_total: FloatArray
    alive: FloatArray
    gone: FloatArray
    at_cutoff: tuple[FloatArray, FloatArray]
    at_leaving: tuple[FloatArray, FloatArray]
    logs_at_leaving: tuple[FloatArray, FloatArray]

    def mean_slopes(self, parameters: FloatArray, x: FloatArray) -> FloatArray:
        """Return d log_total by r, alpha, s and beta, shape (4, rows)."""
        r, _, s, _ = parameters
        (alpha_end, beta_end), (alpha_u, beta_u) = self.at_cutoff, self.at_leaving
        log_alpha_u, log_beta_u = self.logs_at_leaving
        by_r = self.alive * np.log(alpha_end) + _row_sum(self.gone, log_alpha_u)
        by_alpha = (r + x) * (self.alive / alpha_end + _row_sum(self.gone, 1 / alpha_u))
        by_s = (
            self.alive * np.log(beta_end)
            + _row_sum(self.gone, log_beta_u)
            - self.gone.sum(axis=1) / s
        )
        by_beta = s * self.alive / beta_end + (s + 1) * _row_sum(self.gone, 1 / beta_u)
        return -np.stack([by_r, by_alpha, by_s, by_beta])


def _row_sum(weights: FloatArray, values: FloatArray) -> FloatArray:
    summed: FloatArray = np.einsum("ij,ij->i", weights, values)
    return summed


def _weigh_fates(
    parameters: FloatArray, histories: PurchaseHistories
) -> Iterator[tuple[Fates, slice]]:
    for begin in range(0, len(histories.frequency), ROWS_AT_ONCE):
        rows = slice(begin, begin + ROWS_AT_ONCE)
        yield (
            _weigh(
                parameters,
                histories.frequency[rows],
                histories.last_purchase_weeks[rows],
                histories.tenure_weeks[rows],
            ),
            rows,
        )


def _weigh(parameters: FloatArray, x: FloatArray, last: FloatArray, end: FloatArray) -> Fates:
    r, alpha, s, beta = parameters
    smaller, gap = min(alpha, beta), abs(alpha - beta)
    # Largest possible size of both terms; all that follows is relative to it.
    top = -(r + x) * np.log(alpha + last) - s * np.log(beta + last)
    log_alive = -(r + x) * np.log(alpha + end) - s * np.log(beta + end)

    until = np.minimum(end, _fallen_away(alpha, last, r + x))
    until = np.minimum(until, _fallen_away(beta, last, s + 1.0))
    start_log, end_log = np.log(smaller + last), np.log(smaller + until)
    half = 0.5 * (end_log - start_log)
    log_small = (start_log + half)[:, None] + half[:, None] * NODES
    small = np.exp(log_small)
    large = small + gap
    log_large = np.log(large)
    if alpha <= beta:
        at_leaving, logs = (small, large), (log_small, log_large)
    else:
        at_leaving, logs = (large, small), (log_large, log_small)
    heights = np.exp(log_small - (r + x)[:, None] * logs[0] - (s + 1) * logs[1] - top[:, None])
    gone = heights * (s * half[:, None] * NODE_WEIGHTS)
    alive = np.exp(log_alive - top)
    total = alive + gone.sum(axis=1)
    return Fates(
        log_alive=log_alive,
        log_total=top + np.log(total),
        alive=alive / total,
        gone=gone / total[:, None],
        at_cutoff=(alpha + end, beta + end),
        at_leaving=at_leaving,
        logs_at_leaving=logs,
    )


def _fallen_away(offset: float, last: FloatArray, power: FloatArray | float) -> FloatArray:
    """Return u where ((offset + u) / (offset + last))^-power has fallen to nothing."""
    return last + (offset + last) * np.expm1(np.minimum(FALLEN_AWAY_LOG / power, 50.0))
