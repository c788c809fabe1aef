"""Kept lines → orders and lines with their keys, one span of time after the other.

All lines of an order lie on one day, and keys rise with time. So days are divided
into spans of a million lines; each is grouped, joined and sorted by itself, and
the results stand one behind the other. What is in hand at once does not grow with
the files, and a line costs the same in a file of any length.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning.staging import count_rows, open_parquets, scan_parquets, write_scratch
from clv_core.columns import TABLES

__all__ = ["KeptSpans", "keep_lines"]

_LINES_PER_SPAN: Final = 1_000_000
_ROWS_HELD: Final = 2_000_000  # in memory until they are written, of all spans together
_MOST_ROWS_PER_GROUP: Final = 122_880  # DuckDB's own
_FEWEST_ROWS_PER_GROUP: Final = 2048
_KEEP_LINES: Final = """SELECT customer_key, row_id, row_time, order_id, product, quantity,
           price, amount, per_order,
           CASE WHEN order_id IS NULL THEN row_id
                WHEN per_order THEN epoch_us(row_time)
                ELSE epoch_us(date_trunc('day', row_time)) END AS apart
    FROM orders_kept JOIN customers_known USING (customer)"""
# A row without order number is an order of its own. Lines of one number on different
# days are orders apart: a refund must not be seen before its day. Where the amount is
# the whole order's it counts once, and the order's time tells orders apart whose number
# was given twice. Sums are rounded far below a cent: the last bit of a sum depends on
# the order in which threads come by.
_ORDER_OF_LINE: Final = """SELECT *, {before} - 1
               + row_number() OVER (ORDER BY order_time, customer_key, order_id, first_row)
               AS order_key
    FROM (
        SELECT customer_key, order_id, apart, min(row_time) AS order_time,
               min(row_id) AS first_row,
               CASE WHEN any_value(per_order) THEN max(amount) ELSE round(sum(amount), 6) END
                   AS amount,
               round(sum(quantity), 6) AS quantity
        FROM {lines}
        GROUP BY customer_key, order_id, apart
    )"""
# Needs products.
_LINES: Final = """SELECT {columns} FROM (
        SELECT line.customer_key, numbered.order_key, numbered.order_time,
               products.product_key, line.quantity, line.row_id,
               CASE WHEN per_order THEN line.quantity * line.price ELSE line.amount END AS amount
        FROM {lines} AS line
        JOIN {orders} AS numbered
          ON numbered.customer_key = line.customer_key
         AND numbered.order_id IS NOT DISTINCT FROM line.order_id
         AND numbered.apart = line.apart
        LEFT JOIN products USING (product))
    ORDER BY order_key, row_id"""
_ORDERS: Final = """SELECT {columns} FROM (
        SELECT *, coalesce(different, 0) AS distinct_products, amount < 0 AS is_return
        FROM {orders}
        LEFT JOIN (SELECT order_key, count(DISTINCT product_key) AS different
                   FROM {lines} GROUP BY order_key) USING (order_key))
    ORDER BY order_key"""
_NO_LINES: Final = "(SELECT NULL::BIGINT AS order_key, NULL::BIGINT AS product_key WHERE FALSE)"


@dataclass(frozen=True)
class KeptSpans:
    """Kept lines on disk, divided by time, and what is made of them.

    Attributes
    ----------
    folder : Path
        To be deleted when cleaning is done.
    lines : tuple of str
        SQL, to stand behind FROM, for the lines of each span.
    """

    folder: Path
    lines: tuple[str, ...]

    def number_orders(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Write ``orders_numbered``: the orders with their keys, in order of time."""
        before = 0
        for lines, path in zip(self.lines, self._parts("orders"), strict=True):
            write_scratch(cursor, _ORDER_OF_LINE.format(lines=lines, before=before), path)
            before += count_rows(cursor, scan_parquets([path]))
        open_parquets(cursor, "orders_numbered", self._parts("orders"))

    def write_lines(self, cursor: duckdb.DuckDBPyConnection, target: Path) -> None:
        """Write the lines table; needs ``products`` and the orders' keys."""
        queries = [
            _LINES.format(columns=_typed("lines"), lines=lines, orders=scan_parquets([orders]))
            for lines, orders in zip(self.lines, self._parts("orders"), strict=True)
        ]
        _write_spans(cursor, queries, self._parts("lines"), target)

    def write_orders(
        self, cursor: duckdb.DuckDBPyConnection, target: Path, lines: Path | None
    ) -> None:
        """Write the orders table, with what :meth:`write_lines` wrote where there is any."""
        many = [scan_parquets([part]) for part in self._parts("lines")]
        if lines is None:
            many = [_NO_LINES] * len(self.lines)
        elif len(self.lines) == 1:
            many = [scan_parquets([lines])]
        queries = [
            _ORDERS.format(columns=_typed("orders"), lines=bought, orders=scan_parquets([orders]))
            for bought, orders in zip(many, self._parts("orders"), strict=True)
        ]
        _write_spans(cursor, queries, self._parts("summed"), target)

    def _parts(self, name: str) -> list[Path]:
        return [self.folder / f"{name}_{span}.parquet" for span in range(len(self.lines))]


def keep_lines(cursor: duckdb.DuckDBPyConnection, scratch: Path) -> KeptSpans:
    """Write ``lines_kept``: what orders and lines are made of, each line in its span.

    Needs ``orders_kept`` and ``customers_known``.
    """
    opens = _divide_days(cursor)
    folder = scratch / "lines_kept"
    if not opens:
        path = folder.with_suffix(".parquet")
        write_scratch(cursor, _KEEP_LINES, path)
        found = [[path]]
    else:
        cases = " ".join(
            f"WHEN row_time < TIMESTAMP '{day.isoformat()}' THEN {span}"
            for span, day in enumerate(opens)
        )
        spans = range(len(opens) + 1)
        spanned = f"SELECT *, CASE {cases} ELSE {len(opens)} END AS span FROM ({_KEEP_LINES})"
        # Each span's file holds a group of rows back until it is full.
        rows = min(_MOST_ROWS_PER_GROUP, max(_FEWEST_ROWS_PER_GROUP, _ROWS_HELD // len(spans)))
        write_scratch(cursor, spanned, folder, f", PARTITION_BY (span), ROW_GROUP_SIZE {rows}")
        found = [sorted(folder.glob(f"span={span}/*.parquet")) for span in spans]
    open_parquets(cursor, "lines_kept", [path for paths in found for path in paths])
    return KeptSpans(scratch, tuple(scan_parquets(paths) for paths in found))


def _divide_days(cursor: duckdb.DuckDBPyConnection) -> list[dt.date]:
    """Return the days on which the second and later spans open."""
    days = cursor.execute(
        "SELECT row_time::DATE AS day, count(*) FROM orders_kept GROUP BY day ORDER BY day"
    ).fetchall()
    opens, held = [], 0
    for day, lines in days:
        if held and held + lines > _LINES_PER_SPAN:
            opens.append(day)
            held = 0
        held += lines
    return opens


def _write_spans(
    cursor: duckdb.DuckDBPyConnection, queries: Sequence[str], parts: Sequence[Path], target: Path
) -> None:
    """Write what queries give one behind the other; each is sorted by itself."""
    if len(queries) > 1:
        for query, part in zip(queries, parts, strict=True):
            write_scratch(cursor, query, part)
        queries = [f"SELECT * FROM {scan_parquets(parts)}"]
    cursor.sql(queries[0]).write_parquet(str(target), compression="zstd")


def _typed(table: str) -> str:
    return ", ".join(f"CAST({one} AS {kind}) AS {one}" for one, kind in TABLES[table].items())
