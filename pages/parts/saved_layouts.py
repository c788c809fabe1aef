"""Layouts of files that the user confirmed and wants read the same way next time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.raw import RawTable
from clv_core.ingest.spelling import fold_header
from clv_core.jobs.profiles import recall_choice, remember_choice
from clv_core.storage.profiles import delete_profile, find_profile
from pages.parts import state
from pages.parts.text import _, show_error

LONGEST_NAME: Final = 80
CONFIRMED: Final = ("kind", "mapping", "features")  # what a layout is made of


def recall(raw: RawTable, said: FileChoice) -> FileChoice | None:
    """Return how a file with these headers was read last time, with the words on reading."""
    recalled = recall_choice(state.workspace(), raw)
    if recalled is None:
        return None
    told = said.model_dump(include={"has_header", "part", "lead_lines", "encoding", "delimiter"})
    return recalled.model_copy(update=told)


def offer(raw: RawTable, choice: FileChoice, recalled: FileChoice | None, key: str) -> None:
    """Offer to remember the layout on screen, or to forget the one that it was read by."""
    if not raw.dialect.has_header:
        return
    with st.container(horizontal=True):
        if recalled is None or _differs(choice, recalled):
            _offer_to_remember(raw, choice, recalled, key)
        if recalled is not None:
            st.button(
                _("Forget this layout"),
                icon=":material/bookmark_remove:",
                key=f"forget_{key}",
                on_click=_forget,
                args=(raw,),
            )


def _offer_to_remember(
    raw: RawTable, choice: FileChoice, recalled: FileChoice | None, key: str
) -> None:
    with st.popover(_("Remember this layout"), icon=":material/bookmark_add:"):
        st.markdown(_("The next file with the same column names is then read in the same way."))
        proposed = (recalled.profile if recalled else None) or Path(raw.file_name).stem
        name = st.text_input(
            _("Name of the layout"),
            proposed[:LONGEST_NAME],
            max_chars=LONGEST_NAME,
            key=f"layout_name_{key}",
        )
        if st.button(_("Remember"), type="primary", key=f"remember_{key}"):
            confirmed = replace(
                raw, mapping=choice.mapping or {}, features=choice.features or raw.features
            )
            try:
                remember_choice(state.workspace(), confirmed, name or proposed)
            except UserDataError as error:
                show_error(error)
            else:
                st.rerun()


def _forget(raw: RawTable) -> None:
    headers = [fold_header(column) for column in raw.column_names]
    profile = find_profile(state.workspace(), headers)
    if profile is not None:
        delete_profile(state.workspace(), profile.id)


def _differs(choice: FileChoice, recalled: FileChoice) -> bool:
    return any(getattr(choice, part) != getattr(recalled, part) for part in CONFIRMED)
