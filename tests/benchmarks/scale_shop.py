"""The cleaned tables of a sample shop of any size, made without reading a file.

What ``pipeline.prepare_tables`` makes of the file that ``write_order_lines`` writes
for the same number of lines and seed, for benchmarks that begin where cleaning ends.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.tables import Tables
from clv_core.columns import TABLES
from clv_core.samples.baskets import PRICES_CENTS
from clv_core.samples.order_lines import ROW, draw_order_rows
from clv_core.samples.process import FIRST_DAY
from clv_core.samples.tables import CURRENCY, PRODUCTS

__all__ = ["write_tables"]

# Without guests and second copies, and with the order number that the file shows.
_LINES: Final = """SELECT place, CAST(customer AS BIGINT) AS customer, number,
           pieces < 0 AS is_back, CAST(product AS BIGINT) AS product,
           CAST(pieces AS DOUBLE) AS pieces, cents,
           TIMESTAMP '{first_day}' + to_seconds(second) AS order_time
    FROM (SELECT *, lag((second, number, product, pieces), 1)
                        OVER (ORDER BY place) = (second, number, product, pieces) AS is_copy
          FROM rows)
    WHERE customer > 0 AND NOT coalesce(is_copy, FALSE)"""
# What is given back on the day on which the same was bought again cancels the later purchase.
_REVERSED: Final = """CREATE TABLE reversed AS
    SELECT place, bought FROM (
        SELECT back.place, arg_max(sold.place, sold.order_time) AS bought
        FROM lines AS back JOIN lines AS sold
          ON back.is_back AND NOT sold.is_back AND sold.customer = back.customer
         AND sold.product = back.product AND sold.pieces = -back.pieces
         AND sold.order_time::DATE = back.order_time::DATE AND sold.order_time < back.order_time
        GROUP BY back.place)"""
_KEPT: Final = """SELECT * FROM lines
    WHERE place NOT IN (SELECT place FROM reversed UNION ALL SELECT bought FROM reversed)"""
_CUSTOMERS: Final = """CREATE TABLE customers AS
    SELECT customer, customer_id,
           row_number() OVER (ORDER BY first_time, customer_id) - 1 AS customer_key
    FROM (SELECT customer, min(order_time) AS first_time,
                 printf('C%06d', customer) AS customer_id
          FROM kept GROUP BY customer)"""
_ORDERS: Final = """CREATE TABLE orders AS
    SELECT *, row_number() OVER (ORDER BY order_time, customer_key, order_id, place) - 1
                  AS order_key
    FROM (SELECT customer_key, number, is_back, min(order_time) AS order_time,
                 'FF-' || number::VARCHAR || CASE WHEN is_back THEN '-R1' ELSE '' END AS order_id,
                 round(sum(cents / 100), 6) AS amount, sum(pieces) AS quantity,
                 count(*) AS distinct_products, min(place) AS place
          FROM kept JOIN customers USING (customer) GROUP BY ALL)"""
_PRODUCTS: Final = """CREATE TABLE products AS
    SELECT *, row_number() OVER (ORDER BY first_time, product_id) - 1 AS product_key
    FROM (SELECT product, min(order_time) AS first_time FROM kept GROUP BY product)
    JOIN catalogue USING (product)"""
_WRITTEN: Final = {
    "orders": """SELECT *, amount < 0 AS is_return FROM orders ORDER BY order_key""",
    "lines": """SELECT customer_key, order_key, orders.order_time, product_key,
                       pieces AS quantity, cents / 100 AS amount
                FROM kept JOIN orders USING (number, is_back) JOIN products USING (product)
                ORDER BY order_key, kept.place""",
    "products": "SELECT * FROM products ORDER BY product_key",
    "customers": """SELECT customer_key, customer_id, NULL AS email, NULL AS phone,
                           NULL AS customer_name, NULL AS country, NULL AS consent,
                           NULL AS first_name, NULL AS last_name, NULL AS postal_code,
                           NULL AS city, NULL AS region
                    FROM customers ORDER BY customer_key""",
}


def write_tables(folder: Path, lines: int, seed: int = 7) -> Tables:
    """Write a sample shop's cleaned orders, lines, products and customers.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    lines, seed : int
        As in :func:`~clv_core.samples.write_order_lines`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="perennial-") as scratch,
        _connect(Path(scratch)) as connection,
    ):
        drawn, read = f"{scratch}/rows.parquet", f"{scratch}/lines.parquet"
        _write_rows(drawn, lines, seed)
        connection.read_parquet(drawn).create_view("rows")
        connection.sql(_LINES.format(first_day=FIRST_DAY)).write_parquet(read)
        connection.read_parquet(read).create_view("lines")
        connection.execute(_REVERSED)
        connection.execute(f"CREATE VIEW kept AS {_KEPT}")
        connection.execute(_CUSTOMERS)
        catalogue = PRODUCTS.assign(product=np.arange(len(PRODUCTS)))
        connection.register("catalogue", pa.Table.from_pandas(catalogue))
        connection.execute(_PRODUCTS)
        connection.execute(_ORDERS)
        for name, query in _WRITTEN.items():
            _write(connection, name, query, folder)
        facts = connection.execute(
            "SELECT min(order_time)::DATE, max(order_time)::DATE,"
            " count(DISTINCT customer_key), count(*) FROM orders"
        ).fetchone()
        assert facts is not None
    tables = Tables(folder, *facts, currency=CURRENCY)
    tables.write_facts()
    return tables


def _connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "temp_directory": str(scratch),
            "memory_limit": f"{os.environ.get('PERENNIAL_MEMORY_GB', '4')}GB",
            "threads": os.environ.get("PERENNIAL_THREADS", "2"),
        }
    )


def _write_rows(path: str, lines: int, seed: int) -> None:
    fields = [pa.field(name, pa.from_numpy_dtype(ROW[name])) for name in ROW.names or ()]
    schema = pa.schema([*fields, pa.field("cents", pa.float64()), pa.field("place", pa.int64())])
    place = 0
    with pq.ParquetWriter(path, schema) as writer:
        for rows in draw_order_rows(lines, seed):
            columns = [pa.array(np.ascontiguousarray(rows[field.name])) for field in fields]
            columns.append(pa.array((rows["pieces"] * PRICES_CENTS[rows["product"]]).astype(float)))
            columns.append(pa.array(np.arange(place, place + len(rows))))
            place += len(rows)
            writer.write_table(pa.table(columns, schema=schema))


def _write(connection: duckdb.DuckDBPyConnection, name: str, query: str, folder: Path) -> None:
    columns = [f"CAST({one} AS {kind}) AS {one}" for one, kind in TABLES[name].items()]
    typed = connection.sql(query).project(", ".join(columns))
    typed.write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def main() -> None:
    """Write the tables of a shop of a told size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    print(write_tables(asked.out, asked.lines, asked.seed))


if __name__ == "__main__":
    main()
