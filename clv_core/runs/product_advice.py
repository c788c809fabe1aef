"""Finding out about products for a finished run: what to recommend, what will be asked for."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, Final

import pandas as pd

from clv_core.activation.demand import (
    bound_demand,
    expect_demand,
    expect_products,
    guess_plainly,
    measure_newcomers,
    share_customers,
)
from clv_core.activation.demand_history import NOT_GIVEN, gather_small
from clv_core.activation.demand_test import DemandTest, try_demand
from clv_core.activation.recommendations import (
    RecommendationTest,
    choose_method,
    recommend_all,
    try_methods,
)
from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting, MissingColumns
from clv_core.evaluation.totals import TotalInterval, TotalSpread, segment_total
from clv_core.features.windows import WindowPlan
from clv_core.models.forecaster import Prediction, Report, ignore_report
from clv_core.runs.folder import RunFolder
from clv_core.runs.forecast import PREDICTED
from clv_core.runs.intervals import find_variance, read_interval
from clv_core.runs.product_folder import ProductAdvice, ProductFolder
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence

__all__ = ["advise_on_products"]

WEIGHTS: Final = (3, 3, 2, 2)


def advise_on_products(
    run: RunFolder, tables: Tables, folder: ProductFolder, report: Report = ignore_report
) -> ProductAdvice:
    """Choose how to recommend, recommend to everybody, and expect demand by category.

    Parameters
    ----------
    run : RunFolder
        On orders.
    tables : Tables
        Those the run was made from.
    folder : ProductFolder
        Gets the result.
    report : Report

    Raises
    ------
    InvalidSetting
        When the run was made from a value table.
    MissingColumns
        When the orders name no products, or were read by a version that did not keep
        their names.
    """
    plan = _check(run, tables)
    is_tested, seed = run.scoreboard() is not None, int(run.manifest()["settings"]["seed"])
    progress = Progress(report, WEIGHTS)
    progress.step(Sentence("Trying ways to recommend on an earlier window"))
    validation = _try_before(tables, plan, seed)
    progress.step(Sentence("Trying them on the held-out window"))
    held = (plan.holdout_cutoff, plan.horizon_days, seed)
    holdout = try_methods(tables, *held) if is_tested else None
    method = choose_method(validation, holdout)
    progress.step(Sentence("Recommending products to every customer"))
    forecast = run.forecast()
    recommended = recommend_all(
        tables, plan.forecast_cutoff, plan.horizon_days, method, forecast.index
    )
    progress.step(Sentence("Expecting demand by category"))
    shares = share_customers(tables, plan.forecast_cutoff, forecast.index)
    demand, products, miss = _expect(run, tables, plan, forecast, shares)
    advice = ProductAdvice(
        method=method,
        validation=validation,
        holdout=holdout,
        has_categories=bool(set(shares.columns) - {NOT_GIVEN}),
        demand=demand,
        products=products,
        demand_test=_try_demand(run, tables, plan) if is_tested else None,
        newcomers_miss=miss,
    )
    folder.write(advice, recommended, shares)
    progress.finish(Sentence("Done"))
    return advice


def _check(run: RunFolder, tables: Tables) -> WindowPlan:
    plan = run.plan()
    if not isinstance(plan, WindowPlan):
        raise InvalidSetting(
            Sentence("A table with one value per customer names no products."),
            Sentence("Choose a run on orders that name them."),
        )
    if not tables.has("lines"):
        raise MissingColumns(
            Sentence("The orders name no products."),
            Sentence("Bring them with a column for the product's id or name, and its category."),
        )
    if not tables.has("products"):
        raise MissingColumns(
            Sentence("These data were read before products' names were kept."),
            Sentence("Read the files again, and train on them."),
        )
    return plan


def _try_before(tables: Tables, plan: WindowPlan, seed: int) -> RecommendationTest | None:
    """Test on the window that closes where the holdout opens, half the history at the longest."""
    history_days = (plan.holdout_cutoff - tables.first_day).days
    days = min(plan.horizon_days, history_days // 2)
    if days < 1:
        return None
    return try_methods(tables, plan.holdout_cutoff - dt.timedelta(days=days), days, seed)


def _expect(
    run: RunFolder, tables: Tables, plan: WindowPlan, forecast: pd.DataFrame, shares: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, float | None]:
    when = (plan.forecast_cutoff, plan.horizon_days)
    demand = expect_demand(tables, *when, forecast[PREDICTED], shares)
    for name, sold in guess_plainly(tables, *when).items():
        plain = gather_small(sold, demand.index).reindex(demand.index).fillna(0.0)
        demand[[f"{name}_money", f"{name}_pieces"]] = plain[["money", "pieces"]].to_numpy()
    miss = measure_newcomers(tables, *when)
    manifest = run.manifest()
    stored, interval = manifest.get("total_spread"), manifest["interval"]
    if stored is not None and interval is not None:
        told = Prediction(forecast[PREDICTED], forecast["p_buy"])
        share = float(manifest["settings"]["evaluation"]["interval_share"])
        demand = bound_demand(
            demand,
            forecast[PREDICTED],
            shares,
            find_variance(read_interval(interval), told),
            partial(_bound, TotalSpread.from_json(stored), share),
            miss,
            share,
        )
    return demand, expect_products(tables, *when, demand), miss


def _bound(
    spread: TotalSpread, share: float, predicted: pd.Series, variance: pd.Series | None
) -> TotalInterval:
    return segment_total(predicted, spread, variance, share)


def _try_demand(run: RunFolder, tables: Tables, plan: WindowPlan) -> DemandTest | None:
    """Test with what the model in use forecast for the held-out window."""
    model: Any = run.manifest()["model"]
    predicted = run.holdout()[f"predicted_{model}"]
    return try_demand(tables, plan.holdout_cutoff, plan.horizon_days, predicted)
