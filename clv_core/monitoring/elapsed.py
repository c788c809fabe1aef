"""A forecast brought from its whole horizon to the days that have passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.evaluation.metrics import Floats
from clv_core.evaluation.ranges import Ranges
from clv_core.evaluation.totals import TotalInterval, TotalSpread
from clv_core.models.expectation import ExpectationModel
from clv_core.models.purchase_process import DAYS_PER_WEEK, PurchaseHistories
from clv_core.runs.alive import EXPECTATION_FILE
from clv_core.runs.folder import RunFolder
from clv_core.runs.intervals import read_interval
from clv_core.runs.segment_totals import bound_groups
from clv_core.sentences import Sentence

_CERTAIN: Final = 1e-9  # chances are kept so far from 0 and 1, whose logs are infinite


@dataclass(frozen=True)
class ElapsedForecast:
    """What was forecast for the days that have passed.

    Attributes
    ----------
    table : DataFrame, index ``customer_key``
        As ``RunFolder.forecast`` gives it; ``predicted``, ``low``, ``high``, ``p_buy`` and
        ``expected_orders`` are of ``days``. Bounds are NaN where none can be told, and
        chances where the result has none.
    days, horizon_days : int
        ``days`` is never above ``horizon_days``.
    way : Sentence or None
        How the whole forecast was brought to these days; None where all have passed.
    """

    table: pd.DataFrame
    days: int
    horizon_days: int
    way: Sentence | None

    def bound_totals(
        self, manifest: Mapping[str, Any], groups: pd.Series
    ) -> dict[str, TotalInterval]:
        """Bound the total of each group of customers in these days.

        Misses of earlier windows are taken to be as large, relative to the total, over
        fewer days; parts are told by their share of the value of these days.
        """
        stored = manifest.get("total_spread")
        if stored is not None:
            total = float(self.table["predicted"].sum())
            spread = replace(TotalSpread.from_json(stored), expected_of_all=total)
            manifest = {**manifest, "total_spread": spread.to_json()}
        return bound_groups(manifest, self.table, groups)


def bring_to_days(run: RunFolder, days: int) -> ElapsedForecast:
    """Take the part of a run's forecast that belongs to the first days after its cutoff.

    Expected spend and orders are multiplied, customer by customer, by the purchases that
    the Pareto/NBD of the run expects in these days ÷ those it expects in the whole
    horizon, both while a customer: the way by which forecasts learnt on short windows are
    carried to a long one, backwards. Chances of buying become 1 − (1 − p)^e, with
    e = log(1 − F(days)) ÷ log(1 − F(horizon)) of the process's own chances F, so that a
    chance that is the process's own becomes its chance over these days. Bounds are made
    anew from amounts and chances, by the run's own distribution.

    Parameters
    ----------
    run : RunFolder
        Of days to come.
    days : int
        Above 0; all beyond the horizon count as the horizon.
    """
    forecast, manifest = run.forecast(), run.manifest()
    forecast = forecast.astype({"p_buy": float, "expected_orders": float})
    horizon_days = int(manifest["plan"]["horizon_days"])
    if days >= horizon_days:
        return ElapsedForecast(forecast, horizon_days, horizon_days, None)
    file = run.folder / EXPECTATION_FILE
    if file.is_file():
        model = ExpectationModel.from_json(file.read_text("utf-8"))
        features = run.features().loc[forecast.index]
        share, exponent = _share_of_process(model, features, days, horizon_days)
        way = Sentence(
            "Only {days} of the {horizon_days} days that were forecast have passed. The forecast"
            " is brought to them customer by customer, by the share of the orders of the whole"
            " time that the purchase model (Pareto/NBD) expects in them: {share:.0%} on average.",
            days=days,
            horizon_days=horizon_days,
            share=_mean_share(share, forecast["predicted"]),
        )
    else:
        share = exponent = np.full(len(forecast), days / horizon_days)
        way = Sentence(
            "Only {days} of the {horizon_days} days that were forecast have passed, and this"
            " result holds no purchase model: every day is taken to bring as much as any other.",
            days=days,
            horizon_days=horizon_days,
        )
    table = forecast.assign(
        predicted=forecast["predicted"] * share,
        expected_orders=forecast["expected_orders"] * share,
        p_buy=-np.expm1(exponent * np.log1p(-forecast["p_buy"].clip(upper=1 - _CERTAIN))),
    )
    return ElapsedForecast(_bound_anew(table, manifest), days, horizon_days, way)


def _share_of_process(
    model: ExpectationModel, features: pd.DataFrame, days: int, horizon_days: int
) -> tuple[Floats, Floats]:
    """Return each customer's share of the orders, and the exponent of not buying."""
    share = np.exp(model.forecaster_.log_horizon_ratio(features, days, horizon_days))
    histories = PurchaseHistories.from_features(features)
    none_yet, none_ever = (
        np.log1p(
            -np.clip(
                model.forecaster_.process_.p_purchase(histories, ahead / DAYS_PER_WEEK),
                _CERTAIN,
                1 - _CERTAIN,
            )
        )
        for ahead in (days, horizon_days)
    )
    return share, none_yet / none_ever


def _mean_share(share: Floats, predicted: pd.Series) -> float:
    total = float(predicted.sum())
    return float(share @ predicted.to_numpy(float)) / total if total > 0 else float(share.mean())


def _bound_anew(table: pd.DataFrame, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """Put bounds of these days beside the forecast; none where no distribution is known."""
    interval = None if manifest["interval"] is None else read_interval(manifest["interval"])
    if not isinstance(interval, Ranges) or table["p_buy"].isna().any():
        return table.assign(low=np.nan, high=np.nan)
    made = Ranges.make(interval.distribution, table["predicted"], table["p_buy"], interval.share)
    bounds = made.bounds(table["predicted"], table["p_buy"])
    return table.assign(low=bounds["low"], high=bounds["high"])
