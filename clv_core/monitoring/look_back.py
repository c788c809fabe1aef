"""A result's own homework, marked with the orders that came after it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.evaluation.chances import trace_reliability
from clv_core.evaluation.coverage import Coverage, measure_coverage
from clv_core.evaluation.curves import decile_calibration
from clv_core.features.build import build_snapshot
from clv_core.models.expectation import ExpectationModel
from clv_core.models.forecaster import Report, ignore_report
from clv_core.monitoring.advice import advise
from clv_core.monitoring.comparison import ALL, compare_groups, mark_forecasts, number_deciles
from clv_core.monitoring.drift import FEATURE_COLUMNS, compare_features, compare_shop
from clv_core.monitoring.effects import measure_effects
from clv_core.monitoring.elapsed import ElapsedForecast, bring_to_days
from clv_core.monitoring.findings import ListOutcome, LookBack
from clv_core.monitoring.newer_orders import NewerOrders, read_newer
from clv_core.monitoring.past import PastChange, compare_past
from clv_core.monitoring.words import list_caveats, list_findings
from clv_core.runs.alive import EXPECTATION_FILE
from clv_core.runs.folder import RunFolder
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence

TIERS: Final = ("value_tier", "marketing_tier")
WEIGHTS: Final = (1.0, 6.0, 1.0, 3.0)  # of the steps, by the time they take


@dataclass(frozen=True)
class TakenList:
    """A list that was taken away from a result.

    Attributes
    ----------
    export, target : str
        Id, and the platform or file format.
    made_on : date
    members : DataFrame, index ``customer_key`` of the result
        ``tier`` and ``is_control``.
    """

    export: str
    target: str
    made_on: dt.date
    members: pd.DataFrame


def look_back(
    run: RunFolder,
    ids: pd.Series,
    tables: Tables,
    earlier: Tables | None = None,
    lists: Sequence[TakenList] = (),
    dataset: str = "",
    report: Report = ignore_report,
) -> LookBack:
    """Compare what a result forecast with what newer orders tell.

    Parameters
    ----------
    run : RunFolder
        Made from orders.
    ids : Series of str, index ``customer_key``
        The shop's ids of the result's customers; compared, never kept.
    tables : Tables
        Newer orders of the same shop.
    earlier : Tables, optional
        What the result was made from, to see whether the past changed.
    lists : sequence of TakenList
        Taken away from this result.
    dataset : str
        Id of the newer data set, if it has one.
    report : Report

    Raises
    ------
    InvalidSetting, HistoryTooShort
        Where the two cannot be compared; see ``newer_orders.read_newer``.
    """
    progress = Progress(report, WEIGHTS)
    progress.step(Sentence("Finding the customers in the newer orders"))
    newer = read_newer(run, ids, tables)
    told = bring_to_days(run, newer.lived_days)
    progress.step(Sentence("Comparing the forecast with what happened"))
    compared = _compare(run, newer, told)
    progress.step(Sentence("Comparing lists with their control groups"))
    outcomes = tuple(judge_list(newer, one) for one in lists)
    progress.step(Sentence("Looking for changes of customers and orders"))
    changes = _find_changes(run, newer, earlier, told.days)
    facts = _describe(run, newer, told)
    found = LookBack(**facts, **compared, **changes, lists=outcomes, dataset=dataset)
    progress.finish(Sentence("Forecast and outcome are compared"))
    return replace(
        found, findings=list_findings(found), caveats=list_caveats(found), advice=advise(found)
    )


def _describe(run: RunFolder, newer: NewerOrders, told: ElapsedForecast) -> dict[str, Any]:
    manifest = run.manifest()
    return {
        "run": fingerprint(run),
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "model": str(manifest["model"]),
        "currency": str(manifest["currency"] or newer.tables.currency),
        "cutoff": newer.cutoff,
        "first_day": newer.tables.first_day,
        "last_day": newer.tables.last_day,
        "days": told.days,
        "horizon_days": told.horizon_days,
        "way": told.way,
        "customers": len(told.table),
        "matched": len(newer.keys.index.intersection(told.table.index)),
    }


def _compare(run: RunFolder, newer: NewerOrders, told: ElapsedForecast) -> dict[str, Any]:
    table = told.table
    actual = newer.sum_days(newer.cutoff, told.days, table.index)
    strangers = newer.sum_strangers(newer.cutoff, told.days, table.index)
    return {
        "new_customers": strangers[0],
        "new_revenue": strangers[1],
        "groups": _compare_groups(run, told, actual),
        "deciles": decile_calibration(actual["future_spend"], table["predicted"]),
        "scoreboard": mark_forecasts(run, told, actual, newer.cutoff),
        "coverage": _cover(run, told, actual),
        "reliability": _trace_chances(table["p_buy"], actual["future_orders"] > 0),
    }


def _find_changes(
    run: RunFolder, newer: NewerOrders, earlier: Tables | None, days: int
) -> dict[str, Any]:
    past = compare_past(newer, run, earlier)
    orders, first_day = newer.tables.scan("orders"), newer.tables.first_day
    return {
        "past": past,
        "shop": compare_shop(orders, first_day, newer.cutoff, days),
        "features": _compare_features(run, newer, past),
    }


def fingerprint(run: RunFolder) -> str:
    """Return what tells a result from every other one."""
    return hashlib.sha256((run.folder / "manifest.json").read_bytes()).hexdigest()


def judge_list(newer: NewerOrders, taken: TakenList) -> ListOutcome:
    """Compare a list with its controls from the day after it was made to the newest order.

    A list that was made after the newest order can have changed nothing. Then the days
    after the result's cutoff are compared, as a rehearsal whose difference is chance:
    controls were drawn by lot, not by what customers did later.
    """
    is_rehearsal = taken.made_on >= newer.tables.last_day
    since = newer.cutoff if is_rehearsal else max(taken.made_on, newer.cutoff)
    days = (newer.tables.last_day - since).days
    members = taken.members
    return ListOutcome(
        export=taken.export,
        target=taken.target,
        made_on=taken.made_on,
        since=since,
        days=days,
        is_rehearsal=is_rehearsal,
        members=len(members),
        matched=len(newer.keys.index.intersection(members.index)),
        effects=measure_effects(members, newer.sum_days(since, days, members.index)),
    )


def _trace_chances(p_buy: pd.Series, bought: pd.Series) -> pd.DataFrame:
    """Compare chances with what happened; no rows where the result tells none."""
    known = p_buy.dropna()
    return trace_reliability(known, bought) if len(known) else pd.DataFrame()


def _cover(run: RunFolder, told: ElapsedForecast, actual: pd.DataFrame) -> Coverage | None:
    table = told.table
    if table["low"].isna().any():
        return None
    share = run.settings().evaluation.interval_share
    spend, bounds = actual["future_spend"], table[["low", "high"]]
    return measure_coverage(
        *(spend, table["predicted"], bounds, share, table["value_tier"], table["p_buy"])
    )


def _compare_groups(run: RunFolder, told: ElapsedForecast, actual: pd.DataFrame) -> pd.DataFrame:
    table = told.table
    divisions = {
        ALL: pd.Series(ALL, index=table.index),
        **{tier: table[tier].astype(str) for tier in TIERS},
        "decile": number_deciles(table["predicted"]),
    }
    manifest = run.manifest()
    parts = [
        compare_groups(kind, groups, table, actual, told.bound_totals(manifest, groups))
        for kind, groups in divisions.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _compare_features(run: RunFolder, newer: NewerOrders, past: PastChange | None) -> pd.DataFrame:
    """Compare features then and now; nothing where the newer orders lack the past."""
    began = dt.date.fromisoformat(run.manifest()["data"]["first_day"])
    if past is None or past.first_day > began:
        return pd.DataFrame(columns=list(FEATURE_COLUMNS))
    plan = run.manifest()["plan"]
    snapshot = build_snapshot(
        *(newer.tables, newer.tables.last_day, int(plan["horizon_days"])),
        label=False,
        has_months=False,
    )
    file = run.folder / EXPECTATION_FILE
    if file.is_file():
        snapshot = ExpectationModel.from_json(file.read_text("utf-8")).attach(snapshot)
    return compare_features(run.features(), snapshot.features)
