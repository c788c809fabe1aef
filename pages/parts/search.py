"""What a search for better settings is asked, and what it found."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from clv_core.errors import NothingStored
from clv_core.jobs.queue import Job, list_jobs, submit_job
from clv_core.models.titles import MODEL_TITLES
from clv_core.runs.search_folder import FACTS, SearchFolder
from clv_core.runs.search_space import FAMILIES_OF_VALUES, GROUPS, list_searchable
from clv_core.sentences import Sentence
from clv_core.settings import SearchedModel, SearchSettings
from clv_core.storage.searches import find_search
from pages.parts import inputs, state
from pages.parts.charts import draw
from pages.parts.charts_search import search_history
from pages.parts.family_inputs import family_labels
from pages.parts.text import _, number, safe, say
from pages.parts.words import model_name

KIND: Final = "search_settings"
DEFAULTS: Final = SearchSettings()


def searches_of(dataset_id: str) -> list[Job]:
    """List the jobs that searched on a data set, oldest first."""
    jobs = list_jobs(state.workspace(), "train")
    return [job for job in jobs if job.kind == KIND and job.spec["dataset"] == dataset_id]


def folder_of(job: Job) -> SearchFolder | None:
    """Return where a search keeps what it found; None where it has not begun."""
    try:
        return SearchFolder(find_search(state.workspace(), job.spec.get("continues") or job.id))
    except NothingStored:
        return None


def ask_search(has_days: bool) -> dict[str, Any] | None:
    """Ask what to search and for how long; not yet checked, None until Search is pressed."""
    models: list[SearchedModel] = list(GROUPS) if has_days else list(FAMILIES_OF_VALUES)
    model = st.selectbox(
        _("Model"), models, format_func=model_name, key="search_model", persist_state="session"
    )
    names = name_settings(model, has_days)
    with st.form("search", border=False):
        searched = st.multiselect(
            _("Settings to try"),
            list(names),
            format_func=lambda name: names[name],
            placeholder=_("All that are worth it"),
            key=f"searched_{model}",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            ways = {"bayesian": _("Bayesian"), "grid": _("Grid")}
            method = st.segmented_control(
                _("Method"),
                list(ways),
                default=DEFAULTS.method,
                format_func=ways.__getitem__,
                required=True,
                help=_(
                    "Bayesian: each trial learns from those before it. Grid: combinations of fixed"
                    " steps, in random order."
                ),
            )
            minutes = st.number_input(
                _("Time (minutes)"),
                min_value=0.5,
                max_value=1440.0,
                value=DEFAULTS.minutes,
                step=1.0,
                help=_("Nothing is begun that would not be done by then."),
            )
            trials = st.number_input(
                _("Trials, at most"), min_value=1, max_value=1000, value=DEFAULTS.most_trials
            )
        pressed = st.form_submit_button(_("Search"), type="primary", icon=":material/search:")
    if not pressed:
        return None
    return {
        "model": model,
        "method": method,
        "minutes": minutes,
        "most_trials": int(trials),
        "searched": searched,
    }


def name_settings(model: SearchedModel, has_days: bool) -> dict[str, str]:
    """Return what the settings that can be searched are called, by name."""
    labels = {
        "boosted_trees": inputs.boosted_labels,
        "network": lambda: inputs.network_labels(has_days),
    }
    known = labels[model]() if model in labels else family_labels()[model]
    return {name: known[name].name for name in list_searchable(model, has_days)}


def show_progress(job: Job) -> None:
    """Draw what a search has found so far."""
    folder = folder_of(job)
    history = None if folder is None else folder.history()
    if history is not None:
        draw(search_history(history), f"search_{job.id}")


def show_found(job: Job, has_days: bool) -> None:
    """Say what a search found, with its history, and offer to train and to go on."""
    folder = folder_of(job)
    history = None if folder is None else folder.history()
    told = () if folder is None else folder.account()
    if folder is None or history is None or not told:  # ended before all of it was written
        return
    st.header(_("What was found: {model}").format(model=model_name(job.spec["search"]["model"])))
    finding, *more = told
    with st.container(border=True):
        st.markdown(f"**{safe(say(finding))}**")
        for sentence in more:
            st.caption(safe(say(sentence)))
        with st.container(horizontal=True):
            trains = st.button(
                _("Train with these settings"), type="primary", icon=":material/play_arrow:"
            )
            goes_on = st.button(_("Continue"), icon=":material/resume:")
    if trains:
        _train(job, folder)
    if goes_on:
        _go_on(job, len(history) - 1)
    draw(search_history(history), f"search_{job.id}")
    st.dataframe(
        tabulate_trials(history, name_settings(job.spec["search"]["model"], has_days)),
        hide_index=True,
        alt=_("Every trial with its score, its state and its settings, the best first"),
    )
    st.caption(
        _(
            "Score: how far forecasts were off, against the defaults' on the same windows: mean of"
            " normalised Gini, rank correlation and absolute error. Lower is better."
        )
    )


def tabulate_trials(history: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return the trials as people read them, the best first."""
    states = {
        "finished": _("finished"),
        "stopped_early": _("stopped early"),
        "failed": _("not finished"),
    }
    ordered = history.sort_values(["score", "trial"], na_position="last", kind="stable")
    facts = {
        _("Trial"): [_("defaults") if trial == 0 else number(trial) for trial in ordered["trial"]],
        _("Score"): ordered["score"].round(3),
        _("State"): ordered["state"].map(states),
        _("Seconds"): ordered["seconds"].round(1),
    }
    tried = [name for name in ordered.columns if name not in FACTS]
    return pd.DataFrame(facts | {names.get(name, name): ordered[name] for name in tried})


def _train(job: Job, folder: SearchFolder) -> None:
    """Train as from the Train page, with what was found; the run remembers that it was searched."""
    settings = folder.settings().model_dump(mode="json")
    title = MODEL_TITLES[job.spec["search"]["model"]]
    told = [Sentence("{model}: {note}", model=title, note=one) for one in folder.account()]
    spec = {
        "dataset": job.spec["dataset"],
        "settings": settings,
        "searched": [sentence.to_json() for sentence in told],
    }
    state.choose_job(submit_job(state.workspace(), "train", "train_run", spec))
    st.switch_page("pages/model/train.py")


def _go_on(job: Job, tried: int) -> None:
    """Let the search go on for as long and as many trials again."""
    first = job.spec.get("continues") or job.id
    most = min(tried + job.spec.get("trials_each", job.spec["search"]["most_trials"]), 1000)
    spec = {
        **job.spec,
        "continues": first,
        "trials_each": job.spec.get("trials_each", job.spec["search"]["most_trials"]),
        "search": {**job.spec["search"], "most_trials": most},
    }
    state.choose_job(submit_job(state.workspace(), "train", KIND, spec))
    st.rerun()
