"""How the days were cut, as the rows of a timeline."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pandas as pd

from clv_core.features.windows import WindowPlan

ROLES: Final = ("history", "training", "validation", "test", "forecast")


def lay_out_windows(plan: WindowPlan, first_day: dt.date) -> pd.DataFrame:
    """Return from when to when each part of the days reaches.

    Parameters
    ----------
    plan : WindowPlan
    first_day : date
        First day with an order.

    Returns
    -------
    DataFrame with ``role``, ``start``, ``end``
        ``history``: all days that a forecast for the test could see; ``training``:
        those whose outcome taught the models that were tested; ``validation``: those
        that chose the model; ``test``: those held out; ``forecast``: those to come.
        Rows that this plan does not have are left out.
    """
    cutoffs = plan.training_cutoffs(plan.holdout_cutoff)
    rows = [("history", first_day, plan.holdout_cutoff)]
    if cutoffs:
        rows.append(("training", cutoffs[0], plan.holdout_cutoff))
    if plan.validation_cutoff is not None and plan.validation_horizon_days is not None:
        validated = dt.timedelta(days=plan.validation_horizon_days)
        rows.append(("validation", plan.validation_cutoff, plan.validation_cutoff + validated))
    ahead = dt.timedelta(days=plan.horizon_days)
    rows.append(("test", plan.holdout_cutoff, plan.holdout_cutoff + ahead))
    rows.append(("forecast", plan.forecast_cutoff, plan.forecast_cutoff + ahead))
    return pd.DataFrame(rows, columns=["role", "start", "end"])
