"""Whether the days that a result was made from still look the same in newer orders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.expressions import Frame, count_where, day_after, from_fixed, to_fixed
from clv_core.monitoring.newer_orders import NewerOrders
from clv_core.runs.folder import RunFolder

_HALF_A_CENT = 0.005


@dataclass(frozen=True)
class PastChange:
    """What became of days that were over when the result was made.

    Attributes
    ----------
    first_day : date
        From which on both hold orders.
    customers : int
        Whose orders or money of these days differ.
    orders_added, orders_gone : int
        By customer, summed over those with more and those with fewer.
    money_added, money_gone : float
        The same of net revenue, both positive; late refunds that a file takes off the
        order they belong to are in ``money_gone``.
    money : float
        Net revenue of these days as the result saw it.
    """

    first_day: dt.date
    customers: int
    orders_added: int
    orders_gone: int
    money_added: float
    money_gone: float
    money: float

    @property
    def changed_share(self) -> float:
        """Money added and gone ÷ money as it was; 0.0 where there was none."""
        moved = self.money_added + self.money_gone
        return moved / abs(self.money) if self.money else 0.0


def compare_past(newer: NewerOrders, run: RunFolder, earlier: Tables | None) -> PastChange | None:
    """Compare the days up to the cutoff, as the result saw them, with the newer orders.

    Parameters
    ----------
    newer : NewerOrders
    run : RunFolder
        The result; its customers are compared.
    earlier : Tables or None
        What it was made from. Without them, the sums it keeps of each customer's whole
        past are compared, for which newer orders have to reach back as far.

    Returns
    -------
    PastChange or None
        None where the two have no days in common, or not enough without ``earlier``.
    """
    customers = run.forecast().index
    if earlier is None:
        first_day = dt.date.fromisoformat(run.manifest()["data"]["first_day"])
        if newer.tables.first_day > first_day:
            return None
        kept = run.features().loc[customers, ["net_spend", "order_count"]]
        was = kept.set_axis(["money", "orders"], axis=1)
    else:
        first_day = max(newer.tables.first_day, earlier.first_day)
        if first_day > newer.cutoff:
            return None
        seen = _sum_past(earlier.scan("orders"), first_day, newer.cutoff)
        was = seen.reindex(customers).fillna(0.0)
    after = _sum_past(newer.tables.scan("orders"), first_day, newer.cutoff)
    now = after.reindex(newer.keys.reindex(customers).to_numpy()).set_axis(customers).fillna(0.0)
    return _count_changes(was, now, first_day)


def _count_changes(was: pd.DataFrame, now: pd.DataFrame, first_day: dt.date) -> PastChange:
    change = now - was
    changed = (change["money"].abs() > _HALF_A_CENT) | (change["orders"] != 0)
    return PastChange(
        first_day=first_day,
        customers=int(changed.sum()),
        orders_added=int(change["orders"].clip(lower=0).sum()),
        orders_gone=int(-change["orders"].clip(upper=0).sum()),
        money_added=float(change["money"].clip(lower=0).sum()),
        money_gone=float(-change["money"].clip(upper=0).sum()),
        money=float(was["money"].sum()),
    )


def _sum_past(orders: Frame, first_day: dt.date, cutoff: dt.date) -> pd.DataFrame:
    time = nw.col("order_time")
    opens = dt.datetime.combine(first_day, dt.time())
    seen = orders.filter(time >= nw.lit(opens), time < nw.lit(day_after(cutoff)))
    summed = seen.group_by("customer_key").agg(
        from_fixed(to_fixed(nw.col("amount")).sum()).alias("money"),
        count_where(~nw.col("is_return")).alias("orders"),
    )
    table: pd.DataFrame = summed.collect("pyarrow").to_pandas()
    return table.set_index("customer_key")
