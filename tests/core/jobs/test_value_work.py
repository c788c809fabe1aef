"""Jobs find out from the files, and from the data set, which way through to take."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from clv_core.cleaning.report import QualityReport, ValueFacts
from clv_core.cleaning.value_table import ValueTable
from clv_core.errors import InvalidSetting
from clv_core.jobs.queue import Job
from clv_core.jobs.work import prepare_dataset, train_run
from clv_core.models.forecaster import ignore_report
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import Workspace
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import simulate_people


def as_job(kind: str, spec: dict[str, Any]) -> Job:
    """Return a job as a worker is given it."""
    unknown = dict.fromkeys(
        [
            *("started_at", "ended_at", "heartbeat_at", "pid", "pid_started_at", "result_id"),
            *("failure", "failure_kind"),
        ]
    )
    return Job(
        id=uuid.uuid4().hex,
        lane="train" if kind == "train_run" else "prepare",
        kind=kind,
        spec=spec,
        state="running",
        created_at=0.0,
        **unknown,  # type: ignore[arg-type]
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def table(workspace: Workspace) -> dict[str, Any]:
    """Return the uploaded table of 220 customers, as a job's spec names it."""
    people = simulate_people(220, seed=12).rename(columns={"value": "CLV"})
    people.insert(0, "Customer ID", [f"K{key}" for key in people.index])
    upload = workspace.store_upload("people.csv", people.to_csv(index=False).encode())
    return {"upload": upload.id, "choice": {}}


def test_a_value_table_becomes_a_data_set_and_a_run(
    workspace: Workspace, table: dict[str, Any]
) -> None:
    """Prepared and trained by the same kinds of job as orders, without a word on its kind."""
    spec = {"title": "people", "cleaning": {}, "files": [table]}
    dataset_id = prepare_dataset(workspace, as_job("prepare_dataset", spec), ignore_report)
    folder = workspace.dataset(dataset_id).folder
    assert ValueTable.open(folder).known_count == 220
    quality = QualityReport.from_json((folder / "quality.json").read_text("utf-8"))
    assert isinstance(quality.facts, ValueFacts)
    settings = QUICK_SETTINGS.model_dump(mode="json")
    job = as_job("train_run", {"dataset": dataset_id, "settings": settings})
    run = RunFolder(workspace.run(train_run(workspace, job, ignore_report)).folder)
    assert run.shape() == "value_table"
    assert len(run.forecast()) == 220


def test_a_value_table_among_orders_is_refused(
    workspace: Workspace, table: dict[str, Any], small_shop: Path
) -> None:
    """One data set is one or the other; the sentence says which file to read alone."""
    orders = workspace.store_upload("orders.csv", (small_shop / "orders.csv").read_bytes())
    files = [{"upload": orders.id, "choice": {"kind": "orders"}}, table]
    job = as_job("prepare_dataset", {"title": "both", "cleaning": {}, "files": files})
    with pytest.raises(InvalidSetting, match="a data set of its own") as refusal:
        prepare_dataset(workspace, job, ignore_report)
    assert "Read it alone" in str(refusal.value.remedy)
    assert workspace.datasets() == []
