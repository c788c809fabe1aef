"""Reviews as text → typed reviews of known customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning import dates, identity, money, rules
from clv_core.cleaning.dated_rows import dated_rules, dated_treatments, judge_dated_rows
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile
from clv_core.settings import DateOrder

__all__ = ["REVIEWS_QUERY", "clean_reviews", "review_rules", "review_treatments"]

REVIEWS_QUERY: Final = """SELECT customer_key, row_time AS review_time, rating,
           coalesce(length(review_text), 0) AS text_length, review_text
    FROM reviews_judged WHERE rejection IS NULL
    ORDER BY customer_key, review_time, file_number, source_row"""


def clean_reviews(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    today: dt.date,
    date_order: DateOrder | None,
) -> None:
    """Type and judge all reviews.

    Needs ``reviews_text`` and ``customers_known``; writes ``reviews_judged``.

    Raises
    ------
    UserDataError
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    queries = [_typed_query(cursor, file, date_order) for file in files]
    judge_dated_rows(cursor, "reviews", files, queries, today, review_rules(today))


def review_rules(today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject reviews, in the order they are tried."""
    return (*dated_rules(today), rules.reject_empty_reviews())


def review_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept reviews."""
    return (rules.note_unknown_ratings(), *dated_treatments())


def _typed_query(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, date_order: DateOrder | None
) -> str:
    source = file.source
    where = file.locate("review_time")
    time = dates.learn_time_reading(cursor, source, "review_time", date_order, where)
    decimal_ids = identity.has_decimal_ids(cursor, source, "customer_id")
    written = identity.id_expression("customer_id", decimal_ids)
    rating = money.money_expression("rating", money.learn_money_reading(cursor, source, "rating"))
    return f"""SELECT file_number, source_row, source_line, copy_number,
            {written} AS written_customer, {identity.identity_expression(written)} AS customer,
            {dates.time_expression("review_time", time)} AS row_time,
            CASE WHEN {money.is_finite(rating)} THEN {rating} END AS rating, review_text,
            {"TRUE" if decimal_ids else "FALSE"} AS decimal_id,
            {dates.order_flag("review_time", time)} AS day_month,
            {dates.has_offset("review_time")} AS has_offset,
            {dates.is_epoch("review_time")} AS is_epoch
        FROM {source}"""
