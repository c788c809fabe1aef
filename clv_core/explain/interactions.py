"""One feature closely: what it adds by its value, and on which other feature that depends."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from clv_core.explain.explanation import Explanation

SLICES: Final = 10  # of customers by their value of the feature
FEWEST_IN_SLICE: Final = 12
MOST_LEVELS: Final = 8  # of a category that is compared with
NOTABLE_SHARE: Final = 0.01
"""Less of what a feature's contributions vary by is no interaction worth a colour."""

Array = np.ndarray[Any, np.dtype[Any]]


def rank_interactions(
    explanation: Explanation, feature: str, sample: int = 4000, seed: int = 0
) -> pd.DataFrame:
    """Rank the other features by how much a feature's contribution depends on them.

    Customers are sliced by their value of the feature. In a slice, what a line in
    that value does not account for is what customers of like value differ by; of
    this, the part that goes with the other feature's rank (or category), beyond
    what a random one would reach, counts (the adjusted sum of squares of a
    regression). ``shap.approximate_interactions`` slices likewise but adds up
    correlations, which say nothing of size: contributions that hardly vary at like
    value correlate too.

    Parameters
    ----------
    explanation : Explanation
    feature : str
    sample : int, default 4000
        Customers looked at, drawn at random from more.
    seed : int
        For that draw.

    Returns
    -------
    DataFrame with ``feature, share``
        Of all by which the feature's contributions vary (their sum of squares), the
        share that goes with each other feature at like value of this one, 0 to 1.
        Largest first.

    Raises
    ------
    KeyError
        When the feature is not in the explanation.
    """
    rows = _draw(len(explanation.contributions), sample, seed)
    contribution = explanation.contributions[feature].to_numpy(np.float64)[rows]
    values = explanation.values.iloc[rows]
    others = [str(name) for name in values.columns if name != feature]
    total = float(((contribution - contribution.mean()) ** 2).sum())
    explained = np.zeros(len(others))
    if total > 0:
        designs = [_design(values[name]) for name in others]
        own = _as_number(values[feature])
        for inside in _slice(values[feature]):
            explained += _explain_slice(contribution[inside], own[inside], designs, inside)
    shares = np.clip(explained, 0, None) / (total or 1.0)
    table = pd.DataFrame({"feature": others, "share": np.minimum(shares, 1.0)})
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def strongest_partner(ranked: pd.DataFrame) -> str | None:
    """Name the first of :func:`rank_interactions`; None where none is notable."""
    if ranked.empty or ranked["share"].iloc[0] < NOTABLE_SHARE:
        return None
    return str(ranked["feature"].iloc[0])


def lay_out_dependence(
    explanation: Explanation,
    feature: str,
    partner: str | None = None,
    sample: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Lay out what one feature adds or takes by its value, for a sample of customers.

    Returns
    -------
    DataFrame, index ``customer_key``
        ``value`` (number, or text for a category), ``contribution`` (money),
        ``partner_value`` and ``partner_rank`` (0 the smallest among these customers, 1
        the largest; NaN where missing or a category). Customers whose value is
        missing stay in, with NaN.
    """
    rows = _draw(len(explanation.contributions), sample, seed)
    values = explanation.values.iloc[rows]
    missing = pd.Series(np.nan, values.index)
    partner_value = missing if partner is None else values[partner]
    ranks = missing
    if partner is not None and is_numeric_dtype(partner_value):
        known = max(int(partner_value.notna().sum()) - 1, 1)
        ranks = (partner_value.rank() - 1) / known
    return pd.DataFrame(
        {
            "value": values[feature],
            "contribution": explanation.contributions[feature].iloc[rows],
            "partner_value": partner_value,
            "partner_rank": ranks,
        }
    )


def _draw(count: int, sample: int, seed: int) -> Array:
    if count <= sample:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))


def _slice(values: pd.Series) -> list[Array]:
    """Return the positions of customers of like value; the missing ones together."""
    if is_numeric_dtype(values):
        numbers = values.astype(np.float64)
        slices = pd.qcut(numbers.rank(method="average"), SLICES, labels=False, duplicates="drop")
    else:
        slices = pd.Series(pd.Categorical(values).codes, values.index)
    codes = slices.fillna(-1).to_numpy()
    found = [np.flatnonzero(codes == code) for code in np.unique(codes)]
    return [inside for inside in found if len(inside) >= FEWEST_IN_SLICE]


def _as_number(values: pd.Series) -> Array:
    """Return numbers with gaps closed; nothing where the feature is a category."""
    if not is_numeric_dtype(values):
        return np.zeros(len(values))
    numbers = values.astype(np.float64)
    return np.asarray(numbers.fillna(numbers.median() if numbers.notna().any() else 0.0))


def _design(values: pd.Series) -> Array:
    """Return ranks as one column, or a column per category; the missing in the middle."""
    if is_numeric_dtype(values):
        ranks = values.astype(np.float64).rank(pct=True)
        return np.asarray(ranks.fillna(0.5), dtype=np.float64)[:, None]
    levels = values.value_counts().index[:MOST_LEVELS]
    return np.column_stack([np.asarray(values == level, dtype=np.float64) for level in levels])


def _explain_slice(contribution: Array, own: Array, designs: list[Array], inside: Array) -> Array:
    """Return per design the sum of squares it accounts for, less what chance would."""
    basis = np.column_stack([np.ones(len(own)), own - own.mean()])
    basis = np.linalg.qr(basis)[0] if np.ptp(own) > 0 else basis[:, :1] / np.sqrt(len(own))
    rest = contribution - basis @ (basis.T @ contribution)
    found = [
        _adjusted(rest, design[inside] - basis @ (basis.T @ design[inside]), basis.shape[1])
        for design in designs
    ]
    return np.array(found)


def _adjusted(rest: Array, columns: Array, taken: int) -> float:
    """Return the sum of squares along the columns, less their share of the noise."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    used = left[:, size > 1e-9 * max(len(rest), 1)]
    explained = float(((used.T @ rest) ** 2).sum())
    freedom = len(rest) - taken - used.shape[1]
    if freedom < 1:
        return 0.0
    noise = max(float(rest @ rest) - explained, 0.0) / freedom
    return float(explained - used.shape[1] * noise)
