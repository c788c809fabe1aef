"""What a view is made from: a run of a workspace, and the data set it was made on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from clv_core.activation.marketing_tiers import assign_marketing_tiers
from clv_core.activation.tiers_by_value import assign_tiers_by_value
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.features.windows import WindowPlan
from clv_core.runs.folder import RunFolder
from clv_core.runs.reading import FEATURES_FILE, read_columns
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.settings import SegmentSettings
from clv_core.storage.workspace import Workspace

__all__ = ["Source", "read_features", "tier_forecast"]

ASKED_BY_TIERS: Final = (FREQUENCY, RECENCY, TENURE)


@dataclass(frozen=True)
class Source:
    """A run with what lies around it.

    Attributes
    ----------
    workspace : Workspace
    id : str
        Of the run.
    """

    workspace: Workspace
    id: str

    @property
    def run(self) -> RunFolder:
        """The run."""
        return RunFolder(self.workspace.run(self.id).folder)

    @property
    def dataset(self) -> str:
        """Id of the data set that it was made on."""
        return self.workspace.dataset_of_run(self.id).id

    @property
    def tables(self) -> Tables:
        """The tables of a run on dated rows."""
        return Tables.open(self.workspace.dataset_of_run(self.id).folder)

    @property
    def plan(self) -> WindowPlan:
        """How the days of a run on dated rows were cut."""
        return WindowPlan.from_json(self.run.manifest()["plan"])

    def scan_customers(self) -> Tables | ValueTable:
        """Return the data set, of whichever shape, to read its customers from."""
        folder = self.workspace.dataset_of_run(self.id).folder
        return Tables.open(folder) if self.run.shape() == "log" else ValueTable.open(folder)

    def another(self, run_id: str) -> Source:
        """Return another run of the same workspace."""
        return Source(self.workspace, run_id)


def read_features(run: RunFolder, names: Sequence[str]) -> pd.DataFrame:
    """Return some features, those that the run has, index ``customer_key``."""
    return read_columns(run.folder / FEATURES_FILE, names)


def tier_forecast(run: RunFolder, cutoffs: SegmentSettings) -> pd.DataFrame:
    """Return a run's forecast with both tiers at some cut-offs, as categories."""
    forecast = run.forecast()
    forecast["value_tier"] = assign_value_tiers(forecast, cutoffs).assignment
    if run.shape() == "value_table":
        tiers = assign_tiers_by_value(forecast)
    else:
        tiers = assign_marketing_tiers(forecast, read_features(run, ASKED_BY_TIERS))
    return forecast.assign(marketing_tier=tiers.assignment)
