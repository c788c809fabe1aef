"""The drop zone: files go straight to the disk, and come to lie on the table.

Its own component, because Streamlit's uploader keeps the bytes in the server's
memory, long after the tab is gone. What it sends arrives in ``receiving.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import streamlit as st

from clv_core.storage.atomic import disk_full
from pages.parts import receiving, state
from pages.parts.text import _, locale, number, say
from pages.parts.tickets import OFFICE

KEY: Final = "drop_zone"
TICKET: Final = "upload_ticket"
ENDINGS: Final = (".csv", ".tsv", ".tab", ".txt", ".gz", ".zip", ".xlsx", ".xlsm", ".xls")
HERE: Final = Path(__file__).parent

_ZONE: Final = st.components.v2.component(
    "perennial_drop_zone",
    html=(HERE / "drop_zone.html").read_text("utf-8"),
    css=(HERE / "drop_zone.css").read_text("utf-8"),
    js=(HERE / "drop_zone.js").read_text("utf-8"),
)


def take_uploads() -> None:
    """Show the drop zone; what has come through it lies on the table from then on."""
    if TICKET not in st.session_state:
        st.session_state[TICKET] = OFFICE.issue()
    _ZONE(
        key=KEY,
        data={
            "ticket": st.session_state[TICKET],
            "address": receiving.address(),
            "largest": receiving.largest_bytes(),
            "accept": ",".join(ENDINGS),
            "locale": locale().replace("_", "-"),
            "words": _words(),
        },
        on_received_change=_take_received,
    )


def _take_received() -> None:
    """Put what has arrived on the table; the ticket is spent."""
    arrived = st.session_state[KEY].received or []
    state.choose_files([*state.file_ids(), *(str(upload_id) for upload_id in arrived)])
    st.session_state.pop(TICKET, None)


def _words() -> dict[str, Any]:
    """Return what the drop zone says, in the reader's language."""
    gigabytes = receiving.largest_bytes() / 1024**3
    full = disk_full()
    too_large = _("This file is larger than this server takes ({size} GB).")
    size = number(gigabytes, 0 if gigabytes == round(gigabytes) else 1)
    return {
        "label": _("Orders, and browsing, reviews and customers if you have them"),
        "choose": _("Choose files"),
        "limits": _(
            "or drop files here: CSV, text, Excel, zip or gzip; up to {size} GB each"
        ).format(size=size),
        "cancel": _("Cancel"),
        "again": _("Try again"),
        "amount": _("{done} of {all}"),
        "left": _("{time} left"),
        "storing": _("All has arrived."),
        "none_kept": _("None of these files was kept."),
        "refusals": {
            "too_large": too_large.format(size=size),
            "disk_full": f"{say(full.problem)} {say(full.remedy)}",
            "lost": _("The connection to the server was lost."),
            "gone": _("The upload was interrupted for too long. Choose the file again."),
            "not_allowed": _("This page was open for too long. Load it again, then the file."),
            "unreadable": _("This cannot be read: a folder, or a file that has just changed."),
            "smaller_pieces": _("The way to the server does not let files of this size through."),
            "not_understood": _("The server did not take this file."),
        },
    }
