"""Typed order lines → judged lines → customers and orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning import dates, identity, money, refusals
from clv_core.cleaning.currencies import as_code, convert_amounts, find_currencies
from clv_core.cleaning.guests import join_guests
from clv_core.cleaning.judging import RuleBook
from clv_core.cleaning.lines import OrderLines, open_lines
from clv_core.cleaning.order_judging import judge_orders
from clv_core.cleaning.order_spans import KeptSpans, keep_lines
from clv_core.cleaning.staging import StagedFile, open_parquet, store_typed, write_scratch
from clv_core.settings import CleaningSettings

__all__ = ["CleanedOrders", "clean_orders", "name_currencies"]

_CURRENCIES: Final = "currencies"  # name of what is known of a whole upload

_KNOW_CUSTOMERS: Final = """SELECT *,
           row_number() OVER (ORDER BY first_time, customer) - 1 AS customer_key
    FROM (
        SELECT customer, min(row_time) AS first_time, {customer_id} AS customer_id, {contacts}
        FROM orders_kept GROUP BY customer
    )"""
_FIRST_WRITTEN: Final = "arg_min(written_customer, (row_time, row_id))"
_LATEST: Final = "arg_max({0}, (row_time, row_id)) FILTER ({0} IS NOT NULL) AS {0}"
_CONTACTS: Final = ("email", "phone", "customer_name", "country")


@dataclass(frozen=True)
class CleanedOrders:
    """What is known once order lines are judged.

    Attributes
    ----------
    books : mapping of int to RuleBook
        The rules of each file, by its number.
    currency : str
        ISO code that the orders themselves name, empty where they name none.
    lines : tuple of OrderLines
        The files, and how their columns are written.
    spans : KeptSpans
        What is left of the lines, with their customers.
    """

    books: dict[int, RuleBook]
    currency: str
    lines: tuple[OrderLines, ...]
    spans: KeptSpans


def clean_orders(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    scratch: Path,
    settings: CleaningSettings,
    today: dt.date,
) -> CleanedOrders:
    """Type and judge all order lines; give kept ones a customer and an order.

    Writes ``orders_dropped``, ``orders_kept``, ``customers_known``, ``lines_kept``
    and ``orders_numbered``.

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart.
    UnreadableColumn
        When most dates, amounts or ids of a file are of no use.
    """
    opened = [open_lines(cursor, file, settings, scratch) for file in files]
    store_typed(cursor, "orders", [(lines.file, lines.typed_query) for lines in opened], scratch)
    for lines in opened:
        if not lines.file.earlier:
            refuse(cursor, lines, today)
    named = _name_customers(cursor, opened, settings)
    rows, currencies = value_rows(cursor, opened, named, settings)
    books = judge_orders(cursor, opened, rows, len(currencies) > 1, settings, today)
    find_customers(cursor, opened, scratch)
    spans = keep_lines(cursor, scratch)
    spans.number_orders(cursor)
    return CleanedOrders(books, as_code(next(iter(currencies), "")), tuple(opened), spans)


def _name_customers(
    cursor: duckdb.DuckDBPyConnection, opened: Sequence[OrderLines], settings: CleaningSettings
) -> str:
    """Return the view of typed lines in which guests have a customer, where that is asked for."""
    contacts = {"drop": (), "email": ("email",), "email_or_phone": ("email", "phone")}
    fields = contacts[settings.guests]
    if settings.guests != "drop" and any(line.file.has(f) for line in opened for f in fields):
        return join_guests(cursor, "orders_typed", settings.guests)
    return "orders_typed"


def value_rows(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> tuple[str, list[str]]:
    """Return the view of lines with their money, and the currencies named, the shop's first."""
    named = name_currencies(cursor, opened, rows, settings)
    flags = "FALSE AS in_other_currency, FALSE AS is_converted, "
    if len(named) > 1:
        rows = convert_amounts(cursor, rows, named[0], settings)
        flags = ""
    cursor.execute(
        f"""CREATE TEMP VIEW orders_valued AS
        SELECT *, {flags}FALSE AS amount_filled, CAST(NULL AS DOUBLE) AS amount_before,
               CASE WHEN is_head AND {money.is_finite("amount")} THEN amount END AS money
        FROM {rows}"""
    )
    return "orders_valued", named


def name_currencies(
    cursor: duckdb.DuckDBPyConnection,
    opened: Sequence[OrderLines],
    rows: str,
    settings: CleaningSettings,
) -> list[str]:
    """Return the currencies that all typed lines name, the shop's own first."""
    if not any(lines.file.has("currency") for lines in opened):
        return []
    whole = opened[0].file
    return whole.learn(_CURRENCIES, lambda: find_currencies(cursor, rows, settings))


def find_customers(
    cursor: duckdb.DuckDBPyConnection, opened: Sequence[OrderLines], scratch: Path
) -> None:
    """Write ``customers_known``, on disk: in memory it would leave no room for joining it."""
    contacts = ", ".join(
        _LATEST.format(field)
        if any(lines.file.has(field) for lines in opened)
        else f"CAST(NULL AS VARCHAR) AS {field}"
        for field in _CONTACTS
    )
    # Where ids cannot differ from what makes them the same, the first spelling is the only one.
    respelt = any(line.customers.has_addresses or line.customers.has_wide for line in opened)
    customer_id = _FIRST_WRITTEN if respelt else "customer"
    path = scratch / "customers_known.parquet"
    write_scratch(cursor, _KNOW_CUSTOMERS.format(contacts=contacts, customer_id=customer_id), path)
    open_parquet(cursor, "customers_known", path)


def refuse(cursor: duckdb.DuckDBPyConnection, lines: OrderLines, today: dt.date) -> None:
    file = lines.file
    if lines.customers.has_masked or lines.customers.has_destroyed:
        masked = identity.is_masked("written_customer")
        destroyed = identity.is_destroyed("written_customer")
        refusals.refuse_unusable_ids(cursor, file, "customer_id", f"({masked} OR {destroyed})")
    in_range = dates.in_range("row_time", today)
    refusals.refuse_unreadable_times(cursor, file, "order_time", f"NOT coalesce({in_range}, FALSE)")
    usable = money.is_finite("amount")
    field = "amount" if file.has("amount") else "unit_price"
    refusals.refuse_unreadable_amounts(cursor, file, field, f"NOT coalesce({usable}, FALSE)")
