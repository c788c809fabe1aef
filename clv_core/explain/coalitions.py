"""Exact Shapley values of functions with few inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Final, Self

import numpy as np
import pandas as pd

CHUNK_CUSTOMERS: Final = 4000
FEWEST_FOR_TABLES: Final = 20_000  # fewer customers share too little
MOST_PAIRS: Final = 4_000_000  # evaluated once for all chunks: 32 MB a table


@dataclass(frozen=True)
class Factor:
    """One factor of a forecast that is a product of factors.

    Attributes
    ----------
    inputs : tuple of str
        Columns the factor reads.
    evaluate : callable
        Takes a frame with these columns, gives one number per row.
    """

    inputs: tuple[str, ...]
    evaluate: Callable[[pd.DataFrame], np.ndarray]


def attribute_exactly(
    factors: Sequence[Factor], customers: pd.DataFrame, background: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    """Split a product of factors among its inputs by their Shapley values.

    A coalition's worth is the mean forecast over the background with the
    coalition's inputs as the customer has them and all others as the background
    customer has them (Lundberg and Lee 2017, equations 4 and 8, inputs taken as
    independent). All coalitions are visited, so nothing is sampled.

    Parameters
    ----------
    factors : sequence of Factor
        Their product is the forecast.
    customers, background : DataFrame
        The factors' input columns.

    Returns
    -------
    (DataFrame, shape (customers, inputs), float)
        Contributions, and the mean forecast over the background.
    """
    names = list(dict.fromkeys(name for factor in factors for name in factor.inputs))
    nothing: frozenset[str] = frozenset()
    tables: Tables = {}
    if len(customers) > FEWEST_FOR_TABLES:
        tables = {
            (position, own): _Table.evaluate(factor, own, customers, background)
            for position, factor in enumerate(factors)
            for own in _coalitions(factor.inputs)
        }
    contributions = [
        _attribute_chunk(
            factors, names, customers, slice(start, start + CHUNK_CUSTOMERS), tables, background
        )
        for start in range(0, len(customers), CHUNK_CUSTOMERS)
    ]
    base = _worth([_cross(f, nothing, background, background) for f in factors])
    return pd.concat(contributions), float(base[0])


@dataclass(frozen=True)
class _Table:
    """A factor for every distinct customer against every distinct background customer."""

    values: np.ndarray
    left_of: np.ndarray  # (customers,)
    right_of: np.ndarray  # (background customers,)

    @classmethod
    def evaluate(
        cls,
        factor: Factor,
        own: frozenset[str],
        customers: pd.DataFrame,
        background: pd.DataFrame,
    ) -> Self | None:
        """Evaluate all pairs; None where they are too many to be held."""
        left, left_of = _distinct(customers[[n for n in factor.inputs if n in own]])
        right, right_of = _distinct(background[[n for n in factor.inputs if n not in own]])
        if len(left) * len(right) > MOST_PAIRS:
            return None
        pairs = left.merge(right, how="cross")[list(factor.inputs)]
        values = np.asarray(factor.evaluate(pairs), dtype=np.float64)
        return cls(values.reshape(len(left), len(right)), left_of, right_of)

    def read(self, rows: slice) -> np.ndarray:
        """Return some customers against the whole background."""
        return np.asarray(self.values[self.left_of[rows]][:, self.right_of])


Tables = Mapping[tuple[int, frozenset[str]], _Table | None]


def _attribute_chunk(
    factors: Sequence[Factor],
    names: list[str],
    everyone: pd.DataFrame,
    rows: slice,
    tables: Tables,
    background: pd.DataFrame,
) -> pd.DataFrame:
    """Visit every coalition once; each factor sees its own inputs only."""
    customers = everyone.iloc[rows]
    known: dict[tuple[int, frozenset[str]], np.ndarray] = {}
    worth: dict[frozenset[str], np.ndarray] = {}
    for coalition in _coalitions(names):
        met = []
        for position, factor in enumerate(factors):
            own = coalition.intersection(factor.inputs)
            if (position, own) not in known:
                table = tables.get((position, own))
                known[position, own] = (
                    _cross(factor, own, customers, background)
                    if table is None
                    else table.read(rows)
                )
            met.append(known[position, own])
        worth[coalition] = _worth(met)
    columns = {name: _shapley_value(name, names, worth) for name in names}
    return pd.DataFrame(columns, index=customers.index)


def _coalitions(names: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset(c) for size in range(len(names) + 1) for c in combinations(names, size)]


def _cross(
    factor: Factor, own: frozenset[str], customers: pd.DataFrame, background: pd.DataFrame
) -> np.ndarray:
    """Evaluate a factor for every customer against every background customer.

    Equal customers are evaluated once: with whole days and counts as inputs
    many are.

    Returns
    -------
    ndarray, shape (customers, background customers)
    """
    left, left_of = _distinct(customers[[n for n in factor.inputs if n in own]])
    right, right_of = _distinct(background[[n for n in factor.inputs if n not in own]])
    pairs = left.merge(right, how="cross")[list(factor.inputs)]
    table = np.asarray(factor.evaluate(pairs), dtype=np.float64).reshape(len(left), len(right))
    return np.asarray(table[left_of][:, right_of])


def _distinct(rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the distinct rows, and for every row which of them it is."""
    if rows.shape[1] == 0:
        return pd.DataFrame(index=range(1)), np.zeros(len(rows), dtype=np.intp)
    groups = rows.groupby(list(rows.columns), sort=False, dropna=False)
    first = ~rows.duplicated()
    return rows[first].reset_index(drop=True), groups.ngroup().to_numpy()


def _worth(tables: Sequence[np.ndarray]) -> np.ndarray:
    product = tables[0]
    for table in tables[1:]:
        product = product * table
    return np.asarray(product.mean(axis=1))


def _shapley_value(
    name: str, names: Sequence[str], worth: dict[frozenset[str], np.ndarray]
) -> np.ndarray:
    """Average what an input adds over all orders of joining (Shapley 1953)."""
    count = len(names)
    total = np.zeros_like(worth[frozenset()])
    for others in _coalitions([n for n in names if n != name]):
        weight = factorial(len(others)) * factorial(count - len(others) - 1) / factorial(count)
        total += weight * (worth[others | {name}] - worth[others])
    return total
