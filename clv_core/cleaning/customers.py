"""The customers table: who bought, and what is known about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning import identity, rules
from clv_core.cleaning.duplicates import find_copies
from clv_core.cleaning.judging import RuleBook, drop_rows, judge_file, keep_rows, open_ledger
from clv_core.cleaning.staging import StagedFile, row_hash, store_typed
from clv_core.settings import CleaningSettings

__all__ = ["CUSTOMERS_QUERY", "clean_customers", "type_rows"]

# What the customers file says goes before what an order says.
CUSTOMERS_QUERY: Final = """SELECT customer_key, known.customer_id,
           coalesce(listed.email, known.email) AS email,
           coalesce(listed.phone, known.phone) AS phone,
           coalesce(listed.customer_name, known.customer_name) AS customer_name,
           coalesce(listed.country, known.country) AS country, listed.consent,
           listed.first_name, listed.last_name, listed.postal_code, listed.city, listed.region
    FROM customers_known AS known
    LEFT JOIN customers_kept AS listed USING (customer_key)
    ORDER BY customer_key"""
_NOBODY_LISTED: Final = """CREATE TEMP TABLE customers_kept (
    customer_key BIGINT, email VARCHAR, phone VARCHAR, customer_name VARCHAR, country VARCHAR,
    consent BOOLEAN, first_name VARCHAR, last_name VARCHAR, postal_code VARCHAR, city VARCHAR,
    region VARCHAR)"""


def clean_customers(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    scratch: Path,
    settings: CleaningSettings,
) -> RuleBook:
    """Type and judge the rows of customer files.

    Needs ``customers_known``; writes ``customers_dropped`` and ``customers_kept``, the
    latter empty without files.
    """
    book = RuleBook(
        (
            rules.reject_repeated_lines(),
            rules.reject_missing_customers(),
            rules.reject_destroyed_ids(),
            rules.reject_masked_ids(),
            rules.reject_customers_without_orders(),
            rules.reject_repeated_customers(),
        ),
        (rules.note_decimal_ids(),),
    )
    if not files:
        cursor.execute(_NOBODY_LISTED)
        return book
    store_typed(
        cursor,
        "customers",
        [(file, "" if file.earlier else type_rows(cursor, file)) for file in files],
        scratch,
    )
    cursor.execute(
        """CREATE TEMP VIEW customers_named AS
        SELECT typed.*, known.customer_key, CAST(NULL AS DOUBLE) AS money,
               row_number() OVER (PARTITION BY customer ORDER BY row_id) AS mention
        FROM customers_typed AS typed
        LEFT JOIN (SELECT customer, customer_key FROM customers_known) AS known USING (customer)"""
    )
    open_ledger(cursor, "customers")
    sources = {file.number: file.source for file in files}
    if settings.repeated_lines == "drop" and find_copies(
        cursor, "customers", "customers_named", sources
    ):
        copies = "row_id IN (SELECT row_id FROM customers_copies)"
        drop_rows(cursor, "customers", "customers_named", rules.reject_repeated_lines(), copies)
    for file in files:
        judge_file(cursor, file, "customers_named", book.rejecting)
    keep_rows(cursor, "customers", "customers_named")
    return book


def type_rows(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> str:
    """Return SQL that types the rows of a file; learns how its columns are written."""
    named = file.name_customer()
    reading = file.learn("customers", lambda: identity.learn_id_reading(cursor, file.source, named))
    written = identity.id_expression(named, reading)
    return f"""SELECT file_number, source_row, {row_hash("customers")} AS row_hash,
            {identity.customer_columns(written, reading)},
            email, {identity.phone_expression("phone")} AS phone, customer_name, country,
            {identity.consent_expression("consent")} AS consent,
            first_name, last_name, postal_code, city, region,
            {reading.has_decimals} AS decimal_id
        FROM {file.source}"""
