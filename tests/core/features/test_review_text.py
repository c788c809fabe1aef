"""Features of what reviews say, by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.features.build import build_snapshot
from clv_core.features.catalogue import CATALOGUE
from tests.core.features.shops import fill_columns, make_orders, write_shop

CUTOFF = dt.date(2023, 6, 30)
ORDERS = make_orders(
    (1, "2023-06-10 12:00", 10.0),
    (2, "2023-06-20 12:00", 10.0),
    (3, "2023-06-20 12:00", 10.0),
)
DAYS = ("06-11", "06-13", "06-20", "06-25", "07-01", "06-21")
OF_TEXTS = (
    *("mean_sentiment", "last_sentiment", "sentiment_trend", "negative_text_share"),
    "contradicting_share",
    *("product_mentions", *(f"{aspect}_mentions" for aspect in REVIEW_ASPECTS)),
    *map(aspect_column, REVIEW_ASPECTS),
)


def make_reviews() -> pd.DataFrame:
    """Customer 1: five texts, one of them after the cutoff; customer 2: a rating alone."""
    return fill_columns(
        pd.DataFrame(
            {
                "customer_key": [1, 1, 1, 1, 1, 2],
                "review_time": pd.to_datetime([f"2023-{day}" for day in DAYS]),
                "rating": [5.0, 5.0, np.nan, 1.0, 1.0, 4.0],
                "text_length": [10, 20, 15, 9, 99, 0],
                "named_products": pd.array([1, 2, 0, 0, 9, pd.NA], dtype="Int64"),
                "sentiment": [0.8, -0.4, 0.2, np.nan, -1.0, np.nan],
                "delivery_sentiment": [np.nan, -0.5, -0.1, np.nan, -1.0, np.nan],
                "price_sentiment": [0.6, np.nan, np.nan, 0.0, np.nan, np.nan],
            }
        )
    )


def see(folder: Path, reviews: pd.DataFrame) -> pd.DataFrame:
    """Return the features at the cutoff of a shop with these reviews."""
    tables = write_shop(folder, orders=ORDERS, reviews=reviews)
    return build_snapshot(tables, CUTOFF, 30, label=False).features


def test_texts_by_hand(tmp_path):
    """Moods, their trend and what is named equal the numbers worked out on paper."""
    features = see(tmp_path, make_reviews())
    expected = {
        "mean_sentiment": 0.2,  # 0.8, -0.4 and 0.2
        "last_sentiment": 0.2,  # the newest text does not judge
        "sentiment_trend": 0.0,  # 0.2 less the mean of 0.8 and -0.4
        "negative_text_share": 1 / 3,
        "contradicting_share": 1 / 2,  # five stars and -0.4; two reviews have both
        "product_mentions": 3,
        "delivery_mentions": 2,
        "delivery_sentiment": -0.3,
        "price_mentions": 2,
        "price_sentiment": 0.3,
        "quality_mentions": 0,
    }
    assert features.loc[1, list(expected)].to_dict() == pytest.approx(expected)
    assert np.isnan(features.loc[1, "quality_sentiment"])


def test_customers_without_a_text_named_nothing(tmp_path):
    """Counts are nought for whoever wrote nothing; moods are missing."""
    features = see(tmp_path, make_reviews())
    counts = ["product_mentions", *(f"{aspect}_mentions" for aspect in REVIEW_ASPECTS)]
    for customer in (2, 3):
        assert (features.loc[customer, counts] == 0).all()
        assert features.loc[customer, sorted(set(OF_TEXTS) - set(counts))].isna().all()


def test_tables_of_earlier_versions_open(tmp_path):
    """Reviews cleaned before texts were read give the same columns, all missing."""
    reviews = make_reviews()
    now = see(tmp_path / "now", reviews)
    folder = tmp_path / "then"
    tables = write_shop(folder, orders=ORDERS, reviews=reviews)
    known = ["customer_key", "review_time", "rating", "text_length"]
    older = pq.read_table(folder / "reviews.parquet", columns=known)
    texts = pa.array(["text"] * len(older))
    pq.write_table(older.append_column("review_text", texts), folder / "reviews.parquet")
    then = build_snapshot(tables, CUTOFF, 30, label=False).features
    assert then.columns.equals(now.columns)
    assert then[[*OF_TEXTS, "reviewed_products"]].isna().all(axis=None)
    assert then["mean_rating"].equals(now["mean_rating"])


def test_every_text_feature_has_a_label():
    """All of them are catalogued among the reviews."""
    assert all(CATALOGUE[name].family == "reviews" for name in OF_TEXTS)
