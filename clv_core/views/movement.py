"""Who moved between two runs, an earlier one held against a later one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.models.forecaster import Report
from clv_core.runs.progress import Progress
from clv_core.segments.movement import Flows, match_by_id, match_by_key, trace_movement
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source

__all__ = ["MOST_CHANGED", "KeptMovement", "find_scale", "lay_out_movement", "read_movement"]

MOST_CHANGED: Final = 50  # of those whose forecast rose or fell most
_ORDER: Final = ["tier_then", "tier_now", "now_key", "then_key"]


@dataclass(frozen=True)
class KeptMovement(Flows):
    """A movement whose people stay on disk.

    Attributes
    ----------
    view : KeptView
    """

    view: KeptView

    @property
    def has_changes(self) -> bool:
        """Whether anybody's forecast is another one."""
        return bool(self.view.facts()["has_changes"])

    def find(self, tier_then: str | None = None, tier_now: str | None = None) -> pd.DataFrame:
        """Return the keys of one flow, or of all that leave or reach one place."""
        asked = {"tier_then": tier_then, "tier_now": tier_now}
        where = [(name, "==", tier) for name, tier in asked.items() if tier is not None]
        return self.view.table("people", ["then_key", "now_key"], where or None)

    def list_changes(self, *, falling: bool) -> pd.DataFrame:
        """Return whose forecast changed most, of those in both, strongest first."""
        return self.view.table("falling" if falling else "rising")


def find_scale(then: Source, now: Source) -> float:
    """Return how many times as many days the later result forecasts; 1 for value tables."""
    if now.run.shape() == "value_table":
        return 1.0
    return now.plan.horizon_days / then.plan.horizon_days


def lay_out_movement(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``flows``, ``people``, ``rising`` and ``falling``; ``asked``: ``then``, ``cutoffs``."""
    then, progress = source.another(asked["then"]), Progress(report, (1, 3, 3))
    progress.step(Sentence("Reading both forecasts"))
    before, after = then.run.forecast()[["predicted"]], source.run.forecast()[["predicted"]]
    progress.step(Sentence("Telling who is whom"))
    if then.dataset == source.dataset:
        pairs = match_by_key(before.index, after.index)
    else:
        ids = (_read_ids(one) for one in (then, source))
        pairs = match_by_id(before.index, after.index, *ids)
    progress.step(Sentence("Following every customer"))
    cutoffs = SegmentSettings.check(asked["cutoffs"])
    movement = trace_movement(before, after, pairs, cutoffs, find_scale(then, source))
    movement.flows.to_parquet(folder / "flows.parquet")
    for name in ("rising", "falling"):
        changed = movement.list_changes(falling=name == "falling", top=MOST_CHANGED)
        changed.to_parquet(folder / f"{name}.parquet", index=False)
    people = movement.people.sort_values(_ORDER, kind="stable", ignore_index=True)
    people.to_parquet(folder / "people.parquet", index=False, row_group_size=65_536)
    progress.finish(Sentence("Done"))
    return {"has_changes": bool(people["change"].any())}


def _read_ids(source: Source) -> pd.DataFrame:
    read = source.scan_customers().scan("customers").select("customer_key", "customer_id")
    return pd.DataFrame(read.collect("pandas").to_native())


def read_movement(view: KeptView) -> KeptMovement:
    """Return a movement that was laid out."""
    return KeptMovement(view.table("flows"), view)
