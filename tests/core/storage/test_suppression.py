"""The suppression list on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clv_core.errors import NothingStored
from clv_core.storage.suppression import SuppressionList
from clv_core.storage.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


def test_whoever_is_added_is_found_by_any_form(workspace: Workspace) -> None:
    """Entries count once, by their first form; another window sees them."""
    listed = SuppressionList(workspace)
    assert (len(listed), listed.find([{"id:a"}])) == (0, [False])
    assert listed.add([("email:a@example.com", "email:b@example.com"), ("id:c",)]) == 2
    assert listed.add([("id:c",), ("id:d",)]) == 1
    other = SuppressionList(Workspace(workspace.root))
    assert len(other) == 3
    assert other.find([{"email:b@example.com"}, {"id:e"}, {"id:x", "id:d"}]) == [True, False, True]


def test_nothing_on_disk_can_be_read(workspace: Workspace) -> None:
    """Neither file holds an address; the same address has another hash elsewhere."""
    SuppressionList(workspace).add([("email:ada@example.com",)])
    folder = workspace.root / "suppression"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(b"ada@" not in file.read_bytes() for file in folder.iterdir())
    elsewhere = Workspace(workspace.root / "other")
    SuppressionList(elsewhere).add([("email:ada@example.com",)])
    theirs = (elsewhere.root / "suppression/entries").read_bytes()
    assert theirs != (folder / "entries").read_bytes()


def test_two_windows_that_add_at_once_lose_nobody(workspace: Workspace) -> None:
    """Neither writes over what the other has just added."""

    def add(person: int) -> int:
        return SuppressionList(workspace).add([(f"id:{person}",)])

    with ThreadPoolExecutor(8) as windows:
        assert sum(windows.map(add, range(80))) == 80
    listed = SuppressionList(workspace)
    assert len(listed) == 80
    assert all(listed.find([{f"id:{person}"} for person in range(80)]))


def test_a_list_without_its_key_lets_nobody_through(workspace: Workspace) -> None:
    """With another key nobody would be found; clearing it is the way out."""
    listed = SuppressionList(workspace)
    listed.add([("id:a",)])
    (workspace.root / "suppression/key").unlink()
    with pytest.raises(NothingStored):
        listed.find([{"id:a"}])
    with pytest.raises(NothingStored):
        listed.add([("id:b",)])
    listed.clear()
    listed.add([("id:b",)])
    assert listed.find([{"id:a"}, {"id:b"}]) == [False, True]


def test_clearing_forgets_everybody_and_every_change_is_stamped(workspace: Workspace) -> None:
    """The stamp is empty without a list and changes with it."""
    listed = SuppressionList(workspace)
    stamps = [listed.stamp()]
    listed.clear()
    assert listed.stamp() == ""
    listed.add([("id:a",)])
    stamps.append(listed.stamp())
    listed.clear()
    stamps.append(listed.stamp())
    assert len(set(stamps)) == 3
    assert (len(listed), listed.find([{"id:a"}])) == (0, [False])
