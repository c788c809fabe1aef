"""High, middle and low: who carries the value that is to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.segments.natural_breaks import find_breaks
from clv_core.segments.sorting import sort_into_groups
from clv_core.settings import SegmentSettings

VALUE_TIERS: Final = ("high", "middle", "low")
_POINTS: Final = 201  # of the concentration curve; more would not show


@dataclass(frozen=True)
class Segments:
    """Every customer in exactly one value tier.

    Attributes
    ----------
    assignment : Series of category, index ``customer_key``
        ``high``, ``middle`` or ``low``.
    profile : DataFrame
        One row per tier, highest first: ``tier``, ``customers``,
        ``customer_share``, ``value`` (sum of forecasts), ``value_share`` (NaN
        where all value adds up to nothing), ``mean_value``, ``p_buy`` (mean) and
        ``threshold`` (lowest forecast inside). Means and threshold are NaN for
        an empty tier.
    """

    assignment: pd.Series
    profile: pd.DataFrame


def assign_value_tiers(forecast: pd.DataFrame, settings: SegmentSettings) -> Segments:
    """Put every customer into one value tier by forecast.

    Customers are taken highest forecast first. A customer is *high* while those
    before hold less than the share ``settings.high`` (of expected value, or of
    customers), *middle* while they hold less than ``settings.middle``, else
    *low*. So the customer who crosses a line still belongs above it, and tied
    customers, who have the same customers before them, stay together. Whoever
    is expected to bring nothing is low.

    With ``natural_breaks`` the amounts decide alone: forecasts above nothing are
    parted where they differ least within tiers (``segments.natural_breaks``), and
    ``high`` and ``middle`` are not asked.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted`` and, where known, ``p_buy``.
    settings : SegmentSettings
    """
    predicted = forecast["predicted"]
    brings = predicted.to_numpy(float) > 0
    above_high, above_middle = _lie_above(predicted, brings, settings)
    rules = {"high": brings & above_high, "middle": brings & above_middle}
    assignment = sort_into_groups(rules, "low", VALUE_TIERS, forecast.index, "value_tier")
    return Segments(assignment, _profile_tiers(forecast, assignment))


def _lie_above(
    predicted: pd.Series, brings: npt.NDArray[np.bool_], settings: SegmentSettings
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Say who lies above the lower end of high, and who above that of middle."""
    if settings.cut_by == "natural_breaks":
        if not brings.any():
            return brings, brings
        amounts = predicted.to_numpy(float)
        middle, high = find_breaks(amounts[brings])
        return amounts >= high, amounts >= middle
    before = _share_before(predicted, by_value=settings.cut_by == "value_share")
    return before < settings.high, before < settings.middle


def _share_before(predicted: pd.Series, *, by_value: bool) -> np.ndarray:
    """Return the share that customers with a strictly higher forecast hold."""
    values, group, sizes = np.unique(
        -predicted.to_numpy(float), return_inverse=True, return_counts=True
    )
    held = sizes * np.maximum(-values, 0.0) if by_value else sizes.astype(float)
    total = held.sum()
    before = np.cumsum(held) - held
    return np.asarray(before[group] / total if total > 0 else np.zeros(len(predicted)))


def _profile_tiers(forecast: pd.DataFrame, assignment: pd.Series) -> pd.DataFrame:
    total = float(forecast["predicted"].sum())
    told = forecast[[name for name in ("predicted", "p_buy") if name in forecast]]
    rows = []
    for tier in VALUE_TIERS:
        inside = told[(assignment == tier).to_numpy()]
        value = float(inside["predicted"].sum())
        rows.append(
            {
                "tier": tier,
                "customers": len(inside),
                "customer_share": len(inside) / len(forecast) if len(forecast) else np.nan,
                "value": value,
                "value_share": value / total if total > 0 else np.nan,
                "mean_value": inside["predicted"].mean(),
                "p_buy": inside["p_buy"].mean() if "p_buy" in inside else np.nan,
                "threshold": inside["predicted"].min(),
            }
        )
    return pd.DataFrame(rows)


def concentration(forecast: pd.DataFrame) -> pd.DataFrame:
    """Trace how much of the expected value the most valuable customers hold.

    The Lorenz curve read from the top: ``value_share`` of the ``customer_share``
    with the highest forecasts. Forecasts below nothing count as nothing.

    Parameters
    ----------
    forecast : DataFrame with ``predicted``

    Returns
    -------
    DataFrame with ``customer_share``, ``value_share``
        From (0, 0) to (1, 1), at most 201 points; ``value_share`` is NaN where
        no customer is expected to bring anything.
    """
    values = np.sort(np.maximum(forecast["predicted"].to_numpy(float), 0.0))[::-1]
    held = np.concatenate([[0.0], np.cumsum(values)])
    shares = np.linspace(0, 1, min(_POINTS, len(values) + 1))
    reached = np.interp(shares * len(values), np.arange(len(held)), held)
    total = held[-1] if held[-1] > 0 else np.nan
    return pd.DataFrame({"customer_share": shares, "value_share": reached / total})
