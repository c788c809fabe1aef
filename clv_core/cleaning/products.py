"""The products table: what stands behind the keys that lines, visits and reviews bear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from clv_core.cleaning.lines import OrderLines

__all__ = ["PRODUCTS_QUERY", "describe_products"]

# Needs products and products_described.
PRODUCTS_QUERY: Final = """SELECT product_key,
           CASE WHEN coalesce(has_id, TRUE) THEN product END AS product_id,
           product_name, category
    FROM products LEFT JOIN products_described USING (product)
    ORDER BY product_key"""
# What most lines say; between equals what stands last in the files, then by the text itself.
_DESCRIBE: Final = """CREATE TEMP TABLE products_described AS
    WITH told AS (SELECT *, (file_number, latest) AS place FROM products_told),
         named AS (SELECT product, product_name, (sum(lines), max(place)) AS weight
                   FROM told GROUP BY product, product_name),
         filed AS (SELECT product, category, (sum(lines), max(place)) AS weight
                   FROM told GROUP BY product, category)
    SELECT product, has_id, product_name, category
    FROM (SELECT product, bool_or(has_id) AS has_id FROM products_told GROUP BY product)
    LEFT JOIN (SELECT product, arg_max(product_name, (weight, product_name)) AS product_name
               FROM named WHERE product_name IS NOT NULL GROUP BY product) USING (product)
    LEFT JOIN (SELECT product, arg_max(category, (weight, category)) AS category
               FROM filed WHERE category IS NOT NULL GROUP BY product) USING (product)"""


def describe_products(cursor: duckdb.DuckDBPyConnection, files: Sequence[OrderLines]) -> None:
    """Find each product's name and category: those that most of its lines give.

    Lines that were dropped have their say too, because a cancelled order knows the
    name of what it held as well as any; and the files need not be matched with what
    was kept of them, which would take as long as all the rest. Writes
    ``products_described`` (``product``, ``has_id``, ``product_name``, ``category``).

    Parameters
    ----------
    cursor : DuckDBPyConnection
    files : sequence of OrderLines
    """
    told = " UNION ALL ".join(
        f"""SELECT {lines.product} AS product, product_id IS NOT NULL AS has_id,
                   product_name, category, count(*) AS lines,
                   any_value(file_number) AS file_number, max(source_row) AS latest
            FROM {lines.source} GROUP BY ALL"""
        for lines in files
    )
    cursor.execute(
        f"CREATE TEMP TABLE products_told AS SELECT * FROM ({told}) WHERE product IS NOT NULL"
    )
    cursor.execute(_DESCRIBE)
