"""What takes long to work out of a result: at once where it is small, by a worker where not.

A page that shows such a thing calls :func:`require_view` first; whoever reads it then calls
:func:`open_view`. Both need the same name and the same ``asked``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from clv_core.jobs.queue import Job, list_jobs, submit_job
from clv_core.runs.reading import FORECAST_FILE, count_rows
from clv_core.storage.kept_views import KeptView
from clv_core.views.registry import find, work_out
from pages.parts import cached, progress, state
from pages.parts.text import _

LANE: Final = "pages"
KIND: Final = "lay_out_view"
MOST_AT_ONCE: Final = 200_000  # customers of a result that a page works out itself, in a second


def open_view(run_id: str, name: str, asked: Mapping[str, Any]) -> KeptView:
    """Return a view; made now where no page has required it before."""
    return work_out(state.workspace(), run_id, name, asked)


def has_view(run_id: str, name: str, asked: Mapping[str, Any]) -> bool:
    """Say whether a view was worked out before."""
    return find(state.workspace(), run_id, name, asked).is_there


def require_view(run_id: str, name: str, asked: Mapping[str, Any]) -> None:
    """See to it that a view is there, or show how far its making is and end the page.

    Parameters
    ----------
    run_id : str
    name : str
        In ``clv_core.views.registry.VIEWS``.
    asked : mapping
    """
    workspace = state.workspace()
    if find(workspace, run_id, name, asked).is_there:
        return
    if count_rows(workspace.run(run_id).folder / FORECAST_FILE) <= MOST_AT_ONCE:
        work_out(workspace, run_id, name, asked)
        return
    spec = {"dataset": cached.dataset_of_run(run_id), "run": run_id, "view": name, "asked": asked}
    job = _find_job(spec)
    if job is not None and job.has_ended and job.state != "done":
        progress.tell_ending(job)
        if not st.button(_("Try again"), icon=":material/refresh:", key=f"again_{job.id}"):
            st.stop()
        job = None
    if job is None or job.has_ended:
        submit_job(workspace, LANE, KIND, spec)
        job = _find_job(spec)
    if job is not None:
        st.caption(_("Counted once for these customers, and kept."))
        progress.follow(job)
    st.stop()


def _find_job(spec: dict[str, Any]) -> Job | None:
    """Return the newest job that makes a view, whoever asked for it."""
    jobs = [job for job in list_jobs(state.workspace(), LANE) if job.spec == spec]
    return jobs[-1] if jobs else None
