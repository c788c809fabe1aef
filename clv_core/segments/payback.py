"""When the margin of a cohort has paid for winning its customers."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pandas as pd

from clv_core.economic_settings import EconomicSettings
from clv_core.segments.cohorts import Cohorts, assign_cohorts
from clv_core.sentences import Sentence

Standing = Literal["paid_back", "expected", "possible", "not_within", "unknown"]

STANDINGS: Final[tuple[Standing, ...]] = (
    *("paid_back", "expected", "possible", "not_within", "unknown"),
)


def list_missing(economics: EconomicSettings) -> tuple[Sentence, ...]:
    """Say which inputs are needed before anything can be said of payback."""
    missing = []
    if economics.margin_rate is None:
        missing.append(Sentence("The margin is missing: the share of net revenue that is left."))
    if economics.acquisition_cost is None and not economics.acquisition_costs:
        missing.append(Sentence("The cost of winning one customer is missing."))
    return tuple(missing)


def count_won(first_purchases: pd.Series, assigned: pd.Series) -> pd.DataFrame:
    """Count the customers of each cohort by the calendar month of their first purchase.

    Parameters
    ----------
    first_purchases, assigned : Series of datetime64, same index
        From ``cohorts.find_first_purchases`` and ``cohorts.assign_cohorts``.

    Returns
    -------
    DataFrame with ``cohort``, ``month`` (its first day) and ``customers``
    """
    months = assign_cohorts(first_purchases, "month").rename("month")
    counted = pd.concat([assigned.rename("cohort"), months], axis=1).value_counts(sort=False)
    return counted.rename("customers").reset_index()


def cost_cohorts(won: pd.DataFrame, economics: EconomicSettings) -> pd.Series:
    """Return what one customer of each cohort has cost.

    Costs are known by calendar month. Where a cohort is a week or a quarter, the cost of
    its customers' own months is averaged over them.

    Parameters
    ----------
    won : DataFrame
        From :func:`count_won`.
    economics : EconomicSettings

    Returns
    -------
    Series of float, index ``cohort``, shop's currency
        NaN where the cost of a month in which one of its customers came is not known.
    """
    months = won["month"].dt.strftime("%Y-%m")
    costs = months.map({month: economics.cost_of_winning(month) for month in months.unique()})
    together = pd.DataFrame(
        {"cost": costs.astype("float64") * won["customers"], "customers": won["customers"]}
    )
    sums = together.groupby(won["cohort"]).agg(
        cost=("cost", lambda inside: inside.sum(skipna=False)), customers=("customers", "sum")
    )
    return pd.Series(sums["cost"] / sums["customers"], name="cost")


def measure_payback(
    cohorts: Cohorts, outlook: pd.DataFrame, costs: pd.Series, margin_rate: float
) -> pd.DataFrame:
    """Say when each cohort had earned back what its customers cost, or whether it will.

    Margin is the given rate times net revenue. A cohort has paid back in the first period
    by whose end (or by the last day of data) its margin per customer had reached the cost
    per customer; it stays paid back though refunds may lower the margin later. LTV:CAC
    is margin per customer ÷ cost per customer.

    Parameters
    ----------
    cohorts : Cohorts
    outlook : DataFrame, index ``cohort``
        From ``cohort_outlook.sum_cohorts``.
    costs : Series, index ``cohort``
        From :func:`cost_cohorts`.
    margin_rate : float
        Share of net revenue.

    Returns
    -------
    DataFrame, index ``cohort``
        ``customers``, ``cost``, ``margin_so_far``, ``margin_further``,
        ``margin_further_low``, ``margin_further_high`` (per customer, shop's currency),
        ``standing`` (``STANDINGS``: paid back; expected to within the days that are
        forecast; possible, as only the upper end of the range reaches the cost; not
        within those days; cost not known), ``period`` (in which it paid back, else NaN),
        ``share_of_horizon`` (of the days that are forecast, until the expected margin
        reaches the cost if it comes in evenly; NaN unless expected),
        ``ratio_so_far``, ``ratio``, ``ratio_low``, ``ratio_high`` (LTV:CAC so far, and
        with the forecast and its range; NaN without a cost).
    """
    table = pd.DataFrame({"customers": outlook["customers"], "cost": costs})
    table["margin_so_far"] = margin_rate * outlook["so_far"]
    for end in ("", "_low", "_high"):
        table[f"margin_further{end}"] = margin_rate * outlook[f"further{end}"]
    table["period"] = _first_periods(cohorts, table["cost"], margin_rate)
    missing = table["cost"] - table["margin_so_far"]
    high = table["margin_further_high"].fillna(table["margin_further"])
    table["standing"] = np.select(
        [
            table["cost"].isna(),
            table["period"].notna(),
            table["margin_further"] >= missing,
            high >= missing,
        ],
        ["unknown", "paid_back", "expected", "possible"],
        "not_within",
    )
    expected = table["standing"] == "expected"
    table["share_of_horizon"] = (missing / table["margin_further"]).where(expected)
    cost = table["cost"].where(table["cost"] > 0)
    table["ratio_so_far"] = table["margin_so_far"] / cost
    for end in ("", "_low", "_high"):
        table[f"ratio{end}"] = (table["margin_so_far"] + table[f"margin_further{end}"]) / cost
    return table


def _first_periods(cohorts: Cohorts, costs: pd.Series, margin_rate: float) -> pd.Series:
    """Return the first period by whose end the margin had reached the cost; NaN before."""
    cells = cohorts.cells
    margin = margin_rate * cells["cumulative_per_customer"]
    reached = cells[margin >= cells["cohort"].map(costs)]
    return reached.groupby("cohort")["period"].min().reindex(costs.index).astype("float64")
