"""The app on a workspace of its own, empty or with a data set and a result."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.jobs.queue import cancel_job, list_jobs, read_job
from clv_core.runs.folder import RunFolder
from clv_core.storage.workspace import LOCATION_VARIABLE, Workspace

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90.0


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Return an empty workspace that the app uses; nothing works on in it afterwards."""
    root = tmp_path / "workspace"
    monkeypatch.setenv(LOCATION_VARIABLE, str(root))
    workspace = Workspace(root)
    yield workspace
    for job in list_jobs(workspace):
        cancel_job(workspace, job.id)
    st.cache_data.clear()


@pytest.fixture
def dataset_id(workspace: Workspace, small_tables: tuple[Tables, QualityReport]) -> str:
    """Put a cleaned small shop into the workspace and return its id."""
    tables, quality = small_tables
    folder = workspace.root / "partial" / "dataset"
    shutil.copytree(tables.folder, folder)
    Tables(**{**tables.__dict__, "folder": folder}).write_facts()
    (folder / "quality.json").write_text(quality.to_json(), "utf-8")
    return workspace.publish_dataset(folder, "Small shop")


@pytest.fixture
def run_id(workspace: Workspace, dataset_id: str, small_run: RunFolder) -> str:
    """Put a real result on it into the workspace and return its id."""
    folder = workspace.root / "partial" / "run"
    shutil.copytree(small_run.folder, folder)
    return workspace.publish_run(folder, dataset_id)


@pytest.fixture
def app(workspace: Workspace) -> AppTest:
    """Return the app, not yet run."""
    assert workspace.index.is_file()
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def open_page(app: AppTest, page: str, **query: str) -> AppTest:
    """Open a page as a link would, and hold it to not having failed."""
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "pages/prepare/upload.py":
        app.switch_page(page).run()
    assert not app.exception
    return app


def wait_for_job(workspace: Workspace, job_id: str) -> None:
    """Wait until the process that does a job has ended."""
    pid = read_job(workspace, job_id).pid
    if pid is not None and psutil.pid_exists(pid):
        psutil.Process(pid).wait(PATIENCE_S)
