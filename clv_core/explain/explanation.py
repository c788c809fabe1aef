"""Why each forecast is what it is, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clv_core.cleaning.value_columns import ValueFeature


@dataclass(frozen=True)
class Explanation:
    """Additive attributions in money.

    For every customer ``base_value + contributions.sum()`` is the forecast.

    Attributes
    ----------
    contributions : DataFrame, index ``customer_key``, one column per feature
        Money each feature adds to or takes from the typical forecast. They say
        what the model associates with value, not what causes it.
    values : DataFrame, same shape
        The features themselves, as the customer has them: numbers, or text where
        a column is a ``category``.
    base_value : float
        The forecast of the typical customer (mean over the background).
    own_features : mapping of str to ValueFeature, or None
        Where the features are columns of the user's value table: what each of
        them holds, by header. A header that also stands in
        ``features.catalogue`` need not mean the same.
    """

    contributions: pd.DataFrame
    values: pd.DataFrame
    base_value: float
    own_features: Mapping[str, ValueFeature] | None = None

    @property
    def has_own_names(self) -> bool:
        """Whether the features bear the user's own headers."""
        return self.own_features is not None

    @property
    def predicted(self) -> pd.Series:
        """The forecast these contributions add up to."""
        return self.contributions.sum(axis=1) + self.base_value
