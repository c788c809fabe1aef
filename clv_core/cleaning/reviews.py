"""Reviews as text → typed reviews of known customers."""

# ruff: noqa: S608 - queries are made of this package's constants, never of a user's text
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning import dates, identity, money, refusals, rules
from clv_core.cleaning.dates import DateOrder
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, judge_rows

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
    parts = [_typed_query(cursor, file, date_order) for file in files]
    cursor.execute(
        f"CREATE TEMP TABLE reviews_typed AS SELECT typed.*, customers_known.customer_key"
        f" FROM ({' UNION ALL '.join(parts)}) AS typed LEFT JOIN customers_known USING (customer)"
    )
    usable = dates.in_range("row_time", today)
    for file in files:
        refusals.refuse_unreadable_times(
            cursor, file, "review_time", f"NOT coalesce({usable}, FALSE)"
        )
    judge_rows(cursor, "reviews", files, lambda _: review_rules(today))


def review_rules(today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject reviews, in the order they are tried."""
    return (
        rules.reject_repeated_lines(),
        rules.reject_missing_customers(),
        rules.reject_destroyed_ids(),
        rules.reject_masked_ids(),
        rules.reject_unreadable_times(),
        rules.reject_impossible_times(today),
        rules.reject_customers_without_orders(),
        rules.reject_empty_reviews(),
    )


def review_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept reviews."""
    return (
        rules.note_unknown_ratings(),
        rules.note_decimal_ids(),
        rules.note_day_first(),
        rules.note_month_first(),
        rules.note_offsets(),
        rules.note_epochs(),
    )


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
