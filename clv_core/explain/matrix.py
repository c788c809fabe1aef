"""Attributions of the families that read the feature matrix, and of the mean, which has none."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.explain.deep import group_by_source
from clv_core.explain.explanation import Explanation
from clv_core.explain.linked_sums import Carried, attribute_sums
from clv_core.features.snapshots import Snapshot
from clv_core.models.baselines import MeanValue
from clv_core.models.horizon import HORIZON_RATIO, read_log_ratio
from clv_core.models.labelled_rows import Array
from clv_core.models.linked_sums import LinkedSumForecaster
from clv_core.models.matrix_forecaster import MatrixForecaster
from clv_core.models.mean_trees import MeanTreesForecaster

MOST_WALKS: Final = 40_000_000  # customers × customers compared with × trees: half a minute
WALKS_AT_ONCE: Final = 4_000_000  # shap writes to the terminal after ten seconds of one call
FEWEST_COMPARED: Final = 20


def explain_matrix(
    forecaster: MatrixForecaster[Any], snapshot: Snapshot, background: Snapshot
) -> Explanation:
    """Attribute a matrix family's forecasts to the snapshot's features, in money.

    Columns that come from one feature (one per category, say) are added up. The
    log horizon ratio, if the snapshot has one, is a feature of its own.

    Returns
    -------
    Explanation
        ``base_value`` is the mean forecast over the background.

    Raises
    ------
    TypeError
        For a family that nobody has told how to explain.
    """
    if isinstance(forecaster, MeanTreesForecaster):
        background = _thin_out(background, len(snapshot.features) * len(forecaster.list_trees()))
    days = forecaster.training_horizon_days_
    customers, typical = (
        Carried(forecaster.read_columns(rows.features), read_log_ratio(rows, days))
        for rows in (snapshot, background)
    )
    base_value = float(forecaster.predict(background).spend.mean())
    if isinstance(forecaster, LinkedSumForecaster):
        refinement = forecaster.matrix_.refinement_
        parts, of_ratio = attribute_sums(
            forecaster.map_, forecaster.head_, customers, typical, refinement
        )
    elif isinstance(forecaster, MeanTreesForecaster):
        money = _attribute_trees(forecaster, customers.inputs, typical.inputs)
        parts = _carry(money, customers, typical)
        forecast = forecaster.predict(snapshot).spend.to_numpy()
        of_ratio = forecast - base_value - parts.sum(axis=1)
    else:
        raise TypeError(f"no attribution for {type(forecaster).__name__}")
    source_of = forecaster.matrix_.source_of_column_
    sources = [*(source_of[name] for name in forecaster.matrix_.column_names_), HORIZON_RATIO]
    found = group_by_source(np.column_stack([parts, of_ratio]), sources)
    found.index = snapshot.features.index
    contributions = found[read_by_matrix(forecaster, snapshot)]
    return Explanation(contributions, snapshot.features[list(contributions)], base_value)


def read_by_matrix(forecaster: MatrixForecaster[Any], snapshot: Snapshot) -> list[str]:
    """Name the snapshot's columns that a forecast reads."""
    sources = dict.fromkeys(forecaster.matrix_.source_of_column_.values())
    return [*sources, *(name for name in [HORIZON_RATIO] if name in snapshot.features)]


def explain_mean(forecaster: MeanValue, snapshot: Snapshot) -> Explanation:
    """Say that nothing sets one customer apart from another."""
    nothing = pd.DataFrame(index=snapshot.features.index)
    return Explanation(nothing, nothing, forecaster.mean_)


def _thin_out(background: Snapshot, walks: int) -> Snapshot:
    """Compare with fewer customers where so many walks down trees would take too long."""
    customers = len(background.features)
    kept = min(customers, max(FEWEST_COMPARED, MOST_WALKS // walks))
    rows = np.linspace(0, customers - 1, kept).round().astype(np.int64)
    return background.take(rows)


def _carry(parts: Array, customers: Carried, typical: Carried) -> Array:
    """Multiply parts of the money by the factor that carries it to the horizon.

    Features come before or after the factor, each with even chance, and keep their
    shares among themselves: the Owen value (Owen 1977) with the features as one
    union. The factor's own part is what is left. The background's factor is one
    number for all (``attribution.choose_background``).
    """
    factor = (np.exp(customers.log_ratio) + np.exp(typical.log_ratio).mean()) / 2
    return np.asarray(parts * factor[:, None])


def _attribute_trees(
    forecaster: MeanTreesForecaster[Any], inputs: Array, background: Array
) -> Array:
    """Split the trees' mean against each background customer (``shap.TreeExplainer``).

    Interventional TreeSHAP (Lundberg et al. 2020, Nature Machine Intelligence 2,
    algorithm 3): exact Shapley values.
    """
    import shap  # noqa: PLC0415  # slow to import; the command line loads this module

    trees = forecaster.list_trees()
    told = [
        {
            "children_left": tree.children_left,
            "children_right": tree.children_right,
            "children_default": tree.children_left,
            "features": tree.feature,
            "thresholds": _round_down(tree.threshold),
            "values": tree.value[:, -1] / (forecaster.scale_ * len(trees)),
            "node_sample_weight": tree.weighted_n_node_samples,
        }
        for tree in (one.tree_ for one in trees)
    ]
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.TreeExplainer({"trees": told}, masker)
    step = max(1, WALKS_AT_ONCE // (len(background) * len(trees)))
    chunks = [
        explainer.shap_values(inputs[start : start + step], check_additivity=False)
        for start in range(0, len(inputs), step)
    ]
    return np.concatenate(chunks).astype(np.float64)


def _round_down(thresholds: Array) -> Array:
    """Return the next lower float32: shap rounds to the nearest, which may lie above an input."""
    nearest = thresholds.astype(np.float32)
    lower = np.nextafter(nearest, np.float32(-np.inf))
    return np.where(nearest > thresholds, lower, nearest).astype(np.float64)
