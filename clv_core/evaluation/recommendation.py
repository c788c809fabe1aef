"""Which model to use, decided before the holdout is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
from scipy.stats import norm

from clv_core.evaluation.bootstrap import MetricDraws, draw_metrics
from clv_core.evaluation.metrics import METRICS
from clv_core.models.forecaster import Prediction
from clv_core.settings import EvaluationSettings

DECISIVE: Final = ("normalised_gini", "spearman", "mae")
OF_ORDER: Final = ("normalised_gini", "spearman")
# What a model asks of whoever has to explain and maintain it, least first.
SIMPLEST_FIRST: Final = (
    "past_spend",
    "past_rate",
    "bg_nbd",
    "mbg_nbd",
    "pareto_nbd",
    "mean_value",
    "linear",
    "logistic",
    "decision_tree",
    "random_forest",
    "boosted_trees",
    "svm",
    "network",
    "conv1d",
    "gru",
    "lstm",
    "wide_and_deep",
    "ensemble",
)


@dataclass(frozen=True)
class Recommendation:
    """A choice with its grounds.

    Attributes
    ----------
    model : str
        To forecast with.
    leader : str
        Lowest mean rank on the validation window; differs from ``model`` where
        a simpler one did as well within one standard error, or where its lead
        over the incumbent is not beyond chance.
    ranks : DataFrame, index model
        Rank on each decisive metric (1 the best, ties averaged) and
        ``mean_rank``; best first.
    """

    model: str
    leader: str
    ranks: pd.DataFrame


@dataclass(frozen=True)
class Incumbent:
    """The model that many other windows spoke for.

    Attributes
    ----------
    model : str
    is_window_shorter : bool
        Whether the window that may unseat it is shorter than the forecast's.
    """

    model: str
    is_window_shorter: bool = False


def recommend(
    validation_actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    incumbent: Incumbent | None = None,
    repeats: int = 1,
) -> str:
    """Return the name of the model to use; see :func:`weigh_candidates`."""
    weighed = weigh_candidates(
        validation_actual, predictions, rankings, settings, seed, incumbent, repeats
    )
    return weighed.model


def weigh_candidates(
    validation_actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    incumbent: Incumbent | None = None,
    repeats: int = 1,
) -> Recommendation:
    """Choose a model on the validation window, or on cross-validated customers.

    1. Rankings without amounts cannot forecast revenue, so they stand only
       where there is no other candidate. (On the holdout a ranking can still be
       named the winner of a ranking metric.)
    2. The leader has the lowest mean rank over normalised Gini, Spearman and
       mean absolute error: order over the whole list, order weighted by money,
       and amounts. Equal mean ranks: the simpler model leads.
    3. A simpler model takes the leader's place where, on each of the three
       metrics, it is worse by no more than one standard error of the paired
       bootstrap difference: the one-standard-error rule (Breiman, Friedman,
       Olshen and Stone 1984, "Classification and Regression Trees", section
       3.4.3). The simplest such model is taken. Differences that a redraw of the
       same customers would undo thus never decide for a harder model.
    4. An ``incumbent`` takes the place of the model so found, unless that one is
       better beyond chance on one of the three metrics and on none worse: one window
       says less than the many that spoke for the incumbent
       (docs/decisions/021-geometric-mean.md). The best of many looks good by chance
       alone, so the chance allowed is divided by the models and metrics compared
       (Dunn 1961, "Multiple comparisons among means", Journal of the American
       Statistical Association 56(293)). Where the window is shorter than the
       forecast's, order alone counts: errors in money over few days favour models
       that forecast low, and say little of the errors at the horizon.

    Parameters
    ----------
    validation_actual : DataFrame, index ``customer_key``
        ``future_spend`` and, where known, ``future_orders`` in the validation
        window.
    predictions : mapping of model name to Prediction
        Forecasts made from the validation cutoff.
    rankings : set of str
        Models whose prediction is a score, not an amount.
    settings : EvaluationSettings
    seed : int
    incumbent : Incumbent, optional
        The model to stay with unless another one is better beyond chance.
    repeats : int, default 1
        As for ``bootstrap.draw_metrics``.

    Raises
    ------
    ValueError
        Without any prediction.
    """
    amounts = {name: p for name, p in predictions.items() if name not in rankings}
    candidates = amounts or dict(predictions)
    if not candidates:
        raise ValueError("there is no model to recommend")
    draws = draw_metrics(validation_actual, candidates, rankings, settings, seed, repeats)
    return weigh_draws(draws, rankings, incumbent)


def weigh_draws(
    draws: MetricDraws, rankings: set[str], incumbent: Incumbent | None = None
) -> Recommendation:
    """Choose as :func:`weigh_candidates` does, among models that are measured already."""
    candidates = [name for name in draws.values if name not in rankings] or list(draws.values)
    draws = draws.take(candidates)
    ranks = _rank_candidates(draws)
    leader = str(ranks.index[0])
    near = [name for name in candidates if _is_as_good(draws, name, leader)]
    model = min([*near, leader], key=_complexity)
    if incumbent is not None and incumbent.model in candidates:
        decisive = OF_ORDER if incumbent.is_window_shorter else DECISIVE
        if not _unseats(draws, model, incumbent.model, decisive):
            model = incumbent.model
    return Recommendation(model, leader, ranks)


def _complexity(name: str) -> int:
    return SIMPLEST_FIRST.index(name) if name in SIMPLEST_FIRST else len(SIMPLEST_FIRST)


def _rank_candidates(draws: MetricDraws) -> pd.DataFrame:
    """Rank models on the decisive metrics; one that is undefined ranks last."""
    badness = pd.DataFrame(
        {
            metric: {
                name: float("inf") if value is None else METRICS[metric].badness(value)
                for name, values in draws.values.items()
                for value in (values[metric],)
            }
            for metric in DECISIVE
        }
    )
    ranks = badness.rank(method="average")
    ranks["mean_rank"] = ranks.mean(axis=1)
    ranks["complexity"] = [_complexity(str(name)) for name in ranks.index]
    ordered = ranks.sort_values(["mean_rank", "complexity"], kind="stable")
    return ordered.drop(columns="complexity")


def _is_as_good(draws: MetricDraws, name: str, leader: str) -> bool:
    """Say whether a model is within one standard error of the leader everywhere."""
    for metric in DECISIVE:
        difference = draws.difference(name, leader, metric)
        if difference is None:
            # Where the leader has a value and this model none, it is no match.
            if draws.values[leader][metric] is not None:
                return False
            continue
        excess = METRICS[metric].badness(difference.value)
        if excess > draws.standard_error(name, leader, metric):
            return False
    return True


def _unseats(draws: MetricDraws, name: str, incumbent: str, metrics: Sequence[str]) -> bool:
    """Say whether a model is better beyond chance somewhere, and nowhere worse so.

    To be better it must be so although as many models and metrics were looked at.
    """
    compared = len(metrics) * (len(draws.values) - 1)
    if not compared:
        return False
    quantile = norm.ppf(1 - (1 - draws.confidence) / 2 / compared)
    is_better = False
    for metric in metrics:
        difference = draws.difference(name, incumbent, metric)
        if difference is None:
            continue
        gain = -METRICS[metric].badness(difference.value)
        if gain < 0 and difference.is_beyond_noise:
            return False
        is_better |= gain > quantile * draws.standard_error(name, incumbent, metric)
    return is_better
