"""Choose the windows and the settings, train, and watch it happen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from clv_core.cleaning.tables import Tables
from clv_core.errors import UserDataError
from clv_core.features.windows import WindowPlan
from clv_core.jobs.queue import Job, submit_job
from clv_core.settings import BoostedSettings, NetworkSettings, RunSettings, WindowSettings
from pages.parts import cached, inputs, progress, state
from pages.parts.layout import page_head
from pages.parts.text import _, day, number, safe, say, show_error

CHOSEN_BY_US = 0
HORIZONS = (CHOSEN_BY_US, 30, 60, 90, 180, 365, 730)
DEFAULTS = RunSettings()

page_head(
    _("Train"),
    _("Every model learns from the past and is tested on days that it has not seen."),
)
dataset = state.require_dataset()
tables = cached.tables(dataset.id)


def ask_windows(tables: Tables) -> tuple[int | None, dt.date | None]:
    """Ask how far to look ahead and from which day the test starts; None is our choice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.selectbox(
            _("How far to look ahead"),
            HORIZONS,
            format_func=lambda days: (
                _("{days} days").format(days=days) if days else _("Chosen for these data")
            ),
            key="horizon",
            persist_state="session",
        )
        horizon = days or None
        by_hand = st.toggle(_("Choose the day that the test starts from"), key="by_hand")
        cutoff = None
        if by_hand:
            plan = cached.window_plan(dataset.id, horizon)
            cutoff = st.date_input(
                _("Last day that the models may see in the test"),
                value=plan.holdout_cutoff,
                min_value=tables.first_day,
                max_value=tables.last_day,
            )
    return horizon, cutoff


def show_plan(plan: WindowPlan) -> None:
    """Show how the days are cut, and why."""
    end = plan.holdout_cutoff + dt.timedelta(days=plan.horizon_days)
    with st.grid(4, min_column_width=190):
        st.metric(
            _("Looks ahead"), _("{days} days").format(days=number(plan.horizon_days)), border=True
        )
        st.metric(_("Test starts after"), day(plan.holdout_cutoff), border=True)
        st.metric(_("Test ends"), day(end), border=True)
        st.metric(_("Forecast starts after"), day(plan.forecast_cutoff), border=True)
    for reason in plan.reasons:
        st.markdown(f"- {safe(say(reason))}")


def ask_settings(horizon: int | None, cutoff: dt.date | None) -> dict[str, Any] | None:
    """Ask for the models' settings; return checked run settings once Train is pressed."""
    names = inputs.preset_names()
    preset = st.segmented_control(
        _("Network"),
        list(names),
        default="balanced",
        format_func=names.__getitem__,
        required=True,
        key="preset",
        persist_state="session",
        help=_("Quick: a small network, a minute. Wide: a large one that learns longer."),
    )
    with st.form("settings", border=False):
        with st.expander(_("Every setting of the network"), icon=":material/tune:"):
            network = inputs.ask_network(preset)
        with st.expander(_("Boosted trees"), icon=":material/account_tree:"):
            boosted = inputs.ask_boosted()
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
    settings = RunSettings(
        window=WindowSettings.check({"horizon_days": horizon, "cutoff": cutoff}),
        network=NetworkSettings.check(network),
        boosted=BoostedSettings.check(boosted),
        seed=int(seed),
        network_seeds=int(networks),
    )
    return settings.model_dump(mode="json")


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
if job is not None and job.spec["dataset"] == dataset.id:
    if not job.has_ended:
        progress.follow(job)
        st.stop()
    if job.state == "done":
        show_result(job)
    else:
        progress.show_ending(job)
progress.show_queue(dataset.id)

st.header(_("Days"))
try:
    horizon, cutoff = ask_windows(tables)
    show_plan(cached.window_plan(dataset.id, horizon, cutoff))
    st.header(_("Models"))
    settings = ask_settings(horizon, cutoff)
except UserDataError as error:
    show_error(error)
    st.stop()
if settings is not None:
    spec = {"dataset": dataset.id, "settings": settings}
    state.choose_job(submit_job(state.workspace(), "train", "train_run", spec))
    st.rerun()
