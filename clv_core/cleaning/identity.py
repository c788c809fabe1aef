"""Who a row belongs to: ids and contact fields, read in SQL.

An id is text. ``007``, ``NA`` and twenty digits survive as they are; only a whole
column of ``17850.0`` is known to be what a spreadsheet or data frame made of whole
numbers, and read as ``17850``. E-mail addresses are one customer whatever their
capitals.
"""

from __future__ import annotations

from typing import Final

import duckdb

_WHOLE_NUMBER: Final = r"^[0-9]+\.0$"
_DESTROYED: Final = r"^-?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$"
# 138****8000, 张**, t***6, 138xxxx8000, j•••@…
_MASKED: Final = r"[*＊•●]{2,}|^[^*＊]+[*＊]$|^[0-9]{2,4}[xX]{3,}[0-9]{2,4}$"


def has_decimal_ids(cursor: duckdb.DuckDBPyConnection, source: str, column: str) -> bool:
    """Say whether every id of a column is a whole number written with ``.0``.

    Ids that a spreadsheet destroyed have no say.
    """
    found = cursor.execute(
        f"""SELECT count(*) > 0 AND bool_and(regexp_matches({column}, '{_WHOLE_NUMBER}'))
            FROM {source}
            WHERE {column} IS NOT NULL AND NOT regexp_matches({column}, '{_DESTROYED}')"""
    ).fetchone()
    return bool(found and found[0])


def id_expression(column: str, decimal_ids: bool) -> str:
    """Return SQL for an id as the shop wrote it, before a spreadsheet added ``.0``.

    A quote before digits, or ``="…"`` around them, only kept a spreadsheet from rounding.
    """
    bare = f"regexp_replace({column}, '^(?:\\x27|=\")([0-9+][^\"]*)\"?$', '\\1')"
    return f"regexp_replace({bare}, '\\.0$', '')" if decimal_ids else bare


def known_id_expression(column: str, guest_ids: frozenset[str]) -> str:
    """Return SQL for an id, null where the platform means a guest by it (WooCommerce's 0)."""
    for guest in sorted(guest_ids):
        column = f"nullif({column}, '{guest}')"
    return column


def identity_expression(written_id: str) -> str:
    """Return SQL for what makes two ids the same customer."""
    return f"CASE WHEN contains({written_id}, '@') THEN lower({written_id}) ELSE {written_id} END"


def contact_expression(customer_id: str, email: str, phone: str) -> str:
    """Return SQL for the customer of a shop that knows people by e-mail, else by phone."""
    return f"coalesce({customer_id}, {email}, {phone_expression(phone)})"


def phone_expression(column: str) -> str:
    """Return SQL for a phone without the quote that keeps it text in a spreadsheet."""
    return f"ltrim({column}, chr(39))"


def is_destroyed(written_id: str) -> str:
    """Return SQL that says whether a spreadsheet rounded an id to ``1.03293E+19``."""
    return f"coalesce(regexp_matches({written_id}, '{_DESTROYED}'), FALSE)"


def is_masked(written_id: str) -> str:
    """Return SQL that says whether a platform hid part of an id (``138****8000``)."""
    return f"coalesce(regexp_matches({written_id}, '{_MASKED}'), FALSE)"


def consent_expression(column: str) -> str:
    """Return SQL that reads yes and no as BOOLEAN, null where neither."""
    return f"""CASE
        WHEN lower({column}) IN ('yes', 'y', 'true', 't', '1', 'subscribed', 'opted in', '是')
            THEN TRUE
        WHEN lower({column}) IN ('no', 'n', 'false', 'f', '0', 'unsubscribed', 'opted out',
                                 'never subscribed', '否') THEN FALSE
    END"""
