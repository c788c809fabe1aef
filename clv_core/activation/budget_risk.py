"""What becomes of a plan where an assumption was wrong: the money is spent as planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from clv_core.activation.budget import BudgetPlan
from clv_core.activation.spend_response import SpendResponse
from clv_core.evaluation.totals import TotalInterval

STEP: Final = 0.2  # each assumption, down and up


@dataclass(frozen=True)
class Sensitivity:
    """Net gains of a plan where one assumption is off.

    Attributes
    ----------
    base : float
        Net gain as planned.
    table : DataFrame
        ``assumption``, ``tier`` (empty for all), ``net_down``, ``net_up``; the widest
        first. Assumptions are ``factors`` (margin, value or greatest lift of all tiers:
        they multiply each other, so each alone does the same), ``half_spend``,
        ``tier_lift`` (of one tier) and ``value_range`` (the forecast at the lower and
        the upper end of its range).
    """

    base: float
    table: pd.DataFrame


def measure_sensitivity(
    response: SpendResponse, plan: BudgetPlan, totals: Mapping[str, TotalInterval]
) -> Sensitivity:
    """Move each assumption down and up by ``STEP``, and the forecast to the ends of its range.

    Parameters
    ----------
    response : SpendResponse
        As assumed.
    plan : BudgetPlan
        Made by it; what is spent stays.
    totals : mapping of str to TotalInterval
        Of the tiers' values; empty where unknown.
    """
    spend = plan.table["spend"].to_numpy(float)
    table = pd.DataFrame(
        [
            (assumption, tier, _net(down, spend), _net(up, spend))
            for assumption, tier, down, up in _variants(response, spend > 0, totals)
        ],
        columns=["assumption", "tier", "net_down", "net_up"],
    )
    width = (table["net_up"] - table["net_down"]).abs()
    order = width.sort_values(ascending=False, kind="stable").index
    return Sensitivity(plan.net, table.loc[order].reset_index(drop=True))


def _net(response: SpendResponse, spend: np.ndarray) -> float:
    return float(response.gain(spend).sum() - spend.sum())


def _variants(
    response: SpendResponse, is_funded: np.ndarray, totals: Mapping[str, TotalInterval]
) -> list[tuple[str, str, SpendResponse, SpendResponse]]:
    """Return each assumption with the responses that it down and up would make."""
    everyone = np.ones(len(response.names))
    less, more = response.scale(everyone * (1 - STEP)), response.scale(everyone * (1 + STEP))
    variants = [
        ("factors", "", less, more),
        ("half_spend", "", response.stretch(1 - STEP), response.stretch(1 + STEP)),
    ]
    for place in np.flatnonzero(is_funded):
        alone = STEP * (np.arange(len(everyone)) == place)
        tier = response.names[place]
        variants.append(("tier_lift", tier, response.scale(1 - alone), response.scale(1 + alone)))
    if set(response.names) <= set(totals):
        ranges = [totals[tier] for tier in response.names]
        low = np.array([_ratio(total.low, total.expected) for total in ranges])
        high = np.array([_ratio(total.high, total.expected) for total in ranges])
        variants.append(("value_range", "", response.scale(low), response.scale(high)))
    return variants


def _ratio(end: float, expected: float) -> float:
    return max(end, 0.0) / expected if expected > 0 else 1.0
