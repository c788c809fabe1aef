"""One file's order lines as text, read into types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb

from clv_core.cleaning import dates, identity, money
from clv_core.cleaning.cells import narrow_expression
from clv_core.cleaning.identity import IdReading
from clv_core.cleaning.staging import StagedFile, open_parquet, row_hash
from clv_core.cleaning.statuses import fold_status
from clv_core.cleaning.time_reading import learn_time_reading
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import CleaningSettings

__all__ = ["OrderLines", "filled_path", "open_lines"]

_CARRIED: Final = (
    "order_time", "amount", "refunded_amount", "order_status", "cancelled_at", "currency",
)  # fmt: skip
_PRODUCT: Final = "coalesce(product_id, product_name)"
_CARRIED_WHERE_EMPTY: Final = ("customer_id", "email", "phone", "customer_name", "country")
_READINGS: Final = {
    "customers": IdReading,
    "products": IdReading,
    "time": dates.TimeReading,
    "amount": money.MoneyReading,
    "refunded": money.MoneyReading,
    "quantity": money.MoneyReading,
    "price": money.MoneyReading,
}


@dataclass(frozen=True)
class OrderLines:
    """One file of order lines, and how its columns are written.

    Attributes
    ----------
    file : StagedFile
    source : str
        View with the file's text; an order's later lines filled from its first.
    customer : str
        SQL for the customer as written.
    customers, products : IdReading
    time : TimeReading
    amount, refunded, quantity, price : MoneyReading
    """

    file: StagedFile
    source: str
    customer: str
    customers: IdReading
    products: IdReading
    time: dates.TimeReading
    amount: money.MoneyReading
    refunded: money.MoneyReading
    quantity: money.MoneyReading
    price: money.MoneyReading

    @property
    def per_order(self) -> bool:
        """Whether the amount is the whole order's, on each of its lines."""
        return PresetRule.AMOUNT_PER_ORDER in self.file.preset_rules

    @property
    def product(self) -> str:
        """SQL for what was bought."""
        written = identity.id_expression(_PRODUCT, self.products)
        return narrow_expression(written) if self.products.has_wide else written

    @property
    def typed_query(self) -> str:
        """SQL that gives every line its types."""
        plain, odd, times = dates.time_layers("order_time", self.time)
        layers = [money.money_layers(field) for field in self._numbers]
        inner, middle, outer = (", ".join(level) for level in zip(*layers, strict=True))
        written = identity.id_expression(self.customer, self.customers)
        has = self.file.has
        return f"""SELECT file_number, source_row, {row_hash("orders")} AS row_hash,
            {"filled" if self.is_filled else "FALSE AS filled"},
            {identity.customer_columns(written, self.customers)},
            CAST(NULL AS VARCHAR) AS guest,
            {narrow_expression("order_id")} AS order_id, {self.product} AS product,
            {fold_status("order_status") if has("order_status") else "CAST(NULL AS VARCHAR)"}
                AS status,
            cancelled_at IS NOT NULL AS is_cancelled, upper(trim(currency)) AS currency,
            email, {identity.phone_expression("phone")} AS phone, customer_name, country,
            {self.per_order} AS per_order, {self._head} AS is_head,
            price_read AS price, {self._amount} AS amount,
            {self._priced_by} IS NULL AS amount_missing,
            {self._pieces} AS quantity, {self._has_no_pieces} AS unknown_quantity,
            {self.customers.has_decimals} AS decimal_id,
            {self._price_notes},
            coalesce(refunded_read, 0) AS refunded, {times}
        FROM (SELECT *, {self._read("amount")} AS amount_read,
                     {self._read("refunded_amount")} AS refunded_read,
                     {self._read("quantity")} AS quantity_read,
                     {self._read("unit_price")} AS price_read
              FROM (SELECT *, {outer} FROM (SELECT *, {middle}, {odd} FROM (
                    SELECT *, {inner}, {plain} FROM {self.source}))))"""

    def to_json(self) -> dict[str, Any]:
        """Return how the columns are written, in a form that :func:`open_lines` knows again."""
        return {name: asdict(getattr(self, name)) for name in _READINGS}

    @property
    def _numbers(self) -> dict[str, money.MoneyReading]:
        """How the columns of numbers that the file has are written."""
        readings = {
            "amount": self.amount,
            "refunded_amount": self.refunded,
            "quantity": self.quantity,
            "unit_price": self.price,
        }
        return {field: reading for field, reading in readings.items() if self.file.has(field)}

    def _read(self, field: str) -> str:
        if field not in self._numbers:
            return "CAST(NULL AS DOUBLE)"
        return money.layered_money(field, self._numbers[field])

    @property
    def is_filled(self) -> bool:
        """Whether later lines of an order were filled from its first."""
        return self.source != self.file.source

    @property
    def _priced_by(self) -> str:
        return "amount" if self.file.has("amount") else "unit_price"

    @property
    def _price_notes(self) -> str:
        """SQL for how the amounts, or else the prices, were read."""
        by = self._priced_by
        reading = self._numbers[by]
        return (
            f"{money.uses_decimal_comma(by, reading, f'{by}_number')} AS decimal_comma,"
            f" {money.could_be_thousands(by, reading, f'{by}_number')} AS guessed_point"
        )

    @property
    def _head(self) -> str:
        """SQL that is true on one line of each amount: what is summed over lines counts it once."""
        if not self.per_order:
            return "TRUE"
        return (
            "order_id IS NULL OR row_number() OVER"
            f" (PARTITION BY {self.customer}, order_id, order_time ORDER BY source_row) = 1"
        )

    @property
    def _amount(self) -> str:
        """Amount of the line or the order, refunds deducted, cancellations negative."""
        if not self.file.has("amount"):
            value = "quantity_read * price_read"
        elif self.file.has("refunded_amount"):
            value = "amount_read - coalesce(refunded_read, 0)"
        else:
            value = "amount_read"
        return self._negative_where_cancelled(value)

    @property
    def _pieces(self) -> str:
        one = "CASE WHEN amount_read < 0 THEN -1.0 ELSE 1.0 END"
        usable = f"CASE WHEN {money.is_finite('quantity_read')} THEN quantity_read ELSE {one} END"
        return self._negative_where_cancelled(usable)

    @property
    def _has_no_pieces(self) -> str:
        unusable = f"NOT coalesce({money.is_finite('quantity_read')}, FALSE)"
        return unusable if self.file.has("quantity") else "FALSE"

    def _negative_where_cancelled(self, value: str) -> str:
        if PresetRule.C_INVOICES_CANCEL not in self.file.preset_rules:
            return value
        return f"CASE WHEN starts_with(order_id, 'C') THEN -abs({value}) ELSE {value} END"


def open_lines(
    cursor: duckdb.DuckDBPyConnection,
    file: StagedFile,
    settings: CleaningSettings,
    scratch: Path,
) -> OrderLines:
    """Learn how one file's lines are written, unless that is known from before.

    Raises
    ------
    AmbiguousDates
        When day and month cannot be told apart and no order is set.
    """
    customer = file.name_customer(settings.guests)
    if file.earlier:
        source = file.source
        if file.earlier.filled:
            source = f"{file.source}_filled"
            open_parquet(cursor, source, file.earlier.filled)
        return OrderLines(file, source, customer, **_recall(file.earlier.learnt))
    source = _carry_first_lines(cursor, file, scratch)
    numbers = {
        name: file.learn(name, partial(money.learn_money_reading, cursor, source, field))
        if file.has(field)
        else money.MoneyReading()
        for name, field in (
            ("amount", "amount"),
            ("refunded", "refunded_amount"),
            ("quantity", "quantity"),
            ("price", "unit_price"),
        )
    }
    return OrderLines(
        file=file,
        source=source,
        customer=customer,
        customers=file.learn(
            "customers", partial(identity.learn_id_reading, cursor, source, customer)
        ),
        products=file.learn(
            "products", partial(identity.learn_id_reading, cursor, source, _PRODUCT)
        ),
        time=file.learn(
            "time",
            lambda: learn_time_reading(
                cursor, source, "order_time", file.date_order, file.locate("order_time")
            ),
        ),
        **numbers,
    )


def filled_path(file: StagedFile, scratch: Path) -> Path:
    """Return where the text of a file lies whose later lines were filled."""
    return scratch / f"{file.number}_filled.parquet"


def _recall(learnt: Mapping[str, Any]) -> dict[str, Any]:
    return {name: reading(**learnt[name]) for name, reading in _READINGS.items()}


def _carry_first_lines(cursor: duckdb.DuckDBPyConnection, file: StagedFile, scratch: Path) -> str:
    """Fill an order's later lines from its first one where the platform leaves them empty."""
    if PresetRule.FIRST_LINE_CARRIES_ORDER not in file.preset_rules:
        return file.source
    order_id = (
        "last_value(order_id IGNORE NULLS) OVER (ORDER BY source_row)"
        if PresetRule.BLANK_ORDER_CONTINUES in file.preset_rules
        else "order_id"
    )
    carried = [f"head.{field} AS {field}" for field in _CARRIED]
    carried += [
        f"coalesce(line.{field}, head.{field}) AS {field}" for field in _CARRIED_WHERE_EMPTY
    ]
    is_head = "order_time IS NOT NULL OR amount IS NOT NULL"
    filled = f"{file.source}_filled"
    path = filled_path(file, scratch)
    cursor.sql(
        f"""WITH numbered AS (SELECT * REPLACE ({order_id} AS order_id) FROM {file.source}),
        headed AS (
            SELECT *, coalesce(
                max(source_row) FILTER ({is_head}) OVER (PARTITION BY order_id ORDER BY source_row),
                min(source_row) FILTER ({is_head}) OVER (PARTITION BY order_id)) AS head_row
            FROM numbered)
        SELECT line.* EXCLUDE (head_row) REPLACE ({", ".join(carried)}),
               head.source_row <> line.source_row AS filled
        FROM headed AS line
        JOIN {file.source} AS head
          ON head.source_row = CASE WHEN line.order_id IS NULL THEN line.source_row
                                    ELSE coalesce(line.head_row, line.source_row) END"""
    ).write_parquet(str(path), compression="lz4")
    open_parquet(cursor, filled, path)
    return filled
