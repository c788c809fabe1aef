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
from clv_core.features.expressions import (
    AGE,
    Frame,
    count_where,
    from_fixed,
    keep_seen,
    ratio,
    spread,
    sum_where,
    to_fixed,
    trend,
)

WINDOWS_DAYS: Final = (7, 14, 30, 60, 90, 180, 365, 730)
SEASON_DAYS: Final = 90  # of the coming year, looked up in the years before
_YEAR_DAYS: Final = 365
_RATE_DAYS: Final = 30
_FIXED_PER_CENT: Final = 100.0

_BOUGHT: Final = nw.col("day_orders") > 0


def purchase_features(orders: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with a purchase by the cutoff.

    Parameters
    ----------
    orders : lazy frame (``columns.ORDERS``)
    cutoff : date
        Last day that is seen.

    Returns
    -------
    lazy frame with ``customer_key`` and the purchase features of
    ``features.catalogue``; missing where undefined, such as gaps of a customer
    with one purchase day.
    """
    sums = _with_gaps(purchase_days(orders, cutoff)).group_by("customer_key").agg(*_sums(cutoff))
    return sums.filter(nw.col("purchase_days") > 0).select(
        "customer_key", *_statistical(), *_counts(), *_spend(), *_rhythm(), *_rest(cutoff)
    )


def purchase_days(orders: Frame, cutoff: dt.date) -> Frame:
    """Sum the orders seen by the cutoff per customer and day.

    Returns
    -------
    lazy frame with ``customer_key``, ``age_days`` and per day ``day_orders``
    (returns not counted), ``day_returns``, ``day_products`` and, in whole
    ten-thousandths, ``day_net``, ``day_gross``, ``day_returned`` (positive),
    ``day_largest`` (order amount, null where only returns) and ``day_pieces``.
    """
    returned, amount = nw.col("is_return"), to_fixed(nw.col("amount"))
    return (
        keep_seen(orders, "order_time", cutoff)
        .group_by("customer_key", AGE)
        .agg(
            count_where(~returned).alias("day_orders"),
            count_where(returned).alias("day_returns"),
            amount.sum().alias("day_net"),
            sum_where(~returned, amount).alias("day_gross"),
            sum_where(returned, -amount).alias("day_returned"),
            nw.when(~returned).then(amount).max().alias("day_largest"),
            sum_where(~returned, to_fixed(nw.col("quantity"))).alias("day_pieces"),
            sum_where(~returned, nw.col("distinct_products").cast(nw.Float64())).alias(
                "day_products"
            ),
        )
    )


def last_purchase_ages(orders: Frame, cutoff: dt.date) -> Frame:
    """Return ``customer_key`` and ``last_purchase_age`` in days before the cutoff."""
    bought = orders.filter(~nw.col("is_return"))
    seen = keep_seen(bought, "order_time", cutoff)
    return seen.group_by("customer_key").agg(nw.col(AGE).min().alias("last_purchase_age"))


def distinct_products(lines: Frame, cutoff: dt.date) -> Frame:
    """Count the different products a customer bought, over all orders seen."""
    bought = lines.filter(nw.col("amount") >= 0, ~nw.col("product_key").is_null())
    # Grouping twice: a distinct count holds every customer's products in memory.
    pairs = keep_seen(bought, "order_time", cutoff).group_by("customer_key", "product_key")
    products = pairs.agg(nw.len().alias("lines")).group_by("customer_key")
    return products.agg(nw.len().cast(nw.Float64()).alias("distinct_products"))


def _with_gaps(days: Frame) -> Frame:
    """Add the days to the purchase day before, and mark the newest one."""
    flagged = days.with_columns(_BOUGHT.alias("bought"))
    age, per_customer = nw.col(AGE), ("customer_key", "bought")
    return flagged.with_columns(
        (age.shift(-1).over(*per_customer, order_by=AGE) - age).cast(nw.Float64()).alias("gap"),
        age.shift(1).over(*per_customer, order_by=AGE).is_null().alias("is_newest"),
    )


def _sums(cutoff: dt.date) -> list[nw.Expr]:
    """Everything that needs the days themselves, one aggregate each."""
    age, net, gap = nw.col(AGE), nw.col("day_net"), nw.col("gap")
    bought = nw.col("bought")
    cents = (net / _FIXED_PER_CENT).round()
    days_ago = age.cast(nw.Float64())
    newest = bought & nw.col("is_newest")
    weekday = (cutoff.weekday() - age) % 7  # never negative: narwhals keeps Python's sign
    same_season = age % _YEAR_DAYS >= _YEAR_DAYS - SEASON_DAYS
    return [
        count_where(bought).alias("purchase_days"),
        nw.when(bought).then(days_ago).min().alias(RECENCY),
        nw.when(bought).then(days_ago).max().alias(TENURE),
        sum_where(bought, days_ago).alias("age_sum"),
        nw.col("day_orders").sum().alias("order_count"),
        nw.col("day_returns").sum().alias("return_count"),
        from_fixed(net.sum()).alias("net_spend"),
        from_fixed(nw.col("day_gross").sum()).alias("gross_spend"),
        from_fixed(nw.col("day_returned").sum()).alias("returned_amount"),
        from_fixed(nw.col("day_largest").max()).alias("largest_order_amount"),
        sum_where(bought, cents).alias("day_cents"),
        sum_where(bought, cents * cents).alias("day_cents_squared"),
        from_fixed(nw.when(newest).then(net).max()).alias("last_day_spend"),
        from_fixed(nw.when(bought & gap.is_null()).then(net).max()).alias("first_day_spend"),
        nw.when(bought).then(gap * gap).sum().alias("gaps_squared"),
        nw.when(bought).then(gap).min().alias("gap_min_days"),
        nw.when(bought).then(gap).max().alias("gap_max_days"),
        nw.when(newest).then(gap).max().alias("last_gap_days"),
        from_fixed(nw.col("day_pieces").sum()).alias("pieces"),
        nw.col("day_products").sum().alias("products"),
        sum_where(weekday >= 5, nw.col("day_orders")).alias("weekend_orders"),
        from_fixed(sum_where(same_season, nw.col("day_gross"))).alias("season_spend"),
        *[from_fixed(sum_where(age < days, net)).alias(f"spend_{days}d") for days in WINDOWS_DAYS],
        *[
            sum_where(age < days, nw.col("day_orders")).alias(f"orders_{days}d")
            for days in WINDOWS_DAYS
        ],
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
