"""A search as a worker does it: found by its id, gone on with by a second job."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import NothingStored
from clv_core.jobs.queue import Job
from clv_core.jobs.work import search_settings
from clv_core.models.forecaster import ignore_report
from clv_core.runs.search_folder import SearchFolder
from clv_core.settings import SearchSettings
from clv_core.storage.searches import begin_search, find_search
from clv_core.storage.workspace import Workspace
from tests.conftest import QUICK_SETTINGS


def as_job(spec: dict[str, object]) -> Job:
    """Return a job as a worker is given it."""
    unknown = dict.fromkeys(
        [
            *("started_at", "ended_at", "heartbeat_at", "pid", "pid_started_at", "result_id"),
            *("failure", "failure_kind"),
        ]
    )
    return Job(
        id=uuid.uuid4().hex,
        lane="train",
        kind="search_settings",
        spec=spec,
        state="running",
        created_at=0.0,
        **unknown,  # type: ignore[arg-type]
    )


def test_a_second_job_goes_on_with_the_search_of_the_first(
    tmp_path: Path, small_tables: tuple[Tables, QualityReport]
) -> None:
    """Both return the id of the search, whose folder holds the trials of both."""
    workspace = Workspace(tmp_path / "workspace")
    folder = workspace.root / "partial" / "dataset"
    shutil.copytree(small_tables[0].folder, folder)
    Tables(**{**small_tables[0].__dict__, "folder": folder}).write_facts()
    asked = SearchSettings(model="decision_tree", minutes=5.0, most_trials=1, most_windows=1)
    spec: dict[str, object] = {
        "dataset": workspace.publish_dataset(folder, "Small shop"),
        "settings": QUICK_SETTINGS.model_dump(mode="json"),
        "search": asked.model_dump(mode="json"),
    }
    first = as_job(spec)
    assert search_settings(workspace, first, ignore_report) == first.id
    workspace.abandon_folder(first.id)  # as for a job that was cancelled
    more = asked.model_copy(update={"most_trials": 2}).model_dump(mode="json")
    second = as_job({**spec, "search": more, "continues": first.id})
    assert search_settings(workspace, second, ignore_report) == first.id
    history = SearchFolder(find_search(workspace, first.id)).history()
    assert history is not None
    assert list(history["trial"]) == [0, 1, 2]
    assert not history[["leaves", "min_rows_per_leaf"]].duplicated().any()
    assert history["elapsed_s"].is_monotonic_increasing


def test_only_our_ids_lead_to_a_folder(tmp_path: Path) -> None:
    """An id from a link can neither leave the folder of searches nor make one."""
    workspace = Workspace(tmp_path / "workspace")
    for wrong in ("../runs", "..", "a" * 31, "A" * 32, ""):
        with pytest.raises(NothingStored):
            begin_search(workspace, wrong)
    with pytest.raises(NothingStored):
        find_search(workspace, "0" * 32)
