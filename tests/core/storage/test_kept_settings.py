"""Settings kept for a data set: found again, replaced, told when they cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from clv_core.economic_settings import EconomicSettings
from clv_core.errors import InvalidSetting, NothingStored
from clv_core.storage.kept_settings import forget_kept, keep, read_kept
from clv_core.storage.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace with two data sets, a and b."""
    workspace = Workspace(tmp_path / "workspace")
    for name in ("a", "b"):
        workspace.publish_dataset(workspace.begin_folder(name), name)
    return workspace


def test_what_was_kept_is_found_for_that_data_set_alone(workspace: Workspace) -> None:
    """The last word counts; a data set of which nothing was said has the defaults."""
    keep(workspace, "a", EconomicSettings(margin_rate=0.2))
    said = EconomicSettings(margin_rate=0.4, acquisition_costs={"2026-10": 12.5})
    keep(workspace, "a", said)

    assert read_kept(workspace, "a", EconomicSettings) == said
    assert read_kept(workspace, "b", EconomicSettings) == EconomicSettings()


def test_forgetting_goes_back_to_the_defaults(workspace: Workspace) -> None:
    """Forgotten settings are gone, and forgetting nothing is no fault."""
    keep(workspace, "a", EconomicSettings(acquisition_cost=3.0))
    forget_kept(workspace, "a", EconomicSettings)
    forget_kept(workspace, "a", EconomicSettings)

    assert read_kept(workspace, "a", EconomicSettings) == EconomicSettings()


@pytest.mark.parametrize("name", ["nobody", "../a", "a/../b"])
def test_only_data_sets_of_the_workspace_keep_anything(workspace: Workspace, name: str) -> None:
    """An unknown id, or one that is a path, is refused and writes nothing."""
    with pytest.raises(NothingStored):
        keep(workspace, name, EconomicSettings())

    assert not (workspace.root / "kept").exists()


def test_a_damaged_file_is_told(workspace: Workspace) -> None:
    """What cannot be read as these settings raises the error that pages show."""
    keep(workspace, "a", EconomicSettings(margin_rate=0.2))
    (file,) = (workspace.root / "kept" / "a").iterdir()
    file.write_text('{"margin_rate": 7}', "utf-8")

    with pytest.raises(InvalidSetting):
        read_kept(workspace, "a", EconomicSettings)
