"""Customers sorted into groups by rules, the first that fits; a byte each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["put_in_order", "sort_into_groups"]


def sort_into_groups(
    rules: Mapping[str, npt.NDArray[np.bool_]],
    otherwise: str,
    groups: Sequence[str],
    index: pd.Index,
    name: str,
) -> pd.Series:
    """Put every customer into the group of the first rule that fits.

    Parameters
    ----------
    rules : mapping of str to ndarray of bool, shape (customers,)
        By group, the first to be tried first.
    otherwise : str
        Group of those whom no rule fits.
    groups : sequence of str
        Every group there may be.
    index : Index
        The customers.
    name : str
        Of the result.

    Returns
    -------
    Series of category
        Its categories are ``groups``, in that order.
    """
    places = {group: place for place, group in enumerate(groups)}
    codes = np.full(len(index), places[otherwise], dtype=np.int8)
    for group, fits in reversed([*rules.items()]):
        codes[fits] = places[group]
    kind = pd.CategoricalDtype(list(groups))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kind), index=index, name=name)


def put_in_order(assignment: pd.Series, index: pd.Index) -> pd.Series:
    """Return the groups of some customers in their order, as a category."""
    ordered = assignment if assignment.index is index else assignment.reindex(index)
    return ordered.astype("category")
