"""Orders that live in a database are chosen on the page and read by the worker."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from clv_core.jobs.queue import read_job
from clv_core.storage.table_samples import find_source
from clv_core.storage.workspace import Workspace
from tests.app.conftest import open_page, wait_for_job
from tests.postgres_server import PostgresServer

UPLOAD = "pages/prepare/upload.py"
PASSWORD = "zq:x7Kp/view"  # noqa: S105 (of a server that ends with the tests)
ORDERS = """
CREATE TABLE public.sales AS
SELECT 'o' || n AS order_id, CASE WHEN n % 10 > 0 THEN 'c' || n % 40 END AS customer_id,
       timestamptz '2024-01-01 00:00:00Z' + n * interval '20 hours' AS order_time,
       (n % 7 + 3)::numeric(8, 2) AS amount, 'never asked for' AS note
FROM generate_series(1, 400) n"""


@pytest.fixture(scope="module")
def address(postgres: PostgresServer) -> str:
    """Return the address of a database with orders in it."""
    postgres.execute(f"CREATE ROLE viewer LOGIN PASSWORD '{PASSWORD}'", "CREATE DATABASE till")
    postgres.execute(
        ORDERS,
        "ANALYZE public.sales",
        "GRANT SELECT ON public.sales TO viewer",
        "CREATE TABLE public.hidden (a int)",
        database="till",
    )
    return postgres.address("viewer", PASSWORD, "till")


@pytest.fixture
def connected(workspace: Workspace, address: str) -> Workspace:
    """Set a connection up in the workspace."""
    path = workspace.root / "connections.toml"
    path.touch(mode=0o600)
    path.write_text(f'[till]\nkind = "postgresql"\naddress = {json.dumps(address)}\n', "utf-8")
    return workspace


def press(app: AppTest, label: str) -> None:
    """Press the one button with a label."""
    next(button for button in app.button if button.label == label).click().run(timeout=90)
    assert not app.exception


def everything_stored(workspace: Workspace) -> bytes:
    """Return all bytes of the workspace but the file with the connection."""
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files if path.name != "connections.toml")


@pytest.mark.usefixtures("workspace")
def test_without_a_connection_nothing_is_offered(app: AppTest) -> None:
    """Most shops bring files."""
    open_page(app, UPLOAD)
    assert "Show its tables" not in [button.label for button in app.button]


def test_a_table_is_chosen_read_and_cleaned(app: AppTest, connected: Workspace) -> None:
    """From the list of tables to a data set, with nothing of the address on the way."""
    open_page(app, UPLOAD)
    press(app, "Show its tables")
    table = next(box for box in app.selectbox if box.label == "Table or view")
    assert table.options == ["public.sales · about 400 rows"]
    press(app, "Take this table")
    (upload_id,) = str(app.session_state["files"]).split(",")
    source = find_source(connected, upload_id)
    assert source == {"connection": "till", "name": "public.sales", "since": None, "rows": 400}
    captions = " ".join(caption.value for caption in app.caption)
    assert "Table of a database · 5 columns · about 400 rows" in captions
    press(app, "Read and clean")
    job_id = str(app.query_params["job"])
    wait_for_job(connected, job_id)
    job = read_job(connected, job_id)
    assert (job.state, job.spec["title"]) == ("done", "public.sales")
    folder = connected.dataset(str(job.result_id)).folder
    (file,) = json.loads((folder / "quality.json").read_text("utf-8"))["files"]
    assert (file["file_name"], file["rows_read"]) == ("till/public.sales", 400)
    assert file["rejected"][0]["code"] == "missing_customer"
    assert len(pd.read_parquet(folder / "orders.parquet")) == 360
    stored = everything_stored(connected)
    assert b"x7Kp" not in stored
    assert b"viewer" not in stored
    assert "x7Kp" not in str(app)


def test_rows_from_a_day_on_are_taken(app: AppTest, connected: Workspace) -> None:
    """The day is kept with the table and asked of the database in the job."""
    open_page(app, UPLOAD)
    press(app, "Show its tables")
    day = next(box for box in app.date_input if box.label == "Only rows from this day on")
    day.set_value(pd.Timestamp("2024-06-01").date()).run()
    press(app, "Take this table")
    press(app, "Read and clean")
    job_id = str(app.query_params["job"])
    wait_for_job(connected, job_id)
    folder = connected.dataset(str(read_job(connected, job_id).result_id)).folder
    assert pd.read_parquet(folder / "orders.parquet")["order_time"].min() >= pd.Timestamp(
        "2024-06-01"
    )


def test_a_refusal_is_shown_on_the_page(app: AppTest, connected: Workspace) -> None:
    """A wrong password is the admin's to mend, and is not repeated."""
    path: Path = connected.root / "connections.toml"
    path.write_text(path.read_text("utf-8").replace("viewer", "nobody"), "utf-8")
    open_page(app, UPLOAD)
    press(app, "Show its tables")
    (shown,) = app.error
    assert "special signs in a password" in shown.value
    path.chmod(0o644)
    app.run()
    assert any("chmod 600" in error.value for error in app.error)
