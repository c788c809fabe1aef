"""Why forecasts are what they are, over all customers of a large run.

The contributions are read once, block by block, and summed up; each customer's own lead
is noted, and some customers drawn at random are kept with all they have, for charts that
draw points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from clv_core.explain.explanation import Explanation
from clv_core.explain.families import importance_of_families, sum_families
from clv_core.explain.patterns import Patterns, group_reasons
from clv_core.explain.summaries import OTHER_FEATURES, importance
from clv_core.models.forecaster import Report
from clv_core.runs.folder import CONTRIBUTION, RunFolder
from clv_core.runs.progress import Progress
from clv_core.runs.reading import (
    EXPLANATIONS_FILE,
    FORECAST_FILE,
    explain_some,
    read_columns,
)
from clv_core.segments.sorting import put_in_order
from clv_core.sentences import Sentence
from clv_core.settings import SegmentSettings
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source, tier_forecast

__all__ = [
    "lay_out_reason_means",
    "lay_out_reasons",
    "read_leading",
    "read_means",
    "read_patterns",
    "read_sample",
]

DRAWN: Final = 4000  # customers kept for charts: as many as interactions are found on
TOLD_APART: Final = 10  # features that groups of like customers are found by
_SEED: Final = 0
_BLOCK: Final = 65_536
_TIERS: Final = ("value_tier", "marketing_tier")


def lay_out_reasons(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``importance``, ``families``, ``leading``, ``cells``, ``groups`` and the sample.

    ``leading`` has a row per customer: ``customer_key`` and, as places in the facts of the same
    names, ``feature`` and ``family`` (-1 where nothing sets the customer apart) and ``group``.
    Facts: ``base_value``, ``gap``, ``features``, ``family_names``.
    """
    del asked
    run, progress = source.run, Progress(report, (8, 4, 4))
    progress.step(Sentence("Reading the reasons of all customers"))
    found = _sum_up(run)
    found.importance.to_parquet(folder / "importance.parquet")
    found.families.to_parquet(folder / "families.parquet")
    progress.step(Sentence("Putting customers with like reasons together"))
    patterns = _find_patterns(run, found)
    patterns.cells.to_parquet(folder / "cells.parquet")
    patterns.groups.to_parquet(folder / "groups.parquet")
    leading = found.leading.assign(group=patterns.assignment.astype("int8"))
    leading.reset_index().to_parquet(folder / "leading.parquet")
    progress.step(Sentence("Drawing customers for the charts"))
    _draw_sample(run, found.leading.index, folder)
    progress.finish(Sentence("Done"))
    return {
        "base_value": found.base_value,
        "gap": found.gap,
        "features": found.feature_names,
        "family_names": found.family_names,
    }


class _Summed:
    """What one reading of all contributions comes to."""

    def __init__(self, run: RunFolder) -> None:
        self._own = run.own_features()
        self._forecast = read_columns(run.folder / FORECAST_FILE, ["predicted"])["predicted"]
        self._sizes: list[tuple[pd.DataFrame, pd.DataFrame, int]] = []
        self._leading: list[pd.DataFrame] = []
        self._predicted: list[pd.Series] = []
        self.base_value = float("nan")
        self.gap = 0.0
        self.feature_names: list[str] = []
        self.family_names: list[str] = []

    def add(self, block: pd.DataFrame, base_value: float) -> None:
        """Take in some customers' contributions."""
        part = Explanation(block, block.iloc[:0], base_value, self._own)
        families = sum_families(part)
        self.base_value = base_value
        self.feature_names = [str(name) for name in block]
        self.family_names = [str(name) for name in families]
        sizes = importance(part).set_index("feature"), importance_of_families(part)
        self._sizes.append((sizes[0], sizes[1].set_index("family"), len(block)))
        self._leading.append(
            pd.DataFrame({"feature": _lead(block), "family": _lead(families)}, block.index)
        )
        predicted = part.predicted
        self._predicted.append(predicted)
        gaps = (predicted - self._forecast.reindex(block.index)).abs()
        self.gap = max(self.gap, float(gaps.max()))

    @property
    def importance(self) -> pd.DataFrame:
        """As ``summaries.importance`` gives it."""
        return self._average(0, "feature")[["feature", "family", "mean_abs"]]

    @property
    def families(self) -> pd.DataFrame:
        """As ``families.importance_of_families`` gives it."""
        return self._average(1, "family")[["family", "mean_abs", "features"]]

    def _average(self, which: int, name: str) -> pd.DataFrame:
        tables = [one[:2][which] for one in self._sizes]
        counts = [one[2] for one in self._sizes]
        table = tables[0].copy()
        sums = [
            part["mean_abs"].reindex(table.index).to_numpy() * count
            for part, count in zip(tables, counts, strict=True)
        ]
        table["mean_abs"] = np.sum(sums, axis=0) / sum(counts)
        ordered = table.sort_values("mean_abs", ascending=False, kind="stable")
        return ordered.rename_axis(name).reset_index()

    @property
    def leading(self) -> pd.DataFrame:
        """Return the place of the feature and of the family that moves each forecast most."""
        return pd.concat(self._leading)

    @property
    def predicted(self) -> pd.Series:
        """The forecasts that contributions add up to."""
        joined: pd.Series = pd.concat(self._predicted)
        return joined


def _sum_up(run: RunFolder) -> _Summed:
    found = _Summed(run)
    for block, base_value in _read_blocks(run):
        found.add(block, base_value)
    return found


def _read_blocks(run: RunFolder) -> Iterator[tuple[pd.DataFrame, float]]:
    """Yield the contributions of some customers after the other, and the base value."""
    file = pq.ParquetFile(run.folder / EXPLANATIONS_FILE)
    shown = [name for name in file.schema_arrow.names if name.startswith(CONTRIBUTION)]
    keys = read_columns(run.folder / EXPLANATIONS_FILE, []).index
    base_value, start = float("nan"), 0
    for batch in file.iter_batches(_BLOCK, columns=["base_value", *shown]):
        block = batch.select(shown).to_pandas().set_axis(keys[start : start + len(batch)])
        start += len(batch)
        base_value = float(batch["base_value"][0].as_py())
        yield block.rename(columns=lambda name: str(name).removeprefix(CONTRIBUTION)), base_value


def _lead(parts: pd.DataFrame) -> np.ndarray:
    """Return the place of each customer's largest part, up or down; -1 where all are 0."""
    size = np.abs(parts.to_numpy(np.float64))
    if not size.shape[1]:
        return np.full(len(parts), -1, dtype=np.int16)
    return np.where(size.max(axis=1) > 0, size.argmax(axis=1), -1).astype(np.int16)


def _find_patterns(run: RunFolder, found: _Summed) -> Patterns:
    names = list(found.importance["feature"].head(TOLD_APART))
    columns = [f"{CONTRIBUTION}{name}" for name in names]
    shown = read_columns(run.folder / EXPLANATIONS_FILE, columns).set_axis(names, axis=1)
    predicted = found.predicted
    if len(names) < len(found.feature_names):
        shown[OTHER_FEATURES] = predicted - found.base_value - shown.sum(axis=1)
    return group_reasons(shown, predicted)


def _draw_sample(run: RunFolder, keys: pd.Index, folder: Path) -> None:
    rows = np.arange(len(keys))
    if len(keys) > DRAWN:
        rows = np.sort(np.random.default_rng(_SEED).choice(len(keys), DRAWN, replace=False))
    drawn = explain_some(run, keys[rows])
    drawn.contributions.to_parquet(folder / "drawn_contributions.parquet")
    drawn.values.to_parquet(folder / "drawn_values.parquet")


def read_sample(view: KeptView, run: RunFolder) -> Explanation:
    """Return the customers drawn at random, with all their reasons."""
    parts = (view.table(f"drawn_{name}") for name in ("contributions", "values"))
    contributions, values = parts
    own = run.own_features()
    for name in values.columns.difference(values.select_dtypes("number").columns):
        values[name] = values[name].astype("category")
    return Explanation(contributions, values, float(view.facts()["base_value"]), own)


def read_leading(view: KeptView, kind: str) -> pd.Series:
    """Return what moves each forecast most, a ``feature`` or a ``family``, as a category."""
    names = view.facts()["features" if kind == "feature" else "family_names"]
    codes = view.table("leading", ["customer_key", kind]).set_index("customer_key")[kind]
    placed = pd.Categorical.from_codes(codes.to_numpy(), dtype=pd.CategoricalDtype(names))
    return pd.Series(placed, codes.index)[codes.to_numpy() >= 0]


def read_patterns(view: KeptView) -> Patterns:
    """Return the groups of customers with like reasons."""
    table = view.table("leading", ["customer_key", "group"]).set_index("customer_key")
    return Patterns(view.table("cells"), view.table("groups"), table["group"])


def lay_out_reason_means(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``means``: mean contributions by tier of either kind; ``asked``: ``cutoffs``."""
    progress = Progress(report, (2, 8))
    progress.step(Sentence("Sorting customers into tiers"))
    tiers = tier_forecast(source.run, SegmentSettings.check(asked["cutoffs"]))[list(_TIERS)]
    progress.step(Sentence("Reading the reasons of all customers"))
    sums: dict[str, list[pd.DataFrame]] = {name: [] for name in _TIERS}
    base_value = float("nan")
    for block, base_value in _read_blocks(source.run):  # noqa: B007  # the same in all
        for name in _TIERS:
            groups = put_in_order(tiers[name], block.index).array
            grouped = block.groupby(groups, observed=False)
            sums[name].append(grouped.sum().assign(customers=grouped.size()))
    parts = []
    for name, found in sums.items():
        total = pd.concat(found).groupby(level=0, observed=False).sum()
        counts = total.pop("customers")
        means = total.div(counts.where(counts > 0), axis=0)
        means.index = means.index.astype("str")
        parts.append(means.rename_axis("tier").reset_index().assign(kind=name))
    pd.concat(parts).melt(["kind", "tier"], var_name="feature", value_name="mean").to_parquet(
        folder / "means.parquet"
    )
    progress.finish(Sentence("Done"))
    return {"base_value": base_value}


def read_means(view: KeptView, kind: str, tier: str) -> pd.Series:
    """Return the mean contributions of one tier, index feature; NaN where it is empty."""
    table = view.table("means", where=[("kind", "==", kind), ("tier", "==", tier)])
    return pd.Series(table.set_index("feature")["mean"])
