"""Orders without a customer id, given to who is known by the same e-mail or telephone.

A guest's order joins an account only if the account was seen with that contact by
then. Whoever registers later was still a guest on the day, and a forecast made on
that day could not know better.
"""

from __future__ import annotations

from typing import Final, Literal

import duckdb

from clv_core.cleaning import identity
from clv_core.cleaning.staging import count_rows

__all__ = ["join_guests"]

_CONTACT_KEYS: Final = {"email": identity.email_key, "phone": identity.phone_key}


def join_guests(
    cursor: duckdb.DuckDBPyConnection, rows: str, by: Literal["email", "email_or_phone"]
) -> str:
    """Give rows without customer the account, or the contact, that they are known by.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    rows : str
        View with ``row_id``, ``row_time``, ``customer``, ``written_customer``,
        ``guest``, ``email`` and ``phone``.
    by : {"email", "email_or_phone"}
        E-mail goes before telephone.

    Returns
    -------
    str
        Name of the view to go on with; ``guest`` is ``joined`` or ``by_contact``.
    """
    contacts = ["email"] if by == "email" else ["email", "phone"]
    keys = ", ".join(f"{_CONTACT_KEYS[name](name)} AS {name}_key" for name in contacts)
    cursor.execute(
        f"CREATE TEMP TABLE guest_rows AS SELECT row_id, row_time, {keys} FROM {rows}"
        " WHERE customer IS NULL AND row_time IS NOT NULL"
    )
    if not count_rows(cursor, "guest_rows"):
        return rows
    for name in contacts:
        _find_accounts(cursor, rows, name)
    accounts = ", ".join(f"{name}_account.customer" for name in contacts)
    written = ", ".join(f"{name}_account.written_customer" for name in contacts)
    known_by = ", ".join(f"{name}_key" for name in contacts)
    joins = " ".join(f"LEFT JOIN {name}_account USING (row_id)" for name in contacts)
    cursor.execute(
        f"""CREATE TEMP TABLE guest_customers AS
        SELECT row_id, coalesce({accounts}, {known_by}) AS customer,
               coalesce({written}, {known_by}) AS written_customer,
               CASE WHEN coalesce({accounts}) IS NULL THEN 'by_contact' ELSE 'joined' END AS guest
        FROM guest_rows {joins} WHERE coalesce({accounts}, {known_by}) IS NOT NULL"""
    )
    cursor.execute(
        f"""CREATE TEMP VIEW orders_with_guests AS
        SELECT row.* REPLACE (
                   coalesce(row.customer, known.customer) AS customer,
                   coalesce(row.written_customer, known.written_customer) AS written_customer,
                   known.guest AS guest)
        FROM {rows} AS row LEFT JOIN guest_customers AS known USING (row_id)"""
    )
    return "orders_with_guests"


def _find_accounts(cursor: duckdb.DuckDBPyConnection, rows: str, contact: str) -> None:
    """Write ``<contact>_account``: for each guest's row the account last seen by then."""
    key = _CONTACT_KEYS[contact](contact)
    unusable = (
        f"{identity.is_destroyed('written_customer')} OR {identity.is_masked('written_customer')}"
    )
    cursor.execute(
        f"""CREATE TEMP TABLE {contact}_account AS
        WITH seen AS (
            SELECT {key} AS contact, row_time, min(customer) AS customer,
                   arg_min(written_customer, (customer, row_id)) AS written_customer
            FROM {rows}
            WHERE customer IS NOT NULL AND row_time IS NOT NULL AND NOT ({unusable})
              AND {key} IN (SELECT {contact}_key FROM guest_rows)
            GROUP BY 1, 2)
        SELECT guest.row_id, seen.customer, seen.written_customer
        FROM guest_rows AS guest
        ASOF JOIN seen ON guest.{contact}_key = seen.contact AND guest.row_time >= seen.row_time"""
    )
