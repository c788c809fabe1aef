"""Which model to use, decided before the holdout is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

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
    "pareto_nbd",
    "boosted_trees",
    "network",
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
        a simpler one did as well within one standard error, or where the window
        does not test the way that the leader reaches the horizon.
    ranks : DataFrame, index model
        Rank on each decisive metric (1 the best, ties averaged) and
        ``mean_rank``; best first.
    """

    model: str
    leader: str
    ranks: pd.DataFrame


def recommend(
    validation_actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    carried: AbstractSet[str] = frozenset(),
) -> str:
    """Return the name of the model to use; see :func:`weigh_candidates`."""
    weighed = weigh_candidates(validation_actual, predictions, rankings, settings, seed, carried)
    return weighed.model


def weigh_candidates(
    validation_actual: pd.DataFrame,
    predictions: Mapping[str, Prediction],
    rankings: set[str],
    settings: EvaluationSettings,
    seed: int,
    carried: AbstractSet[str] = frozenset(),
) -> Recommendation:
    """Choose a model on the validation window.

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
    4. A model of ``carried`` is chosen only if its lead in order (normalised Gini
       or Spearman) over the best of the others is beyond chance, and the other's
       is not. Over the shorter window it was not carried, so its error in money
       there says little of what it will be at the horizon.

    Parameters
    ----------
    validation_actual : DataFrame, index ``customer_key``
        ``future_spend`` and ``future_orders`` in the validation window.
    predictions : mapping of model name to Prediction
        Forecasts made from the validation cutoff.
    rankings : set of str
        Models whose prediction is a score, not an amount.
    settings : EvaluationSettings
    seed : int
    carried : set of str
        Models that will be carried beyond this window to reach the horizon.

    Raises
    ------
    ValueError
        Without any prediction.
    """
    amounts = {name: p for name, p in predictions.items() if name not in rankings}
    candidates = amounts or dict(predictions)
    if not candidates:
        raise ValueError("there is no model to recommend")
    draws = draw_metrics(validation_actual, candidates, rankings, settings, seed)
    weighed = _weigh(draws, list(candidates))
    others = [name for name in candidates if name not in carried]
    if weighed.model in carried and others:
        incumbent = _weigh(draws, others).model
        if not _leads_in_order(draws, weighed.model, incumbent):
            return replace(weighed, model=incumbent)
    return weighed


def _weigh(draws: MetricDraws, names: list[str]) -> Recommendation:
    """Find the leader among some models and the simplest one that is as good."""
    ranks = _rank_candidates(draws, names)
    leader = str(ranks.index[0])
    near = [name for name in names if _is_as_good(draws, name, leader)]
    return Recommendation(min([*near, leader], key=_complexity), leader, ranks)


def _complexity(name: str) -> int:
    return SIMPLEST_FIRST.index(name) if name in SIMPLEST_FIRST else len(SIMPLEST_FIRST)


def _rank_candidates(draws: MetricDraws, names: list[str]) -> pd.DataFrame:
    """Rank models on the decisive metrics; one that is undefined ranks last."""
    badness = pd.DataFrame(
        {
            metric: {
                name: float("inf") if value is None else METRICS[metric].badness(value)
                for name in names
                for value in (draws.values[name][metric],)
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


def _leads_in_order(draws: MetricDraws, name: str, other: str) -> bool:
    """Say whether a model orders customers better beyond chance, and nowhere worse so."""
    found = [
        METRICS[metric].badness(difference.value) < 0
        for metric in OF_ORDER
        if (difference := draws.difference(name, other, metric)) is not None
        and difference.is_beyond_noise
    ]
    return bool(found) and all(found)
