"""Text rows of all files → typed tables and the account of every row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from clv_core.cleaning import customers, events, orders, products, reviews
from clv_core.cleaning.facts import measure_months, measure_orders, write_notes
from clv_core.cleaning.judging import RuleBook, account_for
from clv_core.cleaning.kept_rows import keep_files
from clv_core.cleaning.rejected import write_rejected
from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.cleaning.staging import StagedFile, count_rows, stage_file
from clv_core.cleaning.tables import Tables
from clv_core.columns import TABLES, TableKind
from clv_core.errors import MissingColumns, TooFewCustomers
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings

__all__ = [
    "clean_kinds",
    "clean_staged",
    "clean_tables",
    "number_products",
    "refuse_nothing",
    "write_tables",
]

_QUERIES: Final = {
    "events": events.EVENTS_QUERY,
    "reviews": reviews.REVIEWS_QUERY,
    "customers": customers.CUSTOMERS_QUERY,
    "products": products.PRODUCTS_QUERY,
}
# By first appearance, so that a product that comes later changes no earlier one's key.
_PRODUCTS: Final = """CREATE TEMP TABLE products AS
    SELECT product, row_number() OVER (ORDER BY min(row_time), product) - 1 AS product_key
    FROM ({named}) WHERE product IS NOT NULL GROUP BY product"""


def clean_tables(
    files: Sequence[TextRows],
    folder: Path,
    settings: CleaningSettings,
    today: dt.date | None = None,
    keeps_rows: bool = False,
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
    keeps_rows : bool, default False
        Whether the rows as they were read stay beside the tables, so that files can be
        added later (:mod:`.kept_rows`).

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
    staged = [
        StagedFile(number, rows, date_order=settings.date_order)
        for number, rows in enumerate(files)
    ]
    return clean_staged(staged, folder, settings, today, keeps_rows)


def clean_staged(
    staged: Sequence[StagedFile],
    folder: Path,
    settings: CleaningSettings,
    today: dt.date | None = None,
    keeps_rows: bool = False,
) -> tuple[Tables, QualityReport]:
    """Clean files of which some may have been read and typed before.

    Parameters and what is raised as for :func:`clean_tables`.
    """
    today = today or dt.datetime.now(tz=dt.UTC).date()
    with open_cursor() as cursor, TemporaryDirectory(dir=folder, prefix="typed-") as scratch:
        unclean = {file.number: stage_file(cursor, file) for file in staged}
        books, ordered = clean_kinds(cursor, staged, Path(scratch), settings, today)
        named = ordered.currency
        qualities = tuple(account_for(cursor, file, books[file.number]) for file in staged)
        refuse_nothing(count_rows(cursor, "orders_numbered"), qualities)
        number_products(cursor, staged)
        facts = measure_orders(cursor, named or settings.currency)
        report = QualityReport(
            qualities,
            facts,
            measure_months(cursor),
            write_notes(facts.returns, staged, named, settings.currency),
        )
        write_tables(cursor, staged, ordered, folder)
        write_rejected(cursor, staged, books, folder)
        if keeps_rows:
            keep_files(cursor, staged, unclean, ordered.lines, settings, Path(scratch), folder)
    tables = Tables(
        folder=folder,
        first_day=facts.first_day,
        last_day=facts.last_day,
        customer_count=facts.customers,
        order_count=facts.orders,
        currency=facts.currency,
    )
    return tables, report


def clean_kinds(
    cursor: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    scratch: Path,
    settings: CleaningSettings,
    today: dt.date,
) -> tuple[dict[int, RuleBook], orders.CleanedOrders]:
    """Type and judge the rows of all staged files.

    Returns
    -------
    dict of int to RuleBook, CleanedOrders
        Each file's rules, and what is known of the orders.

    Raises
    ------
    UserDataError
        As :func:`clean_tables`.
    """
    if not _of_kind(staged, "orders"):
        raise MissingColumns(
            Sentence("None of the files holds orders."),
            Sentence("Add a file with a customer, a date and an amount in each row."),
        )
    ordered = orders.clean_orders(cursor, _of_kind(staged, "orders"), scratch, settings, today)
    books = dict(ordered.books)
    if found := _of_kind(staged, "events"):
        book = events.clean_events(cursor, found, scratch, settings, today)
        books |= dict.fromkeys(_numbers(found), book)
    if found := _of_kind(staged, "reviews"):
        # Of a part, names of products are counted once all parts told when they were first sold.
        sold = [file for file in _of_kind(staged, "orders") if not file.is_part]
        book = reviews.clean_reviews(cursor, found, scratch, settings, today, sold)
        books |= dict.fromkeys(_numbers(found), book)
    found = _of_kind(staged, "customers")
    book = customers.clean_customers(cursor, found, scratch, settings)
    books |= dict.fromkeys(_numbers(found), book)
    return books, ordered


def refuse_nothing(orders_kept: int, qualities: Sequence[FileQuality]) -> None:
    """Refuse an upload of which no order is left, and say why its rows went.

    Raises
    ------
    TooFewCustomers
    """
    if orders_kept:
        return
    raise TooFewCustomers(
        Sentence("No order is left after cleaning."),
        Sentence("See which rules dropped the rows, correct the file and upload it again."),
        [
            Sentence("{file}: {rows} row(s): {reason}.", file=quality.file_name,
                     rows=rejection.rows, reason=rejection.reason)
            for quality in qualities
            for rejection in quality.rejected
        ],
    )  # fmt: skip


def number_products(cursor: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile]) -> None:
    """Write ``products``: a key for each product that a kept row names."""
    named = "SELECT product, row_time FROM lines_kept"
    for kind in ("events", "reviews"):
        if _of_kind(staged, kind):
            named += f" UNION ALL SELECT product, row_time FROM {kind}_kept"
    cursor.execute(_PRODUCTS.format(named=named))


def write_tables(
    cursor: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    ordered: orders.CleanedOrders,
    folder: Path,
) -> None:
    """Write the cleaned tables as Parquet; needs ``products``."""
    lines = None
    if any(
        file.has("product_id") or file.has("product_name") for file in _of_kind(staged, "orders")
    ):
        lines = folder / "lines.parquet"
        ordered.spans.write_lines(cursor, lines)
        products.describe_products(cursor, ordered.lines)
        write_table(cursor, "products", folder)
    ordered.spans.write_orders(cursor, folder / "orders.parquet", lines)
    write_table(cursor, "customers", folder)
    for kind in ("events", "reviews"):
        if _of_kind(staged, kind):
            write_table(cursor, kind, folder)


def write_table(cursor: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    """Write one of the cleaned tables, of those that a single query makes."""
    columns = ", ".join(f"CAST({one} AS {kind}) AS {one}" for one, kind in TABLES[name].items())
    typed = f"SELECT {columns} FROM ({_QUERIES[name]})"
    cursor.sql(typed).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def _numbers(files: Sequence[StagedFile]) -> list[int]:
    return [file.number for file in files]


def _of_kind(staged: Sequence[StagedFile], kind: TableKind) -> list[StagedFile]:
    return [file for file in staged if file.kind == kind]
