"""Browsing events as text → typed events of known customers."""

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

__all__ = ["EVENTS_QUERY", "clean_events", "event_rules", "event_treatments"]

_VIEWS: Final = (
    "view", "page_view", "pageview", "view_item", "product_view", "product_viewed", "pv", "visit",
)  # fmt: skip
_CARTS: Final = ("cart", "add_to_cart", "addtocart", "added_to_cart", "basket")
_PURCHASES: Final = ("purchase", "order", "transaction", "buy", "checkout_completed")

EVENTS_QUERY: Final = """SELECT customer_key, row_time AS event_time, event_type,
           products.product_key, CASE WHEN session_id IS NOT NULL THEN
               dense_rank() OVER (ORDER BY customer_key, session_id) - 1 END AS session_key,
           duration_seconds
    FROM events_judged LEFT JOIN products USING (product)
    WHERE rejection IS NULL
    ORDER BY customer_key, event_time, file_number, source_row"""


def clean_events(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    today: dt.date,
    date_order: DateOrder | None,
) -> None:
    """Type and judge all events.

    Needs ``events_text`` and ``customers_known``; writes ``events_judged``.

    Raises
    ------
    UserDataError
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    queries = [_typed_query(cursor, file, date_order) for file in files]
    judge_dated_rows(cursor, "events", files, queries, today, event_rules(today))


def event_rules(today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject events, in the order they are tried."""
    return dated_rules(today)


def event_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept events."""
    return (rules.note_other_events(), *dated_treatments())


def _typed_query(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, date_order: DateOrder | None
) -> str:
    source = file.source
    where = file.locate("event_time")
    time = dates.learn_time_reading(cursor, source, "event_time", date_order, where)
    duration = money.learn_money_reading(cursor, source, "duration_seconds")
    decimal_ids = identity.has_decimal_ids(cursor, source, "customer_id")
    written = identity.id_expression("customer_id", decimal_ids)
    product = identity.id_expression(
        "product_id", identity.has_decimal_ids(cursor, source, "product_id")
    )
    seconds = money.money_expression("duration_seconds", duration)
    return f"""SELECT file_number, source_row, source_line, copy_number,
            {written} AS written_customer, {identity.identity_expression(written)} AS customer,
            {dates.time_expression("event_time", time)} AS row_time,
            {_event_type(file)} AS event_type, {product} AS product, session_id,
            CASE WHEN {seconds} >= 0 AND {money.is_finite(seconds)} THEN {seconds} END
                AS duration_seconds,
            {"TRUE" if decimal_ids else "FALSE"} AS decimal_id,
            {dates.order_flag("event_time", time)} AS day_month,
            {dates.has_offset("event_time")} AS has_offset,
            {dates.is_epoch("event_time")} AS is_epoch
        FROM {source}"""


def _event_type(file: StagedFile) -> str:
    if not file.has("event_type"):
        return "'view'"  # a log without kinds is a log of visits
    name = "replace(replace(lower(event_type), ' ', '_'), '-', '_')"
    return f"""CASE WHEN {name} IN {_VIEWS} THEN 'view' WHEN {name} IN {_CARTS} THEN 'cart'
        WHEN {name} IN {_PURCHASES} THEN 'purchase' ELSE 'other' END"""
