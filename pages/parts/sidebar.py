"""Below the menu: which data set and which result are open, and the language."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import streamlit as st

from clv_core.storage.workspace import Stored
from pages.parts import state
from pages.parts.text import LANGUAGES, _, language, moment


def show() -> None:
    """Draw the sidebar's choices."""
    with st.sidebar:
        datasets = told_apart({d.id: _with_title(d) for d in state.workspace().datasets()})
        _choose(_("Data set"), "open_dataset", datasets, state.dataset_id())
        opened = state.dataset_id()
        runs = {run.id: _time(run) for run in state.runs_of(opened)} if opened else {}
        _choose(_("Result"), "open_run", told_apart(runs), state.run_id())
        st.session_state["spoken"] = language()
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="spoken",
            required=True,
            on_change=lambda: state.choose_language(st.session_state["spoken"]),
        )


def told_apart(names: dict[str, str]) -> dict[str, str]:
    """Number names that occur twice, from the oldest (last) on.

    A select box knows its options by what is written on them: of two that look
    alike it would open the first, whichever was open.
    """
    seen: Counter[str] = Counter()
    told = {}
    for key, name in reversed(names.items()):
        seen[name] += 1
        told[key] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return dict(reversed(told.items()))


def _choose(label: str, key: str, names: dict[str, str], opened: str | None) -> None:
    if not names:
        return
    st.session_state[key] = opened if opened in names else None
    chosen = state.choose_dataset if key == "open_dataset" else state.choose_run
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: chosen(st.session_state[key]) if st.session_state[key] else None,
    )


def _with_title(entry: Stored) -> str:
    return f"{entry.title} · {_time(entry)}"


def _time(entry: Stored) -> str:
    return moment(dt.datetime.fromtimestamp(entry.created_at))
