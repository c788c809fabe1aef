"""Exports remembered: who was on a list, and who was kept out to be compared with."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from clv_core.errors import NothingStored
from clv_core.storage.exports import (
    ExportRecord,
    discard_unfinished,
    forget_member,
    list_exports,
    read_export,
    read_members,
    remember_export,
)
from clv_core.storage.workspace import Workspace

MEMBERS = pd.DataFrame(
    {"tier": ["grow", "grow", "reward"], "is_control": [False, True, False]},
    index=pd.Index([7, 9, 4], name="customer_key"),
)


def record(dataset: str = "shop", **facts: float) -> ExportRecord:
    """Return a record of three customers, one of them a control."""
    return ExportRecord(
        *("run", dataset, "csv"),
        **{"rows": 2, "control_share": 0.3, "seed": 5, **facts},
        sha256="0" * 64,
        filters={"tiers": ["grow"]},
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


def test_what_was_remembered_comes_back(workspace: Workspace) -> None:
    """Record and members are read as they were written; the folder is closed to others."""
    taken = record()
    export_id = remember_export(workspace, taken, MEMBERS)
    assert read_export(workspace, export_id) == taken
    members = read_members(workspace, export_id)
    assert members["tier"].to_dict() == {7: "grow", 9: "grow", 4: "reward"}
    assert members.index[members["is_control"]].tolist() == [9]
    assert (workspace.root / "exports").stat().st_mode & 0o077 == 0


def test_the_list_is_by_data_set_and_newest_first(workspace: Workspace) -> None:
    """Nothing is there before the first; others' exports do not mix in."""
    assert list_exports(workspace) == []
    old, new = record(made_at=1.0), record(made_at=2.0)
    for one in (old, new, record("other", made_at=3.0)):
        remember_export(workspace, one, MEMBERS)
    assert [one.id for one in list_exports(workspace, "shop")] == [new.id, old.id]
    assert len(list_exports(workspace)) == 3


def test_an_erased_person_leaves_every_export_of_the_data_set(workspace: Workspace) -> None:
    """The other members stay, and so does another data set's customer of the same key."""
    first, second = (remember_export(workspace, record(), MEMBERS) for _ in "ab")
    other = remember_export(workspace, record("other"), MEMBERS)
    assert forget_member(workspace, "shop", 9) == 2
    assert sorted(read_members(workspace, first).index) == [4, 7]
    assert sorted(read_members(workspace, second).index) == [4, 7]
    assert 9 in read_members(workspace, other).index
    assert forget_member(workspace, "shop", 9) == 0


def test_what_was_not_finished_does_not_stay(workspace: Workspace) -> None:
    """Members of a list that failed are removed at once, those of a killed process later."""
    taken = record()
    remember_export(workspace, taken, MEMBERS)
    with pytest.raises(FileExistsError):
        remember_export(workspace, taken, MEMBERS)
    folder = workspace.root / "exports"
    assert [one.name for one in folder.iterdir()] == [taken.id]
    killed, at_work = folder / ".killed.partial", folder / ".now.partial"
    for one in (killed, at_work):
        one.mkdir()
        (one / "members.parquet").write_bytes(b"members")
    os.utime(killed, (0, 0))
    assert discard_unfinished(workspace) == 1
    assert sorted(one.name for one in folder.iterdir()) == [at_work.name, taken.id]


@pytest.mark.parametrize("export_id", ["0" * 32, "../runs", ""])
def test_an_unknown_export_is_told(workspace: Workspace, export_id: str) -> None:
    """Neither a made-up id nor a path of somebody's leads anywhere."""
    with pytest.raises(NothingStored):
        read_members(workspace, export_id)
