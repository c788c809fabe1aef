"""Who is on a list: customers picked by value tier and by marketing tier."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd


def select_audience(
    forecast: pd.DataFrame,
    value_tiers: Collection[str] = (),
    marketing_tiers: Collection[str] = (),
) -> pd.DataFrame:
    """Keep the customers that are in one of the tiers of each kind.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        With ``value_tier`` and ``marketing_tier``.
    value_tiers, marketing_tiers : collection of str
        Tiers to keep; an empty one does not restrict.
    """
    chosen = pd.Series(True, index=forecast.index)
    if value_tiers:
        chosen &= forecast["value_tier"].isin(list(value_tiers))
    if marketing_tiers:
        chosen &= forecast["marketing_tier"].isin(list(marketing_tiers))
    return forecast[chosen]
