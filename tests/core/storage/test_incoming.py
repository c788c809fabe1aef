"""Files come in piece by piece and become uploads together, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from clv_core.errors import DiskFull, NothingStored
from clv_core.storage import incoming
from clv_core.storage.incoming import (
    PieceOutOfPlace,
    begin_files,
    discard_files,
    publish_files,
    write_piece,
)
from clv_core.storage.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


def in_uploads(workspace: Workspace) -> list[str]:
    """List the names in the uploads folder."""
    return sorted(path.name for path in (workspace.root / "uploads").iterdir())


def test_pieces_become_an_upload(workspace: Workspace) -> None:
    """Two pieces make one file under an id of ours; a piece sent twice does no harm."""
    (file,) = begin_files(workspace, [("../../evil.csv", 6)])
    assert write_piece(file, 0, b"abc") == 3
    assert write_piece(file, 0, b"abc") == 3
    assert write_piece(file, 3, b"def") == 6

    (upload,) = publish_files(workspace, [file])
    assert upload == workspace.upload(upload.id)
    assert (upload.file_name, upload.size_bytes) == ("../../evil.csv", 6)
    assert upload.path.read_bytes() == b"abcdef"
    assert in_uploads(workspace) == [upload.id]


@pytest.mark.parametrize("at_byte", [-1, 3, 4])
def test_a_piece_out_of_place_is_refused(workspace: Workspace, at_byte: int) -> None:
    """Before the start, past what has come, or past the announced end."""
    (file,) = begin_files(workspace, [("orders.csv", 5)])
    write_piece(file, 0, b"abc")
    with pytest.raises(PieceOutOfPlace):
        write_piece(file, at_byte, b"xyz")
    assert file.path.read_bytes() == b"abc"


def test_nobody_lists_what_is_not_complete(workspace: Workspace) -> None:
    """One incomplete file keeps both from becoming uploads."""
    files = begin_files(workspace, [("orders.csv", 1), ("events.csv", 2)])
    write_piece(files[0], 0, b"a")
    write_piece(files[1], 0, b"b")
    with pytest.raises(PieceOutOfPlace):
        publish_files(workspace, files)
    with pytest.raises(NothingStored):
        workspace.upload(files[0].id)

    discard_files(files)
    assert in_uploads(workspace) == []


def test_a_file_that_vanished_takes_the_others_along(workspace: Workspace) -> None:
    """The first is already renamed when the second is found to be gone: neither stays."""
    files = begin_files(workspace, [("orders.csv", 1), ("events.csv", 0)])
    write_piece(files[0], 0, b"a")
    (workspace.root / "uploads" / files[1].id).mkdir()  # where the second would go
    with pytest.raises(OSError, match=r"[Dd]irectory"):
        publish_files(workspace, files)
    with pytest.raises(NothingStored):
        workspace.upload(files[0].id)
    assert not (workspace.root / "uploads" / files[0].id).exists()


def test_what_does_not_fit_is_not_begun(workspace: Workspace) -> None:
    """Files that are larger together than what the disk has left are refused at once."""
    free = shutil.disk_usage(workspace.root).free
    with pytest.raises(DiskFull, match="no room left"):
        begin_files(workspace, [("orders.csv", 1), ("events.csv", free)])
    assert in_uploads(workspace) == []


def test_a_disk_that_fills_up_meanwhile_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece asks for room again: something else may have taken it."""
    (file,) = begin_files(workspace, [("orders.csv", 3)])
    monkeypatch.setattr(incoming, "ROOM_KEPT_BYTES", shutil.disk_usage(workspace.root).total)
    with pytest.raises(DiskFull):
        write_piece(file, 0, b"abc")


def test_what_a_dead_server_left_is_forgotten(workspace: Workspace) -> None:
    """A file that nothing was written to for an hour goes; one that still comes in stays."""
    abandoned, arriving = begin_files(workspace, [("orders.csv", 9), ("events.csv", 9)])
    os.utime(abandoned.path, (0, 0))
    workspace.forget_uploads()
    assert in_uploads(workspace) == [arriving.path.name]
