"""All metrics at once over many bootstrap resamples of the customers.

A resample is a row of weights: how often each customer was drawn. Sorting once
per model and summing weights over the sorted order gives the order metrics of
every resample without sorting any of them; a test holds the results to
``metrics.measure`` on the rows written out. Undefined values are NaN here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clv_core.evaluation.metrics import BINS, Flags, Floats, relative_bin_errors


@dataclass(frozen=True)
class TiedOrder:
    """Customers sorted by a score, highest first, tied ones in one group.

    Attributes
    ----------
    order : array of int, shape (customers,)
    starts : array of int, shape (groups,)
        Where each tied group begins in the sorted order.
    group : array of int, shape (customers,)
        Group of each sorted position.
    """

    order: np.ndarray
    starts: np.ndarray
    group: np.ndarray

    @classmethod
    def by(cls, score: Floats) -> TiedOrder:
        """Sort by a score."""
        order = np.argsort(-score, kind="stable")
        is_start = np.diff(score[order], prepend=np.inf) != 0
        return cls(order, np.flatnonzero(is_start), np.cumsum(is_start) - 1)

    def sum_groups(self, sorted_weights: Floats) -> Floats:
        """Sum (resamples, customers) in sorted order to (resamples, groups)."""
        return np.asarray(np.add.reduceat(sorted_weights, self.starts, axis=1))

    def mid_ranks(self, sizes: Floats) -> Floats:
        """Return each group's mean rank, 1 the highest, shape (resamples, groups)."""
        return np.asarray(np.cumsum(sizes, axis=1) - (sizes - 1) / 2)


@dataclass(frozen=True)
class Resamples:
    """Weights of some resamples and what all models share in them.

    Attributes
    ----------
    weights : array of float, shape (resamples, customers)
        Every row adds up to the number of rows that ``actual`` has.
    actual : array of float, shape (customers,)
        Net revenue in the window.
    bought : array of bool, shape (customers,), or None
        Only the buying metrics ask for it.
    """

    weights: Floats
    actual: Floats
    bought: Flags | None = None

    @cached_property
    def totals(self) -> Floats:
        """Revenue of each resample, NaN where it is not above nothing."""
        totals = self.weights @ self.actual
        return np.asarray(np.where(totals > 0, totals, np.nan))

    @cached_property
    def centre(self) -> float:
        """Mean rank."""
        return (len(self.actual) + 1) / 2

    @cached_property
    def _truth(self) -> tuple[Floats, Floats, Floats]:
        """Gain area of the perfect order, outcome ranks per customer, their variation."""
        truth = TiedOrder.by(self.actual)
        weights = self.weights[:, truth.order]
        sizes = truth.sum_groups(weights)
        sums = truth.sum_groups(weights * self.actual[truth.order])
        ranks = truth.mid_ranks(sizes) - self.centre
        variation = np.sum(sizes * ranks**2, axis=1)
        per_customer = np.empty_like(weights)
        per_customer[:, truth.order] = ranks[:, truth.group]
        area = self._gain_area(sizes, sums)
        return np.where(variation > 0, area, np.nan), per_customer, variation

    def _gain_area(self, sizes: Floats, sums: Floats) -> Floats:
        before = np.cumsum(sums, axis=1) - sums
        # Within a tied group the gain climbs in equal steps: sum them directly.
        gains = np.sum(sizes * before + sums * (sizes + 1) / 2, axis=1)
        return np.asarray(2 * gains / (len(self.actual) * self.totals) - 1)

    def measure_order(self, predicted: Floats) -> dict[str, Floats]:
        """Measure the ranking metrics, each of shape (resamples,)."""
        area, outcome_ranks, outcome_variation = self._truth
        order = TiedOrder.by(predicted)
        weights = self.weights[:, order.order]
        sizes = order.sum_groups(weights)
        sums = order.sum_groups(weights * self.actual[order.order])
        ranks = order.mid_ranks(sizes) - self.centre
        covered = order.sum_groups(weights * outcome_ranks[:, order.order])
        variation = outcome_variation * np.sum(sizes * ranks**2, axis=1)
        caught = self._cumulate(sizes, sums, np.array([0.1, 0.2]))
        return {
            "normalised_gini": self._gain_area(sizes, sums) / area,
            "spearman": np.sum(covered * ranks, axis=1)
            / np.sqrt(np.where(variation > 0, variation, np.nan)),
            "top_10_share": caught[:, 0] / self.totals,
            "top_20_share": caught[:, 1] / self.totals,
            "top_20_revenue": caught[:, 1],
        }

    def _cumulate(self, sizes: Floats, sums: Floats, shares: Floats) -> Floats:
        """Sum the leading shares of customers, shape (resamples, shares)."""
        positions = shares * len(self.actual)
        start = np.zeros((len(sizes), 1))
        reached = np.hstack([start, np.cumsum(sizes, axis=1)])
        running = np.hstack([start, np.cumsum(sums, axis=1)])
        return np.stack([np.interp(positions, x, y) for x, y in zip(reached, running, strict=True)])

    def measure_amounts(self, predicted: Floats) -> dict[str, Floats]:
        """Measure the money metrics, each of shape (resamples,)."""
        count, errors = len(self.actual), predicted - self.actual
        square = self.weights @ errors**2
        absolute = self.weights @ np.abs(errors)
        spread = self.weights @ np.abs(self.actual)
        mean = self.weights @ self.actual / count
        # Centred first: the difference of two large sums would lose the digits.
        centred = self.actual - self.actual.mean()
        variation = self.weights @ centred**2 - count * (mean - self.actual.mean()) ** 2
        varied = self._truth[2] > 0
        return {
            "mae": absolute / count,
            "rmse": np.sqrt(square / count),
            "mse": square / count,
            "r2": 1 - square / np.where(varied, variation, np.nan),
            "wape": absolute / np.where(spread > 0, spread, np.nan),
            "bias": self.weights @ predicted / self.totals - 1,
            "decile_mape": self._decile_mape(predicted),
        }

    def _decile_mape(self, predicted: Floats) -> Floats:
        if len(predicted) < BINS:
            return np.full(len(self.weights), np.nan)
        edges = np.arange(BINS + 1) / BINS
        order = TiedOrder.by(predicted)
        weights = self.weights[:, order.order]
        sizes = order.sum_groups(weights)
        sums = order.sum_groups(weights * self.actual[order.order])
        came = np.diff(self._cumulate(sizes, sums, edges), axis=1)
        forecast_sums = sizes * predicted[order.order][order.starts]
        forecast = np.diff(self._cumulate(sizes, forecast_sums, edges), axis=1)
        return np.asarray(relative_bin_errors(forecast, came).mean(axis=1))

    def measure_probability(self, p_buy: Floats, threshold: float) -> dict[str, Floats]:
        """Measure the buying metrics, each of shape (resamples,)."""
        if self.bought is None:
            raise ValueError("buying is not measured without knowing who bought")
        count, bought = len(p_buy), self.bought.astype(float)
        inside = np.clip(p_buy, np.finfo(float).eps, 1 - np.finfo(float).eps)
        surprise = -np.log(np.where(self.bought, inside, 1 - inside))
        forecast = (p_buy >= threshold).astype(float)
        buyers, called = self.weights @ bought, self.weights @ forecast
        right = self.weights @ (forecast * bought)
        agreed = self.weights @ (forecast == bought).astype(float)
        roc_auc, pr_auc = self._areas(p_buy, bought)
        return {
            "roc_auc": roc_auc,
            "pr_auc": pr_auc,
            "log_loss": self.weights @ surprise / count,
            "brier": self.weights @ (p_buy - bought) ** 2 / count,
            "accuracy": agreed / count,
            "precision": right / np.where(called > 0, called, np.nan),
            "recall": right / np.where(buyers > 0, buyers, np.nan),
            "f1": 2 * right / np.where(buyers + called > 0, buyers + called, np.nan),
        }

    def _areas(self, p_buy: Floats, bought: Floats) -> tuple[Floats, Floats]:
        """Return the areas under the ROC and precision-recall curves."""
        order = TiedOrder.by(p_buy)
        weights = self.weights[:, order.order]
        sizes = order.sum_groups(weights)
        buyers = order.sum_groups(weights * bought[order.order])
        others = sizes - buyers
        all_buyers, all_others = buyers.sum(axis=1), others.sum(axis=1)
        below = all_others[:, None] - np.cumsum(others, axis=1) + others / 2
        pairs = np.sum(buyers * below, axis=1)
        possible = np.where(all_buyers * all_others > 0, all_buyers * all_others, np.nan)
        reached = np.cumsum(sizes, axis=1)
        precision = np.cumsum(buyers, axis=1) / np.where(reached > 0, reached, 1)
        averaged = np.sum(buyers * precision, axis=1)
        return pairs / possible, averaged / np.where(all_buyers > 0, all_buyers, np.nan)
