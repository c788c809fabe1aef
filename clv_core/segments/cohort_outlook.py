"""What cohorts have brought, and what they are expected to bring."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clv_core.evaluation.totals import TotalInterval
from clv_core.segments.cohorts import Cohorts
from clv_core.segments.periods import MEAN_DAYS, count_reached, number_day


def name_cohort(cohort: pd.Timestamp) -> str:
    """Return the first day of a cohort's period as text, as groups of a total are named."""
    return cohort.date().isoformat()


def sum_cohorts(
    cohorts: Cohorts,
    assigned: pd.Series,
    forecast: pd.DataFrame,
    totals: Mapping[str, TotalInterval],
) -> pd.DataFrame:
    """Put what each cohort has brought beside what it is expected to bring.

    Parameters
    ----------
    cohorts : Cohorts
    assigned : Series of datetime64, index ``customer_key``
        From ``cohorts.assign_cohorts``, in the same periods.
    forecast : DataFrame, index ``customer_key``
        ``predicted`` over the horizon that begins after ``cohorts.last_day``.
    totals : mapping of str to TotalInterval
        Ranges of the cohorts' totals by :func:`name_cohort`; empty where none can be told.

    Returns
    -------
    DataFrame, index ``cohort``, oldest first
        ``customers``, ``net_revenue`` (so far), ``expected``, ``low``, ``high``, in the
        shop's currency, the last two NaN where no range is known; and per customer
        ``so_far``, ``further``, ``further_low``, ``further_high``.
    """
    table = pd.DataFrame(
        {
            "customers": cohorts.sizes,
            "net_revenue": cohorts.cells.groupby("cohort")["net_revenue"].sum(),
            "expected": _sum_by_cohort(forecast["predicted"], assigned),
        }
    ).fillna({"expected": 0.0})
    ranges = [totals.get(name_cohort(cohort)) for cohort in table.index]
    table["low"] = [np.nan if known is None else known.low for known in ranges]
    table["high"] = [np.nan if known is None else known.high for known in ranges]
    per_customer = {
        "so_far": "net_revenue",
        "further": "expected",
        "further_low": "low",
        "further_high": "high",
    }
    for name, total in per_customer.items():
        table[name] = table[total] / table["customers"]
    return table


def _sum_by_cohort(predicted: pd.Series, assigned: pd.Series) -> pd.Series:
    """Sum forecasts; who is in no cohort (only returned goods) is in no sum."""
    return predicted.groupby(assigned.reindex(predicted.index)).sum()


def continue_curve(
    cohorts: Cohorts, outlook: pd.DataFrame, cohort: pd.Timestamp, horizon_days: int
) -> pd.DataFrame:
    """Carry a cohort's cumulative revenue per customer on by the forecast.

    Parameters
    ----------
    cohorts : Cohorts
    outlook : DataFrame
        From :func:`sum_cohorts`.
    cohort : Timestamp
        First day of its period.
    horizon_days : int
        Days that are forecast.

    Returns
    -------
    DataFrame with ``period``, ``value``, ``low``, ``high``
        Two rows: the last day of data, where all three are what came in, and the last
        day that is forecast. ``period`` counts ends of periods, as in the curves; a
        month is taken as 30.4 days.
    """
    number = number_day(cohort.date(), cohorts.unit)
    reached = count_reached(number, cohorts.last_day, cohorts.unit)
    columns = ["so_far", "further", "further_low", "further_high"]
    so_far, *further = outlook[columns].loc[[cohort]].to_numpy(float)[0]
    ends = [so_far + more for more in further]
    return pd.DataFrame(
        [
            [reached, so_far, so_far, so_far],
            [reached + horizon_days / MEAN_DAYS[cohorts.unit], *ends],
        ],
        columns=["period", "value", "low", "high"],
    )
