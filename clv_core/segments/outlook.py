"""The forecast of all customers summed up, as a manager asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

LIKELY_P_BUY: Final = 0.5  # from which a customer is called likely to buy


@dataclass(frozen=True)
class Outlook:
    """All forecasts together.

    Attributes
    ----------
    customers : int
    total : float
        Sum of the forecasts, shop's currency over the horizon.
    mean, median : float
        Of one customer's forecast; NaN without customers.
    expected_buyers : float
        Sum of the chances of buying: how many customers should buy; NaN where the
        model gives no chances.
    likely_buyers : int
        Customers with at least an even chance; 0 where there are no chances.
    expected_orders : float
        Sum of the expected numbers of orders; NaN where there are none.
    top_20_value_share : float
        Share of all value that the 20 % with the highest forecasts hold; NaN where
        nobody is expected to bring anything.
    """

    customers: int
    total: float
    mean: float
    median: float
    expected_buyers: float
    likely_buyers: int
    expected_orders: float
    top_20_value_share: float


def sum_forecast(forecast: pd.DataFrame) -> Outlook:
    """Sum up a forecast.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        ``predicted``, ``p_buy`` and ``expected_orders``; the last two may be all NaN
        or absent.
    """
    unknown = pd.Series(np.nan, index=forecast.index)
    predicted, p_buy = forecast["predicted"], forecast.get("p_buy", unknown)
    return Outlook(
        customers=len(forecast),
        total=float(predicted.sum()),
        mean=float(predicted.mean()),
        median=float(predicted.median()),
        expected_buyers=float(p_buy.sum(min_count=1)),
        likely_buyers=int((p_buy >= LIKELY_P_BUY).sum()),
        expected_orders=float(forecast.get("expected_orders", unknown).sum(min_count=1)),
        top_20_value_share=_share_of_top(predicted.to_numpy(float), 0.2),
    )


def _share_of_top(predicted: np.ndarray, customer_share: float) -> float:
    """Return the value share of the highest forecasts; one on the edge counts in part."""
    held = np.concatenate([[0.0], np.cumsum(np.sort(np.maximum(predicted, 0.0))[::-1])])
    if held[-1] <= 0:
        return float("nan")
    reached = np.interp(customer_share * len(predicted), np.arange(len(held)), held)
    return float(reached / held[-1])


def bin_forecast(forecast: pd.DataFrame, bins: int = 30) -> pd.DataFrame:
    """Count customers by the size of their forecast, on logarithmic edges.

    Returns
    -------
    DataFrame with ``low``, ``high``, ``customers``, ``value``
        Each forecast lies in one bin, ``low`` < forecast <= ``high``. The first bin
        takes everything up to the 1st percentile of the forecasts above nothing,
        nothing and less included; its ``low`` is 0. ``value`` sums the forecasts.
    """
    predicted = forecast["predicted"].to_numpy(float)
    positive = predicted[predicted > 0]
    if not len(positive):
        return pd.DataFrame(
            {"low": [0.0], "high": [0.0], "customers": [len(predicted)], "value": [0.0]}
        )
    first, last = float(np.quantile(positive, 0.01)), float(positive.max())
    edges = np.geomspace(first, max(last, first * 1.01), bins)
    place = np.minimum(np.searchsorted(edges, predicted, side="left"), bins - 1)
    return pd.DataFrame(
        {
            "low": np.append(0.0, edges[:-1]),
            "high": edges,
            "customers": np.bincount(place, minlength=bins),
            "value": np.bincount(place, weights=predicted, minlength=bins),
        }
    )
