"""Rows and orders that are in the files more than once."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from clv_core.cleaning.staging import compared_fields, count_rows
from clv_core.columns import TableKind

__all__ = ["find_copies", "find_superseded"]


def find_copies(
    cursor: duckdb.DuckDBPyConnection, kind: TableKind, rows: str, sources: Mapping[int, str]
) -> bool:
    """List rows that are equal to an earlier one in every column that counts, over all files.

    Only rows that share a hash are compared in full. Rows that were dropped
    before have no say. Writes ``<kind>_copies`` (``row_id``).

    Parameters
    ----------
    cursor : DuckDBPyConnection
    kind : {"orders", "events", "reviews", "customers"}
    rows : str
        Table or view with ``row_id``, ``row_hash``.
    sources : mapping of int to str
        View on the text of each file number.

    Returns
    -------
    bool
        Whether there are any.
    """
    cursor.execute(
        f"""CREATE TEMP TABLE {kind}_suspects AS
        WITH left_over AS (SELECT row_id, file_number, source_row, row_hash
                           FROM {rows} ANTI JOIN {kind}_dropped USING (row_id)),
             shared AS (SELECT row_hash FROM left_over GROUP BY row_hash HAVING count(*) > 1)
        SELECT row_id, file_number, source_row FROM left_over SEMI JOIN shared USING (row_hash)"""
    )
    fields = ", ".join(compared_fields(kind))
    texts = " UNION ALL ".join(
        f"SELECT row_id, {fields} FROM {kind}_suspects JOIN {source} USING (source_row)"
        f" WHERE {kind}_suspects.file_number = {number}"
        for number, source in sources.items()
    )
    cursor.execute(
        f"""CREATE TEMP TABLE {kind}_copies AS
        SELECT row_id FROM (SELECT row_id, row_number() OVER
                                (PARTITION BY {fields} ORDER BY row_id) AS mention
                            FROM ({texts}))
        WHERE mention > 1"""
        if count_rows(cursor, f"{kind}_suspects")
        else f"CREATE TEMP TABLE {kind}_copies (row_id BIGINT)"
    )
    return count_rows(cursor, f"{kind}_copies") > 0


def find_superseded(cursor: duckdb.DuckDBPyConnection, rows: str) -> bool:
    """List lines of orders that a later file holds as well.

    Same order number, customer and time: monthly exports overlap, and the later
    one knows the order better. Writes ``orders_superseded`` (``row_id``).

    Returns
    -------
    bool
        Whether there are any.
    """
    cursor.execute(
        f"""CREATE TEMP TABLE orders_superseded AS
        WITH shared AS (
            SELECT order_id, row_time, customer, max(file_number) AS last_file FROM {rows}
            WHERE order_id IS NOT NULL AND row_time IS NOT NULL
            GROUP BY order_id, row_time, customer HAVING min(file_number) < max(file_number))
        SELECT row_id FROM {rows} AS line JOIN shared
          ON line.order_id = shared.order_id AND line.row_time = shared.row_time
         AND line.customer IS NOT DISTINCT FROM shared.customer
         AND line.file_number < shared.last_file"""
    )
    return count_rows(cursor, "orders_superseded") > 0
