"""Lines that are no goods: postage, fees, discounts, vouchers whose money is spent again."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from clv_core.cleaning.cells import narrow_expression
from clv_core.cleaning.lines import OrderLines
from clv_core.cleaning.staging import count_rows
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import CleaningSettings

__all__ = ["NON_GOODS", "find_non_goods", "note_non_goods"]

NON_GOODS: Final = "non_goods"  # name of what is known of a whole file
_FOUND: Final = ("products_not_goods", "lines_not_goods")

# Not goods in Online Retail, seen in its first six months (postage, carriage, fees,
# manual corrections, discounts, samples, gift vouchers) or in the rest of the series
# (B, CRUK, ADJUST, TEST).
_CODES: Final = (
    "POST", "DOT", "C2", "C3", "M", "D", "S", "B", "PADS", "CRUK", "AMAZONFEE",
    "BANK%CHARGES", "ADJUST%", "TEST%", "GIFT%",
)  # fmt: skip
# What any shop calls them. Whole names only: a gift card holder and a shipping box are goods.
_NAMES: Final = (
    "shipping", "shipping fee", "shipping fees", "shipping cost", "shipping costs",
    "shipping charge", "shipping & handling", "shipping and handling", "postage",
    "postage & packing", "postage and packing", "carriage", "freight", "delivery",
    "delivery fee", "delivery cost", "delivery charge", "handling fee", "bank charges",
    "discount", "tip", "gift card", "gift cards", "giftcard", "e-gift card", "gift voucher",
    "voucher", "gift certificate", "store credit", "versand", "versandkosten", "porto",
    "gutschein", "geschenkgutschein", "frais de port", "frais de livraison", "carte cadeau",
    "gastos de envío", "tarjeta regalo", "spese di spedizione", "buono regalo", "送料",
    "运费", "邮费", "快递费", "运费险", "补差价", "补运费", "邮费补差", "运费补差", "礼品卡",
    "代金券", "運費", "郵費", "禮品卡",
)  # fmt: skip
_GIFT_CARD: Final = r"^(?:e-?)?gift ?(?:card|voucher)s?\W*\p{Sc}? ?[0-9.,]*\W*(?:[a-z]{3})?$"


def find_non_goods(
    cursor: duckdb.DuckDBPyConnection, lines: OrderLines, rows: str, settings: CleaningSettings
) -> bool:
    """List a file's products that are no goods, in ``products_not_goods_<file>``.

    By the codes of its platform, else by name; and by the shop's own codes. A
    product that also goes by other names is judged line by line, by the names it had
    until then (``lines_not_goods_<file>``): known names hold until another one comes,
    a name that the shop lists holds from when it first comes.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    lines : OrderLines
    rows : str
        View with the typed lines of all files.
    settings : CleaningSettings

    Returns
    -------
    bool
        Whether there are any.
    """
    number = lines.file.number
    if not (lines.file.has("product_id") or lines.file.has("product_name")):
        return False
    cursor.execute(f"CREATE TEMP TABLE own_codes_{number} (code VARCHAR)")
    if settings.non_goods_codes:
        cursor.executemany(
            f"INSERT INTO own_codes_{number} VALUES (?)",
            [(code.strip().lower(),) for code in settings.non_goods_codes],
        )
    if not _recall(cursor, lines):
        _judge_products(cursor, lines)
        _judge_lines(cursor, lines, rows)
    return bool(
        count_rows(cursor, f"products_not_goods_{number}")
        or count_rows(cursor, f"lines_not_goods_{number}")
    )


def note_non_goods(cursor: duckdb.DuckDBPyConnection, lines: OrderLines) -> dict[str, pa.Table]:
    """Return what :func:`find_non_goods` found, for files of which only some rows are there."""
    number = lines.file.number
    return {
        name: cursor.execute(f"SELECT * FROM {name}_{number}").to_arrow_table() for name in _FOUND
    }


def _recall(cursor: duckdb.DuckDBPyConnection, lines: OrderLines) -> bool:
    """Write what is known of the whole file; say whether anything is."""
    known, number = (lines.file.learnt or {}).get(NON_GOODS), lines.file.number
    if known is None:
        return False
    for name in _FOUND:
        cursor.register("non_goods_known", known[name])
        cursor.execute(f"CREATE TEMP TABLE {name}_{number} AS SELECT * FROM non_goods_known")
        cursor.unregister("non_goods_known")
    return True


def _judge_products(cursor: duckdb.DuckDBPyConnection, lines: OrderLines) -> None:
    """Write ``products_judged_<file>``, and those that all their names say it of."""
    number = lines.file.number
    cursor.execute(
        f"""CREATE TEMP TABLE products_judged_{number} AS
        WITH seen AS (SELECT DISTINCT {lines.product} AS product, product_name AS name
                      FROM {lines.source}),
             named AS (SELECT product, {_judge_names(lines)}
                       FROM seen WHERE product IS NOT NULL)
        SELECT product, bool_and(is_known OR is_own) AS by_all,
               bool_or(is_known OR is_own) AS by_some
        FROM named GROUP BY product"""
    )
    cursor.execute(
        f"""CREATE TEMP VIEW products_not_goods_{number} AS
        SELECT product FROM products_judged_{number} WHERE by_all"""
    )


def _judge_lines(cursor: duckdb.DuckDBPyConnection, lines: OrderLines, rows: str) -> None:
    """Write ``lines_not_goods_<file>``: lines of products that only some names say it of."""
    number = lines.file.number
    mixed = f"SELECT product FROM products_judged_{number} WHERE by_some AND NOT by_all"
    cursor.execute(f"CREATE TEMP TABLE lines_not_goods_{number} (row_id BIGINT)")
    if not count_rows(cursor, f"({mixed})"):
        return
    cursor.execute(
        f"""INSERT INTO lines_not_goods_{number}
        WITH text AS (SELECT source_row, product_name AS name FROM {lines.source}),
             named AS (SELECT row_id, row_time, product, {_judge_names(lines)}
                       FROM {rows} JOIN text USING (source_row)
                       WHERE file_number = {number} AND row_time IS NOT NULL
                         AND product IN ({mixed})),
             dated AS (SELECT row_id, row_time,
                              min(row_time) FILTER (is_own) OVER of_product AS own_from,
                              min(row_time) FILTER (NOT is_known) OVER of_product AS goods_from
                       FROM named WINDOW of_product AS (PARTITION BY product))
        SELECT row_id FROM dated
        WHERE row_time >= own_from OR row_time < coalesce(goods_from, 'infinity')"""
    )


def _judge_names(lines: OrderLines) -> str:
    """Return SQL for ``is_known`` and ``is_own`` over a ``product`` and its ``name``."""
    own = f"IN (SELECT code FROM own_codes_{lines.file.number})"
    code, name = "lower(product)", f"lower({narrow_expression('name')})"
    known = " OR ".join(f"upper(product) LIKE '{code}'" for code in _CODES)
    if PresetRule.DROP_NON_GOODS not in lines.file.preset_rules:
        called = f"coalesce({name}, {code})"
        known = f"{called} IN {_NAMES} OR regexp_matches({called}, '{_GIFT_CARD}')"
    return f"({known}) AS is_known, ({code} {own} OR coalesce({name} {own}, FALSE)) AS is_own"
