"""A long list's file: in blocks, by a worker, and the same as if it were written at once."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.export_settings import ExportSettings
from clv_core.activation.exports import write_controls, write_export
from clv_core.activation.platforms.registry import TARGETS
from clv_core.errors import InvalidSetting
from clv_core.storage.exports import list_exports, read_members
from clv_core.storage.handed_files import (
    begin_handed,
    discard_handed,
    find_handed,
    publish_handed,
)
from clv_core.views import list_files
from clv_core.views.contacts import read_people
from clv_core.views.exporting import keep_named, plan_list, write_asked
from clv_core.views.list_files import write_control_file, write_list_file
from clv_core.views.source import Source


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write seven customers at once."""
    monkeypatch.setattr(list_files, "BLOCK", 7)


def plan_of(source: Source, **settings: object) -> ExportPlan:
    """Plan a list of the run's customers at its own cut-offs."""
    wanted = ExportSettings.check(settings)
    return plan_list(source, wanted, source.run.own_cutoffs(), None)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_file_in_blocks_is_the_file_in_one_piece(source: Source, tmp_path, target: str) -> None:
    """To the byte for CSV; cell by cell for a workbook."""
    plan = plan_of(source, target=target, default_country="GB")
    path = tmp_path / "list"
    written = write_list_file(source, plan, path)
    whole = write_export(plan, read_people(source), source.run.forecast()).content
    assert written.rows == len(plan.written) > 7
    assert written.size == path.stat().st_size
    if target == "xlsx":
        found, told = (pd.read_excel(one, engine="calamine") for one in (path, io.BytesIO(whole)))
        pd.testing.assert_frame_equal(found, told)
    else:
        assert path.read_bytes() == whole


def test_the_control_group_in_blocks_is_the_same_too(source: Source, tmp_path) -> None:
    """By the shop's ids, in the order of the list."""
    plan = plan_of(source, control_share=0.3)
    write_control_file(source, plan, tmp_path / "controls")
    told = write_controls(plan, read_people(source)).content
    assert (tmp_path / "controls").read_bytes() == told


def test_a_file_that_the_platform_does_not_take_is_refused(
    source: Source, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Klaviyo takes so many bytes and no more."""
    plan = plan_of(source, target="klaviyo")
    monkeypatch.setattr(type(plan.settings.place), "most_bytes", 1000)
    with pytest.raises(InvalidSetting, match="would have"):
        write_list_file(source, plan, tmp_path / "list")


def test_a_list_that_is_asked_for_is_written_recorded_and_handed_out(source: Source) -> None:
    """Only the named customers are on it; its file is there for the job's id until it is not."""
    named = source.run.forecast().index[:40]
    settings = ExportSettings.check({"control_share": 0.25})
    asked = {
        "settings": settings.model_dump(mode="json"),
        "cutoffs": source.run.own_cutoffs().model_dump(mode="json"),
        "named": keep_named(source, named),
        "controls": False,
        "who": "me",
        "is_confirmed": False,
    }
    folder = begin_handed(source.workspace, "a" * 32)
    write_asked(source, asked, folder)
    publish_handed(source.workspace, folder)
    file = find_handed(source.workspace, "a" * 32)
    assert file is not None
    assert len(pd.read_csv(file)) == 40
    record = list_exports(source.workspace, source.dataset)[0]
    assert (record.rows, record.filters["only_named"]) == (40, True)
    members = read_members(source.workspace, record.id)
    assert set(members.index) == set(named)
    assert members["is_control"].sum() == 10
    discard_handed(source.workspace)
    assert find_handed(source.workspace, "a" * 32) is None
