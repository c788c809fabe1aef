"""Who a row belongs to: ids and contact fields, read in SQL.

An id is text. ``007``, ``NA`` and twenty digits survive as they are. Where every id
of a column is a whole number and some end in ``.0``, a spreadsheet or data frame
added that, and ``17850.0`` is ``17850``, even beside a ``17850`` that was spared:
no shop gives its customers numbers with a decimal place, and a customer split in
two would be worth half. Beside a single ``A1`` nothing is known of how ids are
made there, and ``17850.0`` stays. E-mail addresses are one customer whatever their
capitals, and full-width digits are digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import pandas as pd

from clv_core.cleaning.cells import narrow_expression, narrow_text

_WHOLE_NUMBER: Final = r"^[0-9]+(?:\.0)?$"
_DESTROYED: Final = r"^-?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}$"
# 138****8000, 张**, t***6, 138xxxx8000, j•••@…
MASKED: Final = r"[*＊•●]{2,}|^[^*＊]+[*＊]$|^[0-9]{2,4}[xX]{3,}[0-9]{2,4}$"
_FEWEST_DIGITS: Final = 6  # of a telephone number that tells people apart


@dataclass(frozen=True)
class IdReading:
    """How one column of ids is written, learnt from the column itself.

    Attributes
    ----------
    has_decimals : bool
        Whole numbers, some of them with ``.0`` behind.
    is_quoted : bool
        Some have a quote in front, or ``="…"`` around, that kept a spreadsheet off.
    has_destroyed, has_masked : bool
        Some were rounded by a spreadsheet; some were masked by a platform.
    has_addresses, has_wide : bool
        Some are e-mail addresses; some have characters beyond ASCII.
    """

    has_decimals: bool = False
    is_quoted: bool = False
    has_destroyed: bool = False
    has_masked: bool = False
    has_addresses: bool = False
    has_wide: bool = False


def learn_id_reading(cursor: duckdb.DuckDBPyConnection, source: str, column: str) -> IdReading:
    """Look at every id of a column once. Those that were destroyed have no say on ``.0``."""
    whole = f"regexp_matches({_bare('id')}, '{_WHOLE_NUMBER}')"
    found = cursor.execute(
        f"""WITH ids AS (SELECT DISTINCT {column} AS id FROM {source} WHERE {column} IS NOT NULL)
            SELECT coalesce(bool_or(ends_with(id, '.0') OR ends_with(id, '.0"')), FALSE)
                       AND coalesce(bool_and({whole}) FILTER (NOT {is_destroyed("id")}), FALSE),
                   bool_or(starts_with(id, chr(39)) OR starts_with(id, '="')),
                   bool_or({is_destroyed("id")}), bool_or({is_masked("id")}),
                   bool_or(contains(id, '@')), bool_or(strlen(id) <> length(id))
            FROM ids"""
    ).fetchone()
    return IdReading(*(bool(flag) for flag in found or ()))


def id_expression(column: str, reading: IdReading) -> str:
    """Return SQL for an id as the shop wrote it, without what a spreadsheet added."""
    bare = _bare(column) if reading.is_quoted else column
    return f"regexp_replace({bare}, '\\.0$', '')" if reading.has_decimals else bare


def identity_expression(written_id: str, reading: IdReading) -> str:
    """Return SQL for what makes two ids the same customer."""
    narrow = narrow_expression(written_id) if reading.has_wide else written_id
    if not reading.has_addresses:
        return narrow
    return f"CASE WHEN contains({written_id}, '@') THEN lower({narrow}) ELSE {narrow} END"


def fold_ids(ids: pd.Series) -> pd.Series:
    """Return ids in the one spelling in which those of different files are compared.

    A customer keeps the spelling that their first order has in a file, so that a file
    that begins later may spell the same one otherwise; as :func:`identity_expression`.
    """
    return ids.map(_fold_id, na_action="ignore")


def _fold_id(written_id: str) -> str:
    narrow = narrow_text(written_id)
    return narrow.lower() if "@" in narrow else narrow


def customer_columns(written_id: str, reading: IdReading) -> str:
    """Return SQL for ``customer``, the identity, and ``written_customer`` where it differs."""
    same = identity_expression(written_id, reading)
    written = "CAST(NULL AS VARCHAR)" if same == written_id else f"nullif({written_id}, {same})"
    return f"{same} AS customer, {written} AS written_customer"


def known_id_expression(column: str, guest_ids: frozenset[str]) -> str:
    """Return SQL for an id, null where the platform means a guest by it (WooCommerce's 0)."""
    for guest in sorted(guest_ids):
        column = f"nullif({column}, '{guest}')"
    return column


def contact_expression(customer_id: str, email: str, phone: str) -> str:
    """Return SQL for the customer of a shop that knows people by e-mail, else by phone."""
    return f"coalesce({customer_id}, {email}, {phone_expression(phone)})"


def phone_expression(column: str) -> str:
    """Return SQL for a phone without the quote that keeps it text in a spreadsheet."""
    return f"ltrim({column}, chr(39))"


def email_key(column: str) -> str:
    """Return SQL for an e-mail address as it is compared, null where it tells nobody apart."""
    plain = f"lower({narrow_expression(column)})"
    return f"CASE WHEN contains({plain}, '@') AND NOT {is_masked(column)} THEN {plain} END"


def phone_key(column: str) -> str:
    """Return SQL for a telephone number as it is compared, null where it tells nobody apart."""
    digits = f"regexp_replace({narrow_expression(column)}, '[^0-9+]', '', 'g')"
    return (
        f"CASE WHEN length({digits}) >= {_FEWEST_DIGITS} AND NOT {is_masked(column)}"
        f" THEN {digits} END"
    )


def is_destroyed(written_id: str) -> str:
    """Return SQL that says whether a spreadsheet rounded an id to ``1.03293E+19``."""
    return f"coalesce(regexp_matches({written_id}, '{_DESTROYED}'), FALSE)"


def is_masked(written_id: str) -> str:
    """Return SQL that says whether a platform hid part of an id (``138****8000``)."""
    return f"coalesce(regexp_matches({written_id}, '{MASKED}'), FALSE)"


def consent_expression(column: str) -> str:
    """Return SQL that reads yes and no as BOOLEAN, null where neither."""
    return f"""CASE
        WHEN lower({column}) IN ('yes', 'y', 'true', 't', '1', 'subscribed', 'opted in', '是')
            THEN TRUE
        WHEN lower({column}) IN ('no', 'n', 'false', 'f', '0', 'unsubscribed', 'opted out',
                                 'never subscribed', '否') THEN FALSE
    END"""


def _bare(column: str) -> str:
    """Return SQL for an id without the quote, or ``="…"``, that kept a spreadsheet off it.

    Only where digits follow: elsewhere a quote may belong to the id.
    """
    return f"regexp_replace({column}, '^(?:\\x27|=\")([0-9+][^\"]*)\"?$', '\\1')"
