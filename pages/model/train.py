"""Choose what is learnt from and the settings, train, and watch it happen."""

from __future__ import annotations

from typing import Any

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.jobs.queue import Job, submit_job
from clv_core.model_settings import BoostedSettings, MatrixSettings, NetworkSettings
from clv_core.settings import RunSettings, WindowSettings
from pages.parts import cached, inputs, progress, state
from pages.parts.family_inputs import SETTINGS_OF, ask_families, ask_family_settings
from pages.parts.layout import page_head
from pages.parts.learning import Learning, open_learning
from pages.parts.matrix_inputs import ask_matrix
from pages.parts.text import _, safe, say, show_error

DEFAULTS = RunSettings()
AUTOMATIC = "automatic"
MINUTES = (1.0, 3.0, 10.0)

page_head(
    _("Train"),
    _("Every model learns from one part of the data and is tested on another."),
)
dataset = state.require_dataset()
learning = open_learning(dataset.id)


def ask_settings(learning: Learning, window: WindowSettings) -> dict[str, Any] | None:
    """Ask for the models' settings; return checked run settings once Train is pressed."""
    names = inputs.preset_names()
    if learning.has_days:
        names |= {AUTOMATIC: _("Automatic")}
    preset = st.segmented_control(
        _("Network"),
        list(names),
        default="balanced",
        format_func=names.__getitem__,
        required=True,
        key="preset",
        persist_state="session",
        help=_(
            "Quick: a small network, a minute. Wide: a large one that learns longer. Automatic:"
            " settings of trees and network are tried on days before the test, within a time."
        ),
    )
    minutes = _ask_minutes() if preset == AUTOMATIC else None
    preset = "balanced" if preset == AUTOMATIC else preset
    families = ask_families(learning.more_models, learning.key)
    with st.form("settings", border=False):
        with st.expander(_("Every setting of the network"), icon=":material/tune:"):
            network = inputs.ask_network(
                learning.presets[preset], learning.has_days, f"{learning.key}{preset}"
            )
        with st.expander(_("Boosted trees"), icon=":material/account_tree:"):
            boosted = inputs.ask_boosted()
        more = ask_family_settings(families, learning.has_days)
        with st.expander(_("How columns become numbers"), icon=":material/transform:"):
            matrix = ask_matrix(learning.has_categories)
        with st.expander(_("Randomness"), icon=":material/casino:"):
            seed = st.number_input(
                _("Seed"),
                min_value=0,
                max_value=2**31 - 1,
                value=DEFAULTS.seed,
                help=_("The same seed and data give the same forecast."),
            )
            networks = st.number_input(
                _("Networks averaged"),
                min_value=1,
                max_value=10,
                value=DEFAULTS.network_seeds,
                help=_("Several networks, each with its own seed, are calmer and take longer."),
            )
        pressed = st.form_submit_button(_("Train"), type="primary", icon=":material/play_arrow:")
    if not pressed:
        return None
    groups = {name: SETTINGS_OF[name].check(values) for name, values in more.items()}
    settings = RunSettings(
        window=window,
        families=tuple(families),
        **groups,
        matrix=MatrixSettings.check(matrix),
        network=NetworkSettings.check(network),
        boosted=BoostedSettings.check(boosted),
        seed=int(seed),
        network_seeds=int(networks),
        automatic_minutes=minutes,
    )
    return settings.model_dump(mode="json")


def _ask_minutes() -> float:
    """Ask how long the whole training may take."""
    return st.segmented_control(
        _("Time for the whole training"),
        MINUTES,
        default=MINUTES[1],
        format_func=lambda minutes: _("{count} min").format(count=f"{minutes:g}"),
        required=True,
        key="automatic_minutes",
        persist_state="session",
        help=_("What the usual training leaves of it is spent on other settings."),
    )


def show_result(job: Job) -> None:
    """Say what the training found, and lead on."""
    run_id = str(job.result_id)
    verdict = cached.verdict(run_id)
    told = _("The forecast is ready.") if verdict is None else say(verdict.headline)
    with st.container(border=True):
        st.success(safe(told), icon=":material/check_circle:")
        if st.button(_("Can it be trusted?"), type="primary", icon=":material/verified:"):
            state.choose_job(None)
            state.choose_run(run_id)
            st.switch_page("pages/model/trust.py")


job = state.current_job("train")
if job is not None and job.kind == "train_run" and job.spec["dataset"] == dataset.id:
    if not job.has_ended:
        progress.follow(job)
        st.stop()
    if job.state == "done":
        show_result(job)
    else:
        progress.show_ending(job)
progress.show_queue(dataset.id)

try:
    window = learning.ask()
    st.header(_("Models"))
    settings = ask_settings(learning, window)
except UserDataError as error:
    show_error(error)
    st.stop()
if settings is not None:
    spec = {"dataset": dataset.id, "settings": settings}
    state.choose_job(submit_job(state.workspace(), "train", "train_run", spec))
    st.rerun()
