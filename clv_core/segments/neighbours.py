"""Customers who are most alike by their features, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.neighbors import NearestNeighbors

__all__ = ["Neighbourhood", "rank_share", "spread_categories", "tell_common", "weigh_columns"]

CLOSE: Final = 0.1  # a tenth of all customers in between: "alike" in one feature
MOST_CATEGORIES: Final = 20  # of one column, the most frequent; others are alike

_FloatArray = npt.NDArray[np.float64]


class Neighbourhood:
    """All customers of a result, placed by the ranks of their features.

    Amounts and counts are skewed, so a feature is replaced by the share of customers
    who have less of it, ties averaged, from 0 to 1; a missing value counts as less than
    any known one. A category gives a column per category, so that two categories
    are as far apart as the ends of a ranking. The distance of two customers is the
    root of their mean squared difference, in which each family of features counts the
    same however many features it has: 0 is the same in everything, 1 the opposite.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        Numbers, or text as ``category``. Columns that are the same for everybody are
        left out.
    families : mapping of str to str
        Family of each column; every column not in it is a family of its own.

    Attributes
    ----------
    places_ : DataFrame, index ``customer_key``
        Ranks of the numbers, one column each; the categories are not in it.
    """

    def __init__(self, features: pd.DataFrame, families: Mapping[str, str]) -> None:
        telling = features.loc[:, features.nunique(dropna=False) > 1]
        is_number = [pd.api.types.is_numeric_dtype(telling[name]) for name in telling]
        numbers = telling.loc[:, is_number].astype(np.float64)
        self._features = telling
        self._families = families
        self.places_ = rank_share(numbers)
        blocks = {str(name): self.places_[[name]].to_numpy() for name in numbers}
        for name in telling.columns[~np.array(is_number, dtype=bool)]:
            blocks[str(name)] = spread_categories(telling[name])
        weights = weigh_columns(list(blocks), families)
        scaled = [block * np.sqrt(weights[name]) for name, block in blocks.items()]
        self._scaled = np.column_stack(scaled or [np.zeros((len(features), 1))]).astype(np.float32)
        self._finder = NearestNeighbors(algorithm="brute").fit(self._scaled)

    def find_nearest(self, customer_key: int, count: int = 5) -> pd.Series:
        """Return the customers most like one.

        Returns
        -------
        Series of float64, index ``customer_key``, named ``distance``
            Nearest first, at most ``count``; without the customer.

        Raises
        ------
        KeyError
            When the customer is not among these.
        """
        keys = self._features.index
        own = _find_row(keys, customer_key)
        # One more, as the customer is there too; of twins, any may stand before the customer.
        distances, rows = self._finder.kneighbors(
            self._scaled[own : own + 1], n_neighbors=min(count + 1, len(keys))
        )
        others = rows[0] != own
        found = pd.Series(distances[0][others], keys[rows[0][others]], name="distance")
        return found.head(count)

    def find_common(self, customer_key: int, others: pd.Index, most: int = 5) -> pd.DataFrame:
        """Name the features in which some are alike, least usual first, one of each family.

        A feature counts where none of the others lies further from the customer than
        ``CLOSE`` in rank and all of them are on one side of the median; among these the
        ones come first whose ranks are furthest from the middle of all customers. Sisters
        of a family say much the same.

        Parameters
        ----------
        customer_key : int
        others : Index
            Keys of those to compare with.
        most : int, default 5

        Returns
        -------
        DataFrame with ``feature``, ``value`` (the customer's), ``low``, ``high`` (of the
            others), ``median`` (of all customers), all in the feature's unit; features
            without a value for one of them are left out.
        """
        places = self.places_.loc[[customer_key, *others]]
        values = self._features.loc[places.index, list(places.columns)]
        medians = self._features[places.columns].median()
        return tell_common(places, values, medians, self._families, most)


def tell_common(
    places: pd.DataFrame,
    values: pd.DataFrame,
    medians: pd.Series,
    families: Mapping[str, str],
    most: int = 5,
) -> pd.DataFrame:
    """Name the features in which some are alike, as :meth:`Neighbourhood.find_common` does.

    Parameters
    ----------
    places : DataFrame, index ``customer_key``
        Ranks of the customer, who comes first, and of the others.
    values : DataFrame, same index and columns
        Their features.
    medians : Series, index feature
        Of all customers.
    families : mapping of str to str
    most : int
    """
    known = values.notna().all()
    alike = (places - places.iloc[0]).abs().max() <= CLOSE
    is_one_side = (values > medians).all() | (values < medians).all()
    unusual = (places.mean() - 0.5).abs()[known & alike & is_one_side]
    ordered = unusual.sort_values(ascending=False, kind="stable").index
    named = pd.Series([families.get(str(name), str(name)) for name in ordered])
    chosen = ordered[~named.duplicated().to_numpy()][:most]
    theirs = values[chosen].iloc[1:]
    return pd.DataFrame(
        {
            "feature": chosen.astype(str),
            "value": values[chosen].iloc[0].to_numpy(np.float64),
            "low": theirs.min().to_numpy(np.float64),
            "high": theirs.max().to_numpy(np.float64),
            "median": medians[chosen].to_numpy(np.float64),
        }
    )


def rank_share(numbers: pd.DataFrame) -> pd.DataFrame:
    """Replace each number by its rank from 0 to 1, ties averaged, missing ones lowest."""
    ranks = numbers.rank(na_option="top", method="average")
    return ((ranks - 1) / max(len(numbers) - 1, 1)).astype(np.float32)


def spread_categories(column: pd.Series) -> _FloatArray:
    """Return a column per frequent category, so scaled that two categories are 1 apart."""
    codes = pd.Series(pd.factorize(column)[0])  # missing is -1, a category like others
    frequent = codes.value_counts().index[:MOST_CATEGORIES]
    flags = np.column_stack([codes == code for code in frequent])
    spread: _FloatArray = flags.astype(np.float64) * np.sqrt(0.5)
    return spread


def _find_row(keys: pd.Index, customer_key: int) -> int:
    rows = np.flatnonzero(keys == customer_key)
    if not len(rows):
        raise KeyError(customer_key)
    return int(rows[0])


def weigh_columns(names: list[str], families: Mapping[str, str]) -> dict[str, float]:
    """Return what each column counts, so that families count the same and all add up to 1."""
    family = pd.Series([families.get(name, name) for name in names], index=names, dtype=object)
    sizes = family.map(family.value_counts())
    return {name: 1.0 / (float(sizes[name]) * family.nunique()) for name in names}
