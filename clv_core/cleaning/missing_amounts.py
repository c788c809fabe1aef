"""Missing amounts, filled in with what the months before teach.

Each calendar month is taught by the rows of earlier months alone, so no row changes
what an earlier one becomes. Within a product where it has enough rows, else by all.
"""

from __future__ import annotations

from typing import Final, Literal

import duckdb

from clv_core.cleaning.months import months_of
from clv_core.cleaning.staging import count_rows

__all__ = ["fill_amounts"]

_ENOUGH: Final = 5  # earlier rows of a product before its own price is believed
_ENOUGH_FOR_A_LINE: Final = 10
# In a fixed order, so that rows beside them change not even the last bit of a sum.
_LEARNT: Final = {
    "mean": "avg(amount / quantity ORDER BY row_id) AS price, CAST(NULL AS DOUBLE) AS base",
    "median": "median(amount / quantity) AS price, CAST(NULL AS DOUBLE) AS base",
    "regression": "regr_slope(amount, quantity ORDER BY row_id) AS price,"
    " regr_intercept(amount, quantity ORDER BY row_id) AS base",
}


def fill_amounts(
    cursor: duckdb.DuckDBPyConnection, rows: str, by: Literal["mean", "median", "regression"]
) -> str:
    """Fill in missing amounts from earlier months.

    The mean or median unit price times the quantity, or the least-squares line of
    the amount on the quantity (Montgomery, Peck and Vining 2012, eq. 2.6), never
    below nothing; in cents. The first month has no earlier one and stays as it is.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    rows : str
        View with the typed lines; those in ``orders_dropped`` neither teach nor learn.
    by : {"mean", "median", "regression"}

    Returns
    -------
    str
        Name of the view to go on with; ``amount_filled`` says which were.
    """
    # An amount that is the whole order's has no product and no count of its own.
    cursor.execute(
        f"""CREATE TEMP VIEW amounts_left AS
        SELECT row_id, row_time, amount, amount_missing, is_head, per_order,
               CASE WHEN per_order THEN NULL ELSE product END AS product,
               CASE WHEN per_order THEN 1.0 ELSE quantity END AS quantity
        FROM {rows} ANTI JOIN orders_dropped USING (row_id)"""
    )
    cursor.execute(
        "CREATE TEMP TABLE amounts_asked AS SELECT * FROM amounts_left"
        " WHERE amount IS NULL AND amount_missing AND quantity IS NOT NULL AND row_time IS NOT NULL"
    )
    cursor.execute("CREATE TEMP TABLE amounts_filled (row_id BIGINT, amount DOUBLE)")
    if not count_rows(cursor, "amounts_asked"):
        return rows
    enough = _ENOUGH_FOR_A_LINE if by == "regression" else _ENOUGH
    for month in months_of(cursor, "amounts_asked"):
        cursor.execute(
            f"""INSERT INTO amounts_filled
            WITH asked AS (SELECT * FROM amounts_asked
                           WHERE date_trunc('month', row_time) = $month),
                 earlier AS (SELECT * FROM amounts_left
                             WHERE row_time < $month AND amount > 0 AND quantity > 0 AND is_head
                               AND isfinite(amount)),
                 by_product AS (
                     SELECT product, {_LEARNT[by]} FROM earlier
                     WHERE product IN (SELECT product FROM asked)
                     GROUP BY product HAVING count(*) >= {enough}),
                 by_all AS (SELECT per_order, avg(amount ORDER BY row_id) AS usual, {_LEARNT[by]}
                            FROM earlier
                            GROUP BY per_order HAVING count(*) >= {enough})
            SELECT row_id, round({_guess("by_product", _guess("by_all", "usual"))}, 2)
            FROM asked JOIN by_all USING (per_order) LEFT JOIN by_product USING (product)""",
            {"month": month},
        )
    cursor.execute(
        f"""CREATE TEMP VIEW orders_filled AS
        SELECT row.* REPLACE (
                   coalesce(row.amount, filled.amount) AS amount,
                   CASE WHEN row.amount IS NULL AND is_head THEN filled.amount ELSE row.money END
                       AS money,
                   filled.amount IS NOT NULL AS amount_filled)
        FROM {rows} AS row LEFT JOIN amounts_filled AS filled USING (row_id)"""
    )
    return "orders_filled"


def _guess(learnt: str, otherwise: str) -> str:
    """Return SQL for what a table of learnt prices says of a row, else something else."""
    said = f"coalesce({learnt}.base, 0) + {learnt}.price * abs(quantity)"
    return (
        f"CASE WHEN isfinite({learnt}.price)"
        f" THEN sign(quantity) * greatest({said}, 0) ELSE {otherwise} END"
    )
