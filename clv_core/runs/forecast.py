"""The forecast as people use it: one row per customer."""

from __future__ import annotations

from typing import Final

import pandas as pd

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
        The model whose amounts are used. Where it gives no probability of buying
        or number of orders, Pareto/NBD's stand in.
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
    statistical = rehearsal.predictions.get(FALLBACK, chosen)
    features = rehearsal.snapshot.features
    table = pd.DataFrame(
        {
            PREDICTED: chosen.spend,
            "low": bounds["low"],
            "high": bounds["high"],
            "p_buy": chosen.p_buy if chosen.p_buy is not None else statistical.p_buy,
            "expected_orders": chosen.orders if chosen.orders is not None else statistical.orders,
        },
        index=features.index,
    )
    for feature, name in CARRIED_FEATURES.items():
        table[name] = features[feature]
    return table.sort_values(PREDICTED, ascending=False, kind="stable")
