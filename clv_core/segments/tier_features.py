"""What the customers of each value tier look like."""

from __future__ import annotations

import pandas as pd

from clv_core.segments.value_tiers import VALUE_TIERS

_QUANTILES = {
    "low": 0.05,
    "lower_quartile": 0.25,
    "median": 0.5,
    "upper_quartile": 0.75,
    "high": 0.95,
}


def describe_features(features: pd.DataFrame, assignment: pd.Series) -> pd.DataFrame:
    """Spread every feature out within every tier.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        One column per feature; missing values are left out, and so are columns of
        categories (:func:`describe_categories`).
    assignment : Series of str, index ``customer_key``
        Value tier of the same customers.

    Returns
    -------
    DataFrame with ``tier``, ``feature``, ``known``, ``mean``, ``low``,
    ``lower_quartile``, ``median``, ``upper_quartile``, ``high``
        A row per tier and feature, highest tier first; ``known`` counts customers
        with a value, ``low`` and ``high`` are the 5th and 95th percentiles. NaN where
        no customer of the tier has a value.
    """
    numbers = features.select_dtypes(["number", "bool"]).astype("float64")
    of_these = assignment.reindex(numbers.index)
    parts = [_spread(numbers[(of_these == tier).to_numpy()], tier) for tier in VALUE_TIERS]
    return pd.concat(parts, ignore_index=True)


def describe_categories(features: pd.DataFrame, assignment: pd.Series) -> pd.DataFrame:
    """Count the customers of every tier in every category.

    Parameters
    ----------
    features : DataFrame, index ``customer_key``
        Columns of dtype ``category`` are read, all others left out.
    assignment : Series of str, index ``customer_key``

    Returns
    -------
    DataFrame with ``tier``, ``feature``, ``category``, ``customers``, ``share``
        A row per tier, feature and category that occurs in the table, highest
        tier first, most frequent category first; ``share`` is of the tier's
        customers with a known category, NaN where it has none.
    """
    parts = [
        _count_categories(features[name], str(name), assignment)
        for name in features.select_dtypes("category").columns
    ]
    columns = ["tier", "feature", "category", "customers", "share"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _count_categories(column: pd.Series, name: str, assignment: pd.Series) -> pd.DataFrame:
    categories = column.value_counts()
    of_these = assignment.reindex(column.index)
    occurring = [category for category, count in categories.items() if count]
    rows = []
    for tier in VALUE_TIERS:
        counts = column[(of_these == tier).to_numpy()].value_counts()
        known = int(counts.sum())
        for category in occurring:
            count = int(counts.get(category, 0))
            share = count / known if known else float("nan")
            rows.append((tier, name, str(category), count, share))
    return pd.DataFrame(rows, columns=["tier", "feature", "category", "customers", "share"])


def _spread(inside: pd.DataFrame, tier: str) -> pd.DataFrame:
    quantiles = inside.quantile([*_QUANTILES.values()]).set_axis([*_QUANTILES])
    table = pd.DataFrame({"known": inside.count(), "mean": inside.mean(), **quantiles.T})
    table.insert(0, "feature", table.index.astype(str))
    table.insert(0, "tier", tier)
    return table.reset_index(drop=True)
