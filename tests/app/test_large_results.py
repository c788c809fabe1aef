"""What a page does where a result is large: a worker makes it, the disk hands it out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from starlette.requests import Request
from starlette.responses import FileResponse
from streamlit.testing.v1 import AppTest

from clv_core.jobs.queue import list_jobs
from clv_core.storage.exports import list_exports
from clv_core.storage.workspace import Workspace
from pages.parts import downloads, views
from pages.parts.handing import handing_routes
from tests.app.conftest import open_page, wait_for_job


def ask(path: str) -> FileResponse | None:
    """Return the answer to a request for a file; None where there is none."""
    (route,) = handing_routes()
    scope = {"type": "http", "path_params": {"ticket": path.rpartition("/")[2]}}
    answer = route.endpoint(Request(scope))
    assert answer.status_code in (200, 404)
    return answer if answer.status_code == 200 else None


def test_a_worker_lays_out_what_takes_long(
    app: AppTest, workspace: Workspace, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says that it is being counted; once the worker is done it shows its figures."""
    monkeypatch.setattr(views, "MOST_AT_ONCE", 0)
    open_page(app, "pages/value/cohorts.py", run=run_id)
    assert "Counted once for these customers, and kept." in [one.value for one in app.caption]
    assert [box.label for box in app.selectbox if box.label == "Won in"] == []
    (job,) = list_jobs(workspace, "pages")
    assert job.spec["view"] == "cohorts"
    wait_for_job(workspace, job.id)
    app.run()
    assert not app.exception
    assert [box.label for box in app.selectbox if box.label == "Won in"] == ["Won in"]
    assert len(list_jobs(workspace, "pages")) == 1


def test_a_long_list_is_written_by_a_worker_and_sent_from_the_disk(
    app: AppTest,
    workspace: Workspace,
    run_id: str,
    dataset_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No file in memory: a press asks for it, a random address gives it, the record has it."""
    monkeypatch.setattr(downloads, "MOST_AT_ONCE", 0)
    open_page(app, "pages/act/export.py", run=run_id)
    assert not [one for one in app.download_button if one.key == "export_download"]
    app.button(key="export_write").click().run()
    assert not app.exception
    (job,) = [one for one in list_jobs(workspace, "pages") if one.kind == downloads.KIND]
    wait_for_job(workspace, job.id)
    app.run()
    assert not app.exception
    (link,) = [one for one in app.get("link_button") if "/lists/" in one.proto.url]
    answer = ask(link.proto.url)
    assert answer is not None
    rows = len(pd.read_csv(Path(answer.path)))
    (record,) = list_exports(workspace, dataset_id)
    assert rows == record.rows > 0
    assert ask("/lists/another") is None
