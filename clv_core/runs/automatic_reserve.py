"""The time that a run still needs, told from what its first window took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from clv_core.features.windows import WindowPlan
from clv_core.runs.rehearsal import Rehearsal

SAFETY: Final = 1.3  # of what the fits that follow are expected to take


@dataclass(frozen=True)
class Reserve:
    """Time to keep for what must follow.

    Attributes
    ----------
    data_s : float
        That describing the shop took on the validation window.
    fits_s : mapping of str to float
        That each family took there.
    fixed_s : mapping of str to float
        Of these what more rows do not lengthen: compiling, for a network.
    growth : tuple of float
        How many times as much each rehearsal to come has to learn from.
    conclusion_s : float
        For scores and reasons.
    """

    data_s: float
    fits_s: Mapping[str, float]
    fixed_s: Mapping[str, float]
    growth: tuple[float, ...]
    conclusion_s: float

    def seconds(self, changed: Mapping[str, float] | None = None) -> float:
        """Return the seconds to keep, some families taking others than was measured."""
        fits_s = {**self.fits_s, **(changed or {})}
        fixed = {name: min(self.fixed_s.get(name, 0.0), fits_s[name]) for name in fits_s}
        growing = self.data_s + sum(fits_s.values()) - sum(fixed.values())
        each = len(self.growth) * sum(fixed.values())
        return SAFETY * (sum(self.growth) * growing + each + self.conclusion_s)


def estimate_growth(
    plan: WindowPlan, rehearsal: Rehearsal, cutoffs: Sequence[dt.date]
) -> tuple[float, ...]:
    """Return how many times as many rows later rehearsals learn from as this one did.

    Customers are taken to have come at an even pace between the snapshots there are.
    """
    snapshots = [*rehearsal.labelled, rehearsal.snapshot]
    days = np.array([snapshot.day.toordinal() for snapshot in snapshots], dtype=float)
    known = np.array([len(snapshot.features) for snapshot in snapshots], dtype=float)
    pace = (known[-1] - known[0]) / max(days[-1] - days[0], 1.0)

    def count_rows(cutoff: dt.date) -> float:
        teaching = [day.toordinal() for day in plan.training_cutoffs(cutoff)]
        return float(sum(max(known[-1] + pace * (day - days[-1]), 0.0) for day in teaching))

    now = max(count_rows(rehearsal.snapshot.day), 1.0)
    return tuple(max(count_rows(cutoff) / now, 1.0) for cutoff in cutoffs)


def find_fixed(fits_s: Mapping[str, float], rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return what each family's fit took beside its epochs, for those that time them.

    Parameters
    ----------
    fits_s : mapping of str to float
        Seconds of the whole fit.
    rows : sequence of dict
        Progress rows of the fits; ``seconds`` is counted on through one fit.
    """
    fixed = {}
    for name, seconds in fits_s.items():
        ends = [row["seconds"] for row in rows if row.get("model") == name and "seconds" in row]
        if len(ends) > 1:
            fixed[name] = max(seconds - len(ends) * float(np.median(np.diff(ends))), 0.0)
    return fixed
