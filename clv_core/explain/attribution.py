"""Every customer's forecast as a sum of its features' contributions, in money."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from clv_core.cleaning.value_columns import ValueFeature
from clv_core.explain.averages import average_arithmetic, average_geometric
from clv_core.explain.deep import explain_network
from clv_core.explain.explanation import Explanation
from clv_core.explain.gradients import explain_sequence_network, read_values
from clv_core.explain.matrix import explain_matrix, explain_mean, read_by_matrix
from clv_core.explain.statistical import explain_statistical, read_by_statistical
from clv_core.explain.trees import explain_boosted, read_by_trees
from clv_core.features.mapped import MappedTable, let_go, split_snapshot
from clv_core.features.snapshots import Snapshot, is_large_shop
from clv_core.models.baselines import MeanValue, PastRate, PastSpend
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import Forecaster
from clv_core.models.horizon import HORIZON_RATIO
from clv_core.models.matrix_forecaster import MatrixForecaster
from clv_core.models.network import NetworkForecaster
from clv_core.models.statistical import StatisticalForecaster

BACKGROUND_CUSTOMERS: Final = 200
"""Typical customers compared with: 6 % from the values of a background of 4,000."""


def explain_forecast(
    forecaster: Forecaster, snapshot: Snapshot, background: Snapshot, seed: int
) -> Explanation:
    """Attribute every forecast of a registered model to its features.

    ``Explanation.predicted`` equals ``forecaster.predict(snapshot).spend``.

    Parameters
    ----------
    forecaster : Forecaster
        Fitted; any family of ``models.registry``.
    snapshot : Snapshot
        The customers to explain.
    background : Snapshot
        Whom they are compared with, usually the newest training snapshot; of
        more than ``BACKGROUND_CUSTOMERS`` a sample is drawn.
    seed : int
        For that sample.

    Raises
    ------
    TypeError
        For a family that nobody has told how to explain.
    """
    typical = choose_background(background, snapshot, seed)
    if snapshot.cutoff is not None and is_large_shop([snapshot]):
        return _explain_in_blocks(forecaster, snapshot, typical)
    found = _explain(forecaster, snapshot, typical)
    if snapshot.cutoff is not None:
        return found
    return replace(
        found, own_features={str(name): _as_seen(found.values[name]) for name in found.values}
    )


def choose_background(
    background: Snapshot, snapshot: Snapshot, seed: int, customers: int = BACKGROUND_CUSTOMERS
) -> Snapshot:
    """Sample typical customers and let them look as far ahead as the snapshot does.

    Where the background's horizon is shorter, its forecasts are carried by the
    snapshot's mean ratio: looking further ahead is then no reason why one
    customer is worth more than the typical one, but differing in it is.
    """
    rows = np.arange(len(background.features))
    if len(rows) > customers:
        rows = np.sort(np.random.default_rng(seed).choice(rows, customers, replace=False))
    features = background.features.iloc[rows]
    shorter = background.horizon_days != snapshot.horizon_days
    if shorter and HORIZON_RATIO in snapshot.features:
        features = features.assign(**{HORIZON_RATIO: snapshot.features[HORIZON_RATIO].mean()})
    return replace(
        background.take(rows),
        horizon_days=snapshot.horizon_days,
        features=features,
        future_spend=None,
        future_orders=None,
    )


def list_features_read(forecaster: Forecaster, snapshot: Snapshot) -> list[str]:
    """Name the features and sequences that a forecast depends on, each once."""
    if isinstance(forecaster, MeanForecaster):
        read = [list_features_read(member, snapshot) for member in forecaster.members_]
        return list(dict.fromkeys(name for names in read for name in names))
    if isinstance(forecaster, BoostedForecaster):
        return read_by_trees(forecaster, snapshot)
    if isinstance(forecaster, NetworkForecaster):
        carried = [HORIZON_RATIO] if HORIZON_RATIO in snapshot.features else []
        return [*forecaster.list_names_read(), *carried]
    if isinstance(forecaster, MatrixForecaster):
        return read_by_matrix(forecaster, snapshot)
    if isinstance(forecaster, MeanValue):
        return []
    if isinstance(forecaster, StatisticalForecaster | PastSpend | PastRate):
        return read_by_statistical(forecaster)
    raise TypeError(f"no attribution for {type(forecaster).__name__}")


def _as_seen(column: pd.Series) -> ValueFeature:
    """Describe a value table's column by what the snapshot shows of it."""
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    name = str(column.name)
    return ValueFeature(name, name, "category" if is_category else "number")


def _explain(forecaster: Forecaster, snapshot: Snapshot, background: Snapshot) -> Explanation:
    if isinstance(forecaster, MeanForecaster):
        return _average(forecaster, snapshot, background)
    if isinstance(forecaster, BoostedForecaster):
        return explain_boosted(forecaster, snapshot, background)
    if isinstance(forecaster, NetworkForecaster):
        is_dense = forecaster.settings.architecture == "dense"
        explain = explain_network if is_dense else explain_sequence_network
        return explain(forecaster, snapshot, background)
    if isinstance(forecaster, MatrixForecaster):
        return explain_matrix(forecaster, snapshot, background)
    if isinstance(forecaster, MeanValue):
        return explain_mean(forecaster, snapshot)
    if isinstance(forecaster, StatisticalForecaster | PastSpend | PastRate):
        return explain_statistical(forecaster, snapshot, background)
    raise TypeError(f"no attribution for {type(forecaster).__name__}")


def _explain_in_blocks(
    forecaster: Forecaster, snapshot: Snapshot, background: Snapshot
) -> Explanation:
    """Explain a large shop's customers block after block, into a file (``features.mapped``)."""
    index = snapshot.features.index
    parts: MappedTable | None = None
    values: MappedTable | None = None
    base_value = 0.0
    start = 0
    for some in split_snapshot(snapshot):
        found = _explain(forecaster, some, background)
        if parts is None or values is None:
            names = list(map(str, found.contributions))
            parts, values = MappedTable(index, names), MappedTable(index, names)
            base_value = found.base_value
        for table, told in ((parts, found.contributions), (values, found.values)):
            table.write(start, told.to_numpy(np.float64))
            let_go(table.numbers)
        start += len(some.features)
    if parts is None or values is None:
        raise ValueError("a large shop has customers")
    return Explanation(parts.read(), values.read(), base_value)


def _average(forecaster: MeanForecaster, snapshot: Snapshot, background: Snapshot) -> Explanation:
    members = [_explain(member, snapshot, background) for member in forecaster.members_]
    if forecaster.is_geometric_:
        contributions, base_value = average_geometric(members, *forecaster.log_weights)
    else:
        contributions, base_value = average_arithmetic(members, forecaster.weights_)
    values = read_values(snapshot, list(contributions.columns))
    return Explanation(contributions, values, base_value)
