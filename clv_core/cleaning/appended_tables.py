"""The tables of a data set with files put behind it, and the account of all rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from clv_core.cleaning import customers, events, orders, products, reviews
from clv_core.cleaning.addition import Addition, of_kind
from clv_core.cleaning.clean import number_products, write_table
from clv_core.cleaning.facts import measure_months, measure_orders, write_notes
from clv_core.cleaning.judging import account_for
from clv_core.cleaning.kept_rows import KNOWN_FILE, PRODUCTS_FILE, keep_files
from clv_core.cleaning.order_spans import keep_lines
from clv_core.cleaning.product_names import NAMES_FILE, read_first_sales
from clv_core.cleaning.rejected import REJECTED_FILE, write_rejected
from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.cleaning.staging import (
    StagedFile,
    count_rows,
    open_parquet,
    scan_parquets,
    write_scratch,
)
from clv_core.cleaning.tables import Tables

__all__ = ["write_appended"]

_CONTACTS: Final = ("email", "phone", "customer_name", "country")


def write_appended(work: Addition, folder: Path) -> tuple[Tables, QualityReport]:
    """Write the tables: the earlier ones, and behind them what came."""
    cursor, base = work.cursor, work.base
    _know_customers(work)
    spans = keep_lines(cursor, work.scratch)
    spans.number_orders(cursor)
    _judge_other_kinds(work)
    _number_products(work)
    lines = work.scratch / "lines_new.parquet" if base.tables.has("lines") else None
    if lines is not None:
        spans.write_lines(cursor, lines)
        _join(work, "lines", lines, folder)
        products.describe_products(cursor, work.opened)
        write_table(cursor, "products", folder)
    new_orders = work.scratch / "orders_new.parquet"
    spans.write_orders(cursor, new_orders, lines)
    _join(work, "orders", new_orders, folder)
    write_table(cursor, "customers", folder)
    for kind in ("events", "reviews"):
        if of_kind(work.staged, kind):
            write_table(cursor, kind, folder)
    open_parquet(cursor, "orders_all", folder / "orders.parquet")
    cursor.execute("CREATE OR REPLACE TEMP VIEW orders_numbered AS SELECT * FROM orders_all")
    return _account(work, folder)


def _know_customers(work: Addition) -> None:
    """Write ``customers_known``: the earlier ones with their keys, the new ones after them."""
    cursor, path = work.cursor, work.scratch / "customers_merged.parquet"
    orders.find_customers(cursor, work.opened, work.scratch)
    open_parquet(cursor, "customers_before", work.base.kept(KNOWN_FILE))
    latest = ", ".join(f"coalesce(now.{one}, before.{one}) AS {one}" for one in _CONTACTS)
    told = ", ".join(_CONTACTS)
    merged = f"""SELECT customer, before.first_time, before.customer_id, {latest}, customer_key
        FROM customers_before AS before
        LEFT JOIN (SELECT customer, {told} FROM customers_known) AS now USING (customer)
        UNION ALL
        SELECT customer, first_time, customer_id, {told},
               row_number() OVER (ORDER BY first_time, customer) - 1
                   + (SELECT count(*) FROM customers_before) AS customer_key
        FROM customers_known ANTI JOIN customers_before USING (customer)"""
    write_scratch(cursor, f"SELECT * FROM ({merged}) ORDER BY customer_key", path)
    cursor.execute("DROP VIEW customers_known")
    open_parquet(cursor, "customers_known", path)


def _judge_other_kinds(work: Addition) -> None:
    """Judge browsing, reviews and customers: of all files, since new ones have bought now."""
    cursor, scratch, rules, today = work.cursor, work.scratch, work.settings, work.today
    if found := of_kind(work.staged, "events"):
        book = events.clean_events(cursor, found, scratch, rules, today)
        work.books |= {file.number: book for file in found}
    if found := of_kind(work.staged, "reviews"):
        sold = [file for file in of_kind(work.staged, "orders") if not file.earlier]
        before = read_first_sales(work.base.kept(NAMES_FILE))
        book = reviews.clean_reviews(cursor, found, scratch, rules, today, sold, before)
        work.books |= {file.number: book for file in found}
    found = of_kind(work.staged, "customers")
    book = customers.clean_customers(cursor, found, scratch, rules)
    work.books |= {file.number: book for file in found}


def _number_products(work: Addition) -> None:
    """Write ``products``; the earlier lines tell no more of theirs than when it came first."""
    cursor = work.cursor
    open_parquet(cursor, "products_before", work.base.kept(PRODUCTS_FILE))
    cursor.execute(
        """CREATE TEMP TABLE lines_told AS SELECT product, row_time FROM lines_kept UNION ALL
        SELECT product, first_sold FROM products_before WHERE first_sold IS NOT NULL"""
    )
    cursor.execute("DROP VIEW lines_kept")
    cursor.execute("CREATE TEMP VIEW lines_kept AS SELECT * FROM lines_told")
    number_products(cursor, work.staged)


def _join(work: Addition, name: str, new: Path, folder: Path) -> None:
    """Write a table: the earlier rows as they are, the new ones with the keys that follow."""
    earlier = scan_parquets([work.base.tables.folder / f"{name}.parquet"])
    count = work.base.tables.order_count
    product = ""
    if name == "lines" and _are_products_renumbered(work):
        product = " REPLACE (list_extract(getvariable('product_keys'), product_key + 1)"
        product += " AS product_key)"
    work.cursor.sql(
        f"""SELECT *{product} FROM {earlier} UNION ALL
        SELECT * REPLACE (order_key + {count:d} AS order_key) FROM {scan_parquets([new])}"""
    ).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def _are_products_renumbered(work: Addition) -> bool:
    """Say whether products have other keys than before; those are then in a variable."""
    pairs = """(SELECT before.product_key AS old, now.product_key AS new
        FROM products_before AS before JOIN products AS now USING (product))"""
    if not count_rows(work.cursor, pairs, "old <> new"):
        return False
    work.cursor.execute(f"SET VARIABLE product_keys = (SELECT list(new ORDER BY old) FROM {pairs})")
    return True


def _account(work: Addition, folder: Path) -> tuple[Tables, QualityReport]:
    cursor, given = work.cursor, work.settings.currency
    facts = measure_orders(cursor, work.currency or given)
    told = tuple(_account_for(work, file) for file in work.staged)
    notes = write_notes(facts.returns, work.staged, work.currency, given)
    report = QualityReport(told, facts, measure_months(cursor), notes)
    _write_rejected(work, folder)
    cursor.execute(
        "INSERT INTO orders_dropped BY NAME SELECT row_id, code FROM orders_dropped_before"
    )
    keep_files(cursor, work.staged, work.unclean, work.opened, work.settings, work.scratch, folder)
    tables = replace(
        work.base.tables,
        folder=folder,
        last_day=facts.last_day,
        customer_count=facts.customers,
        order_count=facts.orders,
        currency=facts.currency,
    )
    return tables, report


def _account_for(work: Addition, file: StagedFile) -> FileQuality:
    if file.kind == "orders" and file.number < work.base.files:
        return work.base.report.files[file.number]
    return account_for(work.cursor, file, work.books[file.number])


def _write_rejected(work: Addition, folder: Path) -> None:
    """Write the rows left out: of earlier orders the same as before."""
    again = [
        file for file in work.staged if file.kind != "orders" or file.number >= work.base.files
    ]
    write_rejected(work.cursor, again, work.books, work.scratch)
    numbers = ", ".join(str(file.number) for file in again)
    before = scan_parquets([work.base.tables.folder / REJECTED_FILE])
    work.cursor.sql(
        f"""SELECT * FROM (
            SELECT * FROM {before} WHERE file_number NOT IN ({numbers})
            UNION ALL SELECT * FROM {scan_parquets([work.scratch / REJECTED_FILE])})
        ORDER BY file_number, source_row"""
    ).write_parquet(str(folder / REJECTED_FILE), compression="zstd")
