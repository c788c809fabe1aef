"""Shop systems: Shopify, WooCommerce, BigCommerce, Magento."""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets.preset import PlatformPreset, Rule, fold_all
from clv_core.sentences import Sentence

__all__ = ["SHOPS"]

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
_WOOCOMMERCE: Final = {
    "customer_id": ("customer_id", "customer_user"),
    "order_id": ("order_id", "order_number"),
    "order_time": ("order_date", "date_created"),
    "amount": ("order_total",),
    "refunded_amount": ("total_refunded", "refunded_total", "order_refund", "refund_total"),
    "order_status": ("order_status", "status"),
    "currency": ("order_currency",),
    "email": ("billing_email", "customer_email"),
    "phone": ("billing_phone",),
    "country": ("billing_country", "shipping_country"),
    "quantity": ("item_quantity", "quantity"),
    "unit_price": ("item_price", "item_cost"),
    "product_id": ("item_sku", "sku", "product_id"),
    "product_name": ("item_name", "product_name"),
    "category": ("item_category", "item_categories", "product_categories", "categories"),
}

SHOPS: Final = (
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
            {Rule.AMOUNT_PER_ORDER, Rule.FIRST_LINE_CARRIES_ORDER, Rule.PHONE_WHERE_NO_EMAIL}
        ),
        # Partly paid orders wait for money; their total is not yet the shop's.
        kept_statuses=fold_all({"paid", "partially_refunded", "refunded"}),
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
        name="shopify_customers",
        title=Sentence("Shopify customers export"),
        kind="customers",
        mapping={
            # Orders name their buyers by e-mail, else by phone, never by this id.
            "customer_id": ("Email", "Phone", "Customer ID"),
            "email": ("Email",),
            "phone": ("Phone", "Default Address Phone"),
            "country": ("Default Address Country Code",),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "postal_code": ("Default Address Zip",),
            "city": ("Default Address City",),
            "region": ("Default Address Province Code",),
            "consent": ("Accepts Email Marketing", "Accepts Marketing"),
        },
        needed=("First Name", "Last Name", "Email", "Total Spent", "Total Orders"),
        rules=frozenset({Rule.PHONE_WHERE_NO_EMAIL}),
        advice=Sentence(
            "Customers are matched to orders by e-mail, else by phone: Shopify's orders name "
            "no customer number."
        ),
    ),
    PlatformPreset(
        name="woocommerce",
        title=Sentence("WooCommerce orders export"),
        kind="orders",
        mapping=_WOOCOMMERCE,
        needed=("order_id", "order_date", "order_total", "order_currency", "billing_email"),
        any_of=("order_status", "status"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER, Rule.EMAIL_WHERE_NO_ID}),
        kept_statuses=fold_all({"completed", "processing", "wc-completed", "wc-processing"}),
        guest_ids=frozenset({"0", "0.0"}),
    ),
    PlatformPreset(
        name="bigcommerce",
        title=Sentence("BigCommerce orders export"),
        kind="orders",
        mapping={
            "customer_id": ("Customer ID", "Customer Email", "Email Address"),
            "order_id": ("Order ID",),
            "order_time": ("Order Date",),
            "amount": ("Order Total", "Order Total (inc tax)"),
            "refunded_amount": ("Refund Amount",),
            "order_status": ("Order Status",),
            "currency": ("Order Currency Code", "Currency"),
            "email": ("Email Address", "Customer Email"),
            "phone": ("Phone", "Customer Phone"),
            "customer_name": ("Customer Name",),
            "country": ("Billing Country", "Shipping Country"),
        },
        needed=("Order ID", "Order Date", "Order Status"),
        any_of=("Cart Base Amount", "Order Total (inc tax)"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER, Rule.EMAIL_WHERE_NO_ID}),
        dropped_statuses=fold_all({"Incomplete", "Declined", "Manual Verification Required"}),
        guest_ids=frozenset({"0", "0.0"}),
    ),
    PlatformPreset(
        name="magento",
        title=Sentence("Magento orders export"),
        kind="orders",
        mapping={
            "customer_id": ("Customer Email",),
            "order_id": ("ID",),
            "order_time": ("Purchase Date",),
            # The base total is in one currency; what was purchased may be in several.
            "amount": ("Grand Total (Base)", "Grand Total (Purchased)"),
            "refunded_amount": ("Total Refunded",),
            "order_status": ("Status",),
            "email": ("Customer Email",),
            "customer_name": ("Customer Name", "Bill-to Name"),
        },
        needed=("ID", "Purchase Date", "Bill-to Name", "Grand Total (Purchased)", "Status"),
        # A closed order was refunded in full.
        dropped_statuses=fold_all(
            {"closed", "holded", "pending_payment", "payment_review", "fraud", "Suspected Fraud"}
        ),
    ),
)
