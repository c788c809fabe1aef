"""Explanations summed up as the tables that charts are drawn from."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from clv_core.explain.explanation import Explanation
from clv_core.features.catalogue import CATALOGUE
from clv_core.sentences import Sentence

OTHER_FEATURES: Final = "other_features"
"""Name of the waterfall's step that holds all features not shown singly."""


def importance(explanation: Explanation) -> pd.DataFrame:
    """Rank the features by how much money they move.

    Returns
    -------
    DataFrame
        ``feature``, ``family`` (``features.catalogue``; ``other`` for columns
        that are not in it), ``mean_abs``: mean over customers of the absolute
        contribution, in the shop's currency. Largest first.
    """
    size = explanation.contributions.abs().mean()
    table = pd.DataFrame(
        {
            "feature": size.index.astype(str),
            "family": [family_of(str(name), explanation.has_own_names) for name in size.index],
            "mean_abs": size.to_numpy(),
        }
    )
    return table.sort_values("mean_abs", ascending=False, kind="stable", ignore_index=True)


def beeswarm(
    explanation: Explanation,
    top: int = 12,
    sample: int = 1000,
    seed: int = 0,
    ranked: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Lay out the contributions of the top features for a sample of customers.

    ``ranked``, from :func:`importance`, is of more customers where the explanation itself is
    of a sample of them.

    Returns
    -------
    DataFrame
        ``feature``, ``customer_key``, ``contribution`` (money), ``value`` (the
        customer's own: a number, or text for a category), ``value_rank``: the
        value's rank among the sampled customers from 0 (smallest) to 1 (largest),
        ties averaged, NaN where the value is missing or a category. Features in
        the order of :func:`importance`.
    """
    keys = explanation.contributions.index
    if len(keys) > sample:
        chosen = np.random.default_rng(seed).choice(len(keys), sample, replace=False)
        keys = keys[np.sort(chosen)]
    ranked = importance(explanation) if ranked is None else ranked
    names = ranked["feature"].head(top)
    parts = [_swarm_of_feature(explanation, name, keys) for name in names]
    return pd.concat(parts, ignore_index=True)


def waterfall(explanation: Explanation, customer_key: int, top: int = 10) -> pd.DataFrame:
    """Lay out one customer's steps from the typical forecast to their own.

    Returns
    -------
    DataFrame
        ``feature``, ``label`` (Sentence), ``value`` (the customer's own),
        ``contribution``, ``start``, ``end``, all money. Largest steps first; the
        last row sums up all features beyond ``top``. The first ``start`` is
        ``base_value``, the last ``end`` the forecast.

    Raises
    ------
    KeyError
        When the customer is not in the explanation.
    """
    ranked = rank_features(explanation, customer_key)
    steps, rest = ranked.head(top), ranked.iloc[top:]
    labels = [label_of(str(name), explanation.has_own_names) for name in steps["feature"]]
    steps = steps.assign(label=pd.Series(labels, steps.index, dtype=object))
    if len(rest):
        others = {
            "feature": OTHER_FEATURES,
            "label": Sentence("{count} other features together", count=len(rest)),
            "value": np.nan,
            "contribution": rest["contribution"].sum(),
        }
        steps = pd.concat([steps, pd.DataFrame([others])], ignore_index=True)
    steps["end"] = explanation.base_value + steps["contribution"].cumsum()
    steps["start"] = steps["end"].shift(fill_value=explanation.base_value)
    return steps[["feature", "label", "value", "contribution", "start", "end"]]


def rank_features(explanation: Explanation, customer_key: int) -> pd.DataFrame:
    """Return one customer's ``feature``, ``value`` and ``contribution``, largest first.

    A value is a number, or text where the feature is a category.

    Raises
    ------
    KeyError
        When the customer is not in the explanation.
    """
    if customer_key not in explanation.contributions.index:
        raise KeyError("the customer is not in the explanation")
    row = explanation.contributions.index == customer_key
    contributions = explanation.contributions[row].to_numpy(np.float64)[0]
    order = np.argsort(-np.abs(contributions), kind="stable")
    return pd.DataFrame(
        {
            "feature": explanation.contributions.columns[order].astype(str),
            "value": _read_values(explanation.values[row])[order],
            "contribution": contributions[order],
        }
    )


def _read_values(row: pd.DataFrame) -> np.ndarray:
    if all(is_numeric_dtype(kind) for kind in row.dtypes):
        numbers: np.ndarray = row.to_numpy(np.float64, na_value=np.nan)[0]
        return numbers
    return np.array([row[name].iloc[0] for name in row.columns], dtype=object)


def label_of(feature: str, has_own_names: bool = False) -> Sentence:
    """Return the feature's label; its own name where the catalogue has none."""
    if feature in CATALOGUE and not has_own_names:
        return CATALOGUE[feature].label
    return Sentence("{name}", name=feature)


def family_of(feature: str, has_own_names: bool = False) -> str:
    """Return the feature's family; ``other`` where the catalogue has none."""
    if feature in CATALOGUE and not has_own_names:
        return CATALOGUE[feature].family
    return "other"


def _swarm_of_feature(explanation: Explanation, name: str, keys: pd.Index) -> pd.DataFrame:
    values = explanation.values.loc[keys, name]
    if is_numeric_dtype(values):
        values = values.astype(np.float64)
        known = max(int(values.notna().sum()) - 1, 1)
        ranks = ((values.rank() - 1) / known).to_numpy()
    else:
        ranks = np.full(len(values), np.nan)
    return pd.DataFrame(
        {
            "feature": name,
            "customer_key": keys,
            "contribution": explanation.contributions.loc[keys, name].to_numpy(),
            "value": values.to_numpy(),
            "value_rank": ranks,
        }
    )
