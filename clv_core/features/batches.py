"""A snapshot of more customers than memory holds, batch by batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import narwhals as nw

from clv_core.cleaning.tables import Tables
from clv_core.errors import TooFewCustomers
from clv_core.features.build import COUNTS, build_snapshot, feature_frames, no_customers
from clv_core.features.day_table import has_days, read_day_rows
from clv_core.features.snapshots import Snapshot

__all__ = ["build_batches"]

CUSTOMERS_PER_BATCH: Final = 250_000
# Without written days every batch reads all orders again: fewer of them then.
_CUSTOMERS_PER_PASS: Final = 2_000_000


def build_batches(
    tables: Tables,
    cutoff: dt.date,
    horizon_days: int,
    label: bool,
    has_months: bool = True,
    customers_per_batch: int | None = None,
) -> Iterator[Snapshot]:
    """Build a snapshot as :func:`~clv_core.features.build.build_snapshot` does, in parts.

    Parameters
    ----------
    tables, cutoff, horizon_days, label, has_months
        As there.
    customers_per_batch : int, optional
        At most so many surrogate keys at once; 250,000 where the days were written
        (``day_table``), which a batch reads its part of alone.

    Yields
    ------
    Snapshot
        Customers in order of key; put together, the parts are the whole snapshot.

    Raises
    ------
    HistoryTooShort, TooFewCustomers
        As there.
    """
    usual = CUSTOMERS_PER_BATCH if has_days(tables, "order_days") else _CUSTOMERS_PER_PASS
    step = customers_per_batch or usual
    logged = _find_logged(tables, cutoff)
    is_empty = True
    for first in range(0, _last_key(tables) + 1, step):
        part = tables.of_customers(range(first, first + step))
        try:
            snapshot = build_snapshot(part, cutoff, horizon_days, label, has_months)
        except TooFewCustomers:  # none of these had bought by then
            continue
        is_empty = False
        snapshot.features[logged] = snapshot.features[logged].fillna(0.0)
        yield snapshot
    if is_empty:
        raise no_customers(cutoff)


def _find_logged(tables: Tables, cutoff: dt.date) -> list[str]:
    """Return the counts of logs that hold any customer by the cutoff: others have nought.

    A batch alone cannot tell: a log that nobody of it is in may have been kept.
    """
    families = {name: counts for name, counts in COUNTS.items() if _is_given(tables, name)}
    if not families:
        return []
    orders = read_day_rows(tables, "order_days", cutoff)
    buyers = orders.filter(nw.col("day_orders") > 0).select("customer_key")
    frames = feature_frames(tables, cutoff)
    found: list[str] = []
    for name, counts in families.items():
        told = frames[name].filter(~nw.col(counts[0]).is_null()).select("customer_key")
        if len(told.join(buyers, on="customer_key", how="semi").head(1).collect("pyarrow")):
            found += counts
    return found


def _is_given(tables: Tables, family: str) -> bool:
    return tables.has("events" if family == "browsing" else "reviews")


def _last_key(tables: Tables) -> int:
    keys = tables.scan("orders").select(nw.col("customer_key").max()).collect("pyarrow")
    return int(keys["customer_key"][0])
