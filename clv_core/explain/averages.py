"""Attributions of an ensemble from those of its members."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.models.dense import Array
from clv_core.models.stacking import raise_to_least

__all__ = ["average_arithmetic", "average_geometric"]


def average_arithmetic(
    members: Sequence[Explanation], weights: Array
) -> tuple[pd.DataFrame, float]:
    """Average additive explanations; a feature a member does not read adds 0 there.

    Parameters
    ----------
    members : sequence of Explanation
    weights : ndarray, shape (members,)
        Adding up to 1.

    Returns
    -------
    (DataFrame, float)
        Contributions and base value of the mean.
    """
    parts = [member.contributions * weight for member, weight in zip(members, weights, strict=True)]
    return reduce(_add, parts), float(weights @ [member.base_value for member in members])


def average_geometric(
    members: Sequence[Explanation], weights: Array, level: float
) -> tuple[pd.DataFrame, float]:
    """Attribute a geometric mean, exactly: parts of its log, turned back into money.

    A member's step from the typical forecast, in logs, is shared out as its step in
    money is. The log of a geometric mean is a mean of logs, so these shares are averaged
    by the same weights; the logarithmic mean of forecast and typical forecast turns them into money
    without a remainder (the additive LMDI decomposition: Ang 2004, Energy Policy
    32(9), equations 5 to 8).

    Parameters
    ----------
    members : sequence of Explanation
        With forecasts and typical forecasts above zero.
    weights : ndarray, shape (members,)
        Of their logs.
    level : float
        What the mean is multiplied by.

    Returns
    -------
    (DataFrame, float)
        As :func:`average_arithmetic`.
    """
    forecasts = raise_to_least([member.predicted.to_numpy(np.float64) for member in members])
    bases = np.array([member.base_value for member in members])
    logs = [
        member.contributions.mul(weight * _log_per_money(member, forecast), axis=0)
        for member, forecast, weight in zip(members, forecasts, weights, strict=True)
    ]
    total = reduce(_add, logs)
    base = float(level * np.exp(weights @ np.log(bases)))
    mean = level * np.exp(weights @ np.log(forecasts))
    return total.mul(_logarithmic_mean(mean, base), axis=0), base


def _log_per_money(member: Explanation, forecast: Array) -> Array:
    """Return what turns a member's parts in money into parts of its log step."""
    step = member.predicted.to_numpy(np.float64) - member.base_value
    log_step = np.log(forecast / member.base_value)
    is_typical = np.abs(step) <= 1e-12 * member.base_value
    return np.where(is_typical, 1 / member.base_value, log_step / np.where(is_typical, 1.0, step))


def _logarithmic_mean(forecast: Array, base: float) -> Array:
    """Return (a - b) / log(a / b), and b where both are the same."""
    log_step = np.log(forecast / base)
    is_typical = np.abs(log_step) <= 1e-12
    return np.where(is_typical, base, (forecast - base) / np.where(is_typical, 1.0, log_step))


def _add(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys([*left.columns, *right.columns]))
    return left.reindex(columns=names, fill_value=0.0) + right.reindex(
        columns=names, fill_value=0.0
    )
