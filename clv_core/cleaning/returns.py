"""Returns and cancellations, matched to what was bought before. Matching looks backwards only.

Within one customer's pieces of one product, put in the order of time, the running
sum of pieces tells: a return that takes it below every earlier level gives back more
than was bought in the files, since the sum of what was matched would fall below zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from clv_core.cleaning.judging import drop_rows
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, count_rows
from clv_core.ingest.presets import Rule as PresetRule

__all__ = [
    "drop_reversed_pairs",
    "drop_unmatched_returns",
    "gather_moves",
    "match_nothing",
    "names_pieces",
]

_ROUNDING = 1e-9  # pieces; weights are fractions
_TOLD_APART = "ORDER BY row_time, quantity DESC, row_id"  # purchases first where times are equal


def names_pieces(file: StagedFile) -> bool:
    """Say whether the lines of a file tell what was bought or returned, and how much of it."""
    return (
        file.has("quantity")
        and (file.has("product_id") or file.has("product_name"))
        and PresetRule.AMOUNT_PER_ORDER not in file.preset_rules
    )


def gather_moves(cursor: duckdb.DuckDBPyConnection, rows: str, files: Sequence[StagedFile]) -> bool:
    """Write ``moves``: lines of goods that their customer also returned, with their pieces.

    Returns
    -------
    bool
        Whether anything was returned.
    """
    numbers = ", ".join(str(file.number) for file in files if names_pieces(file))
    if not numbers:
        return False
    told = f"file_number IN ({numbers}) AND NOT unknown_quantity AND product IS NOT NULL"
    left = f"{rows} ANTI JOIN orders_dropped USING (row_id) WHERE {told}"
    cursor.execute(
        "CREATE TEMP TABLE goods_returned AS SELECT DISTINCT customer, product"
        f" FROM {left} AND quantity < 0 AND amount < 0"
    )
    cursor.execute(
        f"""CREATE TEMP TABLE moves AS
        SELECT row_id, file_number, source_row, customer, product, row_time, quantity, amount, money
        FROM (SELECT * FROM {left} AND (quantity > 0 AND amount >= 0
                                        OR quantity < 0 AND amount < 0))
        SEMI JOIN goods_returned USING (customer, product)"""
    )
    return count_rows(cursor, "moves") > 0


def match_nothing(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write an empty ``returns_matched``."""
    cursor.execute("CREATE TEMP TABLE returns_matched (row_id BIGINT)")


def drop_reversed_pairs(cursor: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Drop orders and their exact cancellation on the same calendar day.

    Same customer, goods, pieces and money. Like brackets: a cancellation belongs to
    the last order before it that is still open.
    """
    cursor.execute(
        f"""CREATE TEMP TABLE moves_reversed AS
        WITH steps AS (
            SELECT row_id, quantity, customer, product, date_trunc('day', row_time) AS day,
                   abs(quantity) AS pieces, round(abs(amount), 2) AS worth, row_time,
                   sum(sign(quantity)) OVER (PARTITION BY customer, product,
                       date_trunc('day', row_time), abs(quantity), round(abs(amount), 2)
                       {_TOLD_APART} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS open
            FROM moves),
        around AS (
            SELECT row_id, quantity, open,
                   least(0, min(open) OVER (like_orders
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS before,
                   min(open) OVER (like_orders
                       ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after
            FROM steps
            WINDOW like_orders AS (PARTITION BY customer, product, day, pieces, worth
                                   {_TOLD_APART}))
        SELECT row_id FROM around
        WHERE CASE WHEN quantity < 0 THEN open >= before ELSE coalesce(after < open, FALSE) END"""
    )
    drop_rows(cursor, "orders", "moves", rule, "row_id IN (SELECT row_id FROM moves_reversed)")


def drop_unmatched_returns(cursor: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    """Drop returns of more pieces than the files saw bought; list the others.

    Writes ``returns_matched`` (``row_id``).
    """
    cursor.execute(
        f"""CREATE TEMP TABLE returns_judged AS
        WITH steps AS (
            SELECT row_id, file_number, source_row, money, customer, product, row_time, quantity,
                   sum(quantity) OVER (PARTITION BY customer, product {_TOLD_APART}
                       ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS pieces
            FROM moves ANTI JOIN orders_dropped USING (row_id)),
        around AS (
            SELECT *, least(0, min(pieces) OVER (PARTITION BY customer, product {_TOLD_APART}
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS lowest
            FROM steps)
        SELECT row_id, file_number, source_row, money,
               pieces >= lowest - {_ROUNDING} AS is_matched
        FROM around WHERE quantity < 0"""
    )
    drop_rows(cursor, "orders", "returns_judged", rule, "NOT is_matched")
    cursor.execute(
        "CREATE TEMP TABLE returns_matched AS SELECT row_id FROM returns_judged WHERE is_matched"
    )
