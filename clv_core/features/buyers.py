"""On which days customers came for the first time and came back: what cutting the days asks."""

from __future__ import annotations

from functools import lru_cache

import narwhals as nw
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.features.day_table import read_days
from clv_core.features.expressions import DAY

__all__ = ["count_buyers"]


def count_buyers(tables: Tables) -> pd.DataFrame:
    """Count, by day of purchase, who bought for the first time and who had bought before.

    Kept until other orders are asked for: laying out a proof asks the same for every
    window. Not to be changed.

    Returns
    -------
    DataFrame with ``newcomers``, ``returning`` (customers), index ``day`` (datetime64)
        Days with a purchase only, in order.
    """
    written_at = (tables.folder / "orders.parquet").stat().st_mtime_ns
    return _read(tables, written_at)


@lru_cache(maxsize=1)
def _read(tables: Tables, _written_at: int) -> pd.DataFrame:
    days = read_days(tables, "order_days", tables.last_day)
    bought = days.filter(nw.col("day_orders") > 0)
    first = bought.group_by("customer_key").agg(nw.col(DAY).min())
    newcomers = first.group_by(DAY).agg(nw.len().alias("newcomers"))
    buyers = bought.group_by(DAY).agg(nw.len().alias("buyers"))
    counted = buyers.join(newcomers, on=DAY, how="left").sort(DAY)
    table: pd.DataFrame = counted.collect("pyarrow").to_pandas().fillna({"newcomers": 0})
    table["returning"] = table["buyers"] - table["newcomers"]
    named = table[["newcomers", "returning"]].astype("int64")
    return named.set_axis(pd.DatetimeIndex(table[DAY].to_numpy("datetime64[D]"), name="day"))
