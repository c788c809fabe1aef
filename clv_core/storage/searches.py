"""Searches for better settings: ``<workspace>/searches/<id>/``, kept when their job ends.

Other than data sets and runs they grow while a job works on them, and a job that was
cancelled leaves what it found; so they are not published as a whole.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.workspace import Workspace

__all__ = ["begin_search", "find_search"]

_OURS_ALONE: Final = 0o700
_OUR_ID: Final = re.compile(r"[0-9a-f]{32}")


def begin_search(workspace: Workspace, search_id: str) -> Path:
    """Return the folder of a search, made where it is new."""
    folder = _place(workspace, search_id)
    folder.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
    return folder


def find_search(workspace: Workspace, search_id: str) -> Path:
    """Return the folder of a search that was begun.

    Raises
    ------
    NothingStored
        When there is none.
    """
    folder = _place(workspace, search_id)
    if not folder.is_dir():
        raise _nothing_stored()
    return folder


def _place(workspace: Workspace, search_id: str) -> Path:
    if not _OUR_ID.fullmatch(search_id):  # never a path of somebody else's making
        raise _nothing_stored()
    return workspace.root / "searches" / search_id


def _nothing_stored() -> NothingStored:
    return NothingStored(
        Sentence("There is no such search in this workspace."), Sentence("Begin a new one.")
    )
