"""Attributions of the linear model, exact, and of the mean, which has none."""

from __future__ import annotations

import pandas as pd

from clv_core.explain.deep import group_by_source
from clv_core.explain.explanation import Explanation
from clv_core.features.snapshots import Snapshot
from clv_core.models.baselines import MeanValue
from clv_core.models.linear import LinearForecaster


def explain_linear(
    forecaster: LinearForecaster, snapshot: Snapshot, background: Snapshot
) -> Explanation:
    """Attribute a linear model's forecasts to the snapshot's features.

    The columns that come from one feature (one per category, say) are added up.

    Returns
    -------
    Explanation
        ``base_value`` is the mean forecast over the background.
    """
    matrix = forecaster.matrix_
    parts = forecaster.attribute_spend(snapshot.features, background.features)
    sources = [matrix.source_of_column_[column] for column in matrix.column_names_]
    contributions = group_by_source(parts, sources)
    contributions.index = snapshot.features.index
    return Explanation(
        contributions=contributions,
        values=snapshot.features[list(contributions.columns)],
        base_value=float(forecaster.predict(background).spend.mean()),
    )


def explain_mean(forecaster: MeanValue, snapshot: Snapshot) -> Explanation:
    """Say that nothing sets one customer apart from another."""
    nothing = pd.DataFrame(index=snapshot.features.index)
    return Explanation(nothing, nothing, forecaster.mean_)
