"""Following a job: how far it is, how long it will take, how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from clv_core.jobs.queue import (
    Job,
    cancel_job,
    jobs_ahead,
    progress_rows,
    read_job,
    submit_job,
    tend_queue,
)
from clv_core.sentences import Sentence
from pages.parts import state
from pages.parts.text import _, duration, number, safe, say
from pages.parts.training_charts import phase_names, show_learning

STEADY_FROM_S = 15.0  # of estimated time left; below it, the last seconds are not counted down


def follow(job: Job, show: Callable[[Job], None] | None = None) -> None:
    """Show a job that has not ended, every second, until it has.

    The page is run again once when it ends, and shows what came of it.

    Parameters
    ----------
    job : Job
    show : callable, optional
        Draws what the job has brought so far.
    """
    st.caption(
        _("You may leave this page or close the browser: the work goes on, and this link finds it.")
    )
    _watch(job.id, show)


def show_others(jobs: list[Job], message: str) -> None:
    """Tell of work asked for in another window, and offer to watch the newest."""
    if not jobs:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(safe(message), width="stretch")
        if st.button(_("Watch it"), icon=":material/visibility:", key="watch"):
            state.choose_job(jobs[-1].id)
            st.rerun()


def show_queue(dataset_id: str) -> None:
    """Tell what is being trained already: the same data may be watched, others go first."""
    at_work = state.jobs_at_work("train")
    same = [job for job in at_work if job.kind == "train_run" and job.spec["dataset"] == dataset_id]
    show_others(same, _("A training of these data is under way already."))
    if len(same) < len(at_work):
        st.caption(
            safe(
                _("Other work in line: {count}. Yours begins after it.").format(
                    count=number(len(at_work) - len(same))
                )
            )
        )


def show_ending(job: Job) -> None:
    """Say how a job ended that brought nothing, and offer it again where the data were fine."""
    tell_ending(job)
    if job.failure_kind is not None:
        return
    if st.button(_("Try again"), icon=":material/refresh:", key=f"again_{job.id}"):
        repeat(job)


def tell_ending(job: Job) -> None:
    """Say how a job ended that brought nothing."""
    problem, remedy, *cases = job.failure or (None, None)
    if job.state == "cancelled":
        st.info(
            _("It was cancelled. Nothing that was stored before has changed."),
            icon=":material/cancel:",
        )
    elif problem is not None and remedy is not None:
        st.error(safe(say(remedy)), title=safe(say(problem)), icon=":material/error:")
        for case in cases:
            st.text(say(case))


def repeat(job: Job, **changes: Any) -> None:
    """Queue a job again, with changes to what it was asked to do, and follow it."""
    spec = {**job.spec, **changes}
    state.choose_job(submit_job(state.workspace(), job.lane, job.kind, spec))
    st.rerun()


@st.fragment(run_every=1.0)
def _watch(job_id: str, show: Callable[[Job], None] | None) -> None:
    workspace = state.workspace()
    tend_queue(workspace)
    job = read_job(workspace, job_id)
    if job.has_ended:
        st.rerun()
    if job.state == "queued":
        _show_queue(jobs_ahead(workspace, job))
    else:
        rows = progress_rows(workspace, job_id)
        _show_share(rows)
        show_learning(rows, key=f"learning_{job_id}")
    if show is not None:
        show(job)
    if st.button(_("Cancel"), icon=":material/stop_circle:", key=f"cancel_{job_id}"):
        cancel_job(workspace, job_id)
        st.rerun()


def _show_queue(ahead: int) -> None:
    message = (
        _("In line. Jobs to be done first: {count}.").format(count=number(ahead))
        if ahead
        else _("About to begin.")
    )
    st.progress(0.0, text=message)


def _show_share(rows: list[dict[str, Any]]) -> None:
    if not rows:
        st.progress(0.0, text=_("Getting ready."))
        return
    share = min(max(float(rows[-1].get("share", 0.0)), 0.0), 1.0)
    told = [row["message"] for row in rows if "message" in row]
    message = say(Sentence.from_json(told[-1])) if told else _("Working.")
    if "phase" in rows[-1]:
        message = f"{message} · {phase_names()[rows[-1]['phase']]}"
    left_s = rows[-1].get("left_s")
    if left_s is not None and left_s >= STEADY_FROM_S:
        message = _("{message} · about {time} left").format(message=message, time=duration(left_s))
    st.progress(share, text=safe(message))
