"""Lists that were taken away: ``<workspace>/exports/<id>/``, so that results can be compared.

::

    export.json       what was taken, when, how many, with which control group; nobody's id
    members.parquet   who was on it (``MEMBERS``), by surrogate key; needed to look back

An export never changes, except that a person who is erased leaves its members.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.atomic import (
    discard_folder,
    publish_folder,
    telling_disk_full,
    write_bytes,
)
from clv_core.storage.workspace import Workspace

__all__ = [
    "MEMBERS",
    "ExportRecord",
    "discard_unfinished",
    "forget_member",
    "list_exports",
    "read_export",
    "read_members",
    "remember_export",
]

MEMBERS: Final = {
    "customer_key": "int64",
    "tier": "string",  # marketing tier, within which controls were drawn
    "is_control": "bool",  # kept out on purpose, to be compared with
}
_OURS_ALONE: Final = 0o700
_WRITING_S: Final = 600.0  # a list takes seconds
_OUR_ID: Final = re.compile(r"[0-9a-f]{32}")
_RECORD: Final = "export.json"
_MEMBERS: Final = "members.parquet"


@dataclass(frozen=True)
class ExportRecord:
    """One list that was taken away.

    Attributes
    ----------
    run, dataset : str
        Ids; ``customer_key`` is that of the data set.
    target : str
        Name of the platform or file format.
    rows : int
        Of the file as written.
    control_share : float
        Asked for; 0 where there is no control group.
    seed : int
        Which control group was drawn.
    sha256 : str
        Of the file as written.
    filters : mapping
        What was chosen (tiers, consent, ...): names and flags, nothing of anybody's.
    id : str
        Given by :func:`remember_export`.
    made_at : float
        Seconds since 1970, given there too.
    """

    run: str
    dataset: str
    target: str
    rows: int
    control_share: float
    seed: int
    sha256: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    made_at: float = field(default_factory=time.time)


def remember_export(workspace: Workspace, record: ExportRecord, members: pd.DataFrame) -> str:
    """Keep who was on a list and who was kept out, and return its id.

    Parameters
    ----------
    workspace : Workspace
    record : ExportRecord
    members : DataFrame, index ``customer_key``
        ``tier`` and ``is_control`` of everyone written and of every control.
    """
    root = _root(workspace)
    prepared = root / f".{uuid.uuid4().hex}.partial"
    prepared.mkdir(mode=_OURS_ALONE)
    stored = members[["tier", "is_control"]].rename_axis("customer_key").reset_index()
    try:
        with telling_disk_full():
            write_bytes(prepared / _MEMBERS, _to_parquet(stored))
            write_bytes(prepared / _RECORD, json.dumps(asdict(record), indent=2).encode())
            publish_folder(prepared, root / record.id)
    finally:
        discard_folder(prepared)
    return record.id


def discard_unfinished(workspace: Workspace) -> int:
    """Remove what processes that were killed left half written, and return how many it were."""
    given_up = time.time() - _WRITING_S
    strays = [
        stray for stray in _root(workspace).glob(".*.partial") if stray.stat().st_mtime < given_up
    ]
    for stray in strays:
        discard_folder(stray)
    return len(strays)


def list_exports(workspace: Workspace, dataset: str | None = None) -> list[ExportRecord]:
    """List what was taken away, newest first; of one data set, if named."""
    records = [_read(folder) for folder in _folders(workspace)]
    return sorted(
        (record for record in records if dataset in (None, record.dataset)),
        key=lambda record: record.made_at,
        reverse=True,
    )


def read_export(workspace: Workspace, export_id: str) -> ExportRecord:
    """Return what was taken away, by its id.

    Raises
    ------
    NothingStored
        When there is none.
    """
    return _read(_find(workspace, export_id))


def read_members(workspace: Workspace, export_id: str) -> pd.DataFrame:
    """Return who was on a list, index ``customer_key``: ``tier``, ``is_control``.

    Raises
    ------
    NothingStored
        When there is no such export.
    """
    return pd.read_parquet(_find(workspace, export_id) / _MEMBERS).set_index("customer_key")


def forget_member(workspace: Workspace, dataset: str, customer_key: int) -> int:
    """Take one customer of a data set out of every export, and return of how many.

    What ``export.json`` says stays as it was when the file was written: it counts, and
    names nobody.
    """
    found = 0
    for record in list_exports(workspace, dataset):
        members = read_members(workspace, record.id)
        if customer_key in members.index:
            left = members.drop(index=customer_key).reset_index()
            with telling_disk_full():
                write_bytes(_find(workspace, record.id) / _MEMBERS, _to_parquet(left))
            found += 1
    return found


def _to_parquet(members: pd.DataFrame) -> bytes:
    return bytes(members.astype(MEMBERS)[list(MEMBERS)].to_parquet(index=False))


def _read(folder: Path) -> ExportRecord:
    return ExportRecord(**json.loads((folder / _RECORD).read_text("utf-8")))


def _root(workspace: Workspace) -> Path:
    root = workspace.root / "exports"
    root.mkdir(mode=_OURS_ALONE, exist_ok=True)
    return root


def _folders(workspace: Workspace) -> Iterable[Path]:
    return (folder for folder in _root(workspace).iterdir() if _OUR_ID.fullmatch(folder.name))


def _find(workspace: Workspace, export_id: str) -> Path:
    folder = workspace.root / "exports" / export_id
    if not _OUR_ID.fullmatch(export_id) or not folder.is_dir():
        raise NothingStored(
            Sentence("There is no such export in this workspace."),
            Sentence("Choose one from the list."),
        )
    return folder
