"""Cohorts of a run: what each did, is expected to bring, and who its customers are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd

from clv_core.ingest.engine import scan_parquet
from clv_core.models.forecaster import Report
from clv_core.runs.progress import Progress
from clv_core.runs.segment_totals import bound_groups
from clv_core.segments.cohort_outlook import name_cohort, sum_cohorts
from clv_core.segments.cohorts import (
    Cohorts,
    assign_cohorts,
    find_first_purchases,
    pick_active,
    sum_activity,
    trace_activity,
)
from clv_core.segments.payback import count_won
from clv_core.segments.periods import Unit, number_day
from clv_core.sentences import Sentence
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source

__all__ = ["find_members", "lay_out_cohorts", "read_cohorts"]


def lay_out_cohorts(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``cells``, ``outlook``, ``won`` and ``active`` for one kind of period.

    ``asked``: ``unit``. ``active.parquet`` has ``cohort``, ``at`` (numbers of periods) and
    ``customer_key``, in this order: the customers of a cell lie together.
    """
    unit: Unit = asked["unit"]
    progress = Progress(report, (6, 2, 2))
    tables, last_day = source.tables, source.plan.forecast_cutoff
    progress.step(Sentence("Finding when every customer bought"))
    traced = folder / "traced.parquet"
    trace_activity(tables, last_day, unit).sink_parquet(traced)
    cohorts = sum_activity(scan_parquet(traced), last_day, unit)
    pick_active(scan_parquet(traced)).sink_parquet(folder / "active.parquet")
    traced.unlink()
    progress.step(Sentence("Counting whom each month won"))
    first = find_first_purchases(tables, last_day)
    assigned = assign_cohorts(first, unit)
    count_won(first, assigned).to_parquet(folder / "won.parquet")
    progress.step(Sentence("Adding up what they are expected to bring"))
    cohorts.cells.to_parquet(folder / "cells.parquet")
    _sum_outlook(source, cohorts, assigned).to_parquet(folder / "outlook.parquet")
    progress.finish(Sentence("Done"))
    return {"last_day": last_day.isoformat()}


def _sum_outlook(source: Source, cohorts: Cohorts, assigned: pd.Series) -> pd.DataFrame:
    forecast = source.run.forecast()
    known = forecast[forecast.index.isin(assigned.index)]
    groups = assigned.reindex(known.index).astype("category")
    named = groups.cat.rename_categories(name_cohort)
    totals = bound_groups(source.run.manifest(), known, named)
    return sum_cohorts(cohorts, assigned, forecast, totals)


def read_cohorts(view: KeptView, source: Source, unit: Unit) -> Cohorts:
    """Return what every cohort did up to the day that the forecast begins after."""
    return Cohorts(unit, source.plan.forecast_cutoff, view.table("cells"))


def find_members(view: KeptView, unit: Unit, cohort: pd.Timestamp, period: int | None) -> pd.Index:
    """Return the customers of a cohort, or those of them who bought in one of its periods."""
    number = number_day(cohort.date(), unit)
    lies = (nw.col("cohort") == number) & (nw.col("at") == number + (period or 0))
    found = scan_parquet(view.path("active")).filter(lies).select("customer_key")
    table: pd.DataFrame = found.collect("pandas").to_native()
    return table.set_index("customer_key").index
