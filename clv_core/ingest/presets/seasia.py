"""Marketplaces of Southeast Asia: Shopee, Lazada, TikTok Shop."""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets.preset import PlatformPreset, Rule, fold_all
from clv_core.sentences import Sentence

__all__ = ["SOUTHEAST_ASIAN"]

SOUTHEAST_ASIAN: Final = (
    PlatformPreset(
        name="shopee",
        title=Sentence("Shopee orders export"),
        kind="orders",
        mapping={
            "customer_id": ("Username (Buyer)",),
            "order_id": ("Order ID",),
            "order_time": ("Order Paid Time", "Order Creation Date"),
            "amount": ("Grand Total", "Total Amount", "Order Total"),
            "order_status": ("Order Status",),
            "quantity": ("Quantity",),
            "unit_price": ("Deal Price",),
            "product_id": ("SKU Reference No.", "Parent SKU Reference No."),
            "product_name": ("Product Name",),
            "phone": ("Phone Number",),
            "customer_name": ("Receiver Name",),
            "country": ("Country",),
        },
        needed=("Order ID", "Order Status", "Username (Buyer)"),
        any_of=("Grand Total", "Total Amount", "Order Total"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
        dropped_statuses=fold_all({"To pay", "Return/Refund", "Returned", "Failed Delivery"}),
    ),
    PlatformPreset(
        name="lazada",
        title=Sentence("Lazada orders export"),
        kind="orders",
        mapping={
            "customer_id": (
                *("customerId", "buyerId", "customerEmail", "shippingPhone", "billingPhone"),
                "customerName",
            ),
            "order_id": ("orderNumber",),
            "order_time": ("createTime", "createdAt"),
            "amount": ("paidPrice",),
            "refunded_amount": ("refundAmount",),
            "order_status": ("status",),
            "unit_price": ("unitPrice",),
            "product_id": ("sellerSku", "lazadaSku"),
            "product_name": ("itemName",),
            "email": ("customerEmail",),
            "phone": ("shippingPhone", "billingPhone"),
            "customer_name": ("customerName", "shippingName"),
            "country": ("shippingCountry", "billingCountry"),
        },
        needed=("orderItemId", "orderNumber", "status", "paidPrice"),
        dropped_statuses=fold_all(
            {
                *("returned", "Package Returned", "shipped_back", "shipped_back_success"),
                *("failed_delivery", "lost_by_3pl", "damaged_by_3pl"),
            }
        ),
    ),
    PlatformPreset(
        name="tiktok_shop",
        title=Sentence("TikTok Shop orders export"),
        kind="orders",
        mapping={
            "customer_id": ("Buyer Username", "Buyer Nickname"),
            "order_id": ("Order ID",),
            "order_time": ("Paid Time", "Created Time"),
            "amount": ("Order Amount",),
            "refunded_amount": ("Order Refund Amount",),
            "order_status": ("Order Status",),
            "cancelled_at": ("Cancelled Time",),
            "quantity": ("Quantity",),
            "unit_price": ("SKU Unit Original Price",),
            "product_id": ("Seller SKU", "SKU ID"),
            "product_name": ("Product Name",),
            "category": ("Product Category",),
            "phone": ("Phone #",),
            "customer_name": ("Recipient",),
            "country": ("Country",),
        },
        needed=("Order ID", "Order Status", "SKU ID", "Order Amount", "Created Time"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
    ),
)
