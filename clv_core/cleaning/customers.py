"""The customers table: who bought, and what is known about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning import identity, rules
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, judge_rows

__all__ = ["CUSTOMERS_QUERY", "clean_customers", "customer_rules", "customer_treatments"]

# What the customers file says goes before what an order says.
CUSTOMERS_QUERY: Final = """SELECT customer_key, known.customer_id,
           coalesce(listed.email, known.email) AS email,
           coalesce(listed.phone, known.phone) AS phone,
           coalesce(listed.customer_name, known.customer_name) AS customer_name,
           coalesce(listed.country, known.country) AS country, listed.consent
    FROM customers_known AS known
    LEFT JOIN (SELECT * FROM customers_judged WHERE rejection IS NULL) AS listed
        USING (customer_key)
    ORDER BY customer_key"""
_NOBODY_LISTED: Final = """CREATE TEMP TABLE customers_judged (
    customer_key BIGINT, email VARCHAR, phone VARCHAR, customer_name VARCHAR, country VARCHAR,
    consent BOOLEAN, rejection VARCHAR)"""


def clean_customers(cursor: duckdb.DuckDBPyConnection, files: Sequence[StagedFile]) -> None:
    """Type and judge the rows of customer files.

    Needs ``customers_text`` where there are files, and ``customers_known``; writes
    ``customers_judged``, empty without files.
    """
    if not files:
        cursor.execute(_NOBODY_LISTED)
        return
    parts = [_typed_query(cursor, file) for file in files]
    cursor.execute(
        f"""CREATE TEMP TABLE customers_typed AS
        SELECT typed.*, known.customer_key,
               row_number() OVER (PARTITION BY customer ORDER BY file_number, source_row) AS mention
        FROM ({" UNION ALL ".join(parts)}) AS typed
        LEFT JOIN (SELECT customer, customer_key FROM customers_known) AS known USING (customer)"""
    )
    judge_rows(cursor, "customers", files, lambda _: customer_rules())


def customer_rules() -> tuple[Rule, ...]:
    """Return the rules that reject customer rows, in the order they are tried."""
    return (
        rules.reject_repeated_lines(),
        rules.reject_missing_customers(),
        rules.reject_destroyed_ids(),
        rules.reject_masked_ids(),
        rules.reject_customers_without_orders(),
        rules.reject_repeated_customers(),
    )


def customer_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept customer rows."""
    return (rules.note_decimal_ids(),)


def _typed_query(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> str:
    decimal_ids = identity.has_decimal_ids(cursor, file.source, "customer_id")
    written = identity.id_expression(file.customer, decimal_ids)
    return f"""SELECT file_number, source_row, source_line, copy_number,
            {written} AS written_customer, {identity.identity_expression(written)} AS customer,
            email, {identity.phone_expression("phone")} AS phone, customer_name, country,
            {identity.consent_expression("consent")} AS consent,
            {"TRUE" if decimal_ids else "FALSE"} AS decimal_id
        FROM {file.source}"""
