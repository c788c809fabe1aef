"""What is open: language, data set, result and job, kept in the URL.

The URL goes first, so that a link or a refresh opens the same thing on a fresh
server. A switch of pages empties it; then the session writes it again.
"""

from __future__ import annotations

import contextlib
from typing import Final

import streamlit as st

from clv_core.errors import NothingStored
from clv_core.jobs.queue import Job, Lane, list_jobs, read_job
from clv_core.storage.workspace import Stored, Workspace
from pages.parts import cached
from pages.parts.layout import empty_state
from pages.parts.text import _, show_error

NAMES: Final = ("lang", "dataset", "run", "job", "files")


def workspace() -> Workspace:
    """Return the workspace that this server works in."""
    return Workspace.default()


def follow_url() -> None:
    """Take over what the URL says and settle on the newest where it says nothing."""
    for name in NAMES:
        if name in st.query_params:
            st.session_state[name] = st.query_params[name]
    with contextlib.suppress(NothingStored):  # a dead link is told by the page that needs it
        _settle()
    for name in NAMES:
        _mirror(name)


def dataset_id() -> str | None:
    """Return the id of the open data set."""
    return _get("dataset")


def run_id() -> str | None:
    """Return the id of the open result."""
    return _get("run")


def job_id() -> str | None:
    """Return the id of the job that this session started or followed last."""
    return _get("job")


def file_ids() -> list[str]:
    """Return the ids of the uploads that wait to be read."""
    return [upload for upload in (_get("files") or "").split(",") if upload]


def choose_language(chosen: str) -> None:
    """Speak this language from now on."""
    _put("lang", chosen)


def choose_dataset(chosen: str) -> None:
    """Open a data set with its newest result."""
    runs = runs_of(chosen)
    _put("dataset", chosen)
    _put("run", runs[0].id if runs else None)


def choose_run(chosen: str) -> None:
    """Open a result and the data set it was made from."""
    _put("run", chosen)
    _put("dataset", cached.dataset_of_run(chosen))


def choose_job(chosen: str | None) -> None:
    """Follow a job, or none."""
    _put("job", chosen)


def choose_files(chosen: list[str]) -> None:
    """Put these uploads on the table, and no others."""
    _put("files", ",".join(chosen) or None)


def runs_of(dataset: str) -> list[Stored]:
    """List the results made from a data set, newest first."""
    return [run for run in workspace().runs() if cached.dataset_of_run(run.id) == dataset]


def current_job(lane: Lane) -> Job | None:
    """Return the job that this session or its link follows, where it is of this lane."""
    if job_id() is None:
        return None
    try:
        job = read_job(workspace(), str(job_id()))
    except NothingStored as error:
        choose_job(None)
        show_error(error)
        return None
    return job if job.lane == lane else None


def jobs_at_work(lane: Lane) -> list[Job]:
    """List a lane's jobs that run or wait, whoever asked for them, oldest first."""
    return [job for job in list_jobs(workspace(), lane) if not job.has_ended]


def require_dataset() -> Stored:
    """Return the open data set, or show what to do first and end the page."""
    chosen = dataset_id()
    if chosen is None:
        empty_state(
            _("There are no data yet. Bring the shop's orders, or try the sample shop."),
            _("Bring data in"),
            "pages/prepare/upload.py",
            ":material/upload_file:",
        )
        st.stop()
    try:
        return workspace().dataset(chosen)
    except NothingStored as error:
        show_error(error)
        st.stop()


def require_run() -> Stored:
    """Return the open result, or show what to do first and end the page."""
    chosen = run_id()
    if chosen is None:
        require_dataset()
        empty_state(
            _("These data have no forecast yet. Training one takes a few minutes."),
            _("Train a forecast"),
            "pages/model/train.py",
            ":material/model_training:",
        )
        st.stop()
    try:
        return workspace().run(chosen)
    except NothingStored as error:
        show_error(error)
        st.stop()


def _settle() -> None:
    if run_id() is not None:
        _put("dataset", cached.dataset_of_run(str(run_id())))
    elif dataset_id() is not None:
        choose_dataset(str(dataset_id()))
    elif runs := workspace().runs():
        choose_run(runs[0].id)
    elif datasets := workspace().datasets():
        choose_dataset(datasets[0].id)


def _get(name: str) -> str | None:
    value = st.session_state.get(name)
    return None if value is None else str(value)


def _put(name: str, value: str | None) -> None:
    st.session_state[name] = value
    _mirror(name)


def _mirror(name: str) -> None:
    value = _get(name)
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
