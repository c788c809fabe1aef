"""How often and how long customers buy: what the "buy till you die" models share.

Time runs in weeks inside these models (published parameters for CDNOW are in
weeks); features and horizons come in days.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.errors import NoRepeatBuyers, TooFewCustomers
from clv_core.models.maximum_likelihood import FloatArray, Limits, Objective, describe_fit, maximise
from clv_core.sentences import Sentence

DAYS_PER_WEEK = 7
MIN_CUSTOMERS = 30  # four parameters from fewer customers are noise
MAX_DISTINCT_ROWS = 20_000  # above, a systematic sample: more rows no longer move the parameters
PENALTY_SPREAD = 5.0  # log units; weak: a factor of 150 from the usual size costs half a unit


@dataclass(frozen=True)
class PurchaseHistories:
    """Purchase days of customers, reduced to what the likelihood needs.

    Attributes
    ----------
    frequency : ndarray of float64, shape (rows,)
        ``x``: days with a purchase after the first such day.
    last_purchase_weeks : ndarray of float64, shape (rows,)
        ``t_x``: weeks from the first purchase to the last one, 0 where x = 0.
    tenure_weeks : ndarray of float64, shape (rows,)
        ``T``: weeks from the first purchase to the cutoff.
    weights : ndarray of float64, shape (rows,)
        How many customers the row stands for.
    """

    frequency: FloatArray
    last_purchase_weeks: FloatArray
    tenure_weeks: FloatArray
    weights: FloatArray

    @classmethod
    def from_features(cls, features: pd.DataFrame) -> Self:
        """Read ``frequency``, ``recency_days`` and ``tenure_days``, one row per customer."""
        tenure = features[TENURE].to_numpy(float)
        return cls(
            frequency=features[FREQUENCY].to_numpy(float),
            last_purchase_weeks=(tenure - features[RECENCY].to_numpy(float)) / DAYS_PER_WEEK,
            tenure_weeks=tenure / DAYS_PER_WEEK,
            weights=np.ones(len(features)),
        )

    def collapse(self, max_rows: int = MAX_DISTINCT_ROWS) -> PurchaseHistories:
        """Merge equal rows and add up their weights; the likelihood stays the same.

        Above ``max_rows`` distinct rows a systematic sample with the same total
        weight stands for them, the same one every time.
        """
        keys = pd.DataFrame(
            {
                "frequency": self.frequency,
                "last": self.last_purchase_weeks,
                "tenure": self.tenure_weeks,
            }
        )
        merged = pd.Series(self.weights).groupby([keys[name] for name in keys]).sum()
        totals: FloatArray = np.array(merged, dtype=np.float64)
        rows, weights = sample_rows(totals, max_rows)
        distinct = merged.index.to_frame().to_numpy(float)[rows]
        return PurchaseHistories(distinct[:, 0], distinct[:, 1], distinct[:, 2], weights)

    def until(self, weeks_later: float) -> PurchaseHistories:
        """Return the same histories had nobody bought for ``weeks_later`` more weeks."""
        return PurchaseHistories(
            self.frequency,
            self.last_purchase_weeks,
            self.tenure_weeks + weeks_later,
            self.weights,
        )


def sample_rows(weights: FloatArray, max_rows: int) -> tuple[np.ndarray, FloatArray]:
    """Choose rows in proportion to their weight, evenly through their order.

    Returns
    -------
    rows : ndarray of int
        All rows where there are at most ``max_rows``.
    weights : ndarray of float64
        Add up to the weights given.
    """
    if len(weights) <= max_rows:
        return np.arange(len(weights)), weights
    total = float(weights.sum())
    steps = (np.arange(max_rows) + 0.5) * total / max_rows
    rows, hits = np.unique(np.searchsorted(np.cumsum(weights), steps), return_counts=True)
    return rows, hits * total / max_rows


class PurchaseProcess(ABC):
    """A model of when customers buy and when they silently leave.

    Parameters
    ----------
    penalty_spread : float, default ``PENALTY_SPREAD``
        Spread, in log units, of the weak log-normal penalty around each
        parameter's usual size; infinity fits by plain maximum likelihood. The
        penalty is one for the whole shop, so it fades as customers come in; it
        decides only where the data leave a parameter open.

    Attributes
    ----------
    parameters_ : ndarray of float64, shape (4,)
        In the order of ``limits``; times in weeks.
    log_likelihood_ : float
        Of the fitted rows, without the penalty.
    converged_ : bool
    notes_ : tuple of Sentence
        What a reader should know about the search; empty where nothing is odd.
        ``models.leaving`` says whether orders show that customers leave.
    """

    limits: ClassVar[tuple[Limits, ...]]
    title: ClassVar[str]

    def __init__(self, penalty_spread: float = PENALTY_SPREAD) -> None:
        self.penalty_spread = penalty_spread

    def fit(self, histories: PurchaseHistories, start: FloatArray | None = None) -> Self:
        """Find the most likely parameters.

        Parameters
        ----------
        histories : PurchaseHistories
        start : ndarray, optional
            Parameters of a similar shop or an earlier day: fewer steps.

        Raises
        ------
        TooFewCustomers
            Below ``MIN_CUSTOMERS``.
        NoRepeatBuyers
            Where nobody bought on a second day.
        """
        customers = float(histories.weights.sum())
        require_repeat_buyers(histories.frequency, customers)
        rows = histories.collapse()
        starts = [start] if start is not None else self._cold_starts(rows)
        optimum = maximise(
            self.objective(rows),
            self.limits,
            starts,
            scale=customers,
            penalty_spread=self.penalty_spread,
        )
        self.parameters_ = optimum.parameters
        self.log_likelihood_ = optimum.log_likelihood
        self.converged_ = optimum.converged
        self.notes_ = describe_fit(self.title, optimum)
        return self

    def objective(self, histories: PurchaseHistories) -> Objective:
        """Return the log-likelihood of all histories and its gradient, by parameters."""
        return lambda parameters: self._log_likelihood_and_gradient(parameters, histories)

    def log_likelihood(self, histories: PurchaseHistories) -> FloatArray:
        """Return each row's log-likelihood, its weight left aside."""
        return self._log_likelihood(self.parameters_, histories)

    def p_purchase(self, histories: PurchaseHistories, weeks: float) -> FloatArray:
        """Return the probability of at least one purchase in the next ``weeks``.

        A history of (x, t_x, T) followed by no purchase for ``weeks`` *is* the
        history (x, t_x, T + weeks), so P(none) is the ratio of the two
        likelihoods. For the Pareto/NBD this is the zero term of Fader, Hardie &
        Jerath (2014), Deriving the conditional PMF of the Pareto/NBD model.
        """
        silent = self.log_likelihood(histories.until(weeks))
        return np.clip(-np.expm1(silent - self.log_likelihood(histories)), 0.0, 1.0)

    def expected_purchases(self, histories: PurchaseHistories, weeks: float) -> FloatArray:
        """Return the expected number of purchase days in the next ``weeks``."""
        return self.p_alive(histories) * self.expected_while_alive(histories, weeks)

    @abstractmethod
    def p_alive(self, histories: PurchaseHistories) -> FloatArray:
        """Return the probability that the customer has not left by the cutoff."""

    @abstractmethod
    def expected_while_alive(self, histories: PurchaseHistories, weeks: float) -> FloatArray:
        """Return the expected purchase days of one who is still a customer at the cutoff."""

    @abstractmethod
    def _log_likelihood(
        self, parameters: FloatArray, histories: PurchaseHistories
    ) -> FloatArray: ...

    @abstractmethod
    def _log_likelihood_and_gradient(
        self, parameters: FloatArray, histories: PurchaseHistories
    ) -> tuple[float, FloatArray]: ...

    def to_json(self) -> dict[str, Any]:
        """Return the fitted state as plain values."""
        return {
            "parameters": dict(
                zip((limit.name for limit in self.limits), self.parameters_.tolist(), strict=True)
            ),
            "log_likelihood": self.log_likelihood_,
            "converged": self.converged_,
            "notes": [note.to_json() for note in self.notes_],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        process = cls()
        process.parameters_ = np.array(
            [stored["parameters"][limit.name] for limit in cls.limits], dtype=float
        )
        process.log_likelihood_ = float(stored["log_likelihood"])
        process.converged_ = bool(stored["converged"])
        process.notes_ = tuple(Sentence.from_json(note) for note in stored["notes"])
        return process

    def _cold_starts(self, histories: PurchaseHistories) -> list[FloatArray]:
        """Return the usual parameters, as they are and with this shop's buying rate."""
        usual = np.array([limit.usual for limit in self.limits])
        weeks = float(histories.weights @ histories.tenure_weeks)
        rate = float(histories.weights @ histories.frequency) / max(weeks, 1.0)
        paced = usual.copy()
        paced[1] = paced[0] / rate
        return [usual, paced]


def require_repeat_buyers(frequency: FloatArray, customers: float) -> None:
    """Refuse data that cannot tell how customers come back."""
    if customers < MIN_CUSTOMERS:
        raise TooFewCustomers(
            Sentence(
                "Only {customers} customer(s) bought by the cutoff.", customers=int(customers)
            ),
            Sentence("Give orders of at least {needed} customers.", needed=MIN_CUSTOMERS),
        )
    if not (frequency >= 1).any():
        raise NoRepeatBuyers(
            Sentence("No customer bought on two different days by the cutoff."),
            Sentence("Give a longer history, or check that the customer column names the buyer."),
        )
