"""Looking back inside a workspace: which data sets can tell, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from clv_core.cleaning.tables import FACTS_FILE, Tables
from clv_core.errors import InvalidSetting
from clv_core.models.forecaster import Report, ignore_report
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.look_back import TakenList, look_back
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.monitoring.newer_orders import match_customers
from clv_core.runs.folder import RunFolder
from clv_core.sentences import Sentence
from clv_core.storage.exports import list_exports, read_members
from clv_core.storage.workspace import Workspace

FEWEST_SHARED: Final = 0.01  # of a result's customers, for a data set to be proposed


@dataclass(frozen=True)
class NewerData:
    """A data set that holds later days of a result's customers.

    Attributes
    ----------
    dataset : str
    last_day : date
    shared_customers : int
        Of the result's, whom it holds.
    """

    dataset: str
    last_day: dt.date
    shared_customers: int


def find_newer_data(workspace: Workspace, run_id: str) -> list[NewerData]:
    """List the data sets that can tell what became of a forecast, the newest first.

    Those of orders whose last day is after the result's own and that hold a hundredth
    of its customers at least.
    """
    run = RunFolder(workspace.run(run_id).folder)
    if run.shape() != "log":
        return []
    cutoff = dt.date.fromisoformat(run.manifest()["plan"]["forecast_cutoff"])
    ids = read_ids(workspace, run)
    found = []
    for dataset in workspace.datasets():
        if not (dataset.folder / FACTS_FILE).is_file():
            continue
        tables = Tables.open(dataset.folder)
        if tables.last_day <= cutoff:
            continue
        shared = len(match_customers(ids, tables))
        if shared and shared >= FEWEST_SHARED * len(ids):
            found.append(NewerData(dataset.id, tables.last_day, shared))
    return found


def look_back_with(
    workspace: Workspace, run_id: str, dataset_id: str, report: Report = ignore_report
) -> LookBack:
    """Compare a result with a data set of later days, and keep what is found beside it.

    Raises
    ------
    NothingStored, InvalidSetting, HistoryTooShort
        Where one of them is gone, or the two cannot be compared.
    """
    run = RunFolder(workspace.run(run_id).folder)
    folder = workspace.dataset(dataset_id).folder
    if not (folder / FACTS_FILE).is_file():
        raise InvalidSetting(
            Sentence("This data set holds one row per customer, not orders."),
            Sentence("Choose a data set of orders."),
        )
    found = look_back(
        run,
        read_ids(workspace, run),
        Tables.open(folder),
        Tables.open(workspace.dataset_of_run(run_id).folder),
        take_lists(workspace, run_id),
        dataset_id,
        report,
    )
    LookBackFolder(run.folder).write(found)
    return found


def take_lists(workspace: Workspace, run_id: str) -> list[TakenList]:
    """Return the lists that were taken away from a result, the newest first."""
    return [
        TakenList(
            record.id,
            record.target,
            dt.date.fromtimestamp(record.made_at),
            read_members(workspace, record.id),
        )
        for record in list_exports(workspace)
        if record.run == run_id
    ]


def read_ids(workspace: Workspace, run: RunFolder) -> pd.Series:
    """Return the shop's ids of a result's customers, index ``customer_key``.

    Raises
    ------
    NothingStored
        Where neither the result nor the workspace keeps them.
    """
    customers = run.customers()
    if customers is None:
        tables = Tables.open(workspace.dataset_of_run(run.folder.name).folder)
        scanned = tables.scan("customers").select("customer_key", "customer_id")
        customers = scanned.collect("pyarrow").to_pandas().set_index("customer_key")
    ids = customers["customer_id"]
    return ids.loc[ids.index.intersection(run.forecast().index)]


def is_in(workspace: Workspace, folder: Path) -> bool:
    """Say whether a run's folder is one of the workspace's."""
    return folder.resolve().parent == workspace.root / "runs"
