"""What a customer's reviews say as of a cutoff."""

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
    to_fixed,
)

LOW_RATING: Final = 2.0  # and below counts as unhappy, on the usual scale of 1 to 5

# Nought for a customer without a review; the others are then missing.
COUNTS: Final = ("review_count",)


def review_features(reviews: Frame, cutoff: dt.date) -> Frame:
    """Describe every customer with a review by the cutoff.

    Parameters
    ----------
    reviews : lazy frame (``columns.REVIEWS``)
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key`` and the review features of
    ``features.catalogue``. Reviews without a rating count, but are left out of
    the rating features; the last rating is the mean where several share the
    newest time.
    """
    rating, time = nw.col("rating"), nw.col("review_time")
    stars, newest = to_fixed(rating), time == nw.col("last_rated_at")
    rated_at = nw.when(~rating.is_null()).then(time)
    seen = keep_seen(reviews, "review_time", cutoff).with_columns(
        rated_at.max().over("customer_key").alias("last_rated_at")
    )
    sums = seen.group_by("customer_key").agg(
        count_where(~time.is_null()).alias("review_count"),
        from_fixed(stars.sum()).alias("stars"),
        from_fixed(nw.when(newest).then(stars).sum()).alias("last_stars"),
        count_where(newest & ~rating.is_null()).alias("last_rated"),
        count_where(~rating.is_null()).alias("rated"),
        count_where(rating <= LOW_RATING).alias("low_rated"),
        nw.col("text_length").cast(nw.Float64()).mean().alias("mean_text_length"),
        nw.col(AGE).cast(nw.Float64()).min().alias("days_since_review"),
    )
    return sums.select(
        "customer_key",
        *COUNTS,
        ratio(nw.col("stars"), nw.col("rated")).alias("mean_rating"),
        ratio(nw.col("last_stars"), nw.col("last_rated")).alias("last_rating"),
        ratio(nw.col("low_rated"), nw.col("rated")).alias("low_rating_share"),
        "mean_text_length",
        "days_since_review",
    )


def reviewed_products(reviews: Frame, cutoff: dt.date) -> Frame:
    """Count the different products a customer reviewed; nobody where reviews name none."""
    if "product_key" not in reviews.collect_schema().names():  # a table of an earlier version
        reviews = reviews.with_columns(nw.lit(None, dtype=nw.Int64()).alias("product_key"))
    named = reviews.filter(~nw.col("product_key").is_null())
    pairs = keep_seen(named, "review_time", cutoff).group_by("customer_key", "product_key")
    products = pairs.agg(nw.len().alias("reviews")).group_by("customer_key")
    return products.agg(nw.len().cast(nw.Float64()).alias("reviewed_products"))
