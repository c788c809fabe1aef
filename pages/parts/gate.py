"""The warning of a forecast that did not beat past spend, and the word to use it anyway."""

from __future__ import annotations

import streamlit as st

from pages.parts import cached
from pages.parts.text import _, safe, say


def show_objection(run_id: str) -> bool:
    """Warn where the model in use did not beat past spend; say whether it did not."""
    objection = cached.objection(run_id)
    if objection is None:
        return False
    st.error(safe(say(objection)), icon=":material/report:")
    return True


def confirm_anyway(run_id: str) -> bool:
    """Ask whether a list is wanted although the forecast did not beat past spend."""
    return bool(
        st.checkbox(
            _("I know that this forecast did not beat past spend, and want the list all the same."),
            key=f"export_gate:{run_id}",
        )
    )
