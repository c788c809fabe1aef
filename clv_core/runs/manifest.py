"""What a run's manifest says: how the run was made, on what, and what it taught."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from clv_core import __version__
from clv_core.cleaning.tables import Tables
from clv_core.cleaning.value_table import ValueTable
from clv_core.models.forecaster import list_notes
from clv_core.runs.writing import checksum
from clv_core.sentences import Sentence

if TYPE_CHECKING:  # what a run is made with; readers of a folder do not need it
    from clv_core.runs.result import RunResult

FORMAT_VERSION: Final = 1
RECORDED_PACKAGES: Final = ("numpy", "pandas", "scikit-learn", "keras", "jax", "lightgbm", "duckdb")


def describe_run(result: RunResult, tables: Tables | ValueTable) -> dict[str, Any]:
    """Return the manifest of a run, but for the checksums of its files."""
    certainty = result.certainty
    return {
        "format": FORMAT_VERSION,
        "perennial": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in RECORDED_PACKAGES},
        "shape": "value_table" if isinstance(tables, ValueTable) else "log",
        "settings": result.settings.model_dump(mode="json"),
        "plan": result.plan.to_json(),
        "model": result.model,
        "left_out": {name: why.to_json() for name, why in _left_out(result).items()},
        "notes": {name: [n.to_json() for n in notes] for name, notes in _notes(result).items()},
        "currency": tables.currency,
        "data": _describe_data(tables),
        "leaks": {name: why.to_json() for name, why in result.leaks.items()},
        "tuning": [sentence.to_json() for sentence in result.tuning],
        "coverage": None if certainty.coverage is None else certainty.coverage.to_json(),
        "total": None
        if certainty.total is None
        else {**certainty.total.__dict__, "contains": certainty.total.contains.to_json()},
        "total_spread": None if certainty.spread is None else certainty.spread.to_json(),
        "chances": certainty.chances.to_json(),
        "measured_chances": None
        if certainty.measured_chances is None
        else certainty.measured_chances.to_dict("records"),
        "interval": None if certainty.interval is None else certainty.interval.to_json(),
        "interval_scale": certainty.scale,
    }


def _describe_data(tables: Tables | ValueTable) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "customers": tables.customer_count,
        "checksums": {
            file.name: checksum(file) for file in sorted(tables.folder.glob("*.parquet"))
        },
    }
    if isinstance(tables, Tables):
        return facts | {
            "orders": tables.order_count,
            "first_day": tables.first_day.isoformat(),
            "last_day": tables.last_day.isoformat(),
        }
    return facts | {
        "known_values": tables.known_count,
        "target": tables.target_name,
        "features": [asdict(feature) for feature in tables.features],
    }


def _left_out(result: RunResult) -> dict[str, Sentence]:
    """Gather what the test lacks, and what the forecast lacks beyond that."""
    return {**result.final.left_out, **result.holdout.left_out}


def _notes(result: RunResult) -> dict[str, tuple[Sentence, ...]]:
    """Gather what is odd about the fits that the forecast was chosen from."""
    told = {name: list_notes(model) for name, model in result.final.forecasters.items()}
    return {name: notes for name, notes in told.items() if notes}
