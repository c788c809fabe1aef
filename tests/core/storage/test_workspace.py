"""The workspace finds what was stored, and says so when it is gone."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from clv_core.errors import DiskFull, NothingStored
from clv_core.storage.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


def publish(workspace: Workspace, title: str) -> str:
    """Publish a data set with one file in it."""
    folder = workspace.begin_folder(title)
    (folder / "orders.parquet").write_bytes(b"x")
    return workspace.publish_dataset(folder, title)


def test_an_upload_keeps_its_name_and_bytes_but_not_as_a_path(workspace: Workspace) -> None:
    """The user's file name is remembered and never becomes a name on disk."""
    stored = workspace.store_upload("../../orders.csv", b"a,b\n")
    found = workspace.upload(stored.id)
    assert found.file_name == "../../orders.csv"
    assert found.path.parent == workspace.root / "uploads"
    assert found.path.read_bytes() == b"a,b\n"


def test_a_deleted_upload_is_gone(workspace: Workspace) -> None:
    """Neither its bytes nor its entry stay; another window may delete it again."""
    stored = workspace.store_upload("orders.csv", b"a")
    workspace.delete_upload(stored.id)
    workspace.delete_upload(stored.id)
    assert not stored.path.exists()
    with pytest.raises(NothingStored):
        workspace.upload(stored.id)


def test_data_sets_and_runs_are_listed_newest_first(workspace: Workspace) -> None:
    """A run bears its data set's title and leads back to it."""
    first, second = publish(workspace, "January"), publish(workspace, "February")
    assert [stored.id for stored in workspace.datasets()] == [second, first]
    run_id = workspace.publish_run(workspace.begin_folder("job"), first)
    assert workspace.run(run_id).title == "January"
    assert workspace.dataset_of_run(run_id).id == first


def test_a_folder_that_nobody_lists_goes_with_its_job(workspace: Workspace) -> None:
    """A process killed between giving a folder its name and listing it leaves no contact data."""
    listed = publish(workspace, "January")
    orphan = workspace.root / "datasets" / "killed"
    orphan.mkdir()
    workspace.abandon_folder("killed")
    assert not orphan.exists()
    workspace.abandon_folder(listed)
    assert workspace.dataset(listed).folder.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other means")
def test_a_workspace_is_closed_to_other_users(tmp_path: Path) -> None:
    """It holds contact fields; a root that was there before keeps what its owner gave it."""
    Workspace(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    (tmp_path / "old").mkdir(mode=0o755)
    inside = list(Workspace(tmp_path / "old").root.iterdir())
    assert [entry.name for entry in inside if stat.S_IMODE(entry.stat().st_mode) & 0o077] == []


def test_a_second_opening_sees_what_the_first_stored(workspace: Workspace) -> None:
    """Nothing lives in memory only."""
    dataset_id = publish(workspace, "January")
    assert Workspace(workspace.root).dataset(dataset_id).title == "January"


@pytest.mark.parametrize("look_up", ["dataset", "run", "upload", "dataset_of_run"])
def test_a_stale_link_is_told_in_a_sentence(workspace: Workspace, look_up: str) -> None:
    """Asking for an id that is not there names the remedy."""
    with pytest.raises(NothingStored, match="Choose a data set or a result"):
        getattr(workspace, look_up)("0" * 32)


def test_the_audit_trail_tells_newest_first(workspace: Workspace) -> None:
    """Actions come back with their facts."""
    workspace.record("export", rows=3)
    workspace.record("export", rows=5)
    assert [entry["rows"] for entry in workspace.audit()] == [5, 3]


def test_files_dropped_together_are_stored_together_or_not_at_all(workspace: Workspace) -> None:
    """A disk that fills up at the second file leaves nothing of the first behind."""

    def filling() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "no room")

    with pytest.raises(DiskFull):
        workspace.store_uploads([("orders.csv", b"a"), ("events.csv", filling())])
    assert list((workspace.root / "uploads").iterdir()) == []
    stored = workspace.store_uploads([("orders.csv", b"a"), ("events.csv", b"b")])
    assert [upload.file_name for upload in stored] == ["orders.csv", "events.csv"]


def test_old_uploads_are_forgotten_and_new_ones_stay(workspace: Workspace) -> None:
    """Raw files hold columns nobody mapped: they do not stay for ever."""
    stored = workspace.store_upload("orders.csv", b"a")
    assert workspace.forget_uploads(older_than_s=3600) == 0
    assert stored.path.exists()
    assert workspace.forget_uploads(older_than_s=-1) == 1
    assert not stored.path.exists()
