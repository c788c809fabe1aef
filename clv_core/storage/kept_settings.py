"""What a user has said about a data set's shop: ``<workspace>/kept/<data set>/<class>.json``.

Costs, margin and the playbook outlive a result: the next run on the same data
finds them as they were. One file per class of settings, replaced as a whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeVar

from clv_core.settings_base import Settings
from clv_core.storage.atomic import telling_disk_full, write_text
from clv_core.storage.workspace import Workspace

__all__ = ["forget_kept", "inherit_kept", "keep", "read_kept"]

Kept = TypeVar("Kept", bound=Settings)
_OURS_ALONE: Final = 0o700


def read_kept(workspace: Workspace, dataset_id: str, cls: type[Kept]) -> Kept:
    """Return the settings kept for a data set; those by default where none were kept.

    Raises
    ------
    NothingStored
        When there is no such data set.
    InvalidSetting
        When what was kept cannot be read as these settings.
    """
    file = _place(workspace, dataset_id, cls)
    return cls.from_json(file.read_text("utf-8")) if file.is_file() else cls()


def keep(workspace: Workspace, dataset_id: str, settings: Settings) -> None:
    """Keep settings for a data set, in place of those of the same class.

    Raises
    ------
    NothingStored
        When there is no such data set.
    DiskFull
    """
    file = _place(workspace, dataset_id, type(settings))
    with telling_disk_full():
        file.parent.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        write_text(file, settings.to_json())


def forget_kept(workspace: Workspace, dataset_id: str, cls: type[Settings]) -> None:
    """Go back to the settings by default; none may have been kept."""
    _place(workspace, dataset_id, cls).unlink(missing_ok=True)


def inherit_kept(workspace: Workspace, dataset_id: str, heir_id: str) -> None:
    """Keep for a data set all that was kept for the one that it goes on from."""
    folder = workspace.root / "kept" / workspace.dataset(dataset_id).id
    heir = workspace.root / "kept" / workspace.dataset(heir_id).id
    for file in sorted(folder.glob("*.json")):
        heir.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        write_text(heir / file.name, file.read_text("utf-8"))


def _place(workspace: Workspace, dataset_id: str, cls: type[Settings]) -> Path:
    known = workspace.dataset(dataset_id)  # never a path of somebody else's making
    return workspace.root / "kept" / known.id / f"{cls.__name__}.json"
