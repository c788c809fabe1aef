"""Why each forecast is what it is, as tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


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
    has_own_names : bool
        Whether the features bear the user's own headers. A header that also
        stands in ``features.catalogue`` need not mean the same.
    """

    contributions: pd.DataFrame
    values: pd.DataFrame
    base_value: float
    has_own_names: bool = False

    @property
    def predicted(self) -> pd.Series:
        """The forecast these contributions add up to."""
        return self.contributions.sum(axis=1) + self.base_value
