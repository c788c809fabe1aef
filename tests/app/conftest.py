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
from clv_core.cleaning.value_table import ValueTable
from clv_core.jobs.queue import cancel_job, list_jobs, read_job
from clv_core.pipeline import forecast_value_table
from clv_core.runs.folder import RunFolder, write_run
from clv_core.storage.workspace import LOCATION_VARIABLE, Workspace
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import simulate_people, write_value_table

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90.0
VALUE_CUSTOMERS = 300
VALUE_BLANKS = 20
MARKDOWN_HEADER = "**Noise** ![x](http://example.org/x.png)"
TAG_CATEGORY = "<b>SUV</b> [a](http://example.org)"


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
    st.cache_resource.clear()


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
def found(workspace: Workspace, run_id: str) -> RunFolder:
    """Return the open result as it lies on disk."""
    return RunFolder(workspace.run(run_id).folder)


@pytest.fixture(scope="session")
def value_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[ValueTable, RunFolder]:
    """Return a table with one value per customer, some blank, and a real run on it.

    Its headers and categories try to be Markdown and tags.
    """
    people = simulate_people(VALUE_CUSTOMERS, seed=4).rename(columns={"Noise": MARKDOWN_HEADER})
    people["Vehicle Class"] = people["Vehicle Class"].cat.rename_categories({"SUV": TAG_CATEGORY})
    people.loc[people.index[:VALUE_BLANKS], "value"] = float("nan")
    table, quality = write_value_table(
        people, tmp_path_factory.mktemp("value_table"), leaks=("frequency",)
    )
    (table.folder / "quality.json").write_text(quality.to_json(), "utf-8")
    folder = tmp_path_factory.mktemp("value_run")
    write_run(forecast_value_table(table, QUICK_SETTINGS), table, quality, folder)
    return table, RunFolder(folder)


@pytest.fixture
def value_dataset_id(workspace: Workspace, value_run: tuple[ValueTable, RunFolder]) -> str:
    """Put the table with one value per customer into the workspace and return its id."""
    folder = workspace.root / "partial" / "value_dataset"
    shutil.copytree(value_run[0].folder, folder)
    return workspace.publish_dataset(folder, "Value table")


@pytest.fixture
def value_run_id(
    workspace: Workspace, value_dataset_id: str, value_run: tuple[ValueTable, RunFolder]
) -> str:
    """Put the result on it into the workspace and return its id."""
    folder = workspace.root / "partial" / "value_run"
    shutil.copytree(value_run[1].folder, folder)
    return workspace.publish_run(folder, value_dataset_id)


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
