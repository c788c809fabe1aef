"""One file's order lines as text, read into types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

from clv_core.cleaning import dates, identity, money
from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.statuses import fold_status
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import DateOrder

__all__ = ["read_lines"]

_CARRIED: Final = (
    "order_time", "amount", "refunded_amount", "order_status", "cancelled_at", "currency",
)  # fmt: skip
_CARRIED_WHERE_EMPTY: Final = ("customer_id", "email", "phone", "customer_name", "country")


@dataclass(frozen=True)
class _Readings:
    """How the columns of one file are written."""

    time: dates.TimeReading
    amount: money.MoneyReading
    refunded: money.MoneyReading
    quantity: money.MoneyReading
    price: money.MoneyReading
    decimal_ids: bool
    decimal_products: bool


def read_lines(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, date_order: DateOrder | None
) -> str:
    """Return the query that types one file's lines.

    Raises
    ------
    UserDataError
        When day and month cannot be told apart.
    """
    source = _carry_first_lines(cursor, file)
    readings = _learn_readings(cursor, file, source, date_order)
    written = identity.id_expression(file.customer, readings.decimal_ids)
    product = identity.id_expression(
        "coalesce(product_id, product_name)", readings.decimal_products
    )
    per_order = PresetRule.AMOUNT_PER_ORDER in file.preset_rules
    read = f"""SELECT *,
            {money.money_expression("amount", readings.amount)} AS amount_read,
            {money.money_expression("refunded_amount", readings.refunded)} AS refunded_read,
            {money.money_expression("quantity", readings.quantity)} AS quantity_read,
            {money.money_expression("unit_price", readings.price)} AS price_read,
            {dates.time_expression("order_time", readings.time)} AS row_time
        FROM {source}"""
    return f"""SELECT file_number, source_row, source_line, copy_number, filled, row_time,
            {written} AS written_customer, {identity.identity_expression(written)} AS customer,
            order_id, {product} AS product, {fold_status("order_status")} AS status, cancelled_at,
            upper(currency) AS currency, email, {identity.phone_expression("phone")} AS phone,
            customer_name, country, {"TRUE" if per_order else "FALSE"} AS per_order,
            price_read AS price, {_amount(file)} AS amount, {_pieces(file)} AS quantity,
            {_has_no_pieces(file)} AS unknown_quantity,
            {"TRUE" if readings.decimal_ids else "FALSE"} AS decimal_id,
            {_commas(file, readings)} AS decimal_comma,
            {_guessed_points(file, readings)} AS guessed_point,
            coalesce(refunded_read <> 0, FALSE) AS refund_deducted,
            {dates.order_flag("order_time", readings.time)} AS day_month,
            {dates.has_offset("order_time")} AS has_offset,
            {dates.is_epoch("order_time")} AS is_epoch
        FROM ({read})"""


def _carry_first_lines(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> str:
    """Fill an order's later lines from its first one where the platform leaves them empty."""
    if PresetRule.FIRST_LINE_CARRIES_ORDER not in file.preset_rules:
        cursor.execute(
            f"CREATE TEMP VIEW {file.source}_filled AS SELECT *, FALSE AS filled FROM {file.source}"
        )
        return f"{file.source}_filled"
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
    cursor.execute(
        f"""CREATE TEMP TABLE {file.source}_filled AS
        WITH numbered AS (SELECT * REPLACE ({order_id} AS order_id) FROM {file.source}),
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
    )
    return f"{file.source}_filled"


def _learn_readings(
    cursor: duckdb.DuckDBPyConnection,
    file: StagedFile,
    source: str,
    date_order: DateOrder | None,
) -> _Readings:
    where = file.locate("order_time")
    return _Readings(
        time=dates.learn_time_reading(cursor, source, "order_time", date_order, where),
        amount=money.learn_money_reading(cursor, source, "amount"),
        refunded=money.learn_money_reading(cursor, source, "refunded_amount"),
        quantity=money.learn_money_reading(cursor, source, "quantity"),
        price=money.learn_money_reading(cursor, source, "unit_price"),
        decimal_ids=identity.has_decimal_ids(cursor, source, "customer_id"),
        decimal_products=identity.has_decimal_ids(cursor, source, "product_id"),
    )


def _amount(file: StagedFile) -> str:
    """Amount of the line or the order, refunds deducted, cancellations negative."""
    if not file.has("amount"):
        value = "quantity_read * price_read"
    elif file.has("refunded_amount"):
        value = "amount_read - coalesce(refunded_read, 0)"
    else:
        value = "amount_read"
    return _negative_where_cancelled(file, value)


def _pieces(file: StagedFile) -> str:
    one = "CASE WHEN amount_read < 0 THEN -1.0 ELSE 1.0 END"
    usable = f"CASE WHEN {money.is_finite('quantity_read')} THEN quantity_read ELSE {one} END"
    return _negative_where_cancelled(file, usable)


def _has_no_pieces(file: StagedFile) -> str:
    unusable = f"NOT coalesce({money.is_finite('quantity_read')}, FALSE)"
    return unusable if file.has("quantity") else "FALSE"


def _negative_where_cancelled(file: StagedFile, value: str) -> str:
    if PresetRule.C_INVOICES_CANCEL not in file.preset_rules:
        return value
    return f"CASE WHEN starts_with(order_id, 'C') THEN -abs({value}) ELSE {value} END"


def _commas(file: StagedFile, readings: _Readings) -> str:
    if file.has("amount"):
        return money.uses_decimal_comma("amount", readings.amount)
    return money.uses_decimal_comma("unit_price", readings.price)


def _guessed_points(file: StagedFile, readings: _Readings) -> str:
    if file.has("amount"):
        return money.could_be_thousands("amount", readings.amount)
    return money.could_be_thousands("unit_price", readings.price)
