"""Text rows of all files → typed tables and the account of every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning import customers, events, orders, reviews
from clv_core.cleaning.facts import measure_months, measure_orders, write_notes
from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, account_for, count_rows, stage_rows
from clv_core.cleaning.tables import Tables
from clv_core.columns import TABLES, TableKind
from clv_core.errors import MissingColumns, TooFewCustomers
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings, DateOrder

__all__ = ["clean_tables"]

_QUERIES: Final = {
    "orders": orders.ORDERS_QUERY,
    "lines": orders.LINES_QUERY,
    "events": events.EVENTS_QUERY,
    "reviews": reviews.REVIEWS_QUERY,
    "customers": customers.CUSTOMERS_QUERY,
}
_PRODUCTS: Final = """CREATE TEMP TABLE products AS
    SELECT product, row_number() OVER (ORDER BY product) - 1 AS product_key
    FROM ({named}) WHERE product IS NOT NULL GROUP BY product"""


def clean_tables(
    files: Sequence[TextRows],
    folder: Path,
    settings: CleaningSettings,
    today: dt.date | None = None,
) -> tuple[Tables, QualityReport]:
    """Clean all files of one upload together.

    Nothing is written unless everything can be: a refusal leaves ``folder`` as it was.

    Parameters
    ----------
    files : sequence of TextRows
        At least one of kind ``orders``; several of a kind are one table.
    folder : Path
        Where the Parquet files go; exists already.
    settings : CleaningSettings
    today : date, optional
        Dates more than a year after it are taken for errors; the real one by default.

    Returns
    -------
    Tables, QualityReport

    Raises
    ------
    MissingColumns
        When no file holds orders.
    UserDataError
        When day and month cannot be told apart and no date order is set.
    UnreadableColumn
        When most dates, amounts or customer ids of a file are of no use.
    TooFewCustomers
        When no order is left.
    """
    today = today or dt.datetime.now(tz=dt.UTC).date()
    staged = [StagedFile(number, rows) for number, rows in enumerate(files)]
    with open_cursor() as cursor:
        _clean_kinds(cursor, staged, today, settings.date_order)
        qualities = tuple(_account(cursor, file, today) for file in staged)
        _refuse_nothing(cursor, qualities)
        _number_products(cursor, staged)
        facts = measure_orders(cursor, settings.currency)
        report = QualityReport(
            qualities, facts, measure_months(cursor), write_notes(cursor, staged, settings.currency)
        )
        _write_tables(cursor, staged, folder)
    tables = Tables(
        folder=folder,
        first_day=facts.first_day,
        last_day=facts.last_day,
        customer_count=facts.customers,
        order_count=facts.orders,
        currency=facts.currency,
    )
    return tables, report


def _clean_kinds(
    cursor: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    today: dt.date,
    date_order: DateOrder | None,
) -> None:
    if not _of_kind(staged, "orders"):
        raise MissingColumns(
            Sentence("None of the files holds orders."),
            Sentence("Add a file with a customer, a date and an amount in each row."),
        )
    for kind in _kinds(staged):
        stage_rows(cursor, kind, _of_kind(staged, kind))
    orders.clean_orders(cursor, _of_kind(staged, "orders"), today, date_order)
    if found := _of_kind(staged, "events"):
        events.clean_events(cursor, found, today, date_order)
    if found := _of_kind(staged, "reviews"):
        reviews.clean_reviews(cursor, found, today, date_order)
    customers.clean_customers(cursor, _of_kind(staged, "customers"))


def _account(cursor: duckdb.DuckDBPyConnection, file: StagedFile, today: dt.date) -> FileQuality:
    rejecting, treating = _rules_of(file, today)
    return account_for(cursor, file, rejecting, treating)


def _rules_of(file: StagedFile, today: dt.date) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    if file.kind == "orders":
        return orders.order_rules(file, today), orders.order_treatments(file)
    if file.kind == "events":
        return events.event_rules(today), events.event_treatments()
    if file.kind == "reviews":
        return reviews.review_rules(today), reviews.review_treatments()
    return customers.customer_rules(), customers.customer_treatments()


def _refuse_nothing(cursor: duckdb.DuckDBPyConnection, qualities: Sequence[FileQuality]) -> None:
    if count_rows(cursor, "orders_numbered"):
        return
    raise TooFewCustomers(
        Sentence("No order is left after cleaning."),
        Sentence("See which rules dropped the rows, correct the file and upload it again."),
        [
            Sentence("{file}: {rows} row(s): {reason}.", file=quality.file_name,
                     rows=rejection.rows, reason=str(rejection.reason))
            for quality in qualities
            for rejection in quality.rejected
        ],
    )  # fmt: skip


def _number_products(cursor: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile]) -> None:
    named = "SELECT product FROM lines_kept"
    if _of_kind(staged, "events"):
        named += " UNION ALL SELECT product FROM events_judged WHERE rejection IS NULL"
    cursor.execute(_PRODUCTS.format(named=named))


def _write_tables(
    cursor: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile], folder: Path
) -> None:
    for name in _table_names(staged):
        columns = ", ".join(
            f"CAST({name} AS {kind}) AS {name}" for name, kind in TABLES[name].items()
        )
        typed = f"SELECT {columns} FROM ({_QUERIES[name]})"
        cursor.sql(typed).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def _table_names(staged: Sequence[StagedFile]) -> Iterator[str]:
    yield from ("orders", "customers")
    if any(
        file.has("product_id") or file.has("product_name") for file in _of_kind(staged, "orders")
    ):
        yield "lines"
    yield from (kind for kind in ("events", "reviews") if _of_kind(staged, kind))


def _kinds(staged: Sequence[StagedFile]) -> list[TableKind]:
    return sorted({file.kind for file in staged})


def _of_kind(staged: Sequence[StagedFile], kind: TableKind) -> list[StagedFile]:
    return [file for file in staged if file.kind == kind]
