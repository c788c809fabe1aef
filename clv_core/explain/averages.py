"""Attributions of an ensemble from those of its members."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.models.dense import Array
from clv_core.models.ensemble import raise_to_least

__all__ = ["average_arithmetic", "average_geometric"]


def average_arithmetic(members: Sequence[Explanation]) -> tuple[pd.DataFrame, float]:
    """Average additive explanations; a feature a member does not read adds 0 there.

    Returns
    -------
    (DataFrame, float)
        Contributions and base value of the mean.
    """
    total = reduce(_add, (member.contributions for member in members))
    return total / len(members), float(np.mean([member.base_value for member in members]))


def average_geometric(members: Sequence[Explanation]) -> tuple[pd.DataFrame, float]:
    """Attribute a geometric mean, exactly: parts of its log, turned back into money.

    A member's step from the typical forecast, in logs, is shared out as its step in
    money is. The logs of a geometric mean are means, so these shares are averaged;
    the logarithmic mean of forecast and typical forecast turns them into money
    without a remainder (the additive LMDI decomposition: Ang 2004, Energy Policy
    32(9), equations 5 to 8).

    Parameters
    ----------
    members : sequence of Explanation
        With forecasts and typical forecasts above zero.

    Returns
    -------
    (DataFrame, float)
        As :func:`average_arithmetic`.
    """
    forecasts = raise_to_least([member.predicted.to_numpy(np.float64) for member in members])
    bases = np.array([member.base_value for member in members])
    logs = [
        member.contributions.mul(_log_per_money(member, forecast), axis=0)
        for member, forecast in zip(members, forecasts, strict=True)
    ]
    total = reduce(_add, logs) / len(members)
    base = float(np.exp(np.mean(np.log(bases))))
    mean = np.exp(np.mean(np.log(forecasts), axis=0))
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
