"""The forecast as people use it: one row per customer."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from clv_core.evaluation.chances import ChanceCalibration
from clv_core.models.forecaster import Prediction
from clv_core.models.next_order import average_days_between_orders, forecast_next_order
from clv_core.models.purchase_process import PurchaseProcess
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
OUTLOOK_COLUMNS: Final = (
    "churn_risk",
    "next_order_low_date",
    "next_order_high_date",
    "average_days_between_orders",
)
"""What is told of a customer's coming back, beside the forecast."""


def assemble_forecast(
    rehearsal: Rehearsal,
    model: str,
    bounds: pd.DataFrame,
    chances: ChanceCalibration | None = None,
) -> pd.DataFrame:
    """Put a model's forecast beside what is known of each customer.

    Parameters
    ----------
    rehearsal : Rehearsal
        Fitted at the cutoff that the forecast starts from.
    model : str
        The model whose amounts are used; :func:`fill_in` adds what it leaves open.
    bounds : DataFrame, index ``customer_key``
        ``low`` and ``high``.
    chances : ChanceCalibration, optional
        Puts the chances of buying right.

    Returns
    -------
    DataFrame, index ``customer_key``
        ``predicted, low, high`` (shop's currency over the horizon), ``p_buy``,
        ``expected_orders``, ``OUTLOOK_COLUMNS`` (churn risk: the chance of no purchase
        over the horizon), ``past_spend``, ``order_count``, ``recency_days``,
        ``tenure_days``; highest forecast first.
    """
    told = tell(rehearsal, model, chances or ChanceCalibration())
    snapshot = rehearsal.snapshot
    table = pd.DataFrame(
        {
            PREDICTED: told.spend,
            "low": bounds["low"],
            "high": bounds["high"],
            "p_buy": told.p_buy,
            "expected_orders": told.orders,
        },
        index=snapshot.features.index,
    )
    process = None if rehearsal.expectation is None else rehearsal.expectation.forecaster_.process_
    table = table.join(
        tell_return(told, process, snapshot.features, snapshot.day, snapshot.horizon_days)
    )
    for feature, name in CARRIED_FEATURES.items():
        table[name] = snapshot.features[feature]
    return table.sort_values(PREDICTED, ascending=False, kind="stable")


def tell(rehearsal: Rehearsal, model: str, chances: ChanceCalibration) -> Prediction:
    """Return what a model forecasts, gaps filled and chances put right."""
    chosen = rehearsal.predictions[model]
    return fill_in(chosen, rehearsal.predictions.get(FALLBACK, chosen), chances)


def tell_return(
    told: Prediction,
    process: PurchaseProcess | None,
    features: pd.DataFrame,
    cutoff: dt.date,
    horizon_days: int,
) -> pd.DataFrame:
    """Return ``OUTLOOK_COLUMNS`` of each customer; no days without a purchase process."""
    table = pd.DataFrame(index=features.index)
    table["churn_risk"] = np.nan if told.p_buy is None else 1 - told.p_buy
    if process is None:
        unknown = pd.Series(pd.NaT, features.index, dtype="datetime64[s]")
        days = pd.DataFrame(dict.fromkeys(OUTLOOK_COLUMNS[1:3], unknown))
    else:
        days = forecast_next_order(process, features, cutoff, horizon_days)
    return table.join(days).assign(
        average_days_between_orders=average_days_between_orders(features)
    )


def fill_in(
    chosen: Prediction, statistical: Prediction, chances: ChanceCalibration | None = None
) -> Prediction:
    """Take what a model leaves open from the statistical one, and put chances right.

    Where chances are put right, the number of orders follows in proportion if both
    come from one model: who buys still orders as often. Nobody is expected to order
    less often than the chance of ordering at all; where the two come from different
    models, the number is raised to the chance.
    """
    source = statistical if chosen.p_buy is None else chosen
    p_buy = source.p_buy
    orders = statistical.orders if chosen.orders is None else chosen.orders
    if p_buy is not None and chances is not None:
        right = chances.apply(p_buy)
        if orders is not None and orders is source.orders:
            orders = orders * (right / p_buy.where(p_buy > 0, 1.0))
        p_buy = right
    if p_buy is not None and orders is not None:
        orders = pd.Series(np.maximum(orders, p_buy), index=orders.index, name="orders")
    return Prediction(chosen.spend, p_buy, orders)
