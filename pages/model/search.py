"""Try other settings of a model on days before the test, and train with the best."""

from __future__ import annotations

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.features.earlier_windows import place_windows
from clv_core.jobs.queue import submit_job
from clv_core.settings import RunSettings, SearchSettings
from pages.parts import cached, progress, search, state
from pages.parts.layout import page_head
from pages.parts.learning import open_learning
from pages.parts.text import _, show_error

page_head(
    _("Search settings"),
    _("Other settings of a model are tried on what lies before the test, against the defaults."),
)
dataset = state.require_dataset()
learning = open_learning(dataset.id)

job = state.current_job("train")
searched = search.searches_of(dataset.id)
if job is not None and job.kind == search.KIND and job.spec["dataset"] == dataset.id:
    if not job.has_ended:
        progress.follow(job, search.show_progress)
        st.stop()
    if job.state != "done":
        progress.tell_ending(job)
    searched.append(job)
ended = [one for one in searched if one.has_ended]
if ended:
    try:
        search.show_found(ended[-1], learning.has_days)
    except UserDataError as error:  # files that somebody changed
        show_error(error)
at_work = [one for one in searched if not one.has_ended]
progress.show_others(at_work, _("A search on these data is under way already."))

try:
    window = learning.ask()
    if learning.has_days:
        place_windows(cached.window_plan(dataset.id, window.horizon_days, window.cutoff), 1)
    st.header(_("Search"))
    asked = search.ask_search(learning.has_days)
    settings = None if asked is None else SearchSettings.check(asked)
except UserDataError as error:
    show_error(error)
    st.stop()
if settings is not None:
    spec = {
        "dataset": dataset.id,
        "settings": RunSettings(window=window).model_dump(mode="json"),
        "search": settings.model_dump(mode="json"),
    }
    state.choose_job(submit_job(state.workspace(), "train", search.KIND, spec))
    st.rerun()
