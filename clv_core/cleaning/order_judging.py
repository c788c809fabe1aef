"""The rules of all order files put to work: those that need several rows, then those that need one.

The order is: orders and lines that are there twice; what each row says by itself;
amounts filled in; cancellations and returns; outliers. Each sees only what the ones
before it left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning import order_rules
from clv_core.cleaning.duplicates import find_copies, find_superseded
from clv_core.cleaning.judging import RuleBook, drop_rows, judge_file, keep_rows, open_ledger
from clv_core.cleaning.lines import OrderLines
from clv_core.cleaning.missing_amounts import fill_amounts
from clv_core.cleaning.non_goods import find_non_goods
from clv_core.cleaning.order_books import Findings, lists_purchases, order_book
from clv_core.cleaning.outliers import cap_amounts, drop_outliers
from clv_core.cleaning.returns import (
    drop_reversed_pairs,
    drop_unmatched_returns,
    gather_moves,
    match_nothing,
)
from clv_core.cleaning.rules import reject_repeated_lines
from clv_core.cleaning.staging import count_rows
from clv_core.settings import CleaningSettings

__all__ = ["are_only_tests", "judge_orders"]

_ONLY_TESTS: Final = "only_test_addresses"  # name of what is known of a whole upload

_ABOUT_AMOUNTS: Final = ("unreadable_amount", "impossible_amount")


def judge_orders(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    has_currencies: bool,
    settings: CleaningSettings,
    today: dt.date,
) -> dict[int, RuleBook]:
    """Write ``orders_dropped`` and ``orders_kept``; return the rules of each file.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    opened : sequence of OrderLines
    rows : str
        View with their typed lines.
    has_currencies : bool
        Whether several currencies are named.
    settings : CleaningSettings
    today : date
    """
    open_ledger(cursor, "orders")
    _list_staff(cursor, settings)
    superseded = _drop_superseded(cursor, opened, rows, settings)
    copies = _drop_copies(cursor, opened, rows, settings)
    only_tests = are_only_tests(cursor, opened, rows, settings)
    books = {
        lines.file.number: order_book(
            lines,
            Findings(
                has_copies=copies,
                has_superseded=superseded,
                has_non_goods=settings.non_goods == "drop"
                and find_non_goods(cursor, lines, rows, settings),
                has_currencies=has_currencies,
                has_only_test_addresses=only_tests,
            ),
            settings,
            today,
        )
        for lines in opened
    }
    rows = _judge_rows(cursor, opened, rows, books, settings)
    _judge_returns(cursor, opened, rows, settings)
    if settings.outliers == "winsorise":
        rows = cap_amounts(cursor, rows, settings)
    elif settings.outliers != "keep":
        drop_outliers(cursor, rows, order_rules.reject_outliers(), settings)
    keep_rows(cursor, "orders", rows)
    return books


def are_only_tests(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> bool:
    """Say whether test orders are asked for, and every customer has an address for tests."""
    addressed = any(line.customers.has_addresses or line.file.has("email") for line in opened)
    if settings.test_orders != "drop" or not addressed:
        return False
    return opened[0].file.learn(_ONLY_TESTS, lambda: _has_only_test_addresses(cursor, rows))


def _has_only_test_addresses(cursor: duckdb.DuckDBPyConnection, rows: str) -> bool:
    """Say whether an upload is made up to be tried out: all its customers are test addresses.

    Then they tell no order from another. A fact about the upload, like its decimal
    mark, taken from all rows: a shop's own tests stand beside its customers.
    """
    tests = f"{rows} WHERE customer IS NOT NULL AND {order_rules.is_test_address()}"
    if not count_rows(cursor, f"(SELECT 1 FROM {tests} LIMIT 1)"):
        return False
    others = f"{rows} WHERE customer NOT IN (SELECT customer FROM {tests})"
    return not count_rows(cursor, f"(SELECT 1 FROM {others} LIMIT 1)")


def _list_staff(cursor: duckdb.DuckDBPyConnection, settings: CleaningSettings) -> None:
    """Write ``staff_domains``; what the user typed stays data."""
    cursor.execute("CREATE TEMP TABLE staff_domains (domain VARCHAR)")
    domains = [(domain.strip().lstrip("@").lower(),) for domain in settings.staff_domains]
    if domains:
        cursor.executemany("INSERT INTO staff_domains VALUES (?)", domains)


def _drop_superseded(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> bool:
    several = sum(lines.file.has("order_id") for lines in opened) > 1
    if not (several and settings.repeated_orders == "drop" and find_superseded(cursor, rows)):
        return False
    rule = order_rules.reject_repeated_orders()
    drop_rows(cursor, "orders", rows, rule, "row_id IN (SELECT row_id FROM orders_superseded)")
    return True


def _drop_copies(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> bool:
    """Find equal lines, and drop them from files that do not list purchases."""
    listing = [lines for lines in opened if lists_purchases(lines)]
    if settings.repeated_lines == "keep" and not listing:
        return False
    if not find_copies(cursor, "orders", rows, {one.file.number: one.source for one in opened}):
        return False
    numbers = [str(one.file.number) for one in opened if one not in listing]
    if settings.repeated_lines == "drop" and numbers:
        drop_rows(
            cursor,
            "orders",
            rows,
            reject_repeated_lines(),
            "row_id IN (SELECT row_id FROM orders_copies)"
            f" AND file_number IN ({', '.join(numbers)})",
        )
    return True


def _judge_rows(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    books: dict[int, RuleBook],
    settings: CleaningSettings,
) -> str:
    """Judge each row by itself, and last by its amount where missing ones are filled in."""
    for lines in opened:
        rules = books[lines.file.number].rejecting
        if settings.missing_amounts != "drop":
            rules = tuple(rule for rule in rules if rule.code not in _ABOUT_AMOUNTS)
        judge_file(cursor, lines.file, rows, rules)
    if settings.missing_amounts == "drop":
        return rows
    rows = fill_amounts(cursor, rows, settings.missing_amounts)
    for lines in opened:
        judge_file(cursor, lines.file, rows, books[lines.file.number].rejecting)
    return rows


def _judge_returns(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> None:
    if "drop" not in (settings.reversed_pairs, settings.unmatched_returns):
        return
    if not gather_moves(cursor, rows, [lines.file for lines in opened]):
        match_nothing(cursor)
        return
    if settings.reversed_pairs == "drop":
        drop_reversed_pairs(cursor, order_rules.reject_reversed_pairs())
    if settings.unmatched_returns == "drop":
        drop_unmatched_returns(cursor, order_rules.reject_unmatched_returns())
