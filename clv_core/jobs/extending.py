"""Files added to a data set of the workspace: what is asked for, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clv_core.errors import NothingStored
from clv_core.storage.workspace import Stored, Workspace

__all__ = ["are_files_there", "join_sources", "read_source"]


def read_source(folder: Path) -> dict[str, Any]:
    """Return what a data set was made from; no files where that was not noted."""
    file = folder / "source.json"
    if not file.is_file():
        return {"files": [], "cleaning": {}}
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


def join_sources(base: Stored, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a data set and the files added to it are made from together.

    Parameters
    ----------
    base : Stored
        The data set.
    asked : dict
        ``files`` to be added, and ``cleaning`` of which the order of day and month holds
        for them.

    Returns
    -------
    dict
        ``title``, ``cleaning``, ``files`` (the earlier ones first), ``extends`` (the data
        set), ``added`` (how many of the files are new) and ``read_again`` (whether the
        earlier ones were read again).
    """
    source = read_source(base.folder)
    return {
        "title": base.title,
        "cleaning": source["cleaning"],
        "files": [*source["files"], *asked["files"]],
        "extends": base.id,
        "added": len(asked["files"]),
        "read_again": False,
    }


def are_files_there(workspace: Workspace, source: dict[str, Any]) -> bool:
    """Say whether a data set names the files it was made from, and all are still there."""
    try:
        for file in source["files"]:
            workspace.upload(file["upload"])
    except NothingStored:
        return False
    return bool(source["files"])
