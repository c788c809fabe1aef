"""Figures of one window: every model and peer, over all seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.bootstrap import MetricDraws, draw_metrics
from clv_core.evaluation.metrics import METRICS
from clv_core.models.forecaster import Prediction
from clv_core.segments.value_tiers import VALUE_TIERS, assign_value_tiers
from clv_core.settings import EvaluationSettings, SegmentSettings
from tests.accuracy.ours import RECOMMENDED

SHOWN: Final = (
    "normalised_gini",
    "spearman",
    "mae",
    "rmse",
    "bias",
    "decile_mape",
    "log_loss",
    "brier",
)
DECISIVE: Final = ("normalised_gini", "spearman", "mae")
RANKING: Final = "past_spend"


@dataclass(frozen=True)
class Figures:
    """What one window says.

    Attributes
    ----------
    metrics : DataFrame
        ``model, seed`` and one column per metric of ``SHOWN``; NaN where undefined.
    against_peers : DataFrame, one row per decisive metric
        ``metric, recommended, best_peer, peer, difference, low, high``: the paired
        bootstrap of the recommended model's first seed minus the best peer's.
    coverage : DataFrame, one row per seed
        ``overall`` and ``top`` share of customers inside their 80 % range, the latter of
        the high value tier.
    nothing : float
        Share of customers who brought nothing.
    """

    metrics: pd.DataFrame
    against_peers: pd.DataFrame
    coverage: pd.DataFrame
    nothing: float

    @property
    def means(self) -> pd.DataFrame:
        """Mean over seeds, index ``model``."""
        return self.metrics.groupby("model", sort=False)[list(SHOWN)].mean()

    @property
    def spreads(self) -> pd.DataFrame:
        """Greatest minus least over seeds, index ``model``."""
        grouped = self.metrics.groupby("model", sort=False)[list(SHOWN)]
        return grouped.max() - grouped.min()


def measure_case(actual: pd.DataFrame, forecasts: pd.DataFrame, peers: set[str]) -> Figures:
    """Measure all forecasts of one window.

    Parameters
    ----------
    actual : DataFrame, index ``customer_key``
        ``future_spend`` and ``future_orders``.
    forecasts : DataFrame
        ``model, seed, customer_key, predicted``, and ``p_buy, low, high`` where given.
    peers : set of str
        Models that are other tools'.
    """
    rows = []
    draws: dict[int, MetricDraws] = {}
    for seed, said in forecasts.groupby("seed"):
        draws[int(seed)] = _draw(actual, said, int(seed))
        rows += [
            {"model": model, "seed": seed, **{name: values.get(name) for name in SHOWN}}
            for model, values in draws[int(seed)].values.items()
        ]
    metrics = pd.DataFrame(rows).astype(dict.fromkeys(SHOWN, float))
    ranges = forecasts[forecasts["model"] == RECOMMENDED]
    return Figures(
        metrics,
        _compare_with_best(metrics, draws[0], peers),
        pd.DataFrame([_cover(actual, one) for _, one in ranges.groupby("seed")]),
        float((actual["future_spend"] == 0).mean()),
    )


def _draw(actual: pd.DataFrame, said: pd.DataFrame, seed: int) -> MetricDraws:
    predictions = {}
    for model, rows in said.groupby("model", sort=False):
        table = rows.set_index("customer_key").reindex(actual.index)
        p_buy = table["p_buy"] if table["p_buy"].notna().all() else None
        predictions[str(model)] = Prediction(table["predicted"], p_buy)
    return draw_metrics(actual, predictions, {RANKING}, EvaluationSettings(), seed)


def _compare_with_best(metrics: pd.DataFrame, draws: MetricDraws, peers: set[str]) -> pd.DataFrame:
    means = metrics.groupby("model")[list(DECISIVE)].mean()
    rows = []
    for metric in DECISIVE:
        badness = means.loc[sorted(peers & set(means.index)), metric].map(METRICS[metric].badness)
        best = str(badness.idxmin())
        found = draws.difference(RECOMMENDED, best, metric)
        rows.append(
            {
                "metric": metric,
                "recommended": means.loc[RECOMMENDED, metric],
                "best_peer": means.loc[best, metric],
                "peer": best,
                "difference": np.nan if found is None else found.value,
                "low": np.nan if found is None else found.low,
                "high": np.nan if found is None else found.high,
            }
        )
    return pd.DataFrame(rows)


def _cover(actual: pd.DataFrame, said: pd.DataFrame) -> dict[str, float]:
    table = said.set_index("customer_key").reindex(actual.index)
    came = actual["future_spend"]
    inside = (came >= table["low"]) & (came <= table["high"])
    if table["low"].isna().all():
        return {"overall": float("nan"), "top": float("nan")}
    tiers = assign_value_tiers(table[["predicted"]], SegmentSettings()).assignment
    return {"overall": float(inside.mean()), "top": float(inside[tiers == VALUE_TIERS[0]].mean())}
