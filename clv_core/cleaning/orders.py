"""Typed order lines → judged lines → customers and orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning import dates, identity, money, refusals, rules
from clv_core.cleaning.lines import read_lines
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, judge_rows
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import DateOrder

__all__ = [
    "LINES_QUERY",
    "ORDERS_QUERY",
    "clean_orders",
    "order_rules",
    "order_treatments",
]

# Needs lines_kept. A row without order number is an order of its own. Lines of one
# number on different days are orders apart: a refund must not be seen before its
# day. Where the amount is the whole order's it counts once, and the order's time
# tells orders apart whose number was given twice.
_ORDER_OF_LINE: Final = """CREATE TEMP TABLE orders_numbered AS
    SELECT *, row_number() OVER (ORDER BY order_time, customer_key, order_id, first_row) - 1
                  AS order_key
    FROM (
        SELECT customer_key, order_id, own_row, own_time, min(row_time) AS order_time,
               min(file_number * 1000000000000 + source_row) AS first_row,
               CASE WHEN any_value(per_order) THEN max(amount) ELSE sum(amount) END AS amount,
               sum(quantity) AS quantity, count(DISTINCT product) AS distinct_products
        FROM lines_kept
        GROUP BY customer_key, order_id, own_row, own_time
    )"""
ORDERS_QUERY: Final = """SELECT customer_key, order_key, order_time, amount, quantity,
           distinct_products, amount < 0 AS is_return
    FROM orders_numbered ORDER BY order_key"""
LINES_QUERY: Final = """SELECT line.customer_key, numbered.order_key, numbered.order_time,
           products.product_key, line.quantity,
           CASE WHEN per_order THEN line.quantity * line.price ELSE line.amount END AS amount
    FROM lines_kept AS line
    JOIN orders_numbered AS numbered
      ON numbered.customer_key = line.customer_key
     AND numbered.order_id IS NOT DISTINCT FROM line.order_id
     AND numbered.own_row IS NOT DISTINCT FROM line.own_row
     AND numbered.own_time IS NOT DISTINCT FROM line.own_time
    LEFT JOIN products USING (product)
    ORDER BY order_key, file_number, source_row"""


def clean_orders(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    today: dt.date,
    date_order: DateOrder | None,
) -> None:
    """Type and judge all order lines; give kept ones a customer and an order.

    Needs ``orders_text``; writes ``orders_judged``, ``customers_known``,
    ``lines_kept`` and ``orders_numbered``.

    Raises
    ------
    UserDataError
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates, amounts or ids of a file are of no use.
    """
    parts = [read_lines(cursor, file, date_order) for file in files]
    cursor.execute(f"CREATE TEMP TABLE orders_read AS {' UNION ALL '.join(parts)}")
    cursor.execute(_MARK_CURRENCY)
    for file in files:
        _refuse(cursor, file, today)
    judge_rows(cursor, "orders", files, lambda file: order_rules(file, today))
    cursor.execute(_KNOW_CUSTOMERS)
    cursor.execute(_KEEP_LINES)
    cursor.execute(_ORDER_OF_LINE)


def order_rules(file: StagedFile, today: dt.date) -> tuple[Rule, ...]:
    """Return the rules that reject lines of this file, in the order they are tried."""
    asked = file.preset_rules
    chosen: list[Rule | None] = [
        None if lists_purchases(file) else rules.reject_repeated_lines(),
        rules.reject_missing_customers(),
        rules.reject_destroyed_ids(),
        rules.reject_masked_ids(),
        rules.reject_unreadable_times(),
        rules.reject_impossible_times(today),
        rules.reject_unreadable_amounts(),
        rules.reject_impossible_amounts(),
        rules.reject_cancelled_orders(),
        rules.reject_orders_not_paid(file.kept_statuses)
        if file.kept_statuses
        else rules.reject_unpaid_orders(),
        rules.reject_orders_without_sale(file.dropped_statuses) if file.dropped_statuses else None,
        rules.reject_non_goods() if PresetRule.DROP_NON_GOODS in asked else None,
        rules.reject_lines_without_price() if PresetRule.DROP_NON_GOODS in asked else None,
        rules.reject_other_currencies(),
    ]
    return tuple(rule for rule in chosen if rule)


def order_treatments(file: StagedFile) -> tuple[Rule, ...]:
    """Return what is said about kept lines of this file."""
    identical = (rules.note_identical_purchases(),) if lists_purchases(file) else ()
    return (
        rules.note_refunds(),
        rules.note_zero_amounts(),
        *identical,
        rules.note_filled_lines(),
        rules.note_deducted_refunds(),
        rules.note_unknown_quantities(),
        rules.note_decimal_ids(),
        rules.note_decimal_commas(),
        rules.note_guessed_points(),
        rules.note_day_first(),
        rules.note_month_first(),
        rules.note_offsets(),
        rules.note_epochs(),
    )


def lists_purchases(file: StagedFile) -> bool:
    """Say whether equal rows of this format are separate purchases.

    CDNOW gives a customer, a day, a count and a sum per purchase and nothing that
    tells two purchases of a day apart.
    """
    return PresetRule.LISTS_PURCHASES in file.preset_rules


def _refuse(cursor: duckdb.DuckDBPyConnection, file: StagedFile, today: dt.date) -> None:
    masked = identity.is_masked("written_customer")
    destroyed = identity.is_destroyed("written_customer")
    refusals.refuse_unusable_ids(cursor, file, "customer_id", f"({masked} OR {destroyed})")
    in_range = dates.in_range("row_time", today)
    refusals.refuse_unreadable_times(cursor, file, "order_time", f"NOT coalesce({in_range}, FALSE)")
    usable = money.is_finite("amount")
    field = "amount" if file.has("amount") else "unit_price"
    refusals.refuse_unreadable_amounts(cursor, file, field, f"NOT coalesce({usable}, FALSE)")


# The currency of most lines is the shop's; the others cannot be added to it.
_MARK_CURRENCY: Final = """CREATE TEMP TABLE orders_typed AS
    SELECT *, coalesce(currency <> (
               SELECT currency FROM orders_read WHERE currency IS NOT NULL
               GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1
           ), FALSE) AS in_other_currency
    FROM orders_read"""
_KNOW_CUSTOMERS: Final = """CREATE TEMP TABLE customers_known AS
    SELECT *, row_number() OVER (ORDER BY first_time, customer) - 1 AS customer_key
    FROM (
        SELECT customer, min(row_time) AS first_time,
               arg_min(written_customer, (row_time, file_number, source_row)) AS customer_id,
               arg_max(email, (row_time, file_number, source_row))
                   FILTER (email IS NOT NULL) AS email,
               arg_max(phone, (row_time, file_number, source_row))
                   FILTER (phone IS NOT NULL) AS phone,
               arg_max(customer_name, (row_time, file_number, source_row))
                   FILTER (customer_name IS NOT NULL) AS customer_name,
               arg_max(country, (row_time, file_number, source_row))
                   FILTER (country IS NOT NULL) AS country
        FROM orders_judged WHERE rejection IS NULL GROUP BY customer
    )"""
_KEEP_LINES: Final = """CREATE TEMP TABLE lines_kept AS
    SELECT customer_key, file_number, source_row, row_time, order_id, product, quantity, price,
           amount, per_order,
           CASE WHEN order_id IS NULL THEN file_number * 1000000000000 + source_row END AS own_row,
           CASE WHEN per_order THEN row_time ELSE date_trunc('day', row_time) END AS own_time
    FROM orders_judged JOIN customers_known USING (customer)
    WHERE rejection IS NULL"""
