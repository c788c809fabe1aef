"""Reviews as text → typed reviews of known customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning import identity, money, rules
from clv_core.cleaning.dated_rows import (
    dated_rules,
    dated_treatments,
    judge_dated_rows,
    open_dated_rows,
)
from clv_core.cleaning.judging import RuleBook
from clv_core.cleaning.review_text import TEXT_COLUMNS, describe_texts
from clv_core.cleaning.staging import StagedFile
from clv_core.settings import CleaningSettings

__all__ = ["REVIEWS_QUERY", "clean_reviews", "type_rows"]

# Needs products.
REVIEWS_QUERY: Final = f"""SELECT customer_key, row_time AS review_time, rating,
           coalesce(length(review_text), 0) AS text_length, products.product_key,
           named_products, {", ".join(TEXT_COLUMNS)}
    FROM reviews_kept LEFT JOIN reviews_described USING (row_id) LEFT JOIN products USING (product)
    ORDER BY customer_key, review_time, row_id"""


def clean_reviews(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    scratch: Path,
    settings: CleaningSettings,
    today: dt.date,
    orders: Sequence[StagedFile],
    sold_before: Mapping[str, dt.datetime] | None = None,
) -> RuleBook:
    """Type and judge all reviews, and read their texts.

    Needs ``customers_known`` and the kept lines of ``orders``, files whose products a
    text may name; writes ``reviews_dropped``, ``reviews_kept`` and ``reviews_described``.

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    book = RuleBook(
        (*dated_rules("reviews", today), rules.reject_empty_reviews()),
        (rules.note_unknown_ratings(), *dated_treatments()),
    )
    typed = [(file, "" if file.earlier else type_rows(cursor, file)) for file in files]
    judge_dated_rows(cursor, "reviews", typed, scratch, settings, today, book.rejecting)
    has_texts = any(file.has("review_text") for file in files)
    describe_texts(cursor, files, orders if has_texts else (), scratch, sold_before)
    return book


def type_rows(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> str:
    """Return SQL that types the rows of a file; learns how its columns are written."""
    rows = open_dated_rows(cursor, "reviews", file)
    reading = file.learn("rating", lambda: money.learn_money_reading(cursor, file.source, "rating"))
    rating = money.money_expression("rating", reading)
    products = file.learn(
        "products", lambda: identity.learn_id_reading(cursor, file.source, "product_id")
    )
    product = identity.identity_expression(identity.id_expression("product_id", products), products)
    return rows.typed_query(
        f"""CASE WHEN {money.is_finite(rating)} THEN {rating} END AS rating, review_text,
            {product} AS product"""
    )
