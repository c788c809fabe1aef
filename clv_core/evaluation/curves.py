"""Tables behind the pictures of how good a forecast is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import metrics as sk

from clv_core.evaluation.metrics import BINS, Flags, Floats
from clv_core.evaluation.resamples import TiedOrder

_POINTS: Final = 201  # of a curve; more would not show


def cumulative_gain(actual: pd.Series, predictions: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Trace the revenue caught as more customers are taken, best forecast first.

    Parameters
    ----------
    actual : Series of float, index ``customer_key``
        Net revenue in the window.
    predictions : mapping of model name to Series
        Forecasts or scores of the same customers.

    Returns
    -------
    DataFrame with ``model``, ``customer_share``, ``revenue_share``
        Both shares from 0 to 1 (net refunds can lift revenue above 1 on the
        way). Two curves are added: ``perfect``, the order of the outcome itself,
        and ``random``, the diagonal. ``revenue_share`` is NaN where revenue does
        not add up to more than nothing.
    """
    shares = np.linspace(0, 1, min(_POINTS, len(actual) + 1))
    came = actual.to_numpy(float)
    total = came.sum() if came.sum() > 0 else np.nan
    curves = {
        name: accumulate(came, scores.loc[actual.index].to_numpy(float), shares) / total
        for name, scores in predictions.items()
    }
    curves["perfect"] = accumulate(came, came, shares) / total
    curves["random"] = shares if total > 0 else np.full_like(shares, np.nan)
    return pd.concat(
        [
            pd.DataFrame({"model": name, "customer_share": shares, "revenue_share": curve})
            for name, curve in curves.items()
        ],
        ignore_index=True,
    )


def accumulate(values: Floats, score: Floats, shares: Floats) -> Floats:
    """Sum the values of the leading shares of customers, highest score first.

    Tied customers share their group's mean; one on the edge counts in part.
    """
    order = TiedOrder.by(score)
    sizes = np.diff(np.append(order.starts, len(score)))
    sums = np.add.reduceat(values[order.order], order.starts)
    reached = np.concatenate([[0], np.cumsum(sizes)])
    running = np.concatenate([[0.0], np.cumsum(sums)])
    return np.asarray(np.interp(shares * len(score), reached, running))


def decile_calibration(
    actual: pd.Series, predicted: pd.Series, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare forecast and outcome in ten groups of customers by forecast.

    Decile 1 holds the highest forecasts. Sizes differ by at most one customer;
    ties on an edge go by the order of rows.

    Returns
    -------
    DataFrame with ``decile``, ``customers``, ``predicted_mean``,
    ``actual_mean``, ``actual_low``, ``actual_high``
        The last two are Student's t interval of the group's mean; NaN with
        fewer than two customers. Fewer rows with fewer than ten customers.
    """
    order = np.argsort(-predicted.to_numpy(float), kind="stable")
    came = actual.loc[predicted.index].to_numpy(float)[order]
    forecast = predicted.to_numpy(float)[order]
    parts = [part for part in np.array_split(np.arange(len(order)), BINS) if len(part)]
    rows = []
    for decile, part in enumerate(parts, start=1):
        mean = came[part].mean()
        margin = _mean_margin(came[part], confidence)
        rows.append((decile, len(part), forecast[part].mean(), mean, mean - margin, mean + margin))
    return pd.DataFrame(
        rows,
        columns=[
            "decile",
            "customers",
            "predicted_mean",
            "actual_mean",
            "actual_low",
            "actual_high",
        ],
    )


def _mean_margin(values: Floats, confidence: float) -> float:
    if len(values) < 2:
        return float("nan")
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(stats.t.ppf((1 + confidence) / 2, len(values) - 1) * error)


def predicted_against_actual(
    actual: pd.Series, predicted: pd.Series, bins: int = 40
) -> pd.DataFrame:
    """Count customers by forecast and outcome, on logarithmic edges.

    Refunds and nothing share the first bin of the outcome, and forecasts of
    nothing or less the first of the forecast, so every customer is counted once.

    Returns
    -------
    DataFrame with ``predicted_low``, ``predicted_high``, ``actual_low``,
    ``actual_high``, ``customers``
        Non-empty cells only; the first bin reaches from 0 to 0.
    """
    came = actual.loc[predicted.index].to_numpy(float)
    forecast = predicted.to_numpy(float)
    edges = _log_edges(np.concatenate([came, forecast]), bins)
    cells = pd.DataFrame({"p": _bin(forecast, edges), "a": _bin(came, edges)})
    counted = cells.value_counts().rename("customers").reset_index().sort_values(["p", "a"])
    lows, highs = np.append(0.0, edges[:-1]), np.append(0.0, edges[1:])
    p, a = counted["p"].to_numpy(), counted["a"].to_numpy()
    return pd.DataFrame(
        {
            "predicted_low": lows[p],
            "predicted_high": highs[p],
            "actual_low": lows[a],
            "actual_high": highs[a],
            "customers": counted["customers"].to_numpy(),
        }
    )


def _log_edges(values: Floats, bins: int) -> Floats:
    positive = values[values > 0]
    if not len(positive):
        return np.array([0.0, 1.0])
    low = max(float(np.quantile(positive, 0.01)), float(positive.max()) * 1e-6)
    high = float(positive.max())
    return np.asarray(np.append(0.0, np.geomspace(low, max(high, low * 1.01), bins)))


def _bin(values: Floats, edges: Floats) -> np.ndarray:
    inside = np.clip(np.searchsorted(edges, values, side="left"), 1, len(edges) - 1)
    return np.asarray(np.where(values <= 0, 0, inside))


def threshold_table(bought: Flags, p_buy: Floats) -> pd.DataFrame:
    """Show what each threshold of P(buy) would have called right.

    Returns
    -------
    DataFrame with ``threshold``, ``accuracy``, ``precision``, ``recall``, ``f1``
        Thresholds 0.05 to 0.95. Precision is NaN where nobody is called a
        buyer, recall where nobody bought.
    """
    rows = []
    for threshold in np.round(np.arange(0.05, 0.951, 0.05), 2):
        called = p_buy >= threshold
        precision, recall, f1, _ = sk.precision_recall_fscore_support(
            bought, called, average="binary", zero_division=np.nan
        )
        rows.append((float(threshold), sk.accuracy_score(bought, called), precision, recall, f1))
    return pd.DataFrame(rows, columns=["threshold", "accuracy", "precision", "recall", "f1"])
