"""How far one forecast leads another over several windows, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import norm

from clv_core.evaluation.bootstrap import MetricDraws, draw_metrics
from clv_core.evaluation.metrics import METRICS, measure
from clv_core.evaluation.recommendation import DECISIVE
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

PERFECT_ORDER: Final = 1.0  # of normalised Gini and Spearman
_DEFAULT, _FOUND = "default", "found"

Badness = dict[str, float]
"""By decisive metric: how far a forecast lies from a perfect one, 0 at best."""


@dataclass(frozen=True)
class Lead:
    """What one forecast gains on another.

    Attributes
    ----------
    gain : float
        1 minus the score: the share of the other's badness that is gone.
    standard_error : float
    is_beyond_chance : bool
        Whether that many candidates would seldom bring forth such a gain by chance,
        and every window shows one.
    """

    gain: float
    standard_error: float
    is_beyond_chance: bool


def measure_badness(actual: pd.DataFrame, prediction: Prediction) -> Badness:
    """Return how far a forecast is from perfect on each decisive metric.

    ``1 − normalised Gini``, ``1 − Spearman`` and the mean absolute error. A forecast
    that says the same of everybody knows no order and has the badness of one drawn
    by lot, 1. A metric that the outcome leaves undefined is left out.
    """
    spend = actual["future_spend"].to_numpy(float)
    predicted = prediction.spend.loc[actual.index].to_numpy(float)
    values = measure(spend, predicted, is_ranking=False)
    if np.ptp(spend) == 0:
        return {"mae": float(np.abs(spend - predicted).mean())}
    return {metric: _badness(metric, values[metric]) for metric in DECISIVE}


def score_against(badness: Badness, default: Badness) -> float:
    """Return the mean ratio of a forecast's badness to the default's: below 1 is better.

    A metric on which the default is perfect has no ratio and is left out.
    """
    ratios = [badness[metric] / value for metric, value in default.items() if value > 0]
    return float(np.mean(ratios)) if ratios else 1.0


def measure_lead(
    windows: Sequence[tuple[pd.DataFrame, Prediction, Prediction]],
    candidates: int,
    settings: EvaluationSettings,
    seed: int,
) -> Lead:
    """Weigh the best of several candidates against the default.

    The standard error comes from the paired bootstrap over customers
    (``evaluation.bootstrap``), window by window. As windows share customers, their
    errors are taken to go together: the error of the mean is then the mean of the
    errors, its upper bound. The best of many looks good by chance alone, so the
    chance allowed is divided by their number (Dunn 1961, "Multiple comparisons
    among means", Journal of the American Statistical Association 56(293)). Windows
    differ by more than their customers: a lead that one of them does not show is
    not beyond chance.

    Parameters
    ----------
    windows : sequence of (actual, default's prediction, candidate's prediction)
    candidates : int
        How many were compared with the default.
    settings : EvaluationSettings
        ``bootstrap_samples`` and ``confidence``.
    seed : int
    """
    gains, errors = [], []
    for actual, default, found in windows:
        draws = draw_metrics(actual, {_DEFAULT: default, _FOUND: found}, set(), settings, seed)
        gains.append(
            1 - score_against(measure_badness(actual, found), measure_badness(actual, default))
        )
        errors.append(_ratio_spread(draws))
    gain, error = float(np.mean(gains)), float(np.mean(errors))
    allowed = (1 - settings.confidence) / 2 / max(candidates, 1)
    is_steady = min(gains) > 0
    return Lead(gain, error, is_steady and gain > float(norm.isf(allowed)) * error)


def _badness(metric: str, value: float | None) -> float:
    if METRICS[metric].better == "high":
        return PERFECT_ORDER - (value or 0.0)
    return float("nan") if value is None else value


def _ratio_spread(draws: MetricDraws) -> float:
    """Return the standard deviation of the score over resamples of the customers."""
    ratios = []
    for metric in DECISIVE:
        default, found = draws.draws[_DEFAULT].get(metric), draws.draws[_FOUND].get(metric)
        if default is None or found is None:
            continue
        if METRICS[metric].better == "high":
            default, found = PERFECT_ORDER - default, PERFECT_ORDER - found
        # As in the score: where the default is perfect there is no ratio.
        ratio = np.divide(found, default, out=np.full_like(found, np.nan), where=default > 0)
        if not np.isnan(ratio).all():
            ratios.append(ratio)
    return float(np.nanstd(np.mean(ratios, axis=0))) if ratios else float("inf")
