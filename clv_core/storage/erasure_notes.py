"""What is being erased, noted until it is done, and by whom.

::

    <root>/erasures/<id>.json     what is being erased; gone when nothing is left of it
    <root>/erasures/lock.sqlite   held by the process that erases
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from clv_core.storage.atomic import write_text
from clv_core.storage.workspace import Workspace

__all__ = ["ErasureNote", "erasing_alone", "forget_note", "read_notes", "write_note"]

_OURS_ALONE: Final = 0o700
_PATIENCE_S: Final = 600.0  # another erasure takes seconds


@dataclass(frozen=True)
class ErasureNote:
    """What is being erased.

    Attributes
    ----------
    id : str
    dataset : str
    customer_key : int
        Surrogate; the person's own ids are not in the note.
    uploads : list of str
        Ids of the files that the data set was read from.
    manifests : dict of str to str
        What each run's manifest hashed to before, by the run's id.
    facts : dict
        Counts that a facts file of the data set is to say, by its name.
    erased : dict of str to int
        What was found of the person, counted.
    """

    id: str
    dataset: str
    customer_key: int
    uploads: list[str]
    manifests: dict[str, str]
    facts: dict[str, dict[str, int]]
    erased: dict[str, int]


def write_note(workspace: Workspace, note: ErasureNote) -> None:
    """Note what is about to be erased."""
    write_text(_path(workspace, note), json.dumps(asdict(note)))


def read_notes(workspace: Workspace) -> list[ErasureNote]:
    """Return what is not erased to the end."""
    files = sorted(_folder(workspace).glob("*.json"))
    return [ErasureNote(**json.loads(file.read_text("utf-8"))) for file in files]


def forget_note(workspace: Workspace, note: ErasureNote) -> None:
    """Delete a note whose work is done."""
    _path(workspace, note).unlink()


@contextmanager
def erasing_alone(workspace: Workspace) -> Iterator[None]:
    """Let no other process or thread erase meanwhile; what a killed one held is free."""
    path = _folder(workspace) / "lock.sqlite"
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        connection.close()


def _path(workspace: Workspace, note: ErasureNote) -> Path:
    return _folder(workspace) / f"{note.id}.json"


def _folder(workspace: Workspace) -> Path:
    folder = workspace.root / "erasures"
    folder.mkdir(mode=_OURS_ALONE, exist_ok=True)
    return folder
