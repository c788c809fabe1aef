"""Which data sets hold later days of a run's customers, whose ids are compared once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clv_core.models.forecaster import Report
from clv_core.monitoring.in_workspace import NewerData, find_newer_data
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source

__all__ = ["lay_out_newer_data", "read_newer_data"]


def lay_out_newer_data(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write no table, only facts; ``asked``: ``datasets``, all that there are."""
    del asked, folder
    progress = Progress(report, (1,))
    progress.step(Sentence("Looking for these customers in newer orders"))
    found = [asdict(one) for one in find_newer_data(source.workspace, source.id)]
    progress.finish(Sentence("Done"))
    return {"found": [{**one, "last_day": one["last_day"].isoformat()} for one in found]}


def read_newer_data(view: KeptView) -> list[NewerData]:
    """Return the data sets that can tell what became of a forecast, the newest first."""
    return [
        NewerData(**{**one, "last_day": dt.date.fromisoformat(one["last_day"])})
        for one in view.facts()["found"]
    ]
