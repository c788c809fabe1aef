"""Lines that are no goods: postage, fees, discounts, vouchers whose money is spent again."""

from __future__ import annotations

from typing import Final

import duckdb

from clv_core.cleaning.cells import narrow_expression
from clv_core.cleaning.lines import OrderLines
from clv_core.cleaning.staging import count_rows
from clv_core.ingest.presets import Rule as PresetRule
from clv_core.settings import CleaningSettings

__all__ = ["find_non_goods"]

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
    cursor: duckdb.DuckDBPyConnection, lines: OrderLines, settings: CleaningSettings
) -> bool:
    """List a file's products that are no goods, in ``products_not_goods_<file>``.

    By the codes of its platform, else by name; and by the shop's own codes. A
    product with several names is left alone unless all of them say so.

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
    own = f"IN (SELECT code FROM own_codes_{number})"
    cursor.execute(
        f"""CREATE TEMP TABLE products_not_goods_{number} AS
        WITH seen AS (SELECT DISTINCT {lines.product} AS product, product_name AS name
                      FROM {lines.source}),
             named AS (SELECT product, lower(product) AS code,
                              lower({narrow_expression("name")}) AS name
                       FROM seen WHERE product IS NOT NULL)
        SELECT product FROM named GROUP BY product
        HAVING {_is_known(lines)} OR bool_or(code {own}) OR bool_or(coalesce(name {own}, FALSE))"""
    )
    return count_rows(cursor, f"products_not_goods_{number}") > 0


def _is_known(lines: OrderLines) -> str:
    """Return SQL over a product's names that says whether it is known to be no goods."""
    if PresetRule.DROP_NON_GOODS in lines.file.preset_rules:
        known = " OR ".join(f"upper(product) LIKE '{code}'" for code in _CODES)
        return f"bool_or({known})"
    name = "coalesce(name, code)"
    return f"bool_and({name} IN {_NAMES} OR regexp_matches({name}, '{_GIFT_CARD}'))"
