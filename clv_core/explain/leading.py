"""Whose forecast rests on what most: the customers behind a bar."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clv_core.explain.explanation import Explanation
from clv_core.explain.families import sum_families


def find_leading_features(explanation: Explanation) -> pd.Series:
    """Name the feature that moves each customer's forecast most.

    Returns
    -------
    Series of str, index ``customer_key``
        Up or down, by absolute contribution; customers that nothing sets apart from the
        typical one are left out.
    """
    return _find_largest(explanation.contributions)


def find_leading_families(explanation: Explanation) -> pd.Series:
    """Name the family of features that moves each forecast most, summed up first."""
    return _find_largest(sum_families(explanation))


def _find_largest(parts: pd.DataFrame) -> pd.Series:
    if not parts.shape[1]:
        return pd.Series(dtype=object, index=parts.index[:0])
    size = np.abs(parts.to_numpy(np.float64))
    names = np.asarray(parts.columns, dtype=object)[size.argmax(axis=1)]
    is_moved = size.max(axis=1) > 0
    return pd.Series(names[is_moved], parts.index[is_moved], dtype=object)
