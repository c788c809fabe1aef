"""Small shops as typed Parquet, written without the rooms before this one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.tables import Tables
from clv_core.columns import REVIEW_ASPECTS, TABLES, aspect_column

ARROW = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
}


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write one cleaned table with exactly the contract's columns and types."""
    fields = TABLES[name]
    schema = pa.schema([(column, ARROW[kind]) for column, kind in fields.items()])
    table = pa.Table.from_pandas(frame[list(fields)], schema=schema, preserve_index=False)
    pq.write_table(table, folder / f"{name}.parquet")


def write_shop(folder: Path, last_day: dt.date | None = None, **frames: pd.DataFrame) -> Tables:
    """Write the given tables (``orders`` at least) and describe them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        write_table(folder, name, frame)
    orders = frames["orders"]
    return Tables(
        folder=folder,
        first_day=orders["order_time"].min().date(),
        last_day=last_day or orders["order_time"].max().date(),
        customer_count=orders["customer_key"].nunique(),
        order_count=len(orders),
    )


def make_orders(*rows: tuple[int, str, float]) -> pd.DataFrame:
    """Build orders of one piece and one product from (customer, time, amount)."""
    frame = pd.DataFrame(rows, columns=["customer_key", "order_time", "amount"])
    frame["order_time"] = pd.to_datetime(frame["order_time"], format="ISO8601")
    frame["order_key"] = np.arange(len(frame))
    frame["quantity"] = np.where(frame["amount"] < 0, -1.0, 1.0)
    frame["distinct_products"] = 1
    frame["is_return"] = frame["amount"] < 0
    return frame


def fill_columns(reviews: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of reviews that are not given, as missing."""
    return reviews.assign(**{name: np.nan for name in TABLES["reviews"] if name not in reviews})


def random_shop(
    seed: int, customers: int = 60, days: int = 500, orders: int = 400, events: int = 1500
) -> dict[str, pd.DataFrame]:
    """Draw orders, lines, events and reviews over ``days`` days from 2022-01-01."""
    rng = np.random.default_rng(seed)

    def times(count: int) -> pd.Series:
        start = pd.Timestamp("2022-01-01")
        seconds = rng.integers(0, days * 86_400, count)
        return pd.Series(start + pd.to_timedelta(seconds, unit="s")).astype("datetime64[us]")

    amount = rng.gamma(2.0, 30.0, orders).round(2)
    amount[rng.random(orders) < 0.08] *= -0.5
    amount[rng.random(orders) < 0.02] = 0.0
    order = pd.DataFrame(
        {
            "customer_key": (customers * rng.random(orders) ** 2).astype(int),
            "order_key": np.arange(orders),
            "order_time": times(orders),
            "amount": amount,
            "quantity": rng.integers(1, 6, orders) * np.where(amount < 0, -1.0, 1.0),
            "distinct_products": rng.integers(1, 4, orders),
            "is_return": amount < 0,
        }
    )
    lines = order.loc[order.index.repeat(2), ["customer_key", "order_key", "order_time"]]
    lines = lines.assign(
        product_key=rng.integers(0, 40, len(lines)),
        quantity=1.0,
        amount=np.repeat(amount, 2) / 2,
    ).reset_index(drop=True)
    event = pd.DataFrame(
        {
            "customer_key": rng.integers(0, customers + 5, events),
            "event_time": times(events),
            "event_type": rng.choice(["view", "cart", "purchase", "other"], events),
            "product_key": pd.array(rng.integers(0, 40, events), dtype="Int64"),
            "session_key": pd.array(rng.integers(0, events // 3, events), dtype="Int64"),
            "duration_seconds": rng.gamma(2.0, 40.0, events),
        }
    )
    event.loc[rng.random(events) < 0.2, "session_key"] = pd.NA
    event.loc[rng.random(events) < 0.3, "duration_seconds"] = np.nan
    count = max(events // 10, 1)
    review = pd.DataFrame(
        {
            "customer_key": rng.integers(0, customers, count),
            "review_time": times(count),
            "rating": rng.integers(1, 6, count).astype(float),
            "text_length": rng.integers(0, 300, count),
            "product_key": pd.array(rng.integers(0, 40, count), dtype="Int64"),
            "named_products": rng.integers(0, 3, count),
            "sentiment": rng.uniform(-1.0, 1.0, count),
            **{aspect_column(aspect): rng.uniform(-1.0, 1.0, count) for aspect in REVIEW_ASPECTS},
        }
    )
    for name in ("rating", "product_key", "sentiment", *map(aspect_column, REVIEW_ASPECTS)):
        review.loc[rng.random(count) < 0.1, name] = np.nan
    return {"orders": order, "lines": lines, "events": event, "reviews": review}
