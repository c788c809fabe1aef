"""How many customers fell within their bounds, measured on customers that taught none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from clv_core.evaluation.metrics import BINS

TIER_COLUMNS: Final = ("tier", "customers", "covered_share", "predicted_mean", "mean_width")


@dataclass(frozen=True)
class Coverage:
    """How many customers fell within their bounds.

    Attributes
    ----------
    share : float
        That should have.
    covered_share : float
        That did.
    low, high : float
        Wilson's 95 % interval of ``covered_share``.
    by_decile : DataFrame
        ``decile`` (1 the highest forecasts), ``customers``, ``covered_share``,
        ``predicted_mean``, ``mean_width``.
    by_tier : DataFrame
        ``TIER_COLUMNS``, highest value tier first; without rows where no tiers
        were given.
    free_share : float or None
        Share within their bounds of those customers whose bounds could have been
        made for ``share``; None where there are none, or nothing tells.
    free_customers : int
        How many those are. The others buy nothing more often than that, so that
        any range from nothing holds more of them.
    """

    share: float
    covered_share: float
    low: float
    high: float
    by_decile: pd.DataFrame
    by_tier: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*TIER_COLUMNS]))
    free_share: float | None = None
    free_customers: int = 0

    def to_json(self) -> str:
        """Return the measurement as JSON text."""
        tables = {name: getattr(self, name).to_dict("records") for name in _TABLES}
        return json.dumps({**self.__dict__, **tables})

    @classmethod
    def from_json(cls, text: str) -> Coverage:
        """Rebuild what :meth:`to_json` wrote, an earlier version's too."""
        stored = json.loads(text)
        tables = {name: pd.DataFrame(stored[name]) for name in _TABLES if stored.get(name)}
        return cls(**{**{k: v for k, v in stored.items() if k not in _TABLES}, **tables})


_TABLES: Final = ("by_decile", "by_tier")


def measure_coverage(
    actual: pd.Series,
    predicted: pd.Series,
    bounds: pd.DataFrame,
    share: float,
    tiers: pd.Series | None = None,
    p_buy: pd.Series | None = None,
) -> Coverage:
    """Count the customers whose outcome fell within their bounds.

    Parameters
    ----------
    actual, predicted : Series of float, index ``customer_key``
        Of the holdout, which the bounds have not seen.
    bounds : DataFrame with ``low``, ``high``, same index
    share : float
        Of customers that should have fallen within.
    tiers : Series of str, same index, optional
        Value tier of each forecast.
    p_buy : Series of float, same index, optional
        Chance of buying: tells whose bounds are free to be made for ``share``.
    """
    index = predicted.index
    low, high = bounds.loc[index, "low"], bounds.loc[index, "high"]
    inside = actual.loc[index].between(low, high)
    rows = pd.DataFrame({"inside": inside, "predicted": predicted, "width": high - low})
    order = np.argsort(-predicted.to_numpy(float), kind="stable")
    parts = np.array_split(order, min(BINS, len(rows)))
    deciles = [_measure_group(rows.iloc[part]) for part in parts]
    by_tier = [] if tiers is None else [*rows.groupby(tiers.loc[index])]
    by_tier.sort(key=lambda group: -group[1]["predicted"].mean())
    found = int(rows["inside"].sum())
    wilson = stats.binomtest(found, len(rows)).proportion_ci(0.95, method="wilson")
    free = rows.iloc[:0] if p_buy is None else rows[1 - p_buy.loc[index] < share]
    return Coverage(
        share=share,
        covered_share=found / len(rows),
        low=float(wilson.low),
        high=float(wilson.high),
        by_decile=pd.DataFrame(
            [{"decile": number, **one} for number, one in enumerate(deciles, start=1)]
        ),
        by_tier=pd.DataFrame(
            [{"tier": tier, **_measure_group(group)} for tier, group in by_tier],
            columns=[*TIER_COLUMNS],
        ),
        free_share=float(free["inside"].mean()) if len(free) else None,
        free_customers=len(free),
    )


def _measure_group(rows: pd.DataFrame) -> dict[str, float]:
    return {
        "customers": len(rows),
        "covered_share": float(rows["inside"].mean()),
        "predicted_mean": float(rows["predicted"].mean()),
        "mean_width": float(rows["width"].mean()),
    }
