"""Personas of a large run's customers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clv_core.models.forecaster import Report
from clv_core.runs.progress import Progress
from clv_core.runs.reading import FEATURES_FILE, list_columns, read_columns
from clv_core.segments.cluster_count import ClusterCount
from clv_core.segments.persona_words import WORDS
from clv_core.segments.personas import Personas, find_personas
from clv_core.sentences import Sentence
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source

__all__ = ["lay_out_personas", "read_personas"]


def lay_out_personas(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``assignment``, ``distinctions`` and ``tried``; names and the count are facts."""
    del asked
    run, progress = source.run, Progress(report, (1,))
    progress.step(Sentence("Finding customers who are alike"))
    file, has_own_names = run.folder / FEATURES_FILE, run.shape() == "value_table"
    read = list_columns(file) if has_own_names else list(WORDS)
    seed = int(run.manifest()["settings"]["seed"])
    found = find_personas(read_columns(file, read), seed, has_own_names=has_own_names)
    found.assignment.reset_index().to_parquet(folder / "assignment.parquet")
    found.distinctions.to_parquet(folder / "distinctions.parquet")
    found.count.tried.to_parquet(folder / "tried.parquet")
    progress.finish(Sentence("Done"))
    return {
        "names": {name: json.dumps(told.to_json()) for name, told in found.names.items()},
        "chosen": found.count.chosen,
        "stability": found.count.stability,
    }


def read_personas(view: KeptView) -> Personas:
    """Return the personas as they were found."""
    facts = view.facts()
    names = {name: Sentence.from_json(json.loads(told)) for name, told in facts["names"].items()}
    assignment = view.table("assignment").set_index("customer_key")["persona"]
    count = ClusterCount(facts["chosen"], facts["stability"], view.table("tried"))
    placed = assignment.astype(pd.CategoricalDtype(list(names)))
    return Personas(placed, names, view.table("distinctions"), count)
