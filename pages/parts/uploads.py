"""The files on the table: stored at once, named in the URL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from clv_core.errors import UserDataError
from clv_core.storage.workspace import Upload
from pages.parts import cached, state
from pages.parts.text import show_error
from pages.parts.uploading import take_uploads

__all__ = ["SAMPLE_FILES", "on_table", "remove", "remove_all", "take_sample", "take_uploads"]

SAMPLE_FOLDER: Final = Path(__file__).parents[2] / "sample_data"
SAMPLE_FILES: Final = ("orders.csv", "events.csv", "reviews.csv", "customers.csv")


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
    """Take a file off the table; delete its bytes and what is remembered of them."""
    state.choose_files([other for other in state.file_ids() if other != upload_id])
    state.workspace().delete_upload(upload_id)
    cached.forget_recognised(upload_id)


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
