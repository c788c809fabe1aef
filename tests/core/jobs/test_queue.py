"""Jobs run one at a time in real worker processes; what dies is told and mended."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.jobs.processes import is_running, process_start, start_worker
from clv_core.jobs.queue import (
    Job,
    cancel_job,
    enlist,
    jobs_ahead,
    list_jobs,
    progress_rows,
    read_job,
    submit_job,
    tend_queue,
)
from clv_core.storage.previews import read_preview
from clv_core.storage.workspace import Workspace

PATIENCE_S = 90.0
ROWS = 200


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


def wait_for(workspace: Workspace, job_id: str, is_so: Callable[[Job], bool]) -> Job:
    """Look at a job, tending the queue as pages do, until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        tend_queue(workspace)
        job = read_job(workspace, job_id)
        if is_so(job):
            return job
        time.sleep(0.05)  # between two looks, as the pages' fragment does
    raise AssertionError(f"still {read_job(workspace, job_id).state}")


def submit_orders(
    workspace: Workspace,
    tmp_path: Path,
    header: str = "order_time",
    rows: int = ROWS,
    kind: str = "prepare_dataset",
) -> str:
    """Ask for a small file to be cleaned."""
    path = tmp_path / "orders.csv"
    with path.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["order_id", "customer_id", header, "amount"])
        for row in range(rows):
            writer.writerow([row, f"C{row % 40}", f"2024-01-{row % 28 + 1:02d}", 10 + row])
    upload = workspace.store_upload("orders.csv", path.read_bytes())
    mapping = {name: name for name in ("order_id", "customer_id", "order_time", "amount")}
    choice = {"kind": "orders", "mapping": mapping, "is_confirmed": True}
    file = {"upload": upload.id, "choice": choice}
    spec = {"title": "orders", "cleaning": {}, "files": [file]}
    return submit_job(workspace, "prepare", kind, spec)


def test_a_job_publishes_its_result_and_tells_its_progress(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A worker process cleans the file; the share done only rises and ends at one."""
    job = wait_for(workspace, submit_orders(workspace, tmp_path), lambda job: job.has_ended)
    assert (job.state, job.failure) == ("done", None)
    assert job.result_id is not None
    assert (workspace.dataset(job.result_id).folder / "orders.parquet").is_file()
    shares = [row["share"] for row in progress_rows(workspace, job.id)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_preview_leaves_the_account_and_nothing_else(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Cleaning is tried: the report is found by the job's id, no data set is published."""
    job_id = submit_orders(workspace, tmp_path, kind="preview_dataset")
    job = wait_for(workspace, job_id, lambda job: job.has_ended)
    assert (job.state, job.failure, job.result_id) == ("done", None, job_id)
    (file,) = QualityReport.from_json(read_preview(workspace, job_id)).files
    assert (file.rows_read, file.rows_kept) == (ROWS, ROWS)
    assert workspace.datasets() == []
    assert list((workspace.root / "partial").iterdir()) == []


def test_a_second_job_waits_for_its_lane_and_then_runs(
    workspace: Workspace, tmp_path: Path
) -> None:
    """One at a time, first come first served, without anybody pressing again."""
    first, second = submit_orders(workspace, tmp_path), submit_orders(workspace, tmp_path)
    waiting = read_job(workspace, second)
    assert waiting.state == "queued"
    assert jobs_ahead(workspace, waiting) == 1
    last = wait_for(workspace, second, lambda job: job.has_ended)
    assert last.state == "done"
    ended = read_job(workspace, first).ended_at
    assert ended is not None
    assert last.started_at is not None
    assert last.started_at >= ended


def test_input_that_cannot_be_used_fails_with_its_sentences(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The user's error reaches the job; nothing half-made stays."""
    job_id = submit_orders(workspace, tmp_path, header="colour")
    job = wait_for(workspace, job_id, lambda job: job.has_ended)
    assert job.state == "failed"
    assert job.failure is not None
    assert "order_time" in " ".join(map(str, job.failure))
    assert workspace.datasets() == []
    assert list((workspace.root / "partial").iterdir()) == []


def test_a_killed_worker_is_told_and_the_next_job_starts(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A process that dies leaves a readable message and does not block its lane."""
    first = submit_orders(workspace, tmp_path)
    running = wait_for(workspace, first, lambda job: job.pid is not None)
    assert running.pid is not None
    second = submit_orders(workspace, tmp_path)
    psutil.Process(running.pid).kill()
    dead = wait_for(workspace, first, lambda job: job.has_ended)
    assert dead.state == "interrupted"
    assert dead.failure is not None
    assert "interrupted" in str(dead.failure[0])
    assert wait_for(workspace, second, lambda job: job.has_ended).state == "done"


def test_cancelling_stops_the_process_at_once(workspace: Workspace, tmp_path: Path) -> None:
    """A cancelled job's process is gone when cancel returns, and stays cancelled."""
    job_id = submit_orders(workspace, tmp_path)
    running = wait_for(workspace, job_id, lambda job: job.pid is not None)
    assert running.pid is not None
    assert running.pid_started_at is not None
    cancel_job(workspace, job_id)
    assert not is_running(running.pid, running.pid_started_at)
    assert read_job(workspace, job_id).state == "cancelled"
    assert workspace.datasets() == []


def test_a_job_cancelled_before_its_process_is_known_is_not_done(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Between being claimed and its process being noted a job can be cancelled too."""
    first, second = submit_orders(workspace, tmp_path), submit_orders(workspace, tmp_path)
    cancel_job(workspace, second)
    wait_for(workspace, first, lambda job: job.has_ended)
    before = len(workspace.datasets())
    pid, started_at = start_worker(workspace.root, second)
    psutil.wait_procs([psutil.Process(pid)], timeout=PATIENCE_S)
    assert not enlist(workspace, second, pid, started_at)
    assert len(workspace.datasets()) == before


@pytest.mark.parametrize("end", ["cancel", "kill"])
def test_a_stopped_worker_leaves_no_tables_behind(
    workspace: Workspace, tmp_path: Path, end: str
) -> None:
    """Contact fields on their way lie in the workspace alone and go with the job."""
    job_id = submit_orders(workspace, tmp_path, rows=50_000)
    scratch = workspace.root / "partial" / f"{job_id}.scratch"
    wait_for(workspace, job_id, lambda _: any(scratch.rglob("*.parquet*")))
    pid = read_job(workspace, job_id).pid
    assert pid is not None
    opened = {Path(file.path) for file in psutil.Process(pid).open_files()}
    psutil.Process(pid).kill() if end == "kill" else cancel_job(workspace, job_id)
    wait_for(workspace, job_id, lambda job: job.has_ended)
    assert list((workspace.root / "partial").iterdir()) == []
    assert [file for file in opened if not file.is_relative_to(workspace.root)] == []


def test_a_result_that_was_published_counts_although_its_worker_died(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Killed between publishing and saying so, a job is done, not interrupted."""
    job_id = submit_orders(workspace, tmp_path)
    running = wait_for(workspace, job_id, lambda job: job.pid is not None)
    assert running.pid is not None
    psutil.Process(running.pid).kill()
    workspace.publish_dataset(workspace.begin_folder(job_id), "orders")
    job = wait_for(workspace, job_id, lambda job: job.has_ended)
    assert (job.state, job.result_id, job.failure) == ("done", job_id, None)
    assert workspace.dataset(job_id).folder.is_dir()


def test_a_fault_is_logged_without_its_message(workspace: Workspace) -> None:
    """Where it happened helps us; what it quotes may be a customer's."""
    job_id = submit_job(workspace, "prepare", "somebody@example.com", {})
    job = wait_for(workspace, job_id, lambda job: job.has_ended)
    assert job.state == "failed"
    logged = (workspace.root / "logs" / f"{job_id}.log").read_text()
    assert "in _do" in logged
    assert "builtins.KeyError" in logged
    assert "somebody@example.com" not in logged


def test_a_queued_job_can_be_cancelled_before_it_starts(
    workspace: Workspace, tmp_path: Path
) -> None:
    """It never gets a process."""
    first, second = submit_orders(workspace, tmp_path), submit_orders(workspace, tmp_path)
    cancel_job(workspace, second)
    wait_for(workspace, first, lambda job: job.has_ended)
    cancelled = read_job(workspace, second)
    assert (cancelled.state, cancelled.pid) == ("cancelled", None)
    assert len(list_jobs(workspace, "prepare")) == 2


def test_a_reused_pid_is_not_taken_for_the_worker() -> None:
    """Liveness asks for the start time too."""
    own = psutil.Process().pid
    assert is_running(own, process_start(own))
    assert not is_running(own, process_start(own) - 3600)
