"""The files on the table: stored at once, named in the URL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import streamlit as st

from clv_core.errors import UserDataError
from clv_core.storage.workspace import Upload
from pages.parts import state
from pages.parts.text import _, number, show_error

SAMPLE_FOLDER: Final = Path(__file__).parents[2] / "sample_data"
SAMPLE_FILES: Final = ("orders.csv", "events.csv", "reviews.csv", "customers.csv")
LIMIT_OPTION: Final = "server.maxUploadSize"  # megabytes
DROP_ZONE_STYLE: Final = "<style>{rules}</style>"
DROP_ZONE_RULE: Final = (
    "[data-testid=stFileUploaderDropzone] {place} {{ font-size: 0 }}"
    "[data-testid=stFileUploaderDropzone] {place}::after"
    " {{ font-size: 0.9rem; content: {words} }}"
)


def take_uploads() -> None:
    """Show the drop zone; what falls into it goes to disk, and the zone is emptied.

    Streamlit would keep the bytes in memory long after the tab is gone.
    """
    _label_drop_zone()
    zone = f"drop_zone_{st.session_state.setdefault('drops', 0)}"
    dropped = st.file_uploader(
        _("Orders, and browsing, reviews and customers if you have them (CSV, TSV or text)"),
        type=["csv", "tsv", "txt"],
        accept_multiple_files=True,
        key=zone,
    )
    if dropped:
        try:
            stored = state.workspace().store_uploads((file.name, file) for file in dropped)
        except UserDataError as error:  # no room on the disk
            show_error(error)
            return
        state.choose_files([*state.file_ids(), *(upload.id for upload in stored)])
        st.session_state["drops"] += 1
        st.rerun()


def _label_drop_zone() -> None:
    """Write the reader's language over the words that Streamlit fixes in English."""
    megabytes = st.get_option(LIMIT_OPTION)
    limits = _("or drop files here; up to {size} GB each").format(
        size=number(megabytes / 1024, 0 if megabytes % 1024 == 0 else 1)
    )
    words = {"button p": _("Choose files"), "[data-testid*=Instructions] span": limits}
    rules = [
        DROP_ZONE_RULE.format(place=place, words=json.dumps(told, ensure_ascii=False))
        for place, told in words.items()
    ]
    st.html(DROP_ZONE_STYLE.format(rules="".join(rules)))


def take_sample() -> None:
    """Put the sample shop's files on the table in place of what lies there."""
    sample = ((name, (SAMPLE_FOLDER / name).read_bytes()) for name in SAMPLE_FILES)
    try:
        stored = state.workspace().store_uploads(sample)
    except UserDataError as error:  # no room on the disk; what lies on the table stays
        show_error(error)
        return
    remove_all()
    state.choose_files([upload.id for upload in stored])


def remove(upload_id: str) -> None:
    """Take a file off the table and delete its bytes."""
    state.choose_files([other for other in state.file_ids() if other != upload_id])
    state.workspace().delete_upload(upload_id)


def remove_all() -> None:
    """Clear the table and delete the bytes."""
    for upload in on_table():
        remove(upload.id)
    state.choose_files([])


def on_table() -> list[Upload]:
    """Return the files on the table; what was deleted meanwhile is left out."""
    found = []
    for upload_id in state.file_ids():
        try:
            found.append(state.workspace().upload(upload_id))
        except UserDataError as error:
            show_error(error)
            state.choose_files([other for other in state.file_ids() if other != upload_id])
    return found
