"""Browsing events as text → typed events of known customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
from clv_core.cleaning.staging import StagedFile
from clv_core.settings import CleaningSettings

__all__ = ["EVENTS_QUERY", "clean_events", "type_rows"]

_VIEWS: Final = (
    "view", "page_view", "pageview", "view_item", "product_view", "product_viewed", "pv", "visit",
)  # fmt: skip
_CARTS: Final = ("cart", "add_to_cart", "addtocart", "added_to_cart", "basket")
_PURCHASES: Final = ("purchase", "order", "transaction", "buy", "checkout_completed")

EVENTS_QUERY: Final = """SELECT customer_key, row_time AS event_time, event_type,
           products.product_key, CASE WHEN session_id IS NOT NULL THEN
               dense_rank() OVER (ORDER BY customer_key, session_id) - 1 END AS session_key,
           duration_seconds
    FROM events_kept LEFT JOIN products USING (product)
    ORDER BY customer_key, event_time, row_id"""


def clean_events(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    scratch: Path,
    settings: CleaningSettings,
    today: dt.date,
) -> RuleBook:
    """Type and judge all events.

    Needs ``customers_known``; writes ``events_dropped`` and ``events_kept``.

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates of a file cannot be read.
    """
    book = RuleBook(dated_rules("events", today), (rules.note_other_events(), *dated_treatments()))
    typed = [(file, "" if file.earlier else type_rows(cursor, file)) for file in files]
    judge_dated_rows(cursor, "events", typed, scratch, settings, today, book.rejecting)
    return book


def type_rows(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> str:
    """Return SQL that types the rows of a file; learns how its columns are written."""
    rows = open_dated_rows(cursor, "events", file)
    duration = file.learn(
        "duration_seconds",
        lambda: money.learn_money_reading(cursor, file.source, "duration_seconds"),
    )
    products = file.learn(
        "products", lambda: identity.learn_id_reading(cursor, file.source, "product_id")
    )
    product = identity.identity_expression(identity.id_expression("product_id", products), products)
    seconds = money.money_expression("duration_seconds", duration)
    return rows.typed_query(
        f"""{_event_type(file)} AS event_type, {product} AS product, session_id,
            CASE WHEN {seconds} >= 0 AND {money.is_finite(seconds)} THEN {seconds} END
                AS duration_seconds"""
    )


def _event_type(file: StagedFile) -> str:
    if not file.has("event_type"):
        return "'view'"  # a log without kinds is a log of visits
    name = "replace(replace(lower(event_type), ' ', '_'), '-', '_')"
    return f"""CASE WHEN {name} IN {_VIEWS} THEN 'view' WHEN {name} IN {_CARTS} THEN 'cart'
        WHEN {name} IN {_PURCHASES} THEN 'purchase' ELSE 'other' END"""
