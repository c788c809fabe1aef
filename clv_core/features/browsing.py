"""What a customer's visits say as of a cutoff.

A visit is a session on a day; where the file has no sessions, a day with any
event is one visit.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw

from clv_core.features.expressions import (
    AGE,
    Frame,
    count_where,
    from_fixed,
    keep_seen,
    ratio,
    sum_where,
    to_fixed,
    trend,
)

VISIT_WINDOWS_DAYS: Final = (7, 30, 90)

# Nought for a customer who was never seen browsing; the others are then missing.
COUNTS: Final = (
    "visit_count",
    *[f"visits_{days}d" for days in VISIT_WINDOWS_DAYS],
    "visits_since_purchase",
    "view_count",
    "views_30d",
    "views_90d",
    "cart_count",
    "carts_30d",
    "carts_90d",
)


def browsing_features(events: Frame, last_purchases: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with an event by the cutoff.

    Parameters
    ----------
    events : lazy frame (``columns.EVENTS``)
    last_purchases : lazy frame
        ``customer_key`` and ``last_purchase_age`` in days before the cutoff
        (``purchase.last_purchase_ages``).
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key`` and the browsing features of
    ``features.catalogue``.
    """
    visits = list_visits(events, cutoff).join(last_purchases, on="customer_key", how="left")
    sums = visits.group_by("customer_key").agg(*_sums())
    return sums.select(
        "customer_key",
        *COUNTS,
        "days_since_visit",
        trend(nw.col("visits_30d"), nw.col("visits_60d")).alias("visit_trend_30d"),
        ratio(nw.col("cart_count"), nw.col("view_count")).alias("carts_per_view"),
        (nw.col("event_count") / nw.col("visit_count")).alias("events_per_visit"),
        ratio(nw.col("seconds"), nw.col("timed_visits")).alias("mean_visit_seconds"),
    )


def list_visits(events: Frame, cutoff: dt.date) -> Frame:
    """Return a row per visit: customer, session and age, with what was done in it."""
    kind, seconds = nw.col("event_type"), nw.col("duration_seconds")
    return (
        keep_seen(events, "event_time", cutoff)
        .group_by("customer_key", "session_key", AGE)
        .agg(
            nw.len().cast(nw.Float64()).alias("events"),
            count_where(kind == "view").alias("views"),
            count_where(kind == "cart").alias("carts"),
            to_fixed(seconds).sum().alias("visit_seconds"),
            nw.when(~seconds.is_null()).then(nw.lit(1.0)).max().alias("is_timed"),
        )
    )


def _sums() -> list[nw.Expr]:
    age = nw.col(AGE)
    return [
        age.cast(nw.Float64()).min().alias("days_since_visit"),
        nw.len().cast(nw.Float64()).alias("visit_count"),
        *[count_where(age < days).alias(f"visits_{days}d") for days in (*VISIT_WINDOWS_DAYS, 60)],
        count_where(age < nw.col("last_purchase_age")).alias("visits_since_purchase"),
        nw.col("events").sum().alias("event_count"),
        nw.col("views").sum().alias("view_count"),
        sum_where(age < 30, nw.col("views")).alias("views_30d"),
        sum_where(age < 90, nw.col("views")).alias("views_90d"),
        nw.col("carts").sum().alias("cart_count"),
        sum_where(age < 30, nw.col("carts")).alias("carts_30d"),
        sum_where(age < 90, nw.col("carts")).alias("carts_90d"),
        from_fixed(nw.col("visit_seconds").sum()).alias("seconds"),
        nw.col("is_timed").sum().alias("timed_visits"),
    ]
