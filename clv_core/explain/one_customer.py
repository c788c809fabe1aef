"""One customer's attributions by shap's own explainers: slower, for any model.

Knows nothing of how a model is built, so it also checks the batch attributions.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
import shap

from clv_core.explain.attribution import choose_background, list_features_read
from clv_core.explain.explanation import Explanation
from clv_core.explain.gradients import read_values
from clv_core.explain.mixed import predict_mixed
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import Forecaster

EVALUATIONS: Final = 500  # each of them against the whole background
FEW_INPUTS: Final = 8  # up to here all coalitions are fewer than the evaluations


def explain_one_exactly(
    forecaster: Forecaster,
    snapshot: Snapshot,
    customer_key: int,
    background: Snapshot,
    seed: int,
    evaluations: int = EVALUATIONS,
) -> Explanation:
    """Attribute one customer's forecast with shap's own explainers.

    With few inputs ``shap.ExactExplainer`` visits every coalition. With more,
    ``shap.PermutationExplainer`` samples orders of the features and walks each
    in both directions (Mitchell et al. 2022, Journal of Machine Learning
    Research 23(43), antithetic sampling); that sampling is its only error, and
    the parts still add up to the forecast.

    Parameters
    ----------
    forecaster : Forecaster
        Fitted; any family of ``models.registry``.
    snapshot : Snapshot
        Holds the customer.
    customer_key : int
    background : Snapshot
        As for ``attribution.explain_forecast``, and with the same sample of it.
    seed : int
        For that draw and for the orders.
    evaluations : int, default 500
        Forecasts to spend on sampling; a full order of the features takes twice
        as many as there are features, and one is always walked.

    Raises
    ------
    KeyError
        When the customer is not in the snapshot.
    """
    typical = choose_background(background, snapshot, seed)
    names = list_features_read(forecaster, snapshot)
    place = np.flatnonzero(snapshot.features.index == customer_key)
    if not len(place):
        raise KeyError("the customer is not in the snapshot")
    sequences = _stack_sequences(snapshot.take(place), typical)
    row = read_values(snapshot.take(place), names)
    people = pd.concat([snapshot.features.iloc[place], typical.features])
    # A sequence is one feature: the number of the customer whose it is.
    numbers = people.assign(**{name: np.arange(len(people)) for name in sequences})[names]
    masker = shap.maskers.Independent(_as_numbers(numbers.iloc[1:]), len(typical.features))

    def predict(rows: np.ndarray) -> np.ndarray:
        mixed = _from_numbers(rows, numbers)
        taken = {
            name: whole[mixed[name].to_numpy(np.intp)] if name in mixed else whole[[0] * len(mixed)]
            for name, whole in sequences.items()
        }
        return predict_mixed(forecaster, snapshot, mixed, taken)

    customer = _as_numbers(numbers.iloc[:1])
    if len(names) <= FEW_INPUTS:
        found = shap.ExactExplainer(predict, masker)(customer, silent=True)
    else:
        enough = max(evaluations, 2 * len(names) + 1)
        explainer = shap.PermutationExplainer(predict, masker, seed=seed)
        found = explainer(customer, max_evals=enough, silent=True)
    return Explanation(
        contributions=pd.DataFrame(found.values, row.index, names),
        values=row,
        base_value=float(np.ravel(found.base_values)[0]),
    )


def to_shap(explanation: Explanation) -> shap.Explanation:
    """Return the explanation in shap's own class, for shap's plots and tools."""
    return shap.Explanation(
        values=explanation.contributions.to_numpy(np.float64),
        base_values=np.full(len(explanation.contributions), explanation.base_value),
        data=_as_numbers(explanation.values),
        feature_names=list(explanation.contributions.columns),
    )


def _as_numbers(features: pd.DataFrame) -> np.ndarray:
    """Write categories as their place among the column's own; NaN where missing."""
    columns = [
        features[name].cat.codes.astype(float).where(features[name].notna())
        if isinstance(features[name].dtype, pd.CategoricalDtype)
        else features[name]
        for name in features.columns
    ]
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _from_numbers(rows: np.ndarray, like: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=like.columns)
    for name, kind in like.dtypes.items():
        if isinstance(kind, pd.CategoricalDtype):
            codes = table[name].fillna(-1).astype(int)
            table[name] = pd.Categorical.from_codes(codes, dtype=kind)
    return table


def _stack_sequences(customer: Snapshot, typical: Snapshot) -> dict[str, Any]:
    """Return the sequences that both have, the customer's first."""
    return {
        name: np.concatenate([own, typical.sequences[name]])
        for name, own in customer.sequences.items()
        if name in typical.sequences
    }
