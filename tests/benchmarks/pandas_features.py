"""The same features as a good pandas user would write them: the benchmark's reference.

Columns are read as far as they are needed, rows grouped once, windows are sums of
filtered rows; no Python runs per row or per customer. What texts of reviews say is
left out. Names are those of ``features.catalogue``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from clv_core.features.purchase import SEASON_DAYS, WINDOWS_DAYS

__all__ = ["browsing_in_pandas", "features_in_pandas", "reviews_in_pandas"]

KEY = "customer_key"
_ORDERS = [KEY, "order_time", "amount", "quantity", "distinct_products", "is_return"]
_LINES = [KEY, "order_time", "product_key", "amount"]
_EVENTS = [KEY, "event_time", "event_type", "session_key", "duration_seconds"]
_REVIEWS = [KEY, "review_time", "rating", "text_length", "product_key"]


def features_in_pandas(folder: Path, cutoff: dt.date) -> pd.DataFrame:
    """Describe every customer with a purchase by the cutoff, by orders and lines.

    Parameters
    ----------
    folder : Path
        Cleaned tables with ``orders.parquet`` and ``lines.parquet``.
    cutoff : date

    Returns
    -------
    DataFrame of float64, index ``customer_key``, in order
    """
    orders = _read_seen(folder, "orders", _ORDERS, "order_time", cutoff)
    bought = ~orders["is_return"]
    orders["orders"] = bought.astype("float64")
    orders["returns"] = orders["is_return"].astype("float64")
    orders["gross"] = orders["amount"].where(bought, 0.0)
    orders["returned"] = -orders["amount"].where(orders["is_return"], 0.0)
    orders["largest"] = orders["amount"].where(bought)
    orders["pieces"] = orders["quantity"].where(bought, 0.0)
    sums = ["orders", "returns", "amount", "gross", "returned", "pieces"]
    plan = dict.fromkeys(sums, "sum") | {"largest": "max"}
    days = orders.groupby([KEY, "age"]).agg(plan).reset_index()
    purchases = days[days["orders"] > 0]
    table = pd.concat(
        [_describe_days(purchases), _describe_totals(days, cutoff), _sum_windows(days)], axis=1
    )
    table = table.loc[purchases[KEY].unique()]
    lines = _read_seen(folder, "lines", _LINES, "order_time", cutoff)
    kept = lines[(lines["amount"] >= 0) & lines["product_key"].notna()]
    table["distinct_products"] = (
        kept[[KEY, "product_key"]].drop_duplicates().groupby(KEY)["product_key"].size()
    )
    products = orders["distinct_products"].where(bought).groupby(orders[KEY]).sum()
    table["products_per_order"] = products.where(products > 0) / table["order_count"]
    return _relate(table, cutoff).sort_index().astype("float64")


def _read_seen(
    folder: Path, name: str, columns: list[str], time: str, cutoff: dt.date
) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{name}.parquet", columns=columns)
    frame = frame[frame[time] < pd.Timestamp(cutoff) + pd.Timedelta(days=1)].copy()
    frame["age"] = (pd.Timestamp(cutoff) - frame[time].dt.normalize()).dt.days
    return frame


def _describe_days(purchases: pd.DataFrame) -> pd.DataFrame:
    """Describe purchase days and what lies between them."""
    oldest_first = purchases.sort_values([KEY, "age"], ascending=[True, False])
    by_customer = oldest_first.groupby(KEY)
    gap = -by_customer["age"].diff()
    gaps = gap.groupby(oldest_first[KEY])
    return pd.DataFrame(
        {
            "frequency": by_customer.size() - 1,
            "recency_days": by_customer["age"].min(),
            "tenure_days": by_customer["age"].max(),
            "mean_age": by_customer["age"].mean(),
            "day_spend_std": by_customer["amount"].std(),
            "first_day_spend": by_customer["amount"].first(),
            "last_day_spend": by_customer["amount"].last(),
            "gap_mean_days": gaps.mean(),
            "gap_std_days": gaps.std(),
            "gap_min_days": gaps.min(),
            "gap_max_days": gaps.max(),
            "last_gap": gaps.last(),
        }
    )


def _describe_totals(days: pd.DataFrame, cutoff: dt.date) -> pd.DataFrame:
    """Sum all days, and those at the weekend and in the season that comes next."""
    sums = days.groupby(KEY)[["orders", "returns", "amount", "gross", "returned", "pieces"]].sum()
    weekday = (pd.Timestamp(cutoff) - pd.to_timedelta(days["age"], unit="D")).dt.day_of_week
    in_season = days["age"] % 365 >= 365 - SEASON_DAYS
    return pd.DataFrame(
        {
            "order_count": sums["orders"],
            "return_count": sums["returns"],
            "net_spend": sums["amount"],
            "gross_spend": sums["gross"],
            "returned": sums["returned"],
            "pieces": sums["pieces"],
            "largest_order_amount": days.groupby(KEY)["largest"].max(),
            "weekend_orders": days["orders"].where(weekday >= 5, 0.0).groupby(days[KEY]).sum(),
            "season_spend": days["gross"].where(in_season, 0.0).groupby(days[KEY]).sum(),
        }
    )


def _sum_windows(days: pd.DataFrame) -> pd.DataFrame:
    everybody = days[KEY].unique()
    columns = {}
    for window in WINDOWS_DAYS:
        sums = days[days["age"] < window].groupby(KEY)[["amount", "orders"]].sum()
        sums = sums.reindex(everybody, fill_value=0.0)
        columns[f"spend_{window}d"] = sums["amount"]
        columns[f"orders_{window}d"] = sums["orders"]
    return pd.DataFrame(columns)


def _relate(table: pd.DataFrame, cutoff: dt.date) -> pd.DataFrame:
    """Add what is one sum over another, and the season."""
    days, orders, tenure = table["frequency"] + 1, table["order_count"], table["tenure_days"]
    aged, net, gross = tenure.where(tenure != 0), table["net_spend"], table["gross_spend"]
    table["monetary_value"] = net / days
    table["is_one_time_buyer"] = (days == 1).astype("float64")
    table["purchases_per_30d"] = table["frequency"] / aged * 30
    table["spend_per_30d"] = net / aged * 30
    table["mean_order_amount"] = gross / orders
    table["last_spend_ratio"] = table["last_day_spend"] / _where_any(table["monetary_value"])
    table["last_gap_ratio"] = table.pop("last_gap") / table["gap_mean_days"]
    table["recency_gap_ratio"] = table["recency_days"] / table["gap_mean_days"]
    table["purchase_timing"] = (tenure - table.pop("mean_age")) / aged
    table["pieces_per_order"] = table.pop("pieces") / orders
    table["return_rate"] = table["return_count"] / (orders + table["return_count"])
    table["returned_share"] = table.pop("returned") / _where_any(gross)
    table["weekend_share"] = table.pop("weekend_orders") / orders
    season = table.pop("season_spend") / _where_any(gross)
    table["season_share"] = season.where(tenure >= 365 - SEASON_DAYS)
    angle = 2 * np.pi * cutoff.timetuple().tm_yday / 365.25
    table["season_sin"], table["season_cos"] = np.sin(angle), np.cos(angle)
    for what in ("orders", "spend"):
        for near, far in ((30, 60), (90, 180)):
            table[f"{what}_trend_{near}d"] = _trend(
                table[f"{what}_{near}d"], table[f"{what}_{far}d"]
            )
    return table


def _where_any(values: pd.Series) -> pd.Series:
    return values.where(values != 0)


def _trend(recent: pd.Series, both: pd.Series) -> pd.Series:
    earlier = both - recent
    return (recent - earlier) / _where_any(recent.abs() + earlier.abs())


def browsing_in_pandas(folder: Path, cutoff: dt.date, customers: pd.DataFrame) -> pd.DataFrame:
    """Describe the visits of customers.

    Parameters
    ----------
    folder : Path
        With ``events.parquet`` too.
    cutoff : date
    customers : DataFrame
        As of :func:`features_in_pandas`; names the customers.
    """
    events = _read_seen(folder, "events", _EVENTS, "event_time", cutoff)
    events["views"] = events["event_type"] == "view"
    events["carts"] = events["event_type"] == "cart"
    events["timed"] = events["duration_seconds"].notna()
    plan = {"event_type": "size", "views": "sum", "carts": "sum"}
    visits = (
        events.groupby([KEY, "session_key", "age"], dropna=False)
        .agg(plan | {"duration_seconds": "sum", "timed": "max"})
        .rename(columns={"event_type": "events", "duration_seconds": "seconds"})
        .reset_index()
    )
    visits = visits[visits[KEY].isin(customers.index)]
    sums = visits.groupby(KEY)[["events", "views", "carts", "seconds", "timed"]].sum()
    count = visits.groupby(KEY).size()
    told = pd.DataFrame(
        {"visit_count": count, "days_since_visit": visits.groupby(KEY)["age"].min()}
    )
    told["view_count"], told["cart_count"] = sums["views"], sums["carts"]
    told["carts_per_view"] = sums["carts"] / _where_any(sums["views"])
    told["events_per_visit"] = sums["events"] / count
    told["mean_visit_seconds"] = sums["seconds"] / _where_any(sums["timed"])
    for window in (7, 30, 60, 90):
        inside = visits[visits["age"] < window].groupby(KEY)
        told[f"visits_{window}d"] = inside.size().reindex(told.index, fill_value=0)
        for what in ("views", "carts") if window in (30, 90) else ():
            told[f"{what}_{window}d"] = inside[what].sum().reindex(told.index, fill_value=0)
    told["visit_trend_30d"] = _trend(told["visits_30d"], told.pop("visits_60d"))
    since = visits[visits["age"] < visits[KEY].map(customers["recency_days"])]
    told["visits_since_purchase"] = since.groupby(KEY).size()
    counts = [name for name in told if name.startswith(("visits_", "views_", "carts_3", "carts_9"))]
    return _fill(
        told.reindex(customers.index), ["visit_count", "view_count", "cart_count", *counts]
    )


def reviews_in_pandas(folder: Path, cutoff: dt.date, customers: pd.DataFrame) -> pd.DataFrame:
    """Describe the reviews of customers, their texts left out; parameters as above."""
    reviews = _read_seen(folder, "reviews", _REVIEWS, "review_time", cutoff)
    reviews = reviews[reviews[KEY].isin(customers.index)]
    by_customer, rated = reviews.groupby(KEY), reviews[reviews["rating"].notna()]
    newest = rated["review_time"] == rated.groupby(KEY)["review_time"].transform("max")
    rating = rated.groupby(KEY)["rating"]
    named = reviews.loc[reviews["product_key"].notna(), [KEY, "product_key"]].drop_duplicates()
    told = pd.DataFrame(
        {
            "review_count": by_customer.size(),
            "mean_rating": rating.mean(),
            "last_rating": rated[newest].groupby(KEY)["rating"].mean(),
            "low_rating_share": (rated["rating"] <= 2).groupby(rated[KEY]).mean(),
            "mean_text_length": by_customer["text_length"].mean(),
            "days_since_review": by_customer["age"].min(),
            "reviewed_products": named.groupby(KEY).size(),
        }
    )
    return _fill(told.reindex(customers.index), ["review_count", "reviewed_products"])


def _fill(table: pd.DataFrame, counts: Iterable[str]) -> pd.DataFrame:
    table[list(counts)] = table[list(counts)].fillna(0.0)
    return table.astype("float64")
