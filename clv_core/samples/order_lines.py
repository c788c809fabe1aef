"""Order lines of a sample shop of any size, in the layout of ``orders.csv``.

Customers come from the same buying process as the small shop's, batch by batch, each
batch from its own stream. Its rows go to disk by the span of time that they fall
into; span after span is then put in order and written, so that the file is in order
of time as a shop's own export is, and memory holds one batch or one span, however
long the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from clv_core.errors import InvalidSetting
from clv_core.samples.baskets import CATEGORIES, PRICES_CENTS
from clv_core.samples.ledger import draw_ledger
from clv_core.samples.process import (
    HISTORY_SECONDS,
    IntArray,
    draw_population,
)
from clv_core.samples.tables import (
    CURRENCY,
    DUPLICATE_SHARE,
    FIRST_ORDER_NUMBER,
    PRODUCTS,
    date_seconds,
    list_rows,
)
from clv_core.sentences import Sentence

__all__ = ["ROW", "draw_order_rows", "table_rows", "write_order_lines"]

# One line of the file; a guest's customer is 0, pieces given back are negative.
ROW: Final = np.dtype(
    [
        ("second", "<i4"),
        ("number", "<i8"),
        ("customer", "<i4"),
        ("product", "u1"),
        ("pieces", "<i4"),
    ]
)
OrderRows = npt.NDArray[np.void]

_CUSTOMERS_PER_BATCH: Final = 50_000
_LINES_PER_CUSTOMER: Final = 7  # a little fewer than there are
_LINES_PER_SPAN: Final = 250_000  # on average; busy months have some more
_HUNDREDTHS: Final = pa.array([f".{cents:02d}" for cents in range(100)])


def write_order_lines(path: Path, lines: int, seed: int = 7) -> None:
    """Write a sample shop's order lines as CSV, refunds, guests and repeated lines included.

    Parameters
    ----------
    path : Path
        Replaced where it exists.
    lines : int
        Rows below the header, at least 1; eight or nine of each customer.
    seed : int, default 7
        0 or more. The same seed and number of lines give the same bytes.

    Raises
    ------
    InvalidSetting
        When the number of lines or the seed is out of range.
    """
    options = pa_csv.WriteOptions(quoting_style="none", quoting_header="none")
    empty = table_rows(np.empty(0, ROW))
    _refuse_impossible(lines, seed)
    with pa_csv.CSVWriter(path, empty.schema, write_options=options) as writer:
        for rows in draw_order_rows(lines, seed):
            writer.write_table(table_rows(rows))


def draw_order_rows(lines: int, seed: int = 7) -> Iterator[OrderRows]:
    """Yield the rows of :func:`write_order_lines` as numbers (``ROW``), in the file's order.

    Raises
    ------
    InvalidSetting
    """
    _refuse_impossible(lines, seed)
    span_s = -(-HISTORY_SECONDS // max(1, lines // _LINES_PER_SPAN))
    with TemporaryDirectory(prefix="perennial-") as scratch:
        for batch in _draw_batches(lines, seed):
            _keep_by_span(batch, span_s, Path(scratch))
        for path in sorted(Path(scratch).iterdir()):
            rows = np.fromfile(path, ROW)
            path.unlink()
            yield rows[np.lexsort((rows["product"], rows["number"], rows["second"]))]


def table_rows(rows: OrderRows) -> pa.Table:
    """Lay out rows in the columns of ``orders.csv``, all as text but the pieces."""
    given_back = rows["pieces"] < 0
    suffix = pa.array(["", "-R1"]).take(pa.array(given_back.astype(np.int8)))
    product = pa.array(rows["product"])
    prices = _write_cents(PRICES_CENTS)
    number = pc.cast(pa.array(rows["number"]), pa.string())
    customer = _write_customers(rows["customer"].astype(np.int64))
    columns = {
        "order_id": pc.binary_join_element_wise("FF-", number, suffix, ""),
        "order_time": pc.cast(pa.array(date_seconds(rows["second"].astype(np.int64))), pa.string()),
        "customer_id": customer,
        **{name: pa.array(PRODUCTS[name]).take(product) for name in PRODUCTS},
        "quantity": pa.array(rows["pieces"]),
        "unit_price": prices.take(product),
        "amount": _write_cents(rows["pieces"] * PRICES_CENTS[rows["product"]]),
        "currency": pa.array([CURRENCY]).take(pa.array(np.zeros(len(rows), np.int8))),
    }
    return pa.table(columns)


def _refuse_impossible(lines: int, seed: int) -> None:
    if lines < 1 or seed < 0:
        raise InvalidSetting(
            Sentence("Order lines cannot be drawn with these numbers."),
            Sentence("Give at least 1 line and a seed of 0 or more."),
        )


def _draw_batches(lines: int, seed: int) -> Iterator[OrderRows]:
    """Yield batches of customers until there are as many rows as asked for."""
    # Batches share out the order numbers like cards, so that numbers rise with time.
    batches = 8 + lines // (_CUSTOMERS_PER_BATCH * _LINES_PER_CUSTOMER)
    customers_before = batch = 0
    while lines > 0:
        customers = min(_CUSTOMERS_PER_BATCH, lines // _LINES_PER_CUSTOMER + 1)
        rows = _draw_batch(customers, np.random.default_rng((seed, batch)))
        rows["number"] = FIRST_ORDER_NUMBER + rows["number"] * batches + batch
        rows["customer"] += np.where(rows["customer"] > 0, customers_before, 0).astype(np.int32)
        yield rows[:lines]
        lines -= len(rows)
        customers_before += customers
        batch += 1


def _draw_batch(customers: int, rng: np.random.Generator) -> OrderRows:
    """Draw some customers' rows, in order of customers, guests last."""
    streams = rng.spawn(4)
    population = draw_population(customers, streams[0])
    favourite = streams[1].integers(0, len(CATEGORIES), customers + 1)
    ledger = draw_ledger(population, favourite, streams[2])
    told = list_rows(ledger)
    order = ledger.lines.order[told.line]
    owner = ledger.orders.owner[order]
    rows = np.empty(len(order), ROW)
    rows["second"] = told.second
    rows["number"] = order
    rows["customer"] = np.where(owner < customers, owner + 1, 0)
    rows["product"] = ledger.lines.product[told.line]
    rows["pieces"] = told.sign * ledger.lines.quantity[told.line]
    is_copied = (owner < customers) & (streams[3].random(len(order)) < DUPLICATE_SHARE)
    by_owner = np.argsort(owner, kind="stable")
    return np.repeat(rows[by_owner], 1 + is_copied[by_owner])


def _keep_by_span(batch: OrderRows, span_s: int, folder: Path) -> None:
    span = batch["second"] // span_s
    by_span = np.argsort(span, kind="stable")
    span = span[by_span]
    starts = np.flatnonzero(np.diff(span, prepend=-1))
    for rows, first in zip(np.split(batch[by_span], starts[1:]), starts, strict=True):
        with (folder / f"{span[first]:08d}").open("ab") as file:
            rows.tofile(file)


def _write_customers(customer: IntArray) -> pa.Array:
    digits = pc.utf8_lpad(pc.cast(pa.array(customer), pa.string()), width=6, padding="0")
    known = pc.binary_join_element_wise("C", digits, "")
    return pc.if_else(pa.array(customer > 0), known, pa.scalar(None, pa.string()))


def _write_cents(cents: IntArray) -> pa.Array:
    """Write money with two decimals."""
    whole, rest = np.divmod(np.abs(cents), 100)
    sign = pa.array(["", "-"]).take(pa.array((cents < 0).astype(np.int8)))
    digits = pc.cast(pa.array(whole), pa.string())
    return pc.binary_join_element_wise(sign, digits, _HUNDREDTHS.take(pa.array(rest)), "")
