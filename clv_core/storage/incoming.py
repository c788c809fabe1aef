"""Files on their way into the workspace, piece by piece, never whole in memory.

A piece says where in its file it belongs, so one that is sent twice because an
answer was lost does no harm. What was dropped together becomes uploads together:
until then nobody lists it, and what is given up leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clv_core.storage.atomic import disk_full, sync_folder, telling_disk_full
from clv_core.storage.index import transaction
from clv_core.storage.workspace import Upload, Workspace

__all__ = [
    "IncomingFile",
    "PieceOutOfPlace",
    "begin_files",
    "discard_files",
    "flush_file",
    "publish_files",
    "require_room",
    "write_piece",
]

ROOM_KEPT_BYTES: Final = 256 * 1024 * 1024  # for the index, and for reading what came


class PieceOutOfPlace(ValueError):
    """A piece that leaves a gap, reaches past its file's end, or a file that is incomplete."""


@dataclass(frozen=True)
class IncomingFile:
    """A file that was announced and is not an upload yet.

    Attributes
    ----------
    id : str
        What the upload will be called.
    file_name : str
        The user's name for it; never a name on disk.
    size_bytes : int
        As announced; the file is complete when it has them all.
    path : Path
        Where the bytes lie until then.
    """

    id: str
    file_name: str
    size_bytes: int
    path: Path


def begin_files(workspace: Workspace, announced: Sequence[tuple[str, int]]) -> list[IncomingFile]:
    """Make room for files that were dropped together, given as name and size in bytes.

    Raises
    ------
    DiskFull
        When they do not all fit; then none was begun.
    """
    require_room(workspace.root, sum(size for _, size in announced))
    files = [_name_file(workspace, name, size) for name, size in announced]
    try:
        with telling_disk_full():
            for file in files:
                file.path.touch(mode=0o600)
    except BaseException:
        discard_files(files)
        raise
    return files


def write_piece(file: IncomingFile, at_byte: int, piece: bytes) -> int:
    """Put a piece where it belongs.

    Returns
    -------
    int
        The byte after it.

    Raises
    ------
    DiskFull
    PieceOutOfPlace
        When it leaves a gap or reaches past the announced end.
    FileNotFoundError
        When the file was given up or is an upload by now.
    """
    end = at_byte + len(piece)
    if not 0 <= at_byte <= file.path.stat().st_size or end > file.size_bytes:
        raise PieceOutOfPlace
    require_room(file.path.parent, len(piece))
    with telling_disk_full(), file.path.open("r+b") as handle:
        handle.seek(at_byte)
        handle.write(piece)
    return end


def flush_file(file: IncomingFile) -> None:
    """Bring what has come to the disk, so that no more than a piece ever waits for it.

    Raises
    ------
    DiskFull
    FileNotFoundError
        When the file was given up or is an upload by now.
    """
    with telling_disk_full(), file.path.open("rb") as handle:
        os.fsync(handle.fileno())


def publish_files(workspace: Workspace, files: Sequence[IncomingFile]) -> list[Upload]:
    """Turn complete files into uploads, all of them or none.

    Raises
    ------
    DiskFull
    PieceOutOfPlace
        When one of them lacks bytes.
    FileNotFoundError
        When one of them was given up.
    """
    if any(file.path.stat().st_size != file.size_bytes for file in files):
        raise PieceOutOfPlace
    uploads = [_as_upload(workspace, file) for file in files]
    for file in files:
        flush_file(file)
    moved: list[Path] = []
    try:
        with telling_disk_full(), transaction(workspace.index) as connection:
            for file, upload in zip(files, uploads, strict=True):
                file.path.rename(upload.path)
                moved.append(upload.path)
                connection.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?)",
                    (upload.id, upload.file_name, upload.size_bytes, time.time()),
                )
            sync_folder(workspace.root / "uploads")
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise
    return uploads


def discard_files(files: Sequence[IncomingFile]) -> None:
    """Delete what has come of files that will not be uploads."""
    for file in files:
        file.path.unlink(missing_ok=True)


def require_room(folder: Path, wanted_bytes: int) -> None:
    """See that the disk takes so much more and is not full then.

    Raises
    ------
    DiskFull
    """
    if shutil.disk_usage(folder).free < wanted_bytes + ROOM_KEPT_BYTES:
        raise disk_full()


def _name_file(workspace: Workspace, file_name: str, size_bytes: int) -> IncomingFile:
    upload_id = uuid.uuid4().hex
    path = workspace.root / "uploads" / f".{upload_id}.partial"
    return IncomingFile(upload_id, file_name, size_bytes, path)


def _as_upload(workspace: Workspace, file: IncomingFile) -> Upload:
    return Upload(file.id, file.file_name, workspace.root / "uploads" / file.id, file.size_bytes)
