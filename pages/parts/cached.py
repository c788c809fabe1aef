"""What pages read again and again: every ``st.cache_*`` there is.

Runs and data sets never change once published and their ids are never used
again, so the id is the whole key and nothing expires; a proof, which comes later,
has a stamp of its own. The customers' contact
fields are read where they are shown and never kept here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import FACTS_FILE, ValueFeature, ValueTable
from clv_core.errors import UserDataError, error_from_json
from clv_core.evaluation.coverage import Coverage
from clv_core.evaluation.proof import Proof
from clv_core.evaluation.scoreboard import Scoreboard
from clv_core.evaluation.splits import SplitPlan, plan_split
from clv_core.evaluation.verdict import Verdict
from clv_core.explain.explanation import Explanation
from clv_core.features.windows import WindowPlan, plan_windows
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.runs.folder import RunFolder, Shape
from clv_core.runs.proof_folder import ProofFolder
from clv_core.sentences import Sentence
from clv_core.settings import RunSettings, SegmentSettings, WindowSettings
from clv_core.storage.previews import read_preview
from clv_core.storage.workspace import Workspace
from pages.parts.derived_tables import (  # noqa: F401  # asked here, as all else of a run is
    columns_of,
    customer,
    explanation_of,
    features,
    forecast,
    holdout,
    is_large,
)
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


@st.cache_data(max_entries=1024, show_spinner=False)
def shape_of_dataset(dataset_id: str) -> Shape:
    """Say whether a data set holds dated rows or one value per customer."""
    folder = Workspace.default().dataset(dataset_id).folder
    return "value_table" if (folder / FACTS_FILE).is_file() else "log"


@st.cache_data(max_entries=64, show_spinner=False)
def tables(dataset_id: str) -> Tables:
    """Return the tables of dated rows: where they lie and their facts, no rows."""
    return Tables.open(Workspace.default().dataset(dataset_id).folder)


@st.cache_data(max_entries=64, show_spinner=False)
def value_table(dataset_id: str) -> ValueTable:
    """Return a table with one value per customer: where it lies and its facts, no rows."""
    return ValueTable.open(Workspace.default().dataset(dataset_id).folder)


@st.cache_data(max_entries=64, show_spinner=False)
def split_plan(dataset_id: str, seed: int) -> SplitPlan:
    """Return how customers would be divided; raises ``UserDataError`` where they cannot be."""
    table = value_table(dataset_id)
    return plan_split(table.read_values().to_numpy(float), len(table.features), seed)


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


def forget_recognised(upload_id: str) -> None:
    """Let go of what an upload was recognised as."""
    _recognitions().forget(upload_id)


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
def shape(run_id: str) -> Shape:
    """Say whether a run was made from dated rows or from one value per customer."""
    return _run(run_id).shape()


@st.cache_data(max_entries=16, show_spinner=False)
def plan(run_id: str) -> WindowPlan:
    """Return how a run's days were cut."""
    return WindowPlan.from_json(manifest(run_id)["plan"])


@st.cache_data(max_entries=16, show_spinner=False)
def split(run_id: str) -> SplitPlan:
    """Return how a value table's customers were divided."""
    return SplitPlan.from_json(manifest(run_id)["plan"])


@st.cache_data(max_entries=16, show_spinner=False)
def own_features(run_id: str) -> Mapping[str, ValueFeature]:
    """Return the columns that a run on a value table learnt from, by header; else none."""
    return _run(run_id).own_features() or {}


@st.cache_data(max_entries=16, show_spinner=False)
def settings(run_id: str) -> RunSettings:
    """Return what a run was told."""
    return _run(run_id).settings()


@st.cache_data(max_entries=16, show_spinner=False)
def own_cutoffs(run_id: str) -> SegmentSettings:
    """Return where a run cut its value tiers."""
    return _run(run_id).own_cutoffs()


@st.cache_data(max_entries=16, show_spinner=False)
def scoreboard(run_id: str) -> Scoreboard | None:
    """Return every model's marks in the held-out window."""
    return _run(run_id).scoreboard()


@st.cache_data(max_entries=16, show_spinner=False)
def validation_scoreboard(run_id: str) -> Scoreboard | None:
    """Return every model's marks in the window that chose the model; None where unknown."""
    return _run(run_id).validation_scoreboard()


@st.cache_data(max_entries=16, show_spinner=False)
def proof(run_id: str, stamp: int) -> Proof | None:
    """Return what a run showed when it was tested anew; ``stamp`` changes with every proof."""
    del stamp
    return ProofFolder(Workspace.default().run(run_id).folder).proof()


@st.cache_data(max_entries=16, show_spinner=False)
def verdict(run_id: str) -> Verdict | None:
    """Return the scoreboard in words."""
    return _run(run_id).verdict()


@st.cache_data(max_entries=16, show_spinner=False)
def coverage(run_id: str) -> Coverage | None:
    """Return how many held-out customers fell inside their bounds."""
    return _run(run_id).coverage()


@st.cache_data(max_entries=16, show_spinner=False)
def objection(run_id: str) -> Sentence | None:
    """Return why the list of the model in use should not be relied on, if so."""
    return _run(run_id).objection()


@st.cache_data(max_entries=16, show_spinner=False)
def measured_chances(run_id: str) -> pd.DataFrame | None:
    """Return log-loss and Brier score of the chances of buying in the held-out window."""
    return _run(run_id).measured_chances()


@st.cache_data(max_entries=16, show_spinner=False)
def left_out(run_id: str) -> dict[str, Sentence]:
    """Return the models that could not be fitted, with the reason."""
    return _run(run_id).left_out()


@st.cache_data(max_entries=16, show_spinner=False)
def notes(run_id: str) -> dict[str, tuple[Sentence, ...]]:
    """Return what a reader should know about the models' fits."""
    return _run(run_id).notes()


@st.cache_data(max_entries=16, show_spinner=False)
def tuning(run_id: str) -> tuple[Sentence, ...]:
    """Return what a search or automatic mode tried and chose; nothing without them."""
    return _run(run_id).tuning()


@st.cache_data(max_entries=8, show_spinner=False)
def training(run_id: str) -> pd.DataFrame:
    """Return the loss curves."""
    return _run(run_id).training()


@st.cache_resource(max_entries=2, show_spinner=False)
def explanation(run_id: str) -> Explanation:
    """Return why each forecast is what it is; of a large run that is too much to hold."""
    return _run(run_id).explanation()
