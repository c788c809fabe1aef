"""What groups of a run's customers may bring together, each with its range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clv_core.evaluation.totals import TotalInterval, TotalSpread, segment_total
from clv_core.models.forecaster import Prediction
from clv_core.runs.intervals import find_variance, read_interval


def bound_groups(
    manifest: Mapping[str, Any], forecast: pd.DataFrame, groups: pd.Series
) -> dict[str, TotalInterval]:
    """Bound the total of each group of customers: tiers, or whatever they are told apart by.

    Parameters
    ----------
    manifest : mapping
        Of the run that made the forecast.
    forecast : DataFrame, index ``customer_key``
        ``predicted`` and ``p_buy`` of the customers.
    groups : Series of str, same index
        Who belongs where.

    Returns
    -------
    dict of str to TotalInterval
        Empty where no window could teach how far totals are off: value tables, short
        histories, runs of earlier versions.
    """
    misses, stored = manifest.get("total_spread"), manifest["interval"]
    if misses is None or stored is None:
        return {}
    spread, interval = TotalSpread.from_json(misses), read_interval(stored)
    told = Prediction(forecast["predicted"], forecast["p_buy"])
    variance = find_variance(interval, told)
    share = float(manifest["settings"]["evaluation"]["interval_share"])
    ordered, predicted = groups.reindex(forecast.index), forecast["predicted"]
    return {
        str(name): segment_total(
            predicted.iloc[rows],
            spread,
            None if variance is None else variance.iloc[rows],
            share,
        )
        for name, rows in ordered.groupby(ordered).indices.items()
    }
