"""What no file says: the name of the data set, and the rules that its rows are cleaned by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.settings import CleaningSettings
from pages.parts import rule_preview
from pages.parts.cleaning_controls import ASKED_BEFORE, ask_rule, ask_rules, rule_groups
from pages.parts.confirmed_file import LONGEST_TITLE, ConfirmedFile, propose_title
from pages.parts.text import _, show_error

PLACE: Final = "upload"  # tells these widgets from those of the review


def ask_options(files: Sequence[ConfirmedFile], can_preview: bool) -> dict[str, Any] | None:
    """Ask for everything beside the files and return what a worker is to be told.

    Returns None where a rule cannot be used, which is then told.
    """
    is_value_table = any(file.kind == "value_table" for file in files)
    proposed = propose_title(files)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(
            _("Name of this data set"),
            value=proposed,
            max_chars=LONGEST_TITLE,
            key=f"title_{proposed}",
            persist_state="session",
        )
        asked_first = _ask_what_no_file_says()
    preview = rule_preview.current()
    with st.expander(
        _("Cleaning rules"),
        icon=":material/rule:",
        expanded=preview is not None,
        key="cleaning_rules",
    ):
        start = CleaningSettings(**asked_first)
        asked = ask_rules(start, PLACE, is_value_table, is_asked_before=True)
        try:
            rules = CleaningSettings.check(asked)
        except UserDataError as error:
            show_error(error)
            return None
        spec = {
            "title": title.strip() or proposed,
            "cleaning": rules.model_dump(mode="json"),
            "files": [file.spec for file in files],
        }
        if st.button(
            _("Preview"), icon=":material/preview:", disabled=not can_preview, key="preview_rules"
        ):
            rule_preview.submit(spec)
        if preview is not None:
            rule_preview.show(preview, spec)
    return spec


def _ask_what_no_file_says() -> dict[str, Any]:
    labels = next(labels for labels in rule_groups().values() if "currency" in labels)
    start = CleaningSettings()
    asked = {name: ask_rule(start, name, labels[name], name) for name in ASKED_BEFORE}
    return {**asked, "date_order": asked["date_order"] or None}
