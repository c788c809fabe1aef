"""Customers by the time of their first purchase, and what each cohort did afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

import narwhals as nw
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.expressions import (
    Frame,
    count_where,
    from_fixed,
    keep_seen,
    to_fixed,
)
from clv_core.segments.periods import (
    Unit,
    close_period,
    number_day,
    number_times,
    open_period,
)

Measure = Literal["retention", "active", "orders", "net_revenue", "cumulative_per_customer"]

MEASURES: Final[tuple[Measure, ...]] = (
    *("retention", "active", "orders", "net_revenue", "cumulative_per_customer"),
)
_COUNTED: Final = ["active", "orders", "net_revenue"]


@dataclass(frozen=True)
class Cohorts:
    """Customers by the calendar period of their first purchase.

    Attributes
    ----------
    unit : {"week", "month", "quarter"}
    last_day : date
        Last day of data.
    cells : DataFrame
        A row per cohort and period that had begun by the last day, in that order:
        ``cohort`` (first day of the period in which they were won), ``period`` (0 is
        that period itself), ``is_over`` (whether the last day of the period is in the
        data), ``customers`` (of the cohort), ``active`` (those who bought in the
        period), ``orders`` (returns not counted), ``net_revenue`` (shop's currency,
        refunds negative), ``retention`` (active ÷ customers), ``cumulative_revenue``
        and ``cumulative_per_customer`` (from the first purchase to the period's end,
        or to the last day). A period in which nobody bought has zeros.
    """

    unit: Unit
    last_day: dt.date
    cells: pd.DataFrame

    @property
    def sizes(self) -> pd.Series:
        """Customers of each cohort, index ``cohort``, oldest first."""
        return self.cells.groupby("cohort")["customers"].first()


def find_first_purchases(tables: Tables, last_day: dt.date) -> pd.Series:
    """Return the time of each customer's first purchase by the end of a day.

    Returns
    -------
    Series of datetime64, index ``customer_key``, name ``first_purchase``
        Who only ever returned goods is not in it.
    """
    first = _first_purchases(keep_seen(tables.scan("orders"), "order_time", last_day))
    table = first.sort("customer_key").collect("pandas").to_native()
    return pd.Series(table.set_index("customer_key")["first_purchase"])


def measure_cohorts(tables: Tables, last_day: dt.date, unit: Unit) -> Cohorts:
    """Count what every cohort of customers did in every period since it was won.

    A customer belongs to the calendar period of their first purchase in the data; the
    cohort matrix of retention analysis. Money given back before a first purchase counts
    in the cohort's own period, so that the cells of a cohort add up to all its
    customers' net spend.

    Parameters
    ----------
    tables : Tables
    last_day : date
        Last day that is read.
    unit : {"week", "month", "quarter"}
    """
    return sum_activity(trace_activity(tables, last_day, unit), last_day, unit)


def trace_activity(tables: Tables, last_day: dt.date, unit: Unit) -> Frame:
    """Return what every customer did in every period in which they ordered.

    Returns
    -------
    lazy frame
        ``customer_key``, ``cohort`` and ``at`` (numbers of periods: of the first purchase,
        and this one), ``orders`` (float, returns not counted), ``fixed`` (net spend in
        ten-thousandths). Who only ever returned goods is not in it.
    """
    seen = keep_seen(tables.scan("orders"), "order_time", last_day)
    rows = seen.join(_first_purchases(seen), on="customer_key", how="inner").with_columns(
        number_times(nw.col("first_purchase"), unit).alias("cohort"),
        number_times(nw.col("order_time"), unit).alias("at"),
    )
    return rows.group_by("customer_key", "cohort", "at").agg(
        count_where(~nw.col("is_return")).alias("orders"),
        to_fixed(nw.col("amount")).sum().alias("fixed"),
    )


def sum_activity(activity: Frame, last_day: dt.date, unit: Unit) -> Cohorts:
    """Sum up by cohort and period what customers did, as from :func:`trace_activity`."""
    # Grouped twice: a distinct count holds every customer of a cell in memory.
    grouped = activity.group_by("cohort", "at").agg(
        count_where(nw.col("orders") > 0).alias("active"),
        nw.col("orders").sum(),
        from_fixed(nw.col("fixed").sum()).alias("net_revenue"),
    )
    counted = grouped.collect("pandas").to_native()
    counted["period"] = (counted["at"] - counted["cohort"]).clip(lower=0)
    counted = counted.groupby(["cohort", "period"])[_COUNTED].sum()
    first = counted["active"].xs(0, level="period")  # in it, all of them bought
    cells = counted.reindex(_begun(first.index, number_day(last_day, unit)), fill_value=0.0)
    cells = cells.reset_index()
    cells["customers"] = cells["cohort"].map(first).astype("int64")
    cells[["active", "orders"]] = cells[["active", "orders"]].astype("int64")
    cells["retention"] = cells["active"] / cells["customers"]
    cells["cumulative_revenue"] = cells.groupby("cohort")["net_revenue"].cumsum()
    cells["cumulative_per_customer"] = cells["cumulative_revenue"] / cells["customers"]
    ends = cells["cohort"] + cells["period"]
    cells["is_over"] = [close_period(int(end), unit) <= last_day for end in ends]
    cells["cohort"] = pd.to_datetime([open_period(int(n), unit) for n in cells["cohort"]])
    return Cohorts(unit, last_day, cells)


def _first_purchases(seen: Frame) -> Frame:
    bought = seen.filter(~nw.col("is_return"))
    return bought.group_by("customer_key").agg(nw.col("order_time").min().alias("first_purchase"))


def _begun(cohorts: pd.Index, current: int) -> pd.MultiIndex:
    """Return every period of every cohort that had begun when the current one had."""
    return pd.MultiIndex.from_tuples(
        [
            (cohort, period)
            for cohort in sorted(cohorts)
            for period in range(current - int(cohort) + 1)
        ],
        names=["cohort", "period"],
    )


def lay_out_cells(cohorts: Cohorts, measure: Measure) -> pd.DataFrame:
    """Return one measure as a matrix.

    Returns
    -------
    DataFrame, index ``cohort`` (oldest first), a column per period
        NaN where the period is not over on the last day of data, or has not begun;
        0.0 where it is over and nothing happened.
    """
    over = cohorts.cells[cohorts.cells["is_over"]]
    whole = cohorts.cells.pivot(index="cohort", columns="period", values="customers")
    table = over.pivot(index="cohort", columns="period", values=measure)
    return table.reindex(index=whole.index, columns=whole.columns).astype("float64")


def average_retention(cohorts: Cohorts) -> pd.Series:
    """Return the share of customers active in each period, over cohorts that got so far.

    Returns
    -------
    Series, index ``period``
        Every customer counts once; only periods that are over for some cohort.
    """
    over = _over_by_period(cohorts)
    return (over["active"] / over["customers"]).rename("retention")


def find_common_period(cohorts: Cohorts) -> int | None:
    """Return the last period that is over for at least half of all customers.

    None where that is none after the first purchases' own.
    """
    lived = _over_by_period(cohorts)["customers"]
    common = lived.index[lived >= cohorts.sizes.sum() / 2]
    return int(common[-1]) if len(common) and common[-1] > 0 else None


def average_revenue(cohorts: Cohorts) -> pd.Series:
    """Return the cumulative revenue of a customer by period, over cohorts that got so far.

    The revenue of a period per customer is averaged over the cohorts for which the
    period is over, then added up. So the curve does not bend where young cohorts, which
    may be richer or poorer, drop out.

    Returns
    -------
    Series, index ``period``
    """
    over = _over_by_period(cohorts)
    return (over["net_revenue"] / over["customers"]).cumsum().rename("cumulative_per_customer")


def _over_by_period(cohorts: Cohorts) -> pd.DataFrame:
    over = cohorts.cells[cohorts.cells["is_over"]]
    return over.groupby("period")[["customers", "active", "net_revenue"]].sum()


def assign_cohorts(first_purchases: pd.Series, unit: Unit) -> pd.Series:
    """Return the first day of the period in which each customer was won, same index."""
    alias = {"week": "W-SUN", "month": "M", "quarter": "Q"}[unit]
    return pd.Series(first_purchases.dt.to_period(alias).dt.start_time, name="cohort")


def pick_active(activity: Frame) -> Frame:
    """Return who bought in which period of their cohort: ``cohort, at, customer_key``, in order.

    Parameters
    ----------
    activity : lazy frame
        From :func:`trace_activity`.
    """
    bought = activity.filter(nw.col("orders") > 0).select("cohort", "at", "customer_key")
    return bought.sort("cohort", "at", "customer_key")
