"""Looking back in a workspace: which data sets can tell, lists since, what is kept."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.columns import CUSTOMERS
from clv_core.errors import InvalidSetting, NothingStored
from clv_core.jobs.queue import Job
from clv_core.jobs.work import WORK
from clv_core.models.forecaster import ignore_report
from clv_core.monitoring.in_workspace import find_newer_data
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.monitoring.newer_orders import match_customers
from clv_core.runs.folder import RunFolder
from clv_core.storage.exports import ExportRecord, remember_export
from clv_core.storage.workspace import Workspace
from tests.core.features.shops import make_orders
from tests.core.monitoring.shops import SHIFT, add_orders, after, write_tables
from tests.core.monitoring.shops import read as read_table

LIFT = 500.0  # what everyone on the list brings, and nobody who was kept out


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def run_id(
    workspace: Workspace, small_run: RunFolder, small_tables: tuple[Tables, QualityReport]
) -> str:
    """Put the small shop and its result into the workspace."""
    folder = workspace.root / "partial" / ("a" * 32)
    shutil.copytree(small_tables[0].folder, folder)
    replace(small_tables[0], folder=folder).write_facts()
    dataset = workspace.publish_dataset(folder, "Shop")
    prepared = workspace.root / "partial" / ("b" * 32)
    shutil.copytree(small_run.folder, prepared)
    (prepared / "customers.parquet").unlink()  # in a workspace the data set keeps them
    return workspace.publish_run(prepared, dataset)


@pytest.fixture
def cutoff(small_run: RunFolder) -> dt.date:
    """Return the last day that the result saw."""
    return dt.date.fromisoformat(small_run.manifest()["plan"]["forecast_cutoff"])


def bring(workspace: Workspace, tables: Tables, letter: str) -> str:
    """Publish tables as a data set."""
    folder = workspace.root / "partial" / (letter * 32)
    shutil.copytree(tables.folder, folder)
    return workspace.publish_dataset(folder, "Newer")


def export(
    workspace: Workspace, run: RunFolder, run_id: str, made_on: dt.date, controls: float
) -> pd.DataFrame:
    """Remember a list of all customers, so many of them kept out, and return who was on it."""
    forecast = run.forecast()
    rng = np.random.default_rng(9)
    members = pd.DataFrame(
        {"tier": forecast["marketing_tier"], "is_control": rng.random(len(forecast)) < controls}
    )
    made_at = dt.datetime.combine(made_on, dt.time(12)).timestamp()
    record = ExportRecord(
        *(run_id, "a" * 32, "csv", len(members), controls, 9, "0" * 64), made_at=made_at
    )
    remember_export(workspace, record, members)
    return members


def look(workspace: Workspace, run_id: str, dataset: str) -> str:
    """Do the job as a worker does it."""
    job = Job(
        *("c" * 32, "prepare", "look_back", {"run": run_id, "dataset": dataset}, "running", 0.0),
        *(None, None, None, None, None, None, None, None),
    )
    return WORK["look_back"](workspace, job, ignore_report)


def test_data_of_later_days_and_the_same_customers_are_proposed(
    workspace: Workspace,
    run_id: str,
    small_tables: tuple[Tables, QualityReport],
    cutoff: dt.date,
    tmp_path: Path,
) -> None:
    """Not the result's own, nor another shop's; the newest brought comes first."""
    assert find_newer_data(workspace, run_id) == []
    earlier = small_tables[0]
    known = read_table(earlier, "customers")["customer_id"].iloc[0]
    first = add_orders(earlier, tmp_path / "1", (known, after(cutoff, 5), 9.0))
    second = add_orders(earlier, tmp_path / "2", (known, after(cutoff, 8), 9.0))
    others = read_table(earlier, "customers")
    others["customer_id"] = "Else " + others["customer_id"]
    orders = read_table(earlier, "orders")
    orders["order_time"] += pd.Timedelta(days=30)
    third = write_tables(tmp_path / "3", orders, others)
    ids = [
        bring(workspace, one, letter)
        for one, letter in zip((first, second, third), "def", strict=True)
    ]
    found = find_newer_data(workspace, run_id)
    assert [one.dataset for one in found] == [ids[1], ids[0]]
    assert found[0].last_day == cutoff + dt.timedelta(days=8)
    assert found[0].shared_customers == earlier.customer_count


def test_a_lift_of_the_list_is_found_and_kept_beside_the_result(
    workspace: Workspace,
    run_id: str,
    small_run: RunFolder,
    small_tables: tuple[Tables, QualityReport],
    cutoff: dt.date,
    tmp_path: Path,
) -> None:
    """Orders of the day of the export do not count; those after it do, for the list alone."""
    made_on = cutoff + dt.timedelta(days=10)
    members = export(workspace, small_run, run_id, made_on, 0.3)
    ids = read_table(small_tables[0], "customers").set_index("customer_key")["customer_id"]
    on_list = ids.loc[members.index[~members["is_control"]]]
    kept_out = ids.loc[members.index[members["is_control"]]]
    rows = [(one, after(cutoff, 30), LIFT) for one in on_list]
    rows += [(one, after(cutoff, 10), 10 * LIFT) for one in kept_out]
    newer = add_orders(small_tables[0], tmp_path / "newer", *rows)
    dataset = bring(workspace, newer, "d")
    assert look(workspace, run_id, dataset) == run_id
    folder = LookBackFolder(workspace.run(run_id).folder)
    found = folder.read(dataset)
    assert found is not None
    assert folder.newest() is not None
    (taken,) = found.lists
    assert (taken.since, taken.days, taken.is_rehearsal) == (made_on, 20, False)
    assert taken.members == taken.matched == len(members)
    assert [one.verdict for one in taken.effects] == ["more", "more"]
    revenue = taken.effects[0].table.iloc[0]
    assert revenue["difference"] == pytest.approx(LIFT)
    assert revenue["treated_customers"] == len(on_list)


def test_a_list_made_after_the_newest_order_is_a_rehearsal(
    workspace: Workspace,
    run_id: str,
    small_run: RunFolder,
    small_tables: tuple[Tables, QualityReport],
    cutoff: dt.date,
    tmp_path: Path,
) -> None:
    """The days after the cutoff are compared, and it is said that nothing can have changed."""
    export(workspace, small_run, run_id, cutoff + dt.timedelta(days=400), 0.3)
    known = read_table(small_tables[0], "customers")["customer_id"].iloc[0]
    newer = add_orders(small_tables[0], tmp_path / "newer", (known, after(cutoff, 20), 9.0))
    dataset = bring(workspace, newer, "d")
    look(workspace, run_id, dataset)
    found = LookBackFolder(workspace.run(run_id).folder).read(dataset)
    assert found is not None
    (taken,) = found.lists
    assert (taken.since, taken.days, taken.is_rehearsal) == (cutoff, 20, True)
    assert [one.verdict for one in taken.effects] == ["too_few", "too_few"]


def test_what_is_damaged_or_was_never_there_is_told(
    workspace: Workspace, run_id: str, tmp_path: Path
) -> None:
    """A broken account is refused in a sentence; ids that are none lead nowhere."""
    folder = LookBackFolder(workspace.run(run_id).folder)
    assert folder.read("d" * 32) is None
    assert folder.stamp("d" * 32) is None
    assert folder.newest() is None
    (folder.folder / "look_back").mkdir()
    for content in ("{", '{"format": 1}', '{"format": 0}', "[]"):
        (folder.folder / "look_back" / f"{'d' * 32}.json").write_text(content, "utf-8")
        with pytest.raises(NothingStored, match="can no longer be read"):
            folder.read("d" * 32)
    with pytest.raises(ValueError, match="id of a data set"):
        folder.read("../manifest")
    with pytest.raises(NothingStored):
        look(workspace, run_id, "e" * 32)


def test_a_table_of_values_is_no_newer_data(workspace: Workspace, run_id: str) -> None:
    """It knows no days."""
    folder = workspace.root / "partial" / ("d" * 32)
    folder.mkdir()
    (folder / "value_table.json").write_text("{}", "utf-8")
    dataset = workspace.publish_dataset(folder, "Values")
    assert find_newer_data(workspace, run_id) == []
    with pytest.raises(InvalidSetting, match="not orders"):
        look(workspace, run_id, dataset)


def test_newer_orders_may_spell_an_address_otherwise(tmp_path: Path) -> None:
    """Capitals of an e-mail address tell nobody apart; ids that two share name nobody."""
    customers = pd.DataFrame(
        {"customer_key": [1, 2, 3, 4], "customer_id": ["anna@shop.de", "b", "c@x.de", "C@x.de"]}
    )
    orders = make_orders((1, "2024-01-05", 10.0))
    tables = write_tables(tmp_path / "newer", orders, customers.reindex(columns=list(CUSTOMERS)))
    found = match_customers(pd.Series(["Anna@Shop.de", "B", "c@x.de"], index=[7, 8, 9]), tables)
    assert found.to_dict() == {7: 1 + SHIFT}
