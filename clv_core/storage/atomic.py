"""Writes that either happened or did not.

Every write goes to a temporary neighbour, is flushed to the disk and then
renamed over its target, so that a process killed at any moment leaves the last
good state.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from clv_core.errors import DiskFull, NotWritable
from clv_core.sentences import Sentence

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_NO_ROOM_TEXTS: Final = (os.strerror(errno.ENOSPC), "disk is full")  # DuckDB's and SQLite's


@contextmanager
def telling_disk_full() -> Iterator[None]:
    """Turn what files, DuckDB and SQLite raise on a full disk into one error.

    Raises
    ------
    DiskFull
    """
    try:
        yield
    except (OSError, duckdb.IOException, sqlite3.OperationalError) as error:
        by_number = isinstance(error, OSError) and error.errno in _NO_ROOM
        if not by_number and not any(text in str(error) for text in _NO_ROOM_TEXTS):
            raise
        raise disk_full() from None


def disk_full() -> DiskFull:
    """Return what to tell a user who has no room left."""
    return DiskFull(
        Sentence("There is no room left on the disk."),
        Sentence("Make room and start again; nothing stored was lost."),
    )


@contextmanager
def telling_not_writable(path: Path) -> Iterator[None]:
    """Say that a place the user named cannot be written.

    Raises
    ------
    NotWritable
    """
    try:
        with telling_disk_full():
            yield
    except OSError as error:
        raise NotWritable(
            Sentence(
                "{name} cannot be written: {reason}.",
                name=path.name,
                reason=error.strerror or str(error),
            ),
            Sentence("Name another place with --out."),
        ) from None


def write_bytes(path: Path, content: bytes | Iterable[bytes]) -> int:
    """Write a file as one step.

    Parameters
    ----------
    path : Path
        Target; replaced if it exists.
    content : bytes or iterable of bytes
        Whole, or chunk by chunk for what should not be held in memory.

    Returns
    -------
    int
        Bytes written.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.partial")
    written = 0
    try:
        with temporary.open("wb") as handle:
            for chunk in (content,) if isinstance(content, bytes) else content:
                written += handle.write(chunk)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return written


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary neighbour to write, which takes the file's place when that is done.

    For writers that want a path; where they fail the file stays as it was.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.partial")
    try:
        yield temporary
        with temporary.open("r+b") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text as one step."""
    write_bytes(path, text.encode("utf-8"))


def publish_folder(prepared: Path, final: Path) -> None:
    """Give a finished folder its name, all files flushed first.

    Raises
    ------
    FileExistsError
        When ``final`` is already there: published folders are never replaced.
    """
    if final.exists():
        raise FileExistsError(final.name)
    flush_folder(prepared)
    prepared.rename(final)
    sync_folder(final.parent)


def flush_folder(folder: Path) -> None:
    """Bring all files of a folder to the disk."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())


def discard_folder(folder: Path) -> None:
    """Remove a folder and all in it, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename survives a power cut."""
    if os.name == "nt":  # Windows cannot open folders for syncing
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
