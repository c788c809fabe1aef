"""Jobs: asked for, waiting, running, ended.

A lane runs one job at a time; the index enforces it. Whoever looks at the
queue also tends it: a job whose process is gone is marked interrupted and the
next one is started, so no service has to be kept running for it.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Any, Literal, get_args

from clv_core.errors import NothingStored
from clv_core.jobs.processes import is_running, start_worker, stop_process
from clv_core.sentences import Sentence
from clv_core.storage.index import reading, transaction
from clv_core.storage.workspace import Workspace

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
Lane = Literal["prepare", "train", "pages"]
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled", "interrupted"})
HEARTBEAT_LIMIT_S = 60.0  # a worker beats every second
START_LIMIT_S = 30.0  # from being claimed to the first heartbeat


@dataclass(frozen=True)
class Job:
    """One piece of work, as the index knows it.

    ``heartbeat_at`` is on the machine's monotonic clock, which stands still while
    a laptop sleeps: waking up does not make a healthy worker look dead.

    Attributes
    ----------
    id : str
    lane : {"prepare", "train", "pages"}
    kind : str
        Which function of ``jobs.work`` does it.
    spec : dict
        What it was asked to do (ids and settings, JSON).
    state : {"queued", "running", "done", "failed", "cancelled", "interrupted"}
    created_at, started_at, ended_at : float or None
        Seconds since the epoch.
    result_id : str or None
        Data set or run that came of it.
    failure : tuple of Sentence or None
        Problem, remedy and cases where it failed.
    failure_kind : str or None
        Name of the error's class, for pages that can ask the missing question.
    """

    id: str
    lane: Lane
    kind: str
    spec: dict[str, Any]
    state: State
    created_at: float
    started_at: float | None
    ended_at: float | None
    heartbeat_at: float | None
    pid: int | None
    pid_started_at: float | None
    result_id: str | None
    failure: tuple[Sentence, ...] | None
    failure_kind: str | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED


def submit_job(workspace: Workspace, lane: Lane, kind: str, spec: dict[str, Any]) -> str:
    """Queue a job, start it if its lane is free, and return its id."""
    job_id = uuid.uuid4().hex
    with transaction(workspace.index) as connection:
        connection.execute(
            "INSERT INTO jobs (id, lane, kind, spec, state, created_at)"
            " VALUES (?, ?, ?, ?, 'queued', ?)",
            (job_id, lane, kind, json.dumps(spec), time.time()),
        )
    tend_queue(workspace)
    return job_id


def read_job(workspace: Workspace, job_id: str) -> Job:
    """Return a job as it stands.

    Raises
    ------
    NothingStored
        When there is no such job.
    """
    with reading(workspace.index) as connection:
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row is None:
        raise NothingStored(
            Sentence("There is no such job in this workspace."),
            Sentence("Start a new one."),
        )
    return _job(row)


def list_jobs(workspace: Workspace, lane: Lane | None = None) -> list[Job]:
    """Return all jobs, oldest first."""
    with reading(workspace.index) as connection:
        rows = connection.execute("SELECT * FROM jobs ORDER BY created_at, id").fetchall()
    return [job for job in map(_job, rows) if lane in (None, job.lane)]


def jobs_ahead(workspace: Workspace, job: Job) -> int:
    """Count the jobs that must end before this one starts."""
    return sum(
        not other.has_ended and other.id != job.id and other.created_at <= job.created_at
        for other in list_jobs(workspace, job.lane)
    )


def cancel_job(workspace: Workspace, job_id: str) -> None:
    """End a job now, keep what was there before it, and start the next one."""
    with transaction(workspace.index) as connection:
        connection.execute(
            "UPDATE jobs SET state = 'cancelled', ended_at = ?"
            " WHERE id = ? AND state IN ('queued', 'running')",
            (time.time(), job_id),
        )
    job = read_job(workspace, job_id)
    if job.state == "cancelled":
        if job.pid is not None and job.pid_started_at is not None:
            stop_process(job.pid, job.pid_started_at)
        workspace.abandon_folder(job_id)
    tend_queue(workspace)


def tend_queue(workspace: Workspace) -> None:
    """Mark jobs whose process is gone as interrupted and start what can start."""
    for job in list_jobs(workspace):
        if job.state == "running" and _is_dead(job):
            _mark_interrupted(workspace, job)
    for lane in get_args(Lane):
        claimed = _claim_next(workspace, lane)
        if claimed is not None:
            pid, started_at = start_worker(workspace.root, claimed)
            enlist(workspace, claimed, pid, started_at)


def progress_rows(workspace: Workspace, job_id: str, after: int = 0) -> list[dict[str, Any]]:
    """Return a job's progress rows with a number above ``after``, in order."""
    with reading(workspace.index) as connection:
        rows = connection.execute(
            "SELECT number, row FROM progress WHERE job_id = ? AND number > ? ORDER BY number",
            (job_id, after),
        ).fetchall()
    return [{"number": r["number"], **json.loads(r["row"])} for r in rows]


def _job(row: sqlite3.Row) -> Job:
    fields = dict(row)
    fields["spec"] = json.loads(fields["spec"])
    if fields["failure"] is not None:
        fields["failure"] = tuple(Sentence.from_json(s) for s in json.loads(fields["failure"]))
    return Job(**fields)


def _is_dead(job: Job) -> bool:
    if job.pid is None or job.pid_started_at is None:
        return time.time() - (job.started_at or 0.0) > START_LIMIT_S
    if not is_running(job.pid, job.pid_started_at):
        return True
    return job.heartbeat_at is not None and time.monotonic() - job.heartbeat_at > HEARTBEAT_LIMIT_S


def _mark_interrupted(workspace: Workspace, job: Job) -> None:
    failure = [
        Sentence("The work was interrupted: its process ended before it was finished.").to_json(),
        Sentence("Nothing stored was lost. Start it again.").to_json(),
    ]
    if job.pid is not None and job.pid_started_at is not None:
        stop_process(job.pid, job.pid_started_at)  # it may hang rather than be gone
    # A worker may have died between publishing its result and saying that it is done.
    published = workspace.has_published(job.id)
    ended = ("done", job.id, None) if published else ("interrupted", None, json.dumps(failure))
    with transaction(workspace.index) as connection:
        connection.execute(
            "UPDATE jobs SET state = ?, result_id = ?, failure = ?, ended_at = ?"
            " WHERE id = ? AND state = 'running'",
            (*ended, time.time(), job.id),
        )
    workspace.abandon_folder(job.id)


def enlist(workspace: Workspace, job_id: str, pid: int, started_at: float) -> bool:
    """Put a worker's process beside its running job.

    False where the job was cancelled or given up before its process came so far: it
    must then not be done.
    """
    with transaction(workspace.index) as connection:
        changed = connection.execute(
            "UPDATE jobs SET pid = ?, pid_started_at = ? WHERE id = ? AND state = 'running'",
            (pid, started_at, job_id),
        )
        return changed.rowcount == 1


def _claim_next(workspace: Workspace, lane: str) -> str | None:
    with transaction(workspace.index) as connection:
        row = connection.execute(
            "SELECT id FROM jobs WHERE lane = ? AND state = 'queued' AND NOT EXISTS"
            " (SELECT 1 FROM jobs WHERE lane = ? AND state = 'running')"
            " ORDER BY created_at, id LIMIT 1",
            (lane, lane),
        ).fetchone()
        if row is None:
            return None
        connection.execute(
            "UPDATE jobs SET state = 'running', started_at = ? WHERE id = ?",
            (time.time(), row["id"]),
        )
    return str(row["id"])
