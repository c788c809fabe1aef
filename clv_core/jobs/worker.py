"""The process that does one job: ``python -m clv_core.jobs.worker ROOT JOB``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from clv_core.errors import UserDataError
from clv_core.faults import describe_fault
from clv_core.ingest.engine import allow, lock, telling_out_of_memory
from clv_core.jobs.processes import process_start
from clv_core.jobs.queue import Job, enlist, read_job, tend_queue
from clv_core.sentences import Sentence
from clv_core.storage.atomic import telling_disk_full
from clv_core.storage.index import transaction
from clv_core.storage.workspace import Workspace

NICENESS = 10  # pages come first
HEARTBEAT_S = 1.0


class ProgressLog:
    """Appends a job's progress rows to the index.

    Parameters
    ----------
    workspace : Workspace
    job_id : str
    """

    def __init__(self, workspace: Workspace, job_id: str) -> None:
        self._workspace = workspace
        self._job_id = job_id
        self._number = 0
        self._started = time.monotonic()

    def __call__(self, row: dict[str, Any]) -> None:
        """Append one row; the time since the start is added to it."""
        self._number += 1
        stamped = {"elapsed_s": round(time.monotonic() - self._started, 2), **row}
        with transaction(self._workspace.index) as connection:
            connection.execute(
                "INSERT INTO progress VALUES (?, ?, ?)",
                (self._job_id, self._number, json.dumps(stamped, default=_plain)),
            )


def _plain(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.to_json()
    return float(value)


def main(arguments: list[str]) -> int:
    """Do the job named on the command line and start the next one."""
    if len(arguments) != 2:
        print("usage: python -m clv_core.jobs.worker WORKSPACE JOB", file=sys.stderr)
        return 2
    if hasattr(os, "nice"):
        os.nice(max(0, NICENESS - os.nice(0)))  # a worker that another one started is nice already
    workspace = Workspace(Path(arguments[0]))
    job = read_job(workspace, arguments[1])
    if not enlist(workspace, job.id, os.getpid(), process_start(os.getpid())):
        return 0
    # Tables on their way hold contact fields: they lie where they are found when we are killed.
    tempfile.tempdir = str(workspace.begin_scratch(job.id))
    allow(workspace.root)
    lock()
    stopped = threading.Event()
    threading.Thread(target=_beat, args=(workspace, job.id, stopped), daemon=True).start()
    try:
        return _do(workspace, job)
    finally:
        workspace.end_scratch(job.id)
        stopped.set()
        tend_queue(workspace)


def _do(workspace: Workspace, job: Job) -> int:
    """Do a job, tell how it ended and return the process's exit status."""
    # Imported late: the rooms bring heavy libraries, and a failure to import is reported too.
    try:
        from clv_core.jobs.work import WORK  # noqa: PLC0415
        from clv_core.storage.erasure import complete_erasures  # noqa: PLC0415

        complete_erasures(workspace)  # nobody is read who is being taken out
        with telling_disk_full(), telling_out_of_memory():
            result_id = WORK[job.kind](workspace, job, ProgressLog(workspace, job.id))
    except UserDataError as error:
        workspace.abandon_folder(job.id)
        told = (error.problem, error.remedy, *error.cases)
        _end(workspace, job.id, "failed", failure=told, failure_kind=type(error).__name__)
        return 0
    except BaseException as error:  # told and logged; the process ends after it
        print(describe_fault(error), file=sys.stderr, flush=True)  # into the job's own log file
        workspace.abandon_folder(job.id)
        _end(workspace, job.id, "failed", failure=_our_fault(job.id))
        return 1
    else:
        _end(workspace, job.id, "done", result_id=result_id)
        return 0


def _our_fault(job_id: str) -> tuple[Sentence, ...]:
    return (
        Sentence("Something went wrong inside Perennial; your data are unchanged."),
        Sentence("Try again; if it happens again, send us the log {name}.", name=f"{job_id}.log"),
    )


def _end(
    workspace: Workspace,
    job_id: str,
    state: str,
    result_id: str | None = None,
    failure: tuple[Sentence, ...] | None = None,
    failure_kind: str | None = None,
) -> None:
    told = None if failure is None else json.dumps([sentence.to_json() for sentence in failure])
    with transaction(workspace.index) as connection:  # a cancelled job stays cancelled
        connection.execute(
            "UPDATE jobs SET state = ?, ended_at = ?, result_id = ?, failure = ?, failure_kind = ?"
            " WHERE id = ? AND state = 'running'",
            (state, time.time(), result_id, told, failure_kind, job_id),
        )


def _beat(workspace: Workspace, job_id: str, stopped: threading.Event) -> None:
    while not stopped.wait(HEARTBEAT_S):
        with transaction(workspace.index) as connection:
            connection.execute(
                "UPDATE jobs SET heartbeat_at = ? WHERE id = ?", (time.monotonic(), job_id)
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
