"""The features of reviews: name, unit and label, in the order of the columns."""

from __future__ import annotations

from typing import Final

from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.features.feature_info import FeatureInfo, Unit
from clv_core.sentences import Sentence

__all__ = ["REVIEW_INFOS"]

_ASPECT_TITLES: Final = {
    "delivery": Sentence("delivery"),
    "price": Sentence("price"),
    "service": Sentence("service"),
    "quality": Sentence("quality"),
    "fit": Sentence("size and fit"),
    "packaging": Sentence("packaging"),
    "returns": Sentence("returns and refunds"),
    "other_shops": Sentence("other shops"),
}


def _info(name: str, unit: Unit, label: Sentence) -> FeatureInfo:
    return FeatureInfo(name, "reviews", unit, label)


REVIEW_INFOS: Final = (
    _info("review_count", "count", Sentence("Reviews so far")),
    _info("mean_rating", "stars", Sentence("Mean rating given")),
    _info("last_rating", "stars", Sentence("Last rating given")),
    _info("low_rating_share", "share", Sentence("Share of low ratings")),
    _info("mean_text_length", "characters", Sentence("Mean length of a review")),
    _info("days_since_review", "days", Sentence("Days since the last review")),
    _info("reviewed_products", "count", Sentence("Different products reviewed")),
    _info("mean_sentiment", "ratio", Sentence("Mood of the reviews, from bad (−1) to good (1)")),
    _info(
        "last_sentiment", "ratio", Sentence("Mood of the last review, from bad (−1) to good (1)")
    ),
    _info("sentiment_trend", "ratio", Sentence("Mood of the last review less that before")),
    _info("negative_text_share", "share", Sentence("Share of reviews with a negative text")),
    _info(
        "contradicting_share",
        "share",
        Sentence("Share of reviews whose text contradicts the rating"),
    ),
    _info("product_mentions", "count", Sentence("Products named in reviews")),
    *[
        _info(
            f"{aspect}_mentions",
            "count",
            Sentence("Reviews that speak of {aspect}", aspect=_ASPECT_TITLES[aspect]),
        )
        for aspect in REVIEW_ASPECTS
    ],
    *[
        _info(
            aspect_column(aspect),
            "ratio",
            Sentence(
                "Mood of what reviews say of {aspect}, from bad (−1) to good (1)",
                aspect=_ASPECT_TITLES[aspect],
            ),
        )
        for aspect in REVIEW_ASPECTS
    ],
)
