"""Forecast against actual: by group of customers, and beside what any shop could reckon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.metrics import BINS
from clv_core.evaluation.scoreboard import Scoreboard, Window, build_scoreboard
from clv_core.evaluation.totals import TotalInterval
from clv_core.features.snapshots import Snapshot
from clv_core.models.baselines import PastRate, PastSpend
from clv_core.models.expectation import ExpectationModel
from clv_core.models.forecaster import Prediction
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.monitoring.elapsed import ElapsedForecast
from clv_core.runs.alive import EXPECTATION_FILE
from clv_core.runs.folder import RunFolder

GROUP_COLUMNS: Final = (
    *("kind", "group", "customers", "forecast", "low", "high", "actual", "ratio"),
    *("covered_share", "expected_buyers", "buyers"),
)
ALL: Final = "all"


def number_deciles(predicted: pd.Series) -> pd.Series:
    """Number ten groups of customers by forecast, 1 the highest, as ``curves`` divides them."""
    order = np.argsort(-predicted.to_numpy(float), kind="stable")
    numbers = np.empty(len(order), dtype=int)
    for number, part in enumerate(np.array_split(order, min(BINS, len(order))), start=1):
        numbers[part] = number
    return pd.Series(numbers, index=predicted.index, name="decile")


def compare_groups(
    kind: str,
    groups: pd.Series,
    told: pd.DataFrame,
    actual: pd.DataFrame,
    totals: Mapping[str, TotalInterval],
) -> pd.DataFrame:
    """Hold each group's forecast against what it brought.

    Parameters
    ----------
    kind : str
        What customers are told apart by.
    groups : Series, index ``customer_key``
        Who belongs where; groups come in their order, or by mean forecast where they
        are names.
    told : DataFrame, same index
        ``predicted``, ``low``, ``high``, ``p_buy`` of the days that have passed.
    actual : DataFrame, same index
        ``future_spend``, ``future_orders`` in these days.
    totals : mapping of group, as text, to TotalInterval

    Returns
    -------
    DataFrame with ``GROUP_COLUMNS``
        ``group`` as text; ``forecast``, ``low``, ``high``, ``actual`` are totals, ``ratio``
        is actual ÷ forecast (NaN where nothing was forecast), ``covered_share`` the
        customers inside their own bounds, ``expected_buyers`` the sum of their chances
        (NaN without).
    """
    rows = pd.DataFrame(
        {
            "forecast": told["predicted"],
            "actual": actual["future_spend"],
            "covered": actual["future_spend"].between(told["low"], told["high"]).astype(float),
            "p_buy": told["p_buy"],
            "bought": actual["future_orders"] > 0,
        }
    )
    rows["covered"] = rows["covered"].where(told["low"].notna())
    summed = rows.groupby(groups).agg(
        customers=("forecast", "size"),
        forecast=("forecast", "sum"),
        actual=("actual", "sum"),
        covered_share=("covered", "mean"),
        expected_buyers=("p_buy", lambda chances: chances.sum(min_count=1)),
        buyers=("bought", "sum"),
    )
    if not pd.api.types.is_numeric_dtype(groups):
        means = summed["forecast"] / summed["customers"]
        summed = summed.loc[means.sort_values(ascending=False, kind="stable").index]
    names = [str(name) for name in summed.index]
    positive = summed["forecast"].where(summed["forecast"] > 0)
    table = summed.assign(
        kind=kind,
        group=names,
        low=[totals[name].low if name in totals else np.nan for name in names],
        high=[totals[name].high if name in totals else np.nan for name in names],
        ratio=summed["actual"] / positive,
    )
    return table[list(GROUP_COLUMNS)].reset_index(drop=True)


def rival_forecasts(
    run: RunFolder, told: ElapsedForecast, cutoff: dt.date
) -> dict[str, Prediction]:
    """Return the model in use beside past spend, past rate and Pareto/NBD, for the same days.

    What is known of the customers is as of the run's own cutoff. Pareto/NBD is the run's,
    where it holds one and does not use it anyway.
    """
    features = run.features().loc[told.table.index]
    months = np.zeros((len(features), 0), dtype=np.float32)
    snapshot = Snapshot(cutoff, told.days, features, months)
    in_use = str(run.manifest()["model"])
    rivals = {
        PastSpend.name: PastSpend().predict(snapshot),
        PastRate.name: PastRate().predict(snapshot),
    }
    file = run.folder / EXPECTATION_FILE
    if file.is_file():
        model = ExpectationModel.from_json(file.read_text("utf-8"))
        rivals[ParetoNbdForecaster.name] = model.forecaster_.predict(snapshot)
    table = told.table
    p_buy = None if table["p_buy"].isna().any() else table["p_buy"]
    return {**rivals, in_use: Prediction(table["predicted"], p_buy)}


def mark_forecasts(
    run: RunFolder, told: ElapsedForecast, actual: pd.DataFrame, cutoff: dt.date
) -> Scoreboard:
    """Measure the forecast and its plain rivals on the days that have passed.

    Settings and seed of the bootstrap are the run's own.
    """
    settings, in_use = run.settings(), str(run.manifest()["model"])
    training_days = int(run.manifest()["plan"]["training_horizon_days"])
    return build_scoreboard(
        actual.loc[told.table.index],
        rival_forecasts(run, told, cutoff),
        {PastSpend.name},
        settings.evaluation,
        settings.seed,
        in_use,
        Window(cutoff, told.days, min(training_days, told.days)),
    )
