"""Accounts of cleanings that were only tried: ``<workspace>/previews/<job id>.json``."""

from __future__ import annotations

import time
from typing import Final

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.atomic import telling_disk_full, write_bytes
from clv_core.storage.workspace import Workspace

__all__ = ["read_preview", "store_preview"]

PREVIEWS_KEPT_S: Final = 24 * 3600.0  # looked at while settings are being chosen
_OURS_ALONE: Final = 0o700


def store_preview(workspace: Workspace, job_id: str, account: str) -> None:
    """Keep the account that a job made, and forget those of other days.

    Parameters
    ----------
    workspace : Workspace
    job_id : str
        By which it is found.
    account : str
        A quality report as JSON text.
    """
    folder = workspace.root / "previews"
    folder.mkdir(mode=_OURS_ALONE, exist_ok=True)
    for old in folder.glob("*.json"):
        if old.stat().st_mtime < time.time() - PREVIEWS_KEPT_S:
            old.unlink(missing_ok=True)
    with telling_disk_full():
        write_bytes(folder / f"{job_id}.json", account.encode("utf-8"))


def read_preview(workspace: Workspace, job_id: str) -> str:
    """Return the account that a job made, as JSON text.

    Raises
    ------
    NothingStored
        When there is none, or it has been forgotten.
    """
    try:
        return (workspace.root / "previews" / f"{job_id}.json").read_text("utf-8")
    except FileNotFoundError:
        raise NothingStored(
            Sentence("This preview is not kept any more."), Sentence("Ask for it again.")
        ) from None
