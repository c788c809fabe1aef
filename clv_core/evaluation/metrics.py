"""What a forecast is measured by.

Ranking metrics ask for the order of customers only, money metrics for amounts,
buying metrics for the probability of at least one purchase. Wherever order
matters, customers with tied predictions share their group's mean outcome, so no
metric depends on the order in which rows happen to lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from scipy import stats
from sklearn import metrics as sk

from clv_core.sentences import Sentence

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

BUY_THRESHOLD: Final = 0.5  # of P(buy), from which a customer counts as forecast to buy
BINS: Final = 10


@dataclass(frozen=True)
class Metric:
    """One measure of a forecast.

    Attributes
    ----------
    name : str
        Key in tables and files.
    label : Sentence
    better : {"high", "low", "zero"}
        Where a better forecast lies.
    unit : {"none", "share", "money", "money squared"}
    asks_for : {"order", "amounts", "probability"}
        What a model has to predict for the metric to be defined.
    """

    name: str
    label: Sentence
    better: Literal["high", "low", "zero"]
    unit: Literal["none", "share", "money", "money squared"]
    asks_for: Literal["order", "amounts", "probability"]

    def is_better(self, value: float, other: float) -> bool:
        """Say whether ``value`` is strictly better than ``other``."""
        return self.badness(value) < self.badness(other)

    def badness(self, value: float) -> float:
        """Return a number that falls as the forecast improves."""
        if self.better == "zero":
            return abs(value)
        return value if self.better == "low" else -value


METRICS: Final[dict[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric("normalised_gini", Sentence("Normalised Gini"), "high", "none", "order"),
        Metric("spearman", Sentence("Spearman rank correlation"), "high", "none", "order"),
        Metric(
            "top_10_share", Sentence("Revenue caught in the top 10 %"), "high", "share", "order"
        ),
        Metric(
            "top_20_share", Sentence("Revenue caught in the top 20 %"), "high", "share", "order"
        ),
        Metric(
            "top_20_revenue",
            Sentence("Revenue caught in the top 20 %, in money"),
            "high",
            "money",
            "order",
        ),
        Metric("mae", Sentence("Mean absolute error"), "low", "money", "amounts"),
        Metric("rmse", Sentence("Root mean squared error"), "low", "money", "amounts"),
        Metric("mse", Sentence("Mean squared error"), "low", "money squared", "amounts"),
        Metric("r2", Sentence("R²"), "high", "none", "amounts"),
        Metric("wape", Sentence("Weighted absolute percentage error"), "low", "share", "amounts"),
        Metric("bias", Sentence("Bias of the total"), "zero", "share", "amounts"),
        Metric("decile_mape", Sentence("Decile MAPE"), "low", "share", "amounts"),
        Metric("roc_auc", Sentence("ROC AUC (buys again)"), "high", "none", "probability"),
        Metric("pr_auc", Sentence("PR AUC (buys again)"), "high", "none", "probability"),
        Metric("log_loss", Sentence("Log-loss (buys again)"), "low", "none", "probability"),
        Metric("brier", Sentence("Brier score (buys again)"), "low", "none", "probability"),
        Metric("accuracy", Sentence("Accuracy (buys again)"), "high", "share", "probability"),
        Metric("precision", Sentence("Precision (buys again)"), "high", "share", "probability"),
        Metric("recall", Sentence("Recall (buys again)"), "high", "share", "probability"),
        Metric("f1", Sentence("F1 (buys again)"), "high", "none", "probability"),
    )
}


def measure(
    actual: Floats,
    predicted: Floats,
    *,
    is_ranking: bool,
    p_buy: Floats | None = None,
    bought: Flags | None = None,
    threshold: float = BUY_THRESHOLD,
) -> dict[str, float | None]:
    """Measure one forecast by every metric.

    Parameters
    ----------
    actual, predicted : array of float, shape (customers,)
        Net revenue in the window, as it came and as it was forecast; refunds
        may make ``actual`` negative.
    is_ranking : bool
        True where ``predicted`` is a score; metrics in money are then None.
    p_buy : array of float, shape (customers,), optional
        Forecast probability of at least one purchase.
    bought : array of bool, shape (customers,), optional
        Whether there was one. Buying metrics need both.
    threshold : float
        ``p_buy`` from which a customer counts as forecast to buy.

    Returns
    -------
    dict
        A value for every name in ``METRICS``; None where the metric is not
        defined: not asked of this model, nobody or everybody bought, no
        revenue, all outcomes alike, or no order because all forecasts are.

    Raises
    ------
    ValueError
        No customers, unequal lengths, or a prediction that is not finite.
    """
    actual, predicted = np.asarray(actual, dtype=float), np.asarray(predicted, dtype=float)
    if not len(actual) or actual.shape != predicted.shape:
        raise ValueError("actual and predicted must hold one value per customer, at least one")
    if not (np.isfinite(actual).all() and np.isfinite(predicted).all()):
        raise ValueError("actual and predicted must be finite")
    values: dict[str, float | None] = dict.fromkeys(METRICS)
    values.update(_measure_order(actual, predicted))
    if not is_ranking:
        values.update(_measure_amounts(actual, predicted))
    if p_buy is not None and bought is not None:
        values.update(
            _measure_probability(np.asarray(bought, bool), np.asarray(p_buy, float), threshold)
        )
    return values


def _measure_order(actual: Floats, predicted: Floats) -> Mapping[str, float | None]:
    varied = np.ptp(actual) > 0 and np.ptp(predicted) > 0
    top_20 = caught_revenue(actual, predicted, 0.2)
    total = float(actual.sum())
    return {
        "normalised_gini": normalised_gini(actual, predicted) if np.ptp(predicted) else None,
        "spearman": float(stats.spearmanr(actual, predicted).statistic) if varied else None,
        "top_10_share": caught_revenue(actual, predicted, 0.1) / total if total > 0 else None,
        "top_20_share": top_20 / total if total > 0 else None,
        "top_20_revenue": top_20,
    }


def _measure_amounts(actual: Floats, predicted: Floats) -> Mapping[str, float | None]:
    mse = float(sk.mean_squared_error(actual, predicted))
    total, spread = float(actual.sum()), float(np.abs(actual).sum())
    return {
        "mae": float(sk.mean_absolute_error(actual, predicted)),
        "rmse": mse**0.5,
        "mse": mse,
        "r2": float(sk.r2_score(actual, predicted)) if np.ptp(actual) > 0 else None,
        "wape": float(np.abs(actual - predicted).sum()) / spread if spread > 0 else None,
        "bias": float(predicted.sum()) / total - 1 if total > 0 else None,
        "decile_mape": decile_mape(actual, predicted),
    }


def _measure_probability(
    bought: Flags, p_buy: Floats, threshold: float
) -> Mapping[str, float | None]:
    forecast = p_buy >= threshold
    both_happened = bought.any() and not bought.all()
    return {
        "roc_auc": float(sk.roc_auc_score(bought, p_buy)) if both_happened else None,
        "pr_auc": float(sk.average_precision_score(bought, p_buy)) if bought.any() else None,
        "log_loss": float(sk.log_loss(bought, p_buy, labels=[False, True])),
        "brier": float(np.mean((p_buy - bought) ** 2)),
        "accuracy": float(sk.accuracy_score(bought, forecast)),
        "precision": float(sk.precision_score(bought, forecast)) if forecast.any() else None,
        "recall": float(sk.recall_score(bought, forecast)) if bought.any() else None,
        "f1": (float(sk.f1_score(bought, forecast)) if bought.any() or forecast.any() else None),
    }


def normalised_gini(actual: Floats, predicted: Floats) -> float | None:
    """Measure how close the prediction's order is to the truth's own.

    ``(2·mean(cumulative gain) − 1)`` of customers sorted by prediction, best
    first, divided by the same of customers sorted by outcome (Wang, Liu and
    Miao 2019, "A deep probabilistic model for customer lifetime value
    prediction"). 1 is the perfect order, about 0 a random one.

    Returns
    -------
    float or None
        None where revenue does not add up to more than nothing, or where all
        customers spent the same and every order is as good as any.
    """
    if actual.sum() <= 0 or np.ptp(actual) == 0:
        return None
    return _gain_area(actual, predicted) / _gain_area(actual, actual)


def _gain_area(actual: Floats, order_by: Floats) -> float:
    gain = np.cumsum(_level_ties(actual, order_by)) / actual.sum()
    return float(2 * gain.mean() - 1)


def _level_ties(values: Floats, order_by: Floats) -> Floats:
    """Sort values by ``order_by``, highest first, each tied group at its mean."""
    _, group, sizes = np.unique(-order_by, return_inverse=True, return_counts=True)
    means = np.bincount(group, weights=values) / sizes
    return np.repeat(means, sizes)


def caught_revenue(actual: Floats, predicted: Floats, share: float) -> float:
    """Sum the revenue of the ``share`` of customers that were predicted highest.

    A customer on the edge counts in part, so the group is exactly that share.
    """
    return float(_cumulate(_level_ties(actual, predicted), np.array([share]))[0])


def _cumulate(ordered: Floats, shares: Floats) -> Floats:
    """Sum the leading shares of an ordered array, the last element in part."""
    running = np.concatenate([[0.0], np.cumsum(ordered)])
    positions = shares * len(ordered)
    return np.asarray(np.interp(positions, np.arange(len(running)), running))


def decile_mape(actual: Floats, predicted: Floats) -> float | None:
    """Average the relative error of ten equal groups of customers.

    Customers are sorted by prediction and cut into ten groups of exactly equal
    size (one on an edge counts in part); each group contributes
    ``|Σpredicted − Σactual| / Σactual``. A group that brought no net revenue
    counts as 1 (100 % off) where its forecast differs, else 0, since the ratio
    is not defined there.

    Returns
    -------
    float or None
        None with fewer than ten customers.
    """
    if len(actual) < BINS:
        return None
    edges = np.arange(BINS + 1) / BINS
    came = np.diff(_cumulate(_level_ties(actual, predicted), edges))
    forecast = np.diff(_cumulate(np.sort(predicted)[::-1], edges))
    return float(relative_bin_errors(forecast, came).mean())


def relative_bin_errors(forecast: Floats, came: Floats) -> Floats:
    """Return ``|forecast − came| / came``; where nothing came in, 1 or, if right, 0."""
    errors = np.abs(forecast - came)
    # Sums of refunds and purchases that cancel leave rounding dust, not revenue.
    dust = 1e-9 * np.abs(came).max(axis=-1, keepdims=True)
    nothing = came <= dust
    ratios = errors / np.where(nothing, 1.0, came)
    return np.asarray(np.where(nothing, (errors > dust).astype(float), ratios))
