"""When a customer's next order may come, by the purchase process."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import pandas as pd

from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.models.maximum_likelihood import FloatArray
from clv_core.models.purchase_process import DAYS_PER_WEEK, PurchaseHistories, PurchaseProcess

EVER_DAYS: Final = 3650  # who has not come back within ten years is not waited for
EARLY: Final = 0.25  # of those who come back, the share that has done so by then
LATE: Final = 0.75
FEWEST_BACK: Final = 0.1  # chance of buying within the horizon, below which no days are told
_STEPS: Final = 24  # days at which the chance of being back is looked up, evenly by their logs


def forecast_next_order(
    process: PurchaseProcess, features: pd.DataFrame, cutoff: dt.date, horizon_days: int
) -> pd.DataFrame:
    """Say between which days a customer who comes back should place the next order.

    With F(t) the probability of a purchase within t days (``p_purchase``), the days
    are those by which a quarter and three quarters of F(ten years) are reached: of
    a hundred customers with this history who come back at all, half do so between
    them. A customer is not expected within the horizon, and gets no days, where fewer
    than ``FEWEST_BACK`` would buy in it at all, or more than half of those who come back
    would do so only after it.

    Parameters
    ----------
    process : PurchaseProcess
        Fitted.
    features : DataFrame, index ``customer_key``
        ``frequency``, ``recency_days`` and ``tenure_days`` as of the cutoff.
    cutoff : date
    horizon_days : int

    Returns
    -------
    DataFrame, index as ``features``
        ``next_order_low_date``, ``next_order_high_date`` (datetime64, NaT where not
        expected within the horizon).
    """
    ever, within = (_p_back(process, features, days) for days in (EVER_DAYS, horizon_days))
    expected = (within >= FEWEST_BACK) & (within > 0.5 * ever)
    waited, found = features[expected], {}
    days = np.unique(np.round(np.geomspace(1, EVER_DAYS, _STEPS)))
    back = np.column_stack([_p_back(process, waited, day) for day in days])
    start = pd.Timestamp(cutoff)
    for name, share in (("next_order_low_date", EARLY), ("next_order_high_date", LATE)):
        reached = _find_days(days, back, share * ever[expected])
        dates = start + pd.to_timedelta(np.ceil(reached), unit="D")
        found[name] = pd.Series(dates, index=waited.index).reindex(features.index)
    return pd.DataFrame(found).astype("datetime64[s]")


def average_days_between_orders(features: pd.DataFrame) -> pd.Series:
    """Return the mean gap between purchase days so far; NaN for one-time buyers."""
    repeats = features[FREQUENCY].where(features[FREQUENCY] > 0)
    return ((features[TENURE] - features[RECENCY]) / repeats).rename("average_days_between_orders")


def _p_back(process: PurchaseProcess, features: pd.DataFrame, days: float) -> FloatArray:
    if features.empty:
        return np.empty(0)
    histories = PurchaseHistories.from_features(features)
    return process.p_purchase(histories, days / DAYS_PER_WEEK)


def _find_days(days: FloatArray, back: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return when each row of ``back``, rising over ``days``, reaches what is wanted.

    Between two looks the chance is taken to rise in a straight line, and from
    nothing on day 0 to the first.
    """
    day = np.concatenate([[0.0], days])
    chance = np.column_stack([np.zeros(len(back)), back])
    after = np.clip((chance < wanted[:, None]).sum(axis=1), 1, len(days))
    rows = np.arange(len(back))
    low, high = chance[rows, after - 1], chance[rows, after]
    step = np.where(high > low, (wanted - low) / np.where(high > low, high - low, 1.0), 1.0)
    found: FloatArray = day[after - 1] + np.clip(step, 0.0, 1.0) * (day[after] - day[after - 1])
    return found
