"""The forecast as people use it: one row per customer."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from clv_core.models.forecaster import Prediction
from clv_core.runs.rehearsal import Rehearsal

PREDICTED: Final = "predicted"
FALLBACK: Final = "pareto_nbd"  # says who buys and how often where the chosen model does not

# Facts about the customer that tables and filters show beside the forecast.
CARRIED_FEATURES: Final = {
    "net_spend": "past_spend",
    "order_count": "order_count",
    "recency_days": "recency_days",
    "tenure_days": "tenure_days",
}


def assemble_forecast(rehearsal: Rehearsal, model: str, bounds: pd.DataFrame) -> pd.DataFrame:
    """Put a model's forecast beside what is known of each customer.

    Parameters
    ----------
    rehearsal : Rehearsal
        Fitted at the cutoff that the forecast starts from.
    model : str
        The model whose amounts are used; :func:`fill_in` adds what it leaves open.
    bounds : DataFrame, index ``customer_key``
        ``low`` and ``high``.

    Returns
    -------
    DataFrame, index ``customer_key``
        ``predicted, low, high`` (shop's currency over the horizon), ``p_buy``,
        ``expected_orders``, ``past_spend``, ``order_count``, ``recency_days``,
        ``tenure_days``; highest forecast first.
    """
    chosen = rehearsal.predictions[model]
    filled = fill_in(chosen, rehearsal.predictions.get(FALLBACK, chosen))
    features = rehearsal.snapshot.features
    table = pd.DataFrame(
        {
            PREDICTED: filled.spend,
            "low": bounds["low"],
            "high": bounds["high"],
            "p_buy": filled.p_buy,
            "expected_orders": filled.orders,
        },
        index=features.index,
    )
    for feature, name in CARRIED_FEATURES.items():
        table[name] = features[feature]
    return table.sort_values(PREDICTED, ascending=False, kind="stable")


def fill_in(chosen: Prediction, statistical: Prediction) -> Prediction:
    """Take the chance of buying and the number of orders that a model leaves open.

    Nobody is expected to order less often than the chance of ordering at all.
    Where the two come from different models, the number is raised to the chance.
    """
    p_buy = statistical.p_buy if chosen.p_buy is None else chosen.p_buy
    orders = statistical.orders if chosen.orders is None else chosen.orders
    if p_buy is not None and orders is not None:
        orders = pd.Series(np.maximum(orders, p_buy), index=orders.index, name="orders")
    return Prediction(chosen.spend, p_buy, orders)
