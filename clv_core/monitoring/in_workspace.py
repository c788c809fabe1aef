"""Looking back inside a workspace: which data sets can tell, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clv_core.cleaning.tables import FACTS_FILE, Tables
from clv_core.errors import InvalidSetting
from clv_core.models.forecaster import Report, ignore_report
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.look_back import TakenList, look_back
from clv_core.monitoring.look_back_folder import LookBackFolder
from clv_core.monitoring.newer_orders import match_customers, refuse_given_value
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


@dataclass(frozen=True)
class Known:
    """What is known of a result besides its own files.

    Attributes
    ----------
    ids : Series of str, index ``customer_key``
        The shop's, of its data set's customers.
    earlier : Tables or None
        What it was made from.
    lists : tuple of TakenList
        Taken away from it, the newest first.
    """

    ids: pd.Series
    earlier: Tables | None = None
    lists: tuple[TakenList, ...] = ()


def find_newer_data(workspace: Workspace, run_id: str) -> list[NewerData]:
    """List the data sets that can tell what became of a forecast, the newest first.

    Those of orders whose last day is after the result's own and that hold a hundredth
    of its customers at least.
    """
    run = RunFolder(workspace.run(run_id).folder)
    if run.shape() != "log":
        return []
    cutoff = dt.date.fromisoformat(run.manifest()["plan"]["forecast_cutoff"])
    ids = read_known(workspace, run).ids
    ids = ids.loc[ids.index.intersection(run.forecast().index)]
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
    if run.shape() != "log":
        raise refuse_given_value()
    known, newer = read_known(workspace, run), Tables.open(folder)
    found = look_back(run, known.ids, newer, known.earlier, known.lists, dataset_id, report)
    LookBackFolder(run.folder).write(found)
    return found


def name_lists(workspace: Workspace, run_id: str) -> set[str]:
    """Return the ids of the lists that were taken away from a result."""
    return {record.id for record in list_exports(workspace) if record.run == run_id}


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


def read_known(workspace: Workspace, run: RunFolder) -> Known:
    """Return what a workspace knows of one of its results.

    Raises
    ------
    NothingStored
        Where the result is gone.
    """
    earlier = Tables.open(workspace.dataset_of_run(run.folder.name).folder)
    scanned = earlier.scan("customers").select("customer_key", "customer_id").collect("pyarrow")
    ids = scanned.to_pandas().set_index("customer_key")["customer_id"]
    return Known(ids, earlier, tuple(take_lists(workspace, run.folder.name)))
