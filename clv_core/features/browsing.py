"""What a customer's visits say as of a cutoff."""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw

from clv_core.features.day_table import visit_rows
from clv_core.features.expressions import (
    AGE,
    DAY,
    Frame,
    day_after,
    from_fixed,
    number_day,
    ratio,
    sum_where,
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
    lazy frame as of :func:`describe_visits`
    """
    seen = events.filter(nw.col("event_time") < nw.lit(day_after(cutoff)))
    return describe_visits(visit_rows(seen), last_purchases, cutoff)


def describe_visits(days: Frame, last_purchases: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with an event by the days up to the cutoff.

    Parameters
    ----------
    days : lazy frame (``day_table.visit_days`` or ``visit_rows``)
        None after the cutoff.
    last_purchases, cutoff
        As for :func:`browsing_features`.

    Returns
    -------
    lazy frame with ``customer_key`` and the browsing features of
    ``features.catalogue``.
    """
    age = (number_day(cutoff) - nw.col(DAY)).alias(AGE)
    visits = days.with_columns(age).join(last_purchases, on="customer_key", how="left")
    sums = visits.group_by("customer_key").agg(*_sums())
    return sums.select(
        "customer_key",
        *COUNTS,
        "days_since_visit",
        trend(nw.col("visits_30d"), nw.col("visits_60d")).alias("visit_trend_30d"),
        ratio(nw.col("cart_count"), nw.col("view_count")).alias("carts_per_view"),
        (nw.col("event_count") / nw.col("visit_count")).alias("events_per_visit"),
        ratio(nw.col("seconds"), nw.col("timed_count")).alias("mean_visit_seconds"),
    )


def _sums() -> list[nw.Expr]:
    age, visits = nw.col(AGE), nw.col("visits")
    return [
        age.cast(nw.Float64()).min().alias("days_since_visit"),
        visits.sum().alias("visit_count"),
        *[
            sum_where(age < days, visits).alias(f"visits_{days}d")
            for days in (*VISIT_WINDOWS_DAYS, 60)
        ],
        sum_where(age < nw.col("last_purchase_age"), visits).alias("visits_since_purchase"),
        nw.col("events").sum().alias("event_count"),
        nw.col("views").sum().alias("view_count"),
        sum_where(age < 30, nw.col("views")).alias("views_30d"),
        sum_where(age < 90, nw.col("views")).alias("views_90d"),
        nw.col("carts").sum().alias("cart_count"),
        sum_where(age < 30, nw.col("carts")).alias("carts_30d"),
        sum_where(age < 90, nw.col("carts")).alias("carts_90d"),
        from_fixed(nw.col("visit_seconds").sum()).alias("seconds"),
        nw.col("timed_visits").sum().alias("timed_count"),
    ]
