"""How far each metric could have fallen otherwise: the bootstrap over customers.

Customers of the held-out window are drawn with replacement, as many as there
are, and everything is measured anew (Efron and Tibshirani 1993, "An Introduction
to the Bootstrap", chapter 13: percentile intervals). All models are measured on
the same resamples, so differences between them are paired. The intervals tell
of the chance in *which customers* were seen; not of another season or market.

Drawing customers again adds chance to each decile, and decile MAPE takes every
deviation as error, so its resamples lie too high: its interval keeps their
spread but is moved to where their median meets the value, not below 0.

Of a large shop some customers are resampled, as many as ``LARGE_SHOP_CUSTOMERS``, and
the deviations shrunk by the root of their share: they fall with the root of the number
of customers (Bickel, Goetze and van Zwet 1997, "Resampling fewer than n observations",
Statistica Sinica 7). The values themselves are of all customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.metrics import BUY_THRESHOLD, METRICS, Floats, measure
from clv_core.evaluation.resamples import Resamples
from clv_core.features.snapshots import LARGE_SHOP_CUSTOMERS
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

TOTALS: Final = frozenset({"top_20_revenue"})  # metrics that add up over customers
_CHUNK_VALUES: Final = 2_000_000  # weights held at once, 16 MB an array


@dataclass(frozen=True)
class Difference:
    """A metric of one model minus the same of another, on the same customers.

    Attributes
    ----------
    value : float
    low, high : float
        Percentile bootstrap interval.
    """

    value: float
    low: float
    high: float

    @property
    def is_beyond_noise(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class MetricDraws:
    """Every metric of every model, measured once and over the resamples.

    Attributes
    ----------
    values : dict of model -> dict of metric -> float or None
    draws : dict of model -> dict of metric -> array, shape (resamples,)
        NaN where a resample leaves the metric undefined; a metric that is
        undefined for the model has no array.
    confidence : float
        Share of the resamples inside an interval.
    """

    values: Mapping[str, Mapping[str, float | None]]
    draws: Mapping[str, Mapping[str, Floats]]
    confidence: float

    def take(self, models: Iterable[str]) -> MetricDraws:
        """Return the draws of some models."""
        names = list(models)
        return replace(
            self,
            values={name: self.values[name] for name in names},
            draws={name: self.draws[name] for name in names},
        )

    def to_table(self) -> pd.DataFrame:
        """Return model, metric, value, low, high; NaN where undefined."""
        rows = []
        for model, values in self.values.items():
            for metric, value in values.items():
                draws = self.draws[model].get(metric)
                low, high = self._interval(draws)
                if metric == "decile_mape" and draws is not None and value is not None:
                    excess = float(np.nanmedian(draws)) - value
                    low, high = max(low - excess, 0.0), high - excess
                rows.append((model, metric, np.nan if value is None else value, low, high))
        return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])

    def difference(self, model: str, other: str, metric: str) -> Difference | None:
        """Return ``model`` minus ``other``; None where either is undefined."""
        value, against = self.values[model][metric], self.values[other][metric]
        if value is None or against is None:
            return None
        low, high = self._interval(self.draws[model][metric] - self.draws[other][metric])
        return Difference(value - against, low, high)

    def standard_error(self, model: str, other: str, metric: str) -> float:
        """Return the paired difference's standard deviation over the resamples."""
        draws = self.draws[model][metric] - self.draws[other][metric]
        return float(draws[~np.isnan(draws)].std())

    def _interval(self, draws: Floats | None) -> tuple[float, float]:
        if draws is None or np.isnan(draws).all():
            return float("nan"), float("nan")
        tail = (1 - self.confidence) / 2
        low, high = np.nanquantile(draws, [tail, 1 - tail])
        return float(low), float(high)


def draw_metrics(
    actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    repeats: int = 1,
) -> MetricDraws:
    """Measure all models on the held-out customers and on resamples of them.

    Parameters
    ----------
    actual : DataFrame, index ``customer_key``
        ``future_spend`` of every customer and, where that is known,
        ``future_orders``.
    predictions : mapping of model name to Prediction
        Each holds at least the customers of ``actual``.
    rankings : set of str
        Models whose prediction is a score, not an amount.
    settings : EvaluationSettings
        ``bootstrap_samples`` and ``confidence``.
    seed : int
    repeats : int, default 1
        How often all customers stand in ``actual``, one block after the other in
        the same order: forecast anew each time, but drawn together.

    Raises
    ------
    KeyError
        A customer without a prediction.
    """
    spend = actual["future_spend"].to_numpy(float)
    has_orders = "future_orders" in actual
    bought = actual["future_orders"].to_numpy() > 0 if has_orders else None
    aligned = {name: _align(prediction, actual.index) for name, prediction in predictions.items()}
    values: dict[str, dict[str, float | None]] = {}
    parts: dict[str, dict[str, list[Floats]]] = {}
    for name, (predicted, p_buy) in aligned.items():
        values[name] = measure(
            spend,
            predicted,
            is_ranking=name in rankings,
            p_buy=p_buy,
            bought=bought,
        )
        parts[name] = {metric: [] for metric, value in values[name].items() if value is not None}
    customers = len(actual) // repeats
    if customers > LARGE_SHOP_CUSTOMERS:
        drawn = _draw_customers(customers, repeats, seed)
        some = draw_metrics(actual.iloc[drawn], predictions, rankings, settings, seed, repeats)
        return _widen(some, values, len(drawn) / len(actual))
    for weights in _draw_weights(customers, settings.bootstrap_samples, seed):
        resamples = Resamples(np.tile(weights, repeats), spend, bought)
        for name, (predicted, p_buy) in aligned.items():
            found = resamples.measure_order(predicted) | resamples.measure_amounts(predicted)
            if p_buy is not None and bought is not None:
                found |= resamples.measure_probability(p_buy, BUY_THRESHOLD)
            for metric, arrays in parts[name].items():
                arrays.append(found[metric])
    draws = {
        name: {metric: np.concatenate(arrays) for metric, arrays in metrics.items()}
        for name, metrics in parts.items()
    }
    return MetricDraws(values, draws, settings.confidence)


def _draw_customers(customers: int, repeats: int, seed: int) -> np.ndarray:
    """Draw customers without replacement; returns their rows in every repeat."""
    random = np.random.default_rng(seed)
    drawn = np.sort(random.choice(customers, LARGE_SHOP_CUSTOMERS, replace=False))
    return np.concatenate([drawn + customers * block for block in range(repeats)])


def _widen(
    some: MetricDraws, values: Mapping[str, Mapping[str, float | None]], share: float
) -> MetricDraws:
    """Let resamples of a share of the customers tell how far all of them scatter."""
    draws: dict[str, dict[str, Floats]] = {}
    for name, metrics in values.items():
        draws[name] = {}
        for metric, value in metrics.items():
            if value is None:
                continue
            centre, found = some.values[name][metric], some.draws[name].get(metric)
            if centre is None or found is None:
                draws[name][metric] = np.full(_count_resamples(some), np.nan)
                continue
            size = share if metric in TOTALS else 1.0
            draws[name][metric] = value + (found - centre) / size * np.sqrt(share)
    return MetricDraws(values, draws, some.confidence)


def _count_resamples(draws: MetricDraws) -> int:
    return max(len(array) for found in draws.draws.values() for array in found.values())


def _align(prediction: Prediction, index: pd.Index) -> tuple[Floats, Floats | None]:
    p_buy = None if prediction.p_buy is None else prediction.p_buy.loc[index].to_numpy(float)
    return prediction.spend.loc[index].to_numpy(float), p_buy


def _draw_weights(customers: int, samples: int, seed: int) -> Iterator[Floats]:
    """Draw resamples in chunks; the same ones whatever the size of a chunk."""
    rng = np.random.default_rng(seed)
    at_once = max(1, _CHUNK_VALUES // customers)
    for start in range(0, samples, at_once):
        rows = min(at_once, samples - start)
        drawn = rng.integers(0, customers, size=(rows, customers))
        drawn += np.arange(rows)[:, None] * customers
        counts = np.bincount(drawn.ravel(), minlength=rows * customers)
        yield counts.reshape(rows, customers).astype(float)


def bootstrap_metrics(
    actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
) -> pd.DataFrame:
    """Return model, metric, value, low, high; parameters as :func:`draw_metrics`."""
    return draw_metrics(actual, predictions, rankings, settings, seed).to_table()


def compare(
    actual: pd.DataFrame,
    model: Prediction,
    other: Prediction,
    metric: str,
    settings: EvaluationSettings,
    seed: int,
) -> Difference | None:
    """Return a metric of ``model`` minus that of ``other`` with its paired interval.

    None where the metric is not defined for both.

    Raises
    ------
    KeyError
        A metric that is not in ``METRICS``.
    """
    asks_for = METRICS[metric].asks_for
    rankings = {"model", "other"} if asks_for == "order" else set()
    draws = draw_metrics(actual, {"model": model, "other": other}, rankings, settings, seed)
    return draws.difference("model", "other", metric)
