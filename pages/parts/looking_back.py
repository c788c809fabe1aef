"""Choosing a result and the newer orders to hold it against, and having them compared."""

from __future__ import annotations

import datetime as dt
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from clv_core.errors import NothingStored
from clv_core.jobs.queue import Job, submit_job
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.in_workspace import NewerData, name_lists
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.storage.workspace import Stored
from pages.parts import cached, derived_look_back, progress, state
from pages.parts.layout import empty_state
from pages.parts.sidebar import told_apart
from pages.parts.text import _, day, moment, number, safe, show_error

KIND: Final = "look_back"
MOST_SEARCHED: Final = 8  # results, the newest, among which one with newer orders is looked for


def require_result(place: DeltaGenerator) -> Stored:
    """Return the result that is chosen in a place to be looked back on, or end the page.

    It need not be the open one: whoever has just brought newer orders has opened those.
    """
    if not state.workspace().runs() or state.run_id() is not None:
        state.require_run()  # tells a dead link, and what to do where there is nothing yet
    runs = [run for run in state.workspace().runs() if cached.shape(run.id) == "log"]
    if not runs:
        empty_state(
            _(
                "There is no result to look back on: those there are tell a given column and"
                " forecast no days that could pass. Bring orders, and train a forecast on them."
            ),
            _("Bring orders"),
            "pages/prepare/upload.py",
            ":material/upload_file:",
        )
        st.stop()
    names = told_apart({run.id: _name(run) for run in runs})
    proposed = _propose(runs)
    chosen = place.selectbox(
        _("Result to look back on"),
        list(names),
        index=list(names).index(proposed),
        format_func=names.__getitem__,
        key=f"look_back_run:{proposed}",
    )
    return next(run for run in runs if run.id == chosen)


def require_newer(run: Stored, place: DeltaGenerator) -> NewerData:
    """Return the newer data set chosen in a place, or say what is missing and end the page."""
    found = _newer_data(run.id)
    if not found:
        cutoff = cached.plan(run.id).forecast_cutoff
        empty_state(
            _(
                "This forecast begins after {day}. No data set holds later orders of these"
                " customers yet: bring a newer file of the same shop, and it is compared here."
            ).format(day=day(cutoff)),
            _("Bring newer orders"),
            "pages/prepare/upload.py",
            ":material/upload_file:",
        )
        st.stop()
    titles = {stored.id: stored.title for stored in state.workspace().datasets()}
    names = {
        one.dataset: _("{title} · orders to {day}").format(
            title=titles[one.dataset], day=day(one.last_day)
        )
        for one in found
    }
    told = told_apart(names)
    chosen = place.selectbox(
        _("Newer orders"), list(told), format_func=told.__getitem__, key=f"look_back_with:{run.id}"
    )
    return next(one for one in found if one.dataset == chosen)


def require_found(run: Stored, newer: NewerData) -> LookBack:
    """Return what looking back showed, or offer or follow the comparison and end the page."""
    job = _find_job(run.id, newer.dataset)
    if job is not None and not job.has_ended:
        progress.follow(job)
        st.stop()
    if job is not None and job.state != "done":
        progress.tell_ending(job)
    found = _read(run.id, newer.dataset)
    if found is None:
        with st.container(border=True):
            st.markdown(
                safe(
                    _(
                        "{customers} customers of this result are in the newer orders. Hold its"
                        " forecast against what they did since."
                    ).format(customers=number(newer.shared_customers))
                )
            )
            _offer(run.id, newer.dataset, is_first=True)
        st.stop()
    since = name_lists(state.workspace(), run.id) - {one.export for one in found.lists}
    if since:
        with st.container(border=True):
            st.markdown(
                safe(
                    _("Lists exported since this comparison: {count}. They are not in it.").format(
                        count=number(len(since))
                    )
                )
            )
            _offer(run.id, newer.dataset, is_first=False)
    return found


def _offer(run_id: str, dataset_id: str, *, is_first: bool) -> None:
    pressed = st.button(
        _("Look back") if is_first else _("Look back again"),
        type="primary" if is_first else "secondary",
        icon=":material/history:",
        key="look_back",
    )
    if pressed:
        spec = {"run": run_id, "dataset": dataset_id}
        state.choose_job(submit_job(state.workspace(), "prepare", KIND, spec))
        st.rerun()


def _read(run_id: str, dataset_id: str) -> LookBack | None:
    """Return what was found before, or say that it cannot be read."""
    stamp = LookBackFolder(state.workspace().run(run_id).folder).stamp(dataset_id)
    try:
        return None if stamp is None else derived_look_back.found(run_id, dataset_id, stamp)
    except NothingStored as error:
        show_error(error)
        return None


def _find_job(run_id: str, dataset_id: str) -> Job | None:
    """Return the job that compares these two: at work, else the one that was followed."""
    followed = state.current_job("prepare")
    jobs = state.jobs_at_work("prepare") + ([followed] if followed else [])
    spec = {"run": run_id, "dataset": dataset_id}
    return next((job for job in jobs if job.kind == KIND and job.spec == spec), None)


def _propose(runs: list[Stored]) -> str:
    """Return the open result where newer orders are there for it, else the newest with some."""
    opened = state.run_id()
    ordered = sorted(runs, key=lambda run: run.id != opened)
    for run in ordered[:MOST_SEARCHED]:
        if _newer_data(run.id):
            return run.id
    return ordered[0].id


def _newer_data(run_id: str) -> list[NewerData]:
    datasets = tuple(stored.id for stored in state.workspace().datasets())
    derived_look_back.require_newer_data(run_id, datasets)
    return derived_look_back.newer_data(run_id, datasets)


def _name(run: Stored) -> str:
    return f"{run.title} · {moment(dt.datetime.fromtimestamp(run.created_at))}"
