"""Corrections in table editors outlive a visit to another page.

An editor forgets when its page is left. It then begins anew from what was last
chosen; while it lives, what it began with must stay the same.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

KEPT: Final = "kept_edits"


def begin_with(key: str, found: Any) -> Any:
    """Return what an editor is to begin with: what was chosen last, else what was found."""
    began_with, last = st.session_state.setdefault(KEPT, {}).get(key, (found, found))
    return began_with if key in st.session_state else last


def keep(key: str, began_with: Any, chosen: Any) -> None:
    """Remember what an editor began with and what was chosen in it."""
    st.session_state[KEPT][key] = (began_with, chosen)
