"""What pages read again and again: every ``st.cache_*`` there is.

Runs and data sets never change once published and their ids are never used
again, so the id is the whole key and nothing expires. The customers' contact
fields are read where they are shown and never kept here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.activation.marketing_tiers import MarketingTiers, assign_marketing_tiers
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import UserDataError, error_from_json
from clv_core.evaluation.certainty import Coverage
from clv_core.evaluation.curves import (
    cumulative_gain,
    decile_calibration,
    predicted_against_actual,
)
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.timeline import lay_out_windows
from clv_core.evaluation.totals import TotalInterval
from clv_core.evaluation.verdict import Verdict
from clv_core.explain.explanation import Explanation
from clv_core.explain.families import importance_of_families, measure_largest_gap
from clv_core.explain.summaries import beeswarm, importance
from clv_core.features.windows import WindowPlan, plan_windows
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.runs.folder import RunFolder
from clv_core.segments.outlook import Outlook, bin_forecast, sum_forecast
from clv_core.segments.tier_features import describe_features
from clv_core.segments.value_tiers import Segments, assign_value_tiers, concentration
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SegmentSettings, WindowSettings
from clv_core.storage.previews import read_preview
from clv_core.storage.workspace import Workspace
from pages.parts.recognitions import Recognitions

BY_TEXT: Final = {SegmentSettings: SegmentSettings.to_json}  # how settings become keys


def _run(run_id: str) -> RunFolder:
    return RunFolder(Workspace.default().run(run_id).folder)


# data sets -----------------------------------------------------------------------


@st.cache_data(max_entries=16, show_spinner=False)
def quality(dataset_id: str) -> QualityReport:
    """Return the account of a data set's rows."""
    folder = Workspace.default().dataset(dataset_id).folder
    return QualityReport.from_json((folder / "quality.json").read_text("utf-8"))


@st.cache_data(max_entries=64, show_spinner=False)
def source(dataset_id: str) -> dict[str, Any] | None:
    """Return what a data set was made from: title, uploads with choices, rules; None if unknown."""
    path = Workspace.default().dataset(dataset_id).folder / "source.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


@st.cache_data(max_entries=16, show_spinner=False)
def preview(job_id: str) -> QualityReport:
    """Return the account that a preview came to; raises ``NothingStored`` once forgotten."""
    return QualityReport.from_json(read_preview(Workspace.default(), job_id))


@st.cache_data(max_entries=64, show_spinner=False)
def tables(dataset_id: str) -> Tables:
    """Return a data set's tables: where they lie and their facts, no rows."""
    return Tables.open(Workspace.default().dataset(dataset_id).folder)


@st.cache_data(max_entries=64, show_spinner=False)
def window_plan(
    dataset_id: str, horizon_days: int | None = None, cutoff: dt.date | None = None
) -> WindowPlan:
    """Return how the days would be cut; raises ``UserDataError`` where they cannot be."""
    wanted = WindowSettings.check({"horizon_days": horizon_days, "cutoff": cutoff})
    return plan_windows(tables(dataset_id), wanted)


@st.cache_resource(show_spinner=False)
def _recognitions() -> Recognitions:
    """Return what all sessions' uploads were recognised as."""
    return Recognitions()


def recognise_all(requests: Sequence[tuple[str, FileChoice]]) -> None:
    """Look at several uploads in one process, so that :func:`recognised` knows them all."""
    _recognitions().recognise(requests)


def recognised(upload_id: str, choice: FileChoice) -> RawTable:
    """Return what an upload seems to be; raises ``UserDataError`` where it is no table."""
    (answer,) = _recognitions().recognise([(upload_id, choice)])
    if isinstance(answer, UserDataError):
        raise error_from_json(answer.to_json())  # a new one: the kept one would grow by each trace
    return answer


# runs ----------------------------------------------------------------------------


@st.cache_data(max_entries=1024, show_spinner=False)
def dataset_of_run(run_id: str) -> str:
    """Return the id of the data set that a run was made from."""
    return Workspace.default().dataset_of_run(run_id).id


@st.cache_data(max_entries=16, show_spinner=False)
def manifest(run_id: str) -> dict[str, Any]:
    """Return a run's manifest."""
    return _run(run_id).manifest()


@st.cache_data(max_entries=16, show_spinner=False)
def plan(run_id: str) -> WindowPlan:
    """Return how a run's days were cut."""
    return _run(run_id).plan()


@st.cache_data(max_entries=16, show_spinner=False)
def settings(run_id: str) -> RunSettings:
    """Return what a run was told."""
    return _run(run_id).settings()


@st.cache_data(max_entries=16, show_spinner=False)
def scoreboard(run_id: str) -> Scoreboard | None:
    """Return every model's marks in the held-out window."""
    return _run(run_id).scoreboard()


@st.cache_data(max_entries=16, show_spinner=False)
def verdict(run_id: str) -> Verdict | None:
    """Return the scoreboard in words."""
    return _run(run_id).verdict()


@st.cache_data(max_entries=16, show_spinner=False)
def coverage(run_id: str) -> Coverage | None:
    """Return how many held-out customers fell inside their bounds."""
    return _run(run_id).coverage()


@st.cache_data(max_entries=16, show_spinner=False)
def left_out(run_id: str) -> dict[str, Sentence]:
    """Return the models that could not be fitted, with the reason."""
    return _run(run_id).left_out()


@st.cache_data(max_entries=8, show_spinner=False)
def forecast(run_id: str) -> pd.DataFrame:
    """Return the forecast, index ``customer_key``."""
    return _run(run_id).forecast()


@st.cache_data(max_entries=8, show_spinner=False)
def features(run_id: str) -> pd.DataFrame:
    """Return what each customer looked like at the forecast's cutoff."""
    return _run(run_id).features()


@st.cache_data(max_entries=8, show_spinner=False)
def holdout(run_id: str) -> pd.DataFrame:
    """Return every model's held-out forecast beside what happened."""
    return _run(run_id).holdout()


@st.cache_data(max_entries=8, show_spinner=False)
def training(run_id: str) -> pd.DataFrame:
    """Return the loss curves."""
    return _run(run_id).training()


@st.cache_data(max_entries=4, show_spinner=False)
def explanation(run_id: str) -> Explanation:
    """Return why each forecast is what it is."""
    return _run(run_id).explanation()


# what is drawn of a run ----------------------------------------------------------


@st.cache_data(max_entries=16, show_spinner=False)
def total(run_id: str) -> TotalInterval | None:
    """Return between what the total should lie; None where no window could teach it."""
    stored = manifest(run_id)["total"]
    if stored is None:
        return None
    return TotalInterval(**{**stored, "contains": Sentence.from_json(stored["contains"])})


@st.cache_data(max_entries=16, show_spinner=False)
def windows(run_id: str) -> pd.DataFrame:
    """Return how the days were cut, a row per part."""
    first_day = dt.date.fromisoformat(manifest(run_id)["data"]["first_day"])
    return lay_out_windows(plan(run_id), first_day)


@st.cache_data(max_entries=64, show_spinner=False)
def gain(run_id: str, models: tuple[str, ...]) -> pd.DataFrame:
    """Return the gain curves of some models in the held-out window."""
    held = holdout(run_id)
    return cumulative_gain(held["actual_spend"], {m: held[f"predicted_{m}"] for m in models})


@st.cache_data(max_entries=64, show_spinner=False)
def calibration(run_id: str, model: str) -> pd.DataFrame:
    """Return a model's forecast and the outcome in ten groups of customers."""
    held = holdout(run_id)
    return decile_calibration(held["actual_spend"], held[f"predicted_{model}"])


@st.cache_data(max_entries=64, show_spinner=False)
def outcomes(run_id: str, model: str) -> pd.DataFrame:
    """Return the counts of customers by a model's forecast and by the outcome."""
    held = holdout(run_id)
    return predicted_against_actual(held["actual_spend"], held[f"predicted_{model}"], bins=24)


@st.cache_data(max_entries=16, show_spinner=False)
def outlook(run_id: str) -> Outlook:
    """Return the forecast summed up."""
    return sum_forecast(forecast(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def forecast_bins(run_id: str) -> pd.DataFrame:
    """Return the counts of customers by size of forecast."""
    return bin_forecast(forecast(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def concentration_curve(run_id: str) -> pd.DataFrame:
    """Return how much of the value the most valuable customers hold."""
    return concentration(forecast(run_id))


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def segments(run_id: str, cutoffs: SegmentSettings) -> Segments:
    """Return the value tiers at these cut-offs."""
    return assign_value_tiers(forecast(run_id), cutoffs)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def tier_features(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return every feature spread out within the value tiers at these cut-offs."""
    return describe_features(features(run_id), segments(run_id, cutoffs).assignment)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs=BY_TEXT)
def marketing_tiers(run_id: str, cutoffs: SegmentSettings) -> MarketingTiers:
    """Return the marketing tiers at these cut-offs of value."""
    sorted_out = forecast(run_id).assign(value_tier=segments(run_id, cutoffs).assignment)
    return assign_marketing_tiers(sorted_out, features(run_id))


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=BY_TEXT)
def tiered_forecast(run_id: str, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return the forecast with both tiers at these cut-offs."""
    return forecast(run_id).assign(
        value_tier=segments(run_id, cutoffs).assignment,
        marketing_tier=marketing_tiers(run_id, cutoffs).assignment,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def feature_importance(run_id: str) -> pd.DataFrame:
    """Return the features by how much money they move."""
    return importance(explanation(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def family_importance(run_id: str) -> pd.DataFrame:
    """Return the families of features by how much money they move."""
    return importance_of_families(explanation(run_id))


@st.cache_data(max_entries=16, show_spinner=False)
def swarm(run_id: str, customers: int) -> pd.DataFrame:
    """Return what the strongest features add or take for some customers drawn at random."""
    return beeswarm(explanation(run_id), top=10, sample=customers)


@st.cache_data(max_entries=16, show_spinner=False)
def explanation_gap(run_id: str) -> float:
    """Return the largest difference between a forecast and the sum of its reasons."""
    return measure_largest_gap(explanation(run_id), forecast(run_id))
