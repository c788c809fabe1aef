"""The workspace on disk: uploads, data sets and runs, named by us.

::

    <root>/index.sqlite       what there is, and the jobs
    <root>/uploads/<id>       bytes as they came, until the user deletes them or a week is over
    <root>/datasets/<id>/     cleaned Parquet tables, quality.json, tables.json
    <root>/runs/<id>/         a run's results (docs/architecture.md)
    <root>/erasures/          people being taken out, until that is done; empty otherwise
    <root>/partial/           being written, and what that needs on the way; emptied of what
                              dead jobs left
    <root>/cache/             compiled networks; may be deleted at any time
    <root>/logs/              what went wrong inside a worker, for us

All folders are closed to other users of the machine. A data set or run bears the name
of the folder it was written in, hence of its job: what a job left is found by its id.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clv_core.errors import NothingStored
from clv_core.sentences import Sentence
from clv_core.storage.atomic import (
    discard_folder,
    flush_folder,
    publish_folder,
    telling_disk_full,
    write_bytes,
)
from clv_core.storage.index import create_index, reading, transaction

UPLOADS_KEPT_S: Final = 7 * 24 * 3600.0  # long enough to correct a mapping and read again
LOCATION_VARIABLE = "PERENNIAL_WORKSPACE"
_OURS_ALONE = 0o700
_INCOMING_KEPT_S: Final = 3600.0  # a file that still comes in is written to all the while


@dataclass(frozen=True)
class Upload:
    """One uploaded file: its id, the user's name for it, its bytes on disk."""

    id: str
    file_name: str
    path: Path
    size_bytes: int


@dataclass(frozen=True)
class Stored:
    """A published data set or run."""

    id: str
    title: str
    created_at: float
    folder: Path


_PREPARED: Final[set[Path]] = set()  # indexes seen to by this process: a page opens one often


class Workspace:
    """A folder that holds everything a shop has brought and got.

    Parameters
    ----------
    root : Path
        Created with its index where it does not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.index = self.root / "index.sqlite"
        if self.index in _PREPARED and self.index.is_file():
            return
        self.root.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        for name in ("uploads", "datasets", "runs", "partial", "cache", "logs"):
            (self.root / name).mkdir(mode=_OURS_ALONE, exist_ok=True)
        create_index(self.index)
        _PREPARED.add(self.index)

    @classmethod
    def default(cls) -> Workspace:
        """Open the workspace at its default place."""
        return cls(cls.default_root())

    @staticmethod
    def default_root() -> Path:
        """Return the place named by ``PERENNIAL_WORKSPACE``, else ``.workspace`` here."""
        return Path(os.environ.get(LOCATION_VARIABLE, ".workspace"))

    # uploads ---------------------------------------------------------------

    def store_upload(self, file_name: str, content: bytes | Iterable[bytes]) -> Upload:
        """Write an uploaded file to disk and remember its name."""
        upload_id = uuid.uuid4().hex
        path = self.root / "uploads" / upload_id
        with telling_disk_full():
            size = write_bytes(path, content)
        with transaction(self.index) as connection:
            connection.execute(
                "INSERT INTO uploads VALUES (?, ?, ?, ?)", (upload_id, file_name, size, time.time())
            )
        return Upload(upload_id, file_name, path, size)

    def store_uploads(self, files: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> list[Upload]:
        """Write several files, given as name and content, or none of them.

        Raises
        ------
        DiskFull
            When there is no room for all; those already written are deleted.
        """
        stored: list[Upload] = []
        try:
            for file_name, content in files:
                stored.append(self.store_upload(file_name, content))
        except BaseException:
            for upload in stored:
                self.delete_upload(upload.id)
            raise
        return stored

    def upload(self, upload_id: str) -> Upload:
        """Look an upload up by its id."""
        with reading(self.index) as connection:
            row = connection.execute("SELECT * FROM uploads WHERE id = ?", (upload_id,)).fetchone()
        if row is None:
            raise _nothing_stored()
        return Upload(row["id"], row["file_name"], self.root / "uploads" / row["id"], row["bytes"])

    def delete_upload(self, upload_id: str) -> None:
        """Forget an upload and delete its bytes; it may be gone already, by another window."""
        try:
            upload = self.upload(upload_id)
        except NothingStored:
            return
        with transaction(self.index) as connection:
            connection.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))
            connection.execute("DELETE FROM table_samples WHERE upload_id = ?", (upload_id,))
        upload.path.unlink(missing_ok=True)

    def forget_uploads(self, older_than_s: float = UPLOADS_KEPT_S) -> int:
        """Delete uploads that have lain long enough, and return how many.

        They hold columns that nobody mapped; the cleaned tables do not.
        """
        oldest = time.time() - older_than_s
        with reading(self.index) as connection:
            rows = connection.execute(
                "SELECT id FROM uploads WHERE created_at < ?", (oldest,)
            ).fetchall()
        for row in rows:
            self.delete_upload(row["id"])
        given_up = time.time() - min(older_than_s, _INCOMING_KEPT_S)
        for stray in (self.root / "uploads").glob(".*.partial"):  # the server ended meanwhile
            if stray.stat().st_mtime < given_up:
                stray.unlink(missing_ok=True)
        return len(rows)

    # folders in the making --------------------------------------------------

    def begin_folder(self, owner: str) -> Path:
        """Return a fresh folder to write a result in, named for the job that owns it."""
        folder = self.root / "partial" / owner
        discard_folder(folder)
        folder.mkdir()
        return folder

    def begin_scratch(self, owner: str) -> Path:
        """Return a fresh folder for what a job needs on the way; it goes when the job ends."""
        folder = self._scratch(owner)
        discard_folder(folder)
        folder.mkdir()
        return folder

    def end_scratch(self, owner: str) -> None:
        """Remove what a job needed on the way."""
        discard_folder(self._scratch(owner))

    def abandon_folder(self, owner: str) -> None:
        """Remove all that a job which will not finish has written and nobody lists."""
        self.end_scratch(owner)
        discard_folder(self.root / "partial" / owner)
        with transaction(self.index) as connection:  # nothing is published meanwhile
            if not _is_listed(connection, owner):
                discard_folder(self.root / "datasets" / owner)
                discard_folder(self.root / "runs" / owner)

    def has_published(self, owner: str) -> bool:
        """Say whether a job's data set or run is in the lists."""
        with reading(self.index) as connection:
            return _is_listed(connection, owner)

    def _scratch(self, owner: str) -> Path:
        return self.root / "partial" / f"{owner}.scratch"

    # data sets ---------------------------------------------------------------

    def publish_dataset(self, prepared: Path, title: str) -> str:
        """Move a finished folder in among the data sets and return its id."""
        dataset_id = prepared.name
        flush_folder(prepared)
        with transaction(self.index) as connection:
            publish_folder(prepared, self.root / "datasets" / dataset_id)
            connection.execute(
                "INSERT INTO datasets VALUES (?, ?, ?)", (dataset_id, title, time.time())
            )
        return dataset_id

    def datasets(self) -> list[Stored]:
        """List the data sets, newest first."""
        with reading(self.index) as connection:
            rows = connection.execute("SELECT * FROM datasets ORDER BY created_at DESC").fetchall()
        return [
            Stored(r["id"], r["title"], r["created_at"], self.root / "datasets" / r["id"])
            for r in rows
        ]

    def dataset(self, dataset_id: str) -> Stored:
        """Look a data set up by its id."""
        return _pick(self.datasets(), dataset_id)

    # runs ----------------------------------------------------------------------

    def publish_run(self, prepared: Path, dataset_id: str) -> str:
        """Move a finished folder in among the runs and return its id."""
        run_id = prepared.name
        flush_folder(prepared)
        with transaction(self.index) as connection:
            publish_folder(prepared, self.root / "runs" / run_id)
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?)", (run_id, dataset_id, time.time())
            )
        return run_id

    def runs(self) -> list[Stored]:
        """List the runs, newest first; a run bears its data set's title."""
        with reading(self.index) as connection:
            rows = connection.execute(
                "SELECT runs.id, datasets.title, runs.created_at FROM runs"
                " JOIN datasets ON datasets.id = runs.dataset_id ORDER BY runs.created_at DESC"
            ).fetchall()
        return [
            Stored(r["id"], r["title"], r["created_at"], self.root / "runs" / r["id"]) for r in rows
        ]

    def run(self, run_id: str) -> Stored:
        """Look a run up by its id."""
        return _pick(self.runs(), run_id)

    def dataset_of_run(self, run_id: str) -> Stored:
        """Return the data set that a run was made from."""
        with reading(self.index) as connection:
            row = connection.execute(
                "SELECT dataset_id FROM runs WHERE id = ?", (run_id,)
            ).fetchone()
        if row is None:
            raise _nothing_stored()
        return self.dataset(row["dataset_id"])

    # audit ---------------------------------------------------------------------

    def record(self, action: str, **facts: Any) -> None:
        """Add a line to the audit trail. Facts hold counts and hashes, never ids of people."""
        with transaction(self.index) as connection:
            connection.execute(
                "INSERT INTO audit (at, action, facts) VALUES (?, ?, ?)",
                (time.time(), action, json.dumps(facts, sort_keys=True)),
            )

    def audit(self) -> list[dict[str, Any]]:
        """Return the audit trail, newest first."""
        with reading(self.index) as connection:
            rows = connection.execute("SELECT * FROM audit ORDER BY number DESC").fetchall()
        return [{"at": r["at"], "action": r["action"], **json.loads(r["facts"])} for r in rows]


def _is_listed(connection: sqlite3.Connection, owner: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM datasets WHERE id = ? UNION ALL SELECT 1 FROM runs WHERE id = ?",
        (owner, owner),
    ).fetchone()
    return found is not None


def _pick(stored: list[Stored], wanted: str) -> Stored:
    for entry in stored:
        if entry.id == wanted:
            return entry
    raise _nothing_stored()


def _nothing_stored() -> NothingStored:
    return NothingStored(
        Sentence("This link points to something that is not in the workspace any more."),
        Sentence("Choose a data set or a result from the list."),
    )
