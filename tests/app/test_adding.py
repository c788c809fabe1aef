"""Next month's file is added to a data set from the page where files are brought in."""

from __future__ import annotations

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from clv_core.cleaning.kept_rows import KEPT_FOLDER
from clv_core.jobs.queue import submit_job
from clv_core.storage.workspace import Workspace
from tests.app.conftest import wait_for_job
from tests.app.test_intake import UPLOAD, bring, find_button, press, said

MAPPING = {name: name for name in ("order_id", "customer_id", "order_time", "amount")}


def write_month(month: int, header: str = "order_id,customer_id,order_time,amount") -> bytes:
    """Return a month's orders; every tenth has no customer."""
    lines = [
        f"{month * 100 + n},{'' if n % 10 == 0 else f'C{n % 40}'},"
        f"2024-{month:02d}-{n % 28 + 1:02d},{n % 7 + 3}"
        for n in range(100)
    ]
    return "\n".join([header, *lines, ""]).encode()


@pytest.fixture
def january(workspace: Workspace) -> str:
    """Have a worker read the first month into a data set and return its id."""
    upload = workspace.store_upload("january.csv", write_month(1))
    choice = {"kind": "orders", "mapping": MAPPING, "is_confirmed": True}
    spec = {"title": "Tea shop", "cleaning": {}, "files": [{"upload": upload.id, "choice": choice}]}
    job = submit_job(workspace, "prepare", "prepare_dataset", spec)
    wait_for_job(workspace, job)
    return job


def choose_base(app: AppTest, dataset: str) -> None:
    """Say that the files on the table are to be added to a data set."""
    app.selectbox(key=f"added_to_{dataset}").set_value(dataset).run()
    assert not app.exception


def test_a_month_is_added_and_the_next_step_is_offered(
    app: AppTest, workspace: Workspace, january: str
) -> None:
    """The account tells both files apart; the data set as it was stays beside the new one."""
    bring(app, workspace, february=write_month(2))
    choose_base(app, january)
    assert "rules of these data hold" in said(app)
    spec = press(app, workspace, "Add these files")
    extended = app.query_params["dataset"]
    extended = extended[0] if isinstance(extended, list) else extended

    assert spec["dataset"] == january
    assert {one.id for one in workspace.datasets()} == {january, extended}
    assert "New rows read: 100; kept 90, dropped 10." in said(app)
    (table,) = [frame.value for frame in app.dataframe if "Came" in frame.value]
    assert table["Came"].tolist() == ["before", "new"]
    assert table["Rows read"].tolist() == [100, 100]
    assert (table["Rows kept"] + table["Rows dropped"] == table["Rows read"]).all()
    assert find_button(app, "Train a forecast")
    march = workspace.store_upload("march.csv", write_month(3)).id
    app.query_params["files"] = march
    app.session_state["files"] = march
    app.switch_page(UPLOAD).run()
    proposed = app.selectbox(key=f"added_to_{extended}")  # what was extended already is not
    assert proposed.options[0] == "A new data set"
    assert len(proposed.options) == 2


def test_another_layout_is_not_proposed(app: AppTest, workspace: Workspace, january: str) -> None:
    """Orders without a number cannot be told from those of the file before."""
    bring(app, workspace, other=write_month(2, "line,customer_id,order_time,amount"))

    assert not [box for box in app.selectbox if box.key == f"added_to_{january}"]


def test_data_without_kept_rows_are_proposed_while_their_files_are_there(
    app: AppTest, workspace: Workspace, january: str
) -> None:
    """Data sets of earlier versions are read once more, and not proposed when they cannot be."""
    shutil.rmtree(workspace.dataset(january).folder / KEPT_FOLDER)
    bring(app, workspace, february=write_month(2))
    choose_base(app, january)
    press(app, workspace, "Add these files")
    assert "New rows read: 100; kept 90, dropped 10." in said(app)
    assert "read once more since their rows had not been kept: 1." in said(app)

    shutil.rmtree(workspace.dataset(app.session_state["dataset"]).folder / KEPT_FOLDER)
    workspace.forget_uploads(older_than_s=-1.0)
    (march,) = [workspace.store_upload("march.csv", write_month(3)).id]
    app.query_params["files"] = march
    app.session_state["files"] = march
    app.switch_page(UPLOAD).run()
    assert not [box for box in app.selectbox if str(box.key).startswith("added_to")]


def test_a_month_with_open_dates_is_asked_about(
    app: AppTest, workspace: Workspace, january: str
) -> None:
    """The question is about the new file; until it is answered nothing has changed."""
    month = write_month(2).decode()
    lines = [line.split(",") for line in month.splitlines()]
    body = [f"{a},{b},02/0{1 + n % 9}/2024,{d}" for n, (a, b, _, d) in enumerate(lines[1:])]
    bring(app, workspace, february="\n".join([",".join(lines[0]), *body, ""]).encode())
    choose_base(app, january)
    press(app, workspace, "Add these files")
    assert [one.id for one in workspace.datasets()] == [january]
    press(app, workspace, "Month first (01/31)")
    assert "New rows read: 100; kept 90, dropped 10." in said(app)
    assert len(workspace.datasets()) == 2
