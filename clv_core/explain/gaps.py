"""What parts lack of their sum, given back to them."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def spread_gap(parts: Array, differences: Array) -> Array:
    """Spread what parts lack of each customer's difference, in proportion to their size.

    Where all parts are 0 they get the same each.

    Parameters
    ----------
    parts : ndarray, shape (customers, features)
    differences : ndarray, shape (customers,)
        Forecast less base value.

    Returns
    -------
    ndarray of float64, shape (customers, features)
        Adding up to the differences.
    """
    exact = parts.astype(np.float64, copy=False)
    size = np.abs(exact)
    total = size.sum(axis=1, keepdims=True)
    even = np.full_like(size, 1 / size.shape[1])
    shares = np.divide(size, total, out=even, where=total > 0)
    gap = differences - exact.sum(axis=1)
    return np.asarray(exact + shares * gap[:, None])
