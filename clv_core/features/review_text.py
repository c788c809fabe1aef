"""What a customer's reviews say in words, as of a cutoff."""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw

from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.features.expressions import (
    Frame,
    count_where,
    from_fixed,
    keep_seen,
    ratio,
    to_fixed,
)
from clv_core.features.reviews import LOW_RATING

# A text judges where its sentiment is at least so far from 0 (Hutto and Gilbert 2014).
JUDGING: Final = 0.05
HIGH_RATING: Final = 4.0  # and above counts as happy, on the usual scale of 1 to 5

# Nought for a customer who wrote nothing, where others did; the others are then missing.
COUNTS: Final = ("product_mentions", *(f"{aspect}_mentions" for aspect in REVIEW_ASPECTS))
_READ: Final = ("sentiment", "named_products", *map(aspect_column, REVIEW_ASPECTS))


def review_text_features(reviews: Frame, cutoff: dt.date) -> Frame:
    """Describe what every customer with a review by the cutoff wrote.

    Parameters
    ----------
    reviews : lazy frame (``columns.REVIEWS``)
        Tables of earlier versions say nothing of texts: all is missing then.
    cutoff : date

    Returns
    -------
    lazy frame with ``customer_key`` and the features of texts in
    ``features.review_catalogue``. The last sentiment is the mean where several
    share the newest time; the trend is the last one less the mean of those
    before.
    """
    mood, rating, time = nw.col("sentiment"), nw.col("rating"), nw.col("review_time")
    judges = ~mood.is_null()
    seen = keep_seen(_with_texts(reviews), "review_time", cutoff).with_columns(
        nw.when(judges).then(time).max().over("customer_key").alias("last_judged_at")
    )
    newest = judges & (time == nw.col("last_judged_at"))
    praises, blames = mood >= JUDGING, mood <= -JUDGING
    sums = seen.group_by("customer_key").agg(
        count_where(~nw.col("named_products").is_null()).alias("written"),
        count_where(judges).alias("judged"),
        from_fixed(to_fixed(mood).sum()).alias("moods"),
        count_where(newest).alias("last_judged"),
        from_fixed(nw.when(newest).then(to_fixed(mood)).sum()).alias("last_moods"),
        count_where(blames).alias("negative"),
        count_where(judges & ~rating.is_null()).alias("rated_too"),
        nw.col("named_products").cast(nw.Float64()).sum().alias("named"),
        count_where((rating >= HIGH_RATING) & blames | (rating <= LOW_RATING) & praises).alias(
            "contradicting"
        ),
        *[
            count_where(~_spoken(aspect).is_null()).alias(f"{aspect}_n")
            for aspect in REVIEW_ASPECTS
        ],
        *[
            from_fixed(to_fixed(_spoken(aspect)).sum()).alias(f"{aspect}_moods")
            for aspect in REVIEW_ASPECTS
        ],
    )
    last = ratio(nw.col("last_moods"), nw.col("last_judged"))
    before = ratio(nw.col("moods") - nw.col("last_moods"), nw.col("judged") - nw.col("last_judged"))
    return sums.select(
        "customer_key",
        ratio(nw.col("moods"), nw.col("judged")).alias("mean_sentiment"),
        last.alias("last_sentiment"),
        (last - before).alias("sentiment_trend"),
        ratio(nw.col("negative"), nw.col("judged")).alias("negative_text_share"),
        ratio(nw.col("contradicting"), nw.col("rated_too")).alias("contradicting_share"),
        nw.when(nw.col("written") > 0).then(nw.col("named")).alias("product_mentions"),
        *[
            nw.when(nw.col("written") > 0).then(nw.col(f"{aspect}_n")).alias(f"{aspect}_mentions")
            for aspect in REVIEW_ASPECTS
        ],
        *[
            ratio(nw.col(f"{aspect}_moods"), nw.col(f"{aspect}_n")).alias(aspect_column(aspect))
            for aspect in REVIEW_ASPECTS
        ],
    )


def _spoken(aspect: str) -> nw.Expr:
    return nw.col(aspect_column(aspect))


def _with_texts(reviews: Frame) -> Frame:
    """Add what tables of earlier versions lack; texts that were never read say nothing."""
    if set(_READ) <= set(reviews.collect_schema().names()):
        return reviews
    nothing = nw.lit(None, dtype=nw.Float64())
    return reviews.with_columns(*[nothing.alias(name) for name in _READ])
