"""Writes that either happened or did not.

Every write goes to a temporary neighbour, is flushed to the disk and then
renamed over its target, so that a process killed at any moment leaves the last
good state.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path


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
