"""Files that a worker wrote to be taken away: ``<workspace>/handed/<job id>/``, for a day.

They hold contact fields: whoever asked takes them, and they are deleted.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from clv_core.storage.atomic import discard_folder, publish_folder
from clv_core.storage.workspace import Workspace

__all__ = ["KEPT_S", "begin_handed", "discard_handed", "find_handed", "publish_handed"]

KEPT_S: Final = 24 * 3600.0
_OURS_ALONE: Final = 0o700


def begin_handed(workspace: Workspace, job_id: str) -> Path:
    """Return a fresh folder to write a job's file in."""
    return workspace.begin_folder(job_id)


def publish_handed(workspace: Workspace, prepared: Path) -> None:
    """Put a finished file where it is found by its job's id, and delete those of yesterday."""
    discard_handed(workspace, KEPT_S)
    publish_folder(prepared, _root(workspace) / prepared.name)


def find_handed(workspace: Workspace, job_id: str) -> Path | None:
    """Return the file that a job wrote; None once it is deleted."""
    folder = _root(workspace) / job_id
    return next(folder.iterdir(), None) if folder.is_dir() else None


def discard_handed(workspace: Workspace, older_than_s: float = 0.0) -> None:
    """Delete files that have lain so long."""
    oldest = time.time() - older_than_s
    for folder in _root(workspace).iterdir():
        if folder.stat().st_mtime <= oldest:
            discard_folder(folder)


def _root(workspace: Workspace) -> Path:
    root = workspace.root / "handed"
    root.mkdir(mode=_OURS_ALONE, exist_ok=True)
    return root
