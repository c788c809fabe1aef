"""How much of a forecast is the luck of the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Stability:
    """What changes when only the seed does.

    Attributes
    ----------
    seeds : int
    customers : int
    moved_share : float
        Share of customers in another value tier, mean over all pairs of seeds.
    ever_moved_share : float
        Share of customers who are not in one tier under all seeds.
    moved_by_tier : dict of str to float
        Of the customers whom the run put into a tier, the share in another one, mean
        over the other seeds; tiers without customers are left out.
    total_change : float
        \\|Σa − Σb\\| ÷ mean of the two, mean over all pairs of seeds.
    customer_change : float
        Σ\\|a − b\\| ÷ mean of the two sums, mean over all pairs: how far single
        customers' amounts differ.
    models : tuple of str
        Chosen under each seed.
    """

    seeds: int
    customers: int
    moved_share: float
    ever_moved_share: float
    moved_by_tier: dict[str, float]
    total_change: float
    customer_change: float
    models: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Stability:
        """Rebuild what :meth:`to_json` gave."""
        return cls(**{**stored, "models": tuple(stored["models"])})


def measure_stability(forecasts: Sequence[pd.DataFrame], models: Sequence[str]) -> Stability:
    """Compare forecasts of the same customers that differ in their seed only.

    Parameters
    ----------
    forecasts : sequence of DataFrame, index ``customer_key``
        ``predicted`` and ``value_tier``; two at least, the run's own first.
    models : sequence of str
        Which model each is of.

    Raises
    ------
    ValueError
        With fewer than two forecasts.
    """
    if len(forecasts) < 2:
        raise ValueError("one forecast alone does not differ from any")
    own = forecasts[0]
    tiers = [forecast["value_tier"].reindex(own.index) for forecast in forecasts]
    amounts = [forecast["predicted"].reindex(own.index) for forecast in forecasts]
    pairs = list(combinations(range(len(forecasts)), 2))
    moved = [(tiers[a] != tiers[b]).mean() for a, b in pairs]
    settled = pd.concat(tiers, axis=1).nunique(axis=1) == 1
    away = pd.concat([tiers[0] != other for other in tiers[1:]], axis=1).mean(axis=1)
    return Stability(
        seeds=len(forecasts),
        customers=len(own),
        moved_share=float(np.mean(moved)),
        ever_moved_share=float(1 - settled.mean()),
        moved_by_tier={
            str(tier): float(share) for tier, share in away.groupby(tiers[0]).mean().items()
        },
        total_change=_mean_change(pairs, [np.array([a.sum()]) for a in amounts]),
        customer_change=_mean_change(pairs, [a.to_numpy(float) for a in amounts]),
        models=tuple(models),
    )


def _mean_change(pairs: Sequence[tuple[int, int]], amounts: Sequence[np.ndarray]) -> float:
    """Relate the differences of pairs to what the two add up to on average."""
    changes = []
    for a, b in pairs:
        size = (amounts[a].sum() + amounts[b].sum()) / 2
        changes.append(np.abs(amounts[a] - amounts[b]).sum() / size if size > 0 else np.nan)
    return float(np.mean(changes))
