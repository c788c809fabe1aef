"""Newer orders, read as what an earlier result's customers did after its last day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from clv_core.cleaning.identity import fold_ids
from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, InvalidSetting
from clv_core.features.labels import label_future
from clv_core.runs.folder import RunFolder
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class NewerOrders:
    """Newer orders, with their customers told by the keys of an earlier result.

    Ids are compared here and go nowhere else.

    Attributes
    ----------
    tables : Tables
    keys : Series of int64, index ``customer_key`` of the result
        ``customer_key`` in ``tables``; customers whom they do not hold are left out.
    cutoff : date
        Last day that the result saw.
    """

    tables: Tables
    keys: pd.Series
    cutoff: dt.date

    @property
    def lived_days(self) -> int:
        """Days from the result's last day to the last one with an order."""
        return (self.tables.last_day - self.cutoff).days

    def sum_days(self, day: dt.date, days: int, customers: pd.Index) -> pd.DataFrame:
        """Sum what customers did in the days after a day.

        Parameters
        ----------
        day : date
            The window opens the day after.
        days : int
            Length of the window.
        customers : Index of ``customer_key`` of the result
            Whoever is not in the newer orders did nothing.

        Returns
        -------
        DataFrame, index ``customers``
            ``future_spend`` (net of refunds) and ``future_orders`` (refunds not counted).
        """
        came = self._sum_own(day, days)
        known = came.reindex(self.keys.reindex(customers).to_numpy()).set_axis(customers)
        return known.fillna(0.0)

    def sum_strangers(self, day: dt.date, days: int, customers: pd.Index) -> tuple[int, float]:
        """Count the buyers who are none of some customers, and sum what they all brought."""
        came = self._sum_own(day, days)
        others = came[~came.index.isin(self.keys.reindex(customers).dropna())]
        return int((others["future_orders"] > 0).sum()), float(others["future_spend"].sum())

    def _sum_own(self, day: dt.date, days: int) -> pd.DataFrame:
        frame = label_future(self.tables.scan("orders"), day, days)
        summed: pd.DataFrame = frame.collect("pyarrow").to_pandas()
        return summed.set_index("customer_key")


def read_newer(run: RunFolder, ids: pd.Series, tables: Tables) -> NewerOrders:
    """Match newer orders to the customers of a result.

    Parameters
    ----------
    run : RunFolder
    ids : Series of str, index ``customer_key``
        The shop's ids of the result's customers.
    tables : Tables

    Raises
    ------
    InvalidSetting
        Where the result is of a given column and not of days to come, the currencies
        differ, or the newer orders hold none of its customers.
    HistoryTooShort
        Where no day has passed since the result's last one.
    """
    if run.shape() != "log":
        raise refuse_given_value()
    manifest = run.manifest()
    _check_currency(str(manifest["currency"]), tables.currency)
    cutoff = dt.date.fromisoformat(manifest["plan"]["forecast_cutoff"])
    if tables.last_day <= cutoff:
        raise HistoryTooShort(
            Sentence(
                "The newer orders end on {last_day}; the forecast begins after {cutoff}.",
                last_day=tables.last_day.isoformat(),
                cutoff=cutoff.isoformat(),
            ),
            Sentence("Bring orders of later days."),
        )
    keys = match_customers(ids, tables)
    if keys.index.intersection(run.forecast().index).empty:
        raise InvalidSetting(
            Sentence("The newer orders hold none of the customers of this result."),
            Sentence("Check that both name customers by the same column."),
        )
    return NewerOrders(tables, keys, cutoff)


def match_customers(ids: pd.Series, tables: Tables) -> pd.Series:
    """Return the keys that customers have in other tables, by the shop's ids; nobody unknown."""
    theirs = tables.scan("customers").select("customer_key", "customer_id")
    named: pd.DataFrame = (
        theirs.filter(~nw.col("customer_id").is_null()).collect("pyarrow").to_pandas()
    )
    theirs_by_id = named.set_index(fold_ids(named["customer_id"]))["customer_key"]
    theirs_by_id = theirs_by_id[~theirs_by_id.index.duplicated(keep=False)]
    return fold_ids(ids.dropna()).map(theirs_by_id).dropna().astype("int64")


def refuse_given_value() -> InvalidSetting:
    """Return what to tell of a result that knows no days."""
    return InvalidSetting(
        Sentence("This result tells a given column and forecasts no days that could pass."),
        Sentence("Choose a result that was made from orders."),
    )


def _check_currency(of_run: str, of_orders: str) -> None:
    if of_run and of_orders and of_run != of_orders:
        raise InvalidSetting(
            Sentence(
                "The result is in {of_run}, the newer orders are in {of_orders}.",
                of_run=of_run,
                of_orders=of_orders,
            ),
            Sentence("Bring orders in the currency of the result."),
        )
