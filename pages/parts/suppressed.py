"""The suppression list on the export page: seen as a number, added to, cleared."""

from __future__ import annotations

import streamlit as st

from clv_core.activation.suppression import decode_entries, read_entries
from clv_core.errors import UserDataError
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Workspace
from pages.parts.text import _, number, show_error

MOST_MEGABYTES = 20


def edit_suppression(workspace: Workspace) -> None:
    """Let the user add to the list and clear it; nobody on it is ever shown."""
    listed = SuppressionList(workspace)
    st.markdown(
        _(
            "{count} entries are on the suppression list. Whoever is on it is left out of every"
            " export. Only keyed hashes are kept: who is on it can be checked, not read."
        ).format(count=number(len(listed)))
    )
    with st.form("export_suppress", clear_on_submit=True, border=False):
        pasted = st.text_area(
            _("Ids, e-mail addresses or telephone numbers, one per line"), key="export_pasted"
        )
        file = st.file_uploader(
            _("Or a text or CSV file"),
            type=["txt", "csv"],
            max_upload_size=MOST_MEGABYTES,
            key="export_suppress_file",
        )
        is_sent = st.form_submit_button(_("Add to the suppression list"))
    if is_sent:
        try:
            listing = "" if file is None else decode_entries(file.getvalue())
            added = listed.add(read_entries(f"{pasted}\n{listing}"))
        except UserDataError as error:
            show_error(error)
        else:
            workspace.record("suppress", added=added, listed=len(listed))
            st.session_state["export_added"] = added
            st.rerun()
    added = st.session_state.pop("export_added", None)
    if added is not None:
        st.success(_("{count} new entries were added.").format(count=number(added)))
    if len(listed) and st.button(_("Clear the suppression list"), key="export_unsuppress"):
        listed.clear()
        workspace.record("clear_suppression")
        st.rerun()
