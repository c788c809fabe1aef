"""Below the menu: which data set and which result are open, and the language."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from clv_core.storage.workspace import Stored
from pages.parts import state
from pages.parts.text import LANGUAGES, _, day, language


def show() -> None:
    """Draw the sidebar's choices."""
    with st.sidebar:
        _choose(_("Data set"), "open_dataset", state.workspace().datasets(), state.dataset_id())
        opened = state.dataset_id()
        _choose(_("Result"), "open_run", state.runs_of(opened) if opened else [], state.run_id())
        st.session_state["spoken"] = language()
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="spoken",
            required=True,
            on_change=lambda: state.choose_language(st.session_state["spoken"]),
        )


def _choose(label: str, key: str, entries: list[Stored], opened: str | None) -> None:
    if not entries:
        return
    names = {entry.id: _name(entry) for entry in entries}
    st.session_state[key] = opened if opened in names else None
    chosen = state.choose_dataset if key == "open_dataset" else state.choose_run
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: chosen(st.session_state[key]) if st.session_state[key] else None,
    )


def _name(entry: Stored) -> str:
    made = dt.datetime.fromtimestamp(entry.created_at)
    return f"{entry.title} · {day(made)}, {made:%H:%M}"
