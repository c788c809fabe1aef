"""How likely a customer was still one, day by day, by a fitted purchase process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from clv_core.models.purchase_process import DAYS_PER_WEEK, PurchaseHistories, PurchaseProcess


def trace_p_alive(
    process: PurchaseProcess, purchase_days: Collection[dt.date], until: dt.date
) -> pd.DataFrame:
    """Ask for P(alive) at the end of every day from the first purchase on.

    Each day sees the purchases up to it and none after; the parameters are those of
    the fitted process throughout, so a day's chance is not what a fit of that day
    would have said. Under the Pareto/NBD the chance is 1 on a day with a purchase
    (whoever buys is a customer) and falls in gaps, the faster the shorter the gaps
    before (Schmittlein, Morrison & Colombo 1987, Management Science 33(1), eq. 11-13).

    Parameters
    ----------
    process : PurchaseProcess
        Fitted.
    purchase_days : collection of date
        Days with a purchase; of one day several count once.
    until : date
        Last day asked for. Days after the last purchase known are told as if none came.

    Returns
    -------
    DataFrame with ``day`` (datetime64), ``p_alive`` (float64, 0 to 1)
        A row per day; none where there is no purchase by ``until``.
    """
    bought = np.unique([day.toordinal() for day in purchase_days if day <= until])
    if not len(bought):
        return pd.DataFrame(
            {"day": pd.Series(dtype="datetime64[s]"), "p_alive": pd.Series(dtype=np.float64)}
        )
    days = np.arange(bought[0], until.toordinal() + 1)
    seen = np.searchsorted(bought, days, side="right")
    histories = PurchaseHistories(
        frequency=(seen - 1).astype(np.float64),
        last_purchase_weeks=(bought[seen - 1] - bought[0]) / DAYS_PER_WEEK,
        tenure_weeks=(days - bought[0]) / DAYS_PER_WEEK,
        weights=np.ones(len(days)),
    )
    first = pd.Timestamp(dt.date.fromordinal(int(bought[0])))
    return pd.DataFrame(
        {
            "day": pd.date_range(first, periods=len(days), freq="D").astype("datetime64[s]"),
            "p_alive": process.p_alive(histories),
        }
    )
