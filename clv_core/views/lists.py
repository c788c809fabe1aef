"""Lists of customers to act on, made from a run, and what became of such lists in its test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from clv_core.activation.action_lists import ActionList, ListSettings, make_lists
from clv_core.activation.list_facts import FROM_FEATURES, gather_facts, gather_tested, tell_bought
from clv_core.activation.list_precision import ListPrecision, Proportion, measure_lists
from clv_core.models.forecaster import Report
from clv_core.runs.progress import Progress
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source, read_features, tier_forecast

__all__ = ["FIRST_ROWS", "KeptList", "lay_out_lists", "read_lists", "read_precision"]

FIRST_ROWS: Final = 2000  # of a list, the most urgent: what a page shows
_SHARES: Final = ("listed", "peers", "everybody")


@dataclass(frozen=True)
class KeptList:
    """An ``action_lists.ActionList`` whose customers stay on disk.

    Attributes
    ----------
    name, measure : str
    title, purpose, rule : Sentence
    is_known : bool
    customers : int
    value : float
        What they add up to, in the shop's currency.
    view : KeptView
    """

    name: str
    measure: str
    title: Sentence
    purpose: Sentence
    rule: Sentence
    is_known: bool
    customers: int
    value: float
    view: KeptView

    def first_rows(self) -> pd.DataFrame:
        """Return the most urgent, index ``customer_key``, the columns that belong to the rule."""
        return self.view.table(f"{self.name}_first").set_index("customer_key")

    def keys(self) -> pd.Index:
        """Return all of them, the most urgent first."""
        table = self.view.table(self.name, ["customer_key"])
        return table.set_index("customer_key").index


def lay_out_lists(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``<list>`` and ``<list>_first`` of each; ``asked``: ``cutoffs`` and ``settings``."""
    cutoffs = SegmentSettings.check(asked["cutoffs"])
    settings = ListSettings.check(asked["settings"])
    run, tables, plan = source.run, source.tables, source.plan
    progress = Progress(report, (2, 4, 1, 5))
    progress.step(Sentence("Dividing customers into tiers"))
    tiered = tier_forecast(run, cutoffs)
    features = read_features(run, list(FROM_FEATURES))
    progress.step(Sentence("Finding when second orders come"))
    facts = gather_facts(tables, plan.forecast_cutoff, tiered, features, settings.recent_days)
    progress.step(Sentence("Making the lists"))
    lists = make_lists(facts, settings)
    for name, made in lists.items():
        rows = made.table.rename_axis("customer_key").reset_index()
        rows[["customer_key"]].to_parquet(folder / f"{name}.parquet", index=False)
        rows.head(FIRST_ROWS).to_parquet(folder / f"{name}_first.parquet", index=False)
    progress.step(Sentence("Looking at what became of such lists"))
    bought = tell_bought(run.holdout())
    measured: dict[str, ListPrecision] = {}
    if bought is not None:
        model = str(run.manifest()["model"])
        tested = gather_tested(
            tables, plan.holdout_cutoff, run.holdout(), model, cutoffs, settings.recent_days
        )
        measured = measure_lists(make_lists(tested, settings), bought)
    progress.finish(Sentence("Done"))
    return {
        "lists": {name: _describe(made) for name, made in lists.items()},
        "measured": {name: asdict(found) for name, found in measured.items()},
    }


def _describe(made: ActionList) -> dict[str, Any]:
    return {
        **{name: getattr(made, name).to_json() for name in ("title", "purpose", "rule")},
        "measure": made.measure,
        "is_known": made.is_known,
        "customers": len(made.table),
        "value": made.value,
    }


def read_lists(view: KeptView) -> dict[str, KeptList]:
    """Return the lists that were laid out, in their order."""
    found = {}
    for name, stored in view.facts()["lists"].items():
        told = {part: Sentence.from_json(stored[part]) for part in ("title", "purpose", "rule")}
        found[name] = KeptList(name=name, view=view, **{**stored, **told})
    return found


def read_precision(view: KeptView) -> dict[str, ListPrecision]:
    """Return what became of such lists in the held-out window; empty where it is not known."""
    return {
        name: ListPrecision(**{**stored, **{part: Proportion(**stored[part]) for part in _SHARES}})
        for name, stored in view.facts()["measured"].items()
    }
