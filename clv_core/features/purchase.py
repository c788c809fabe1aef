"""What a customer's orders say as of a cutoff.

A purchase day is a day with at least one order that is not a return; an amount
of 0 counts. Ages are whole days back from the cutoff, and a window of *d* days
holds the ages 0 to *d* − 1, so it ends with the cutoff's own day.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

import narwhals as nw

from clv_core.columns import FREQUENCY, MONETARY, RECENCY, TENURE
from clv_core.features.day_table import order_days, order_sums
from clv_core.features.expressions import (
    AGE,
    DAY,
    Frame,
    as_number,
    day_after,
    from_fixed,
    number_day,
    ratio,
    spread,
    sum_where,
    trend,
)

WINDOWS_DAYS: Final = (7, 14, 30, 60, 90, 180, 365, 730)
SEASON_DAYS: Final = 90  # of the coming year, looked up in the years before
_YEAR_DAYS: Final = 365
_RATE_DAYS: Final = 30
_FIXED_PER_CENT: Final = 100.0
_FIRST_WEEKDAY: Final = 3  # of day 0, a Thursday, counted from Monday
_SATURDAY: Final = 5


def purchase_features(orders: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with a purchase by the cutoff.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    cutoff : date
        Last day that is seen.

    Returns
    -------
    lazy frame as of :func:`describe_purchases`
    """
    return describe_purchases(order_days(_seen(orders, cutoff)), cutoff)


def describe_purchases(days: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with a purchase by the days up to the cutoff.

    Parameters
    ----------
    days : lazy frame (``day_table.order_days``)
        None after the cutoff.
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key`` and the purchase features of
    ``features.catalogue``; missing where undefined, such as gaps of a customer
    with one purchase day.
    """
    bought = nw.col("day_orders") > 0
    aged = days.with_columns(
        (number_day(cutoff) - nw.col(DAY)).alias(AGE),
        bought.alias("bought"),
        as_number(bought).alias("purchases"),
        (nw.col("day_net") / _FIXED_PER_CENT).round().alias("cents"),
    )
    sums = aged.group_by("customer_key").agg(*_sums())
    return sums.filter(nw.col("purchase_days") > 0).select(
        "customer_key", *_statistical(), *_counts(), *_spend(), *_rhythm(), *_rest(cutoff)
    )


def purchase_days(orders: Frame, cutoff: dt.date) -> Frame:
    """Sum the orders seen by the cutoff per customer and day.

    Returns
    -------
    lazy frame as of ``day_table.order_sums``, with ``age_days`` in place of ``day``.
    """
    age = (number_day(cutoff) - nw.col(DAY)).alias(AGE)
    return order_sums(_seen(orders, cutoff)).with_columns(age).drop(DAY)


def last_purchase_ages(days: Frame, cutoff: dt.date) -> Frame:
    """Return ``customer_key`` and ``last_purchase_age`` in days before the cutoff."""
    bought = days.filter(nw.col("day_orders") > 0)
    age = number_day(cutoff) - nw.col(DAY).max()
    return bought.group_by("customer_key").agg(age.alias("last_purchase_age"))


def distinct_products(days: Frame) -> Frame:
    """Count the different products a customer bought, over the days of ``product_days``."""
    products = nw.col("new_products").sum().alias("distinct_products")
    return days.group_by("customer_key").agg(products)


def _seen(orders: Frame, cutoff: dt.date) -> Frame:
    return orders.filter(nw.col("order_time") < nw.lit(day_after(cutoff)))


def _sums() -> list[nw.Expr]:
    """Everything that needs the days themselves, one aggregate each."""
    age, orders = nw.col(AGE), nw.col("day_orders")
    net, gross = nw.col("day_net"), nw.col("day_gross")
    bought, purchases, cents = nw.col("bought"), nw.col("purchases"), nw.col("cents")
    gap, days_ago = nw.col("gap_days"), age.cast(nw.Float64())
    weekday = (nw.col(DAY) + _FIRST_WEEKDAY) % 7  # never negative: narwhals keeps Python's sign
    same_season = age % _YEAR_DAYS >= _YEAR_DAYS - SEASON_DAYS
    return [
        purchases.sum().alias("purchase_days"),
        nw.when(bought).then(days_ago).min().alias(RECENCY),
        nw.when(bought).then(days_ago).max().alias(TENURE),
        (purchases * days_ago).sum().alias("age_sum"),
        orders.sum().alias("order_count"),
        nw.col("day_returns").sum().alias("return_count"),
        from_fixed(net.sum()).alias("net_spend"),
        from_fixed(gross.sum()).alias("gross_spend"),
        from_fixed(gross.sum() - net.sum()).alias("returned_amount"),
        from_fixed(nw.col("day_largest").max()).alias("largest_order_amount"),
        (purchases * cents).sum().alias("day_cents"),
        (purchases * cents * cents).sum().alias("day_cents_squared"),
        from_fixed(nw.col("net_change").sum()).alias("last_day_spend"),
        from_fixed(nw.when(bought & gap.is_null()).then(net).max()).alias("first_day_spend"),
        (gap * gap).sum().alias("gaps_squared"),
        gap.min().alias("gap_min_days"),
        gap.max().alias("gap_max_days"),
        nw.col("gap_change").sum().alias("last_gap_days"),
        from_fixed(nw.col("day_pieces").sum()).alias("pieces"),
        nw.col("day_products").sum().alias("products"),
        sum_where(weekday >= _SATURDAY, orders).alias("weekend_orders"),
        from_fixed(sum_where(same_season, gross)).alias("season_spend"),
        *[from_fixed(sum_where(age < days, net)).alias(f"spend_{days}d") for days in WINDOWS_DAYS],
        *[sum_where(age < days, orders).alias(f"orders_{days}d") for days in WINDOWS_DAYS],
    ]


def _statistical() -> list[nw.Expr]:
    """Frequency, recency, tenure and monetary value as in ``columns``."""
    return [
        (nw.col("purchase_days") - 1).alias(FREQUENCY),
        nw.col(RECENCY),
        nw.col(TENURE),
        (nw.col("net_spend") / nw.col("purchase_days")).alias(MONETARY),
    ]


def _counts() -> list[nw.Expr]:
    once = nw.when(nw.col("purchase_days") > 1).then(nw.lit(0.0)).otherwise(nw.lit(1.0))
    per_day = ratio(nw.col("purchase_days") - 1, nw.col(TENURE))
    return [
        nw.col("order_count"),
        once.alias("is_one_time_buyer"),
        (per_day * _RATE_DAYS).alias("purchases_per_30d"),
        *[nw.col(f"orders_{days}d") for days in WINDOWS_DAYS],
        trend(nw.col("orders_30d"), nw.col("orders_60d")).alias("orders_trend_30d"),
        trend(nw.col("orders_90d"), nw.col("orders_180d")).alias("orders_trend_90d"),
    ]


def _spend() -> list[nw.Expr]:
    net, mean_day = nw.col("net_spend"), nw.col("net_spend") / nw.col("purchase_days")
    cents_std = spread(nw.col("day_cents"), nw.col("day_cents_squared"), nw.col("purchase_days"))
    return [
        net,
        nw.col("gross_spend"),
        (nw.col("gross_spend") / nw.col("order_count")).alias("mean_order_amount"),
        nw.col("largest_order_amount"),
        (cents_std / 100).alias("day_spend_std"),
        nw.col("first_day_spend"),
        nw.col("last_day_spend"),
        ratio(nw.col("last_day_spend"), mean_day).alias("last_spend_ratio"),
        (ratio(net, nw.col(TENURE)) * _RATE_DAYS).alias("spend_per_30d"),
        *[nw.col(f"spend_{days}d") for days in WINDOWS_DAYS],
        trend(nw.col("spend_30d"), nw.col("spend_60d")).alias("spend_trend_30d"),
        trend(nw.col("spend_90d"), nw.col("spend_180d")).alias("spend_trend_90d"),
    ]


def _rhythm() -> list[nw.Expr]:
    span, gaps = nw.col(TENURE) - nw.col(RECENCY), nw.col("purchase_days") - 1
    gap_mean = ratio(span, gaps)
    mean_age = nw.col("age_sum") / nw.col("purchase_days")
    return [
        gap_mean.alias("gap_mean_days"),
        spread(span, nw.col("gaps_squared"), gaps).alias("gap_std_days"),
        nw.col("gap_min_days"),
        nw.col("gap_max_days"),
        ratio(nw.col("last_gap_days"), gap_mean).alias("last_gap_ratio"),
        ratio(nw.col(RECENCY), gap_mean).alias("recency_gap_ratio"),
        ratio(nw.col(TENURE) - mean_age, nw.col(TENURE)).alias("purchase_timing"),
    ]


def _rest(cutoff: dt.date) -> list[nw.Expr]:
    """Baskets, returns and the season."""
    orders, gross = nw.col("order_count"), nw.col("gross_spend")
    products = nw.when(nw.col("products") > 0).then(nw.col("products"))
    angle = 2 * math.pi * cutoff.timetuple().tm_yday / 365.25
    # A customer younger than this has not lived through the season yet.
    lived_through = nw.col(TENURE) >= _YEAR_DAYS - SEASON_DAYS
    return [
        (nw.col("pieces") / orders).alias("pieces_per_order"),
        (products / orders).alias("products_per_order"),
        products.alias("distinct_products"),
        nw.col("return_count"),
        ratio(nw.col("return_count"), orders + nw.col("return_count")).alias("return_rate"),
        ratio(nw.col("returned_amount"), gross).alias("returned_share"),
        nw.lit(math.sin(angle)).alias("season_sin"),
        nw.lit(math.cos(angle)).alias("season_cos"),
        nw.when(lived_through).then(ratio(nw.col("season_spend"), gross)).alias("season_share"),
        (nw.col("weekend_orders") / orders).alias("weekend_share"),
    ]
