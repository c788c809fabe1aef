"""Intervals and chances for a run: learnt on one window, measured on the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from clv_core.evaluation.certainty import MIN_CUSTOMERS, IntervalModel
from clv_core.evaluation.chances import (
    AS_GIVEN,
    IN_USE,
    ChanceCalibration,
    compare_chances,
    learn_chances,
)
from clv_core.evaluation.coverage import Coverage, measure_coverage
from clv_core.evaluation.error_bounds import ErrorBounds
from clv_core.evaluation.ranges import Ranges, learn_distribution
from clv_core.evaluation.spread import SpendDistribution
from clv_core.evaluation.totals import (
    PastWindow,
    TotalInterval,
    TotalSpread,
    measure_misses,
    segment_total,
)
from clv_core.models.expectation import EXPECTED_SPEND
from clv_core.models.forecaster import Prediction
from clv_core.runs.forecast import FALLBACK, tell
from clv_core.runs.intervals import bound_forecast, find_variance, require_chances
from clv_core.runs.rehearsal import Rehearsal
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.settings import RunSettings

Window = tuple[Rehearsal, pd.DataFrame]
"""A rehearsal with ``future_spend`` and ``future_orders`` of its customers."""


@dataclass(frozen=True)
class Certainty:
    """How far the forecast may lie from what comes.

    Attributes
    ----------
    bounds : DataFrame, index ``customer_key``
        ``low`` and ``high`` of the forecast; NaN where no window could teach them.
    holdout_bounds : DataFrame, index ``customer_key``
        The same for the held-out forecast.
    coverage : Coverage or None
        Share of held-out customers inside their bounds; None where the bounds
        were learnt on that same window or its outcome is not known.
    total : TotalInterval or None
        Of all customers together.
    interval : Ranges, IntervalModel, ErrorBounds or None
        The second where chances of buying are not known or too few bought to
        learn from, the last for value tables.
    scale : float
        For ``IntervalModel``: mean forecast over the full horizon ÷ over the length
        of the window the bounds come from, of the same customers on the same day.
    spread : TotalSpread or None
        What bounds the total of any of them; None for value tables.
    chances : ChanceCalibration
        What was learnt about the chances of buying, for those of the forecast.
    holdout_p_buy : Series of float or None, index ``customer_key``
        Chances told for the held-out window, by that rule.
    measured_chances : DataFrame or None
        ``name, log_loss, brier`` on the held-out window of the chances ``in_use``, the
        same ``as_given`` by the model where the rule changes them, and those of
        ``pareto_nbd``; None where the rule was learnt on that same window or nothing
        is known.
    """

    bounds: pd.DataFrame
    holdout_bounds: pd.DataFrame
    coverage: Coverage | None
    total: TotalInterval | None
    interval: Ranges | IntervalModel | ErrorBounds | None
    scale: float
    spread: TotalSpread | None = None
    chances: ChanceCalibration = field(default_factory=ChanceCalibration)
    holdout_p_buy: pd.Series | None = None
    measured_chances: pd.DataFrame | None = None

    def tell_holdout(
        self, predictions: Mapping[str, Prediction], model: str
    ) -> dict[str, Prediction]:
        """Return the held-out forecasts, that of the model in use with its chances put right."""
        told = dict(predictions)
        if self.holdout_p_buy is not None:
            told[model] = replace(told[model], p_buy=self.holdout_p_buy)
        return told


@dataclass(frozen=True)
class Learnt:
    """What a window taught of chances and of how customers scatter.

    Attributes
    ----------
    chances, scale
        As in :class:`Certainty`.
    source : SpendDistribution or IntervalModel
        What intervals are made from; the latter where no distribution was found.
    """

    chances: ChanceCalibration
    source: SpendDistribution | IntervalModel
    scale: float

    def make_interval(self, told: Prediction, share: float) -> Ranges | IntervalModel:
        """Return what bounds the forecast of these customers."""
        if isinstance(self.source, IntervalModel):
            return self.source
        return Ranges.make(self.source, told.spend, require_chances(told), share)


def measure_certainty(
    model: str,
    validation: Window | None,
    holdout: Window | None,
    final: Rehearsal,
    settings: RunSettings,
) -> Certainty:
    """Learn intervals before the holdout, measure them on it, apply them after it.

    Where there is no validation window, or the model could not be fitted for it,
    the holdout teaches the bounds, and their coverage stays unmeasured. A backtest
    has no bounds then: its forecast is the holdout's own. The same window teaches
    the chances of buying.
    """
    share, cutoff = settings.evaluation.interval_share, final.snapshot.day
    windows = (validation, holdout)
    closed = [w for w in windows if w is not None and _can_teach(w, model, cutoff)]
    unknown = pd.DataFrame({"low": np.nan, "high": np.nan}, index=final.snapshot.features.index)
    if not closed:
        return Certainty(unknown, unknown, None, None, None, 1.0)
    learnt = _learn(closed[0], model, final.snapshot.horizon_days, settings)
    told = tell(final, model, learnt.chances)
    interval = learnt.make_interval(told, share)
    spread = _measure_spread(closed, model, final, float(told.spend.sum()))
    found = Certainty(
        bounds=bound_forecast(interval, told, learnt.scale),
        holdout_bounds=unknown,
        coverage=None,
        total=segment_total(told.spend, spread, find_variance(interval, told), share),
        interval=interval,
        scale=learnt.scale,
        spread=spread,
        chances=learnt.chances,
    )
    if holdout is None or model not in holdout[0].predictions:
        return found
    return _measure(found, learnt, model, holdout, settings, is_unseen=closed[0] is validation)


def _learn(teacher: Window, model: str, horizon_days: int, settings: RunSettings) -> Learnt:
    rehearsal, outcome = teacher
    spend, chances = outcome["future_spend"], ChanceCalibration()
    told = tell(rehearsal, model, chances)
    if told.p_buy is not None:
        chances = learn_chances(told.p_buy, outcome["future_orders"] > 0, settings.seed)
        told = tell(rehearsal, model, chances)
        distribution = learn_distribution(told.spend, require_chances(told), spend)
        if distribution is not None:
            return Learnt(chances, distribution, 1.0)
    by_rank = IntervalModel.fit(told.spend, spend, settings.evaluation.interval_share)
    return Learnt(chances, by_rank, _scale(rehearsal, horizon_days, model))


def _measure(
    found: Certainty,
    learnt: Learnt,
    model: str,
    holdout: Window,
    settings: RunSettings,
    is_unseen: bool,
) -> Certainty:
    """Add what the held-out window says; measured only where it taught nothing."""
    share, (rehearsal, outcome) = settings.evaluation.interval_share, holdout
    told = tell(rehearsal, model, learnt.chances)
    bounds = bound_forecast(learnt.make_interval(told, share), told, learnt.scale)
    found = replace(found, holdout_bounds=bounds, holdout_p_buy=told.p_buy)
    if not is_unseen:
        return found
    tiers = assign_value_tiers(pd.DataFrame({"predicted": told.spend}), settings.segments)
    return replace(
        found,
        coverage=measure_coverage(
            outcome["future_spend"], told.spend, bounds, share, tiers.assignment, told.p_buy
        ),
        measured_chances=_compare(rehearsal, outcome, model, told),
    )


def _compare(
    rehearsal: Rehearsal, outcome: pd.DataFrame, model: str, told: Prediction
) -> pd.DataFrame | None:
    """Measure the chances in use, as given where they were changed, and the purchase model's."""
    if told.p_buy is None:
        return None
    named = {IN_USE: told.p_buy}
    given = tell(rehearsal, model, ChanceCalibration())
    statistical = rehearsal.predictions.get(FALLBACK)
    if given.p_buy is not None and not given.p_buy.equals(told.p_buy):
        named[AS_GIVEN] = given.p_buy
    if statistical is not None and statistical.p_buy is not None:
        named[FALLBACK] = statistical.p_buy
    return compare_chances(named, outcome["future_orders"] > 0)


def _measure_spread(
    closed: list[Window], model: str, final: Rehearsal, expected: float
) -> TotalSpread:
    """Gather the windows that tell how far totals are off.

    Beside those of the model in use there are the training snapshots: the purchase
    model's expectation in each was fitted on that snapshot's own past.
    """
    own = [
        PastWindow(rehearsal.predictions[model].spend, outcome["future_spend"])
        for rehearsal, outcome in closed
    ]
    earlier = [
        PastWindow(snapshot.features[EXPECTED_SPEND], snapshot.future_spend)
        for snapshot in final.labelled
        if snapshot.future_spend is not None
    ]
    return measure_misses([*own, *earlier], expected)


def _can_teach(window: Window, model: str, cutoff: dt.date) -> bool:
    """Say whether a window was over at ``cutoff`` and the model forecast something for it."""
    seen, prediction = window[0].snapshot, window[0].predictions.get(model)
    is_over = seen.day + dt.timedelta(days=seen.horizon_days) <= cutoff
    if prediction is None or not is_over:
        return False
    return len(prediction.spend) >= MIN_CUSTOMERS and float(prediction.spend.sum()) > 0


def _scale(teacher: Rehearsal, horizon_days: int, model: str) -> float:
    """Compare the teacher's own forecasts over both lengths: nothing later is seen."""
    if teacher.snapshot.horizon_days == horizon_days:
        return 1.0
    if teacher.expectation is None:
        raise ValueError("only a statistical expectation carries a forecast to another length")
    longer = teacher.expectation.attach(replace(teacher.snapshot, horizon_days=horizon_days))
    over_horizon = float(teacher.forecasters[model].predict(longer).spend.sum())
    return over_horizon / float(teacher.predictions[model].spend.sum())
