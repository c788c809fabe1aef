"""Platforms whose exports are known: their headers, what they mean, their rules.

A preset says which column is which and names the business rules (``Rule``) that
cleaning applies to its files. Recognition goes by headers alone; where several
presets fit, the one that explains most columns wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from clv_core.columns import ORDER_FIELDS, TableKind
from clv_core.ingest.spelling import fold_header
from clv_core.sentences import Sentence

__all__ = ["PRESETS", "PlatformPreset", "Rule", "find_preset"]


class Rule(StrEnum):
    """Business rules that a preset can ask cleaning for."""

    # The amount is the whole order's: count it once per order, not per line.
    AMOUNT_PER_ORDER = "amount_per_order"
    # Order fields stand on an order's first line only: carry them to its other lines.
    FIRST_LINE_CARRIES_ORDER = "first_line_carries_order"
    # Keep orders whose status says paid (refunded ones included); drop the others.
    KEEP_PAID = "keep_paid"
    # Drop orders with a cancellation time.
    DROP_CANCELLED = "drop_cancelled"
    # The order's value is amount minus refunded_amount.
    SUBTRACT_REFUNDS = "subtract_refunds"
    # An order id that begins with C cancels an earlier one; its amount counts as a return.
    C_INVOICES_CANCEL = "c_invoices_cancel"
    # Product ids such as POST, M, BANK CHARGES, D, DOT are not goods.
    DROP_NON_GOODS = "drop_non_goods"
    # The customer is the e-mail, else the phone where the order has no e-mail.
    PHONE_WHERE_NO_EMAIL = "phone_where_no_email"


@dataclass(frozen=True)
class PlatformPreset:
    """One platform's export.

    Attributes
    ----------
    name : str
        Key in :data:`PRESETS`, kept in ``RawTable.preset``.
    title : Sentence
        What people call it.
    kind : {"orders", "events", "reviews", "customers"}
    mapping : mapping of str to tuple of str
        Canonical field -> headers that may carry it, the best first.
    needed : tuple of str
        Headers that must all be there for the preset to be recognised.
    absent : tuple of str
        Headers of which none may be there (they mark another variant).
    rules : frozenset of Rule
    column_names : tuple of str
        For files without header: the names their columns get.
    """

    name: str
    title: Sentence
    kind: TableKind
    mapping: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    rules: frozenset[Rule] = frozenset()
    column_names: tuple[str, ...] = field(default=())

    def fits(self, column_names: Sequence[str]) -> bool:
        """Say whether a file with these headers is this platform's export."""
        folded = {fold_header(name) for name in column_names}
        return (
            bool(self.needed)
            and all(fold_header(name) in folded for name in self.needed)
            and not any(fold_header(name) in folded for name in self.absent)
        )

    def map_columns(self, column_names: Sequence[str]) -> dict[str, str]:
        """Return canonical field -> column for the fields this file has."""
        by_fold = {fold_header(name): name for name in reversed(column_names)}
        found = {}
        for canonical, headers in self.mapping.items():
            present = [by_fold[fold_header(h)] for h in headers if fold_header(h) in by_fold]
            if present:
                found[canonical] = present[0]
        return found


_SHOPIFY_LINES: Final = {
    "order_id": ("Name",),
    "order_time": ("Created at",),
    "amount": ("Total",),
    "quantity": ("Lineitem quantity",),
    "unit_price": ("Lineitem price",),
    "product_id": ("Lineitem sku",),
    "product_name": ("Lineitem name",),
    "email": ("Email",),
}

_ALL: Final = (
    PlatformPreset(
        name="sample_shop",
        title=Sentence("Sample shop"),
        kind="orders",
        mapping={name: (name,) for name in ORDER_FIELDS},
        needed=(
            *("order_id", "order_time", "customer_id", "product_id", "product_name"),
            *("category", "quantity", "unit_price", "amount", "currency"),
        ),
    ),
    PlatformPreset(
        name="online_retail",
        title=Sentence("UCI Online Retail"),
        kind="orders",
        mapping={
            "customer_id": ("CustomerID", "Customer ID"),
            "order_time": ("InvoiceDate",),
            "order_id": ("InvoiceNo", "Invoice"),
            "quantity": ("Quantity",),
            "unit_price": ("UnitPrice", "Price"),
            "product_id": ("StockCode",),
            "product_name": ("Description",),
            "country": ("Country",),
        },
        needed=("StockCode", "Quantity", "InvoiceDate", "CustomerID"),
        rules=frozenset({Rule.C_INVOICES_CANCEL, Rule.DROP_NON_GOODS}),
    ),
    PlatformPreset(
        name="shopify",
        title=Sentence("Shopify orders export"),
        kind="orders",
        mapping={
            "customer_id": ("Email", "Phone"),
            **_SHOPIFY_LINES,
            "refunded_amount": ("Refunded Amount",),
            "order_status": ("Financial Status",),
            "cancelled_at": ("Cancelled at", "Canceled at"),
            "currency": ("Currency",),
            "phone": ("Phone", "Shipping Phone", "Billing Phone"),
            "customer_name": ("Billing Name", "Shipping Name"),
            "country": ("Shipping Country", "Billing Country"),
        },
        needed=("Name", "Email", "Financial Status", "Created at", "Total", "Lineitem quantity"),
        rules=frozenset(
            {
                Rule.AMOUNT_PER_ORDER,
                Rule.FIRST_LINE_CARRIES_ORDER,
                Rule.KEEP_PAID,
                Rule.DROP_CANCELLED,
                Rule.SUBTRACT_REFUNDS,
                Rule.PHONE_WHERE_NO_EMAIL,
            }
        ),
    ),
    PlatformPreset(
        name="shopify_lines",
        title=Sentence("Shopify order lines, the total on every line"),
        kind="orders",
        mapping={"customer_id": ("Email",), **_SHOPIFY_LINES},
        needed=("Name", "Email", "Created at", "Total", "Lineitem quantity"),
        absent=("Financial Status",),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
    ),
    PlatformPreset(
        name="cdnow",
        title=Sentence("CDNOW, no header"),
        kind="orders",
        mapping={
            "customer_id": ("master_id",),
            "order_time": ("date",),
            "quantity": ("count",),
            "amount": ("dollars",),
        },
        column_names=("master_id", "sample_id", "date", "count", "dollars"),
    ),
    PlatformPreset(
        name="rees46",
        title=Sentence("REES46 browsing events"),
        kind="events",
        mapping={
            "customer_id": ("user_id",),
            "event_time": ("event_time",),
            "event_type": ("event_type",),
            "product_id": ("product_id",),
            "session_id": ("user_session",),
        },
        needed=("event_time", "event_type", "user_id", "user_session"),
    ),
)
PRESETS: Final[dict[str, PlatformPreset]] = {preset.name: preset for preset in _ALL}


def find_preset(column_names: Sequence[str]) -> PlatformPreset | None:
    """Return the platform whose export has these headers, or None."""
    fitting = [preset for preset in PRESETS.values() if preset.fits(column_names)]
    return max(fitting, key=lambda p: len(p.map_columns(column_names)), default=None)
