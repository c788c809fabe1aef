"""Writes happen whole or not at all."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clv_core.errors import DiskFull
from clv_core.storage.atomic import publish_folder, telling_disk_full, write_bytes


def test_a_write_that_fails_midway_leaves_the_old_file(tmp_path: Path) -> None:
    """The target keeps its last good content and no partial file stays behind."""
    target = tmp_path / "facts.json"
    write_bytes(target, b"good")

    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        write_bytes(target, breaking())
    assert target.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [target]


def test_chunks_are_written_in_order(tmp_path: Path) -> None:
    """An iterable of chunks becomes one file, and its size is told."""
    assert write_bytes(tmp_path / "x", iter([b"ab", b"c"])) == 3
    assert (tmp_path / "x").read_bytes() == b"abc"


def test_a_published_folder_is_never_replaced(tmp_path: Path) -> None:
    """Publishing under a taken name fails and leaves both folders alone."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    with pytest.raises(FileExistsError):
        publish_folder(tmp_path / "second", tmp_path / "first")
    assert (tmp_path / "first" / "file").read_text() == "first"
    assert (tmp_path / "second" / "file").read_text() == "second"


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        duckdb.IOException("Could not write file: No space left on device"),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_a_full_disk_is_told_whoever_noticed(fault: Exception) -> None:
    """Files, DuckDB and SQLite each say it in their own way."""
    with pytest.raises(DiskFull, match="no room left on the disk"), telling_disk_full():
        raise fault


def test_other_faults_stay_what_they_are() -> None:
    """A missing file is no full disk."""
    with pytest.raises(FileNotFoundError), telling_disk_full():
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")
