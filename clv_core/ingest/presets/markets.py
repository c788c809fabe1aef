"""Marketplaces, tills and payment services of Europe and America."""

from __future__ import annotations

from typing import Final

from clv_core.ingest.presets.preset import PlatformPreset, Refusal, Rule, fold_all
from clv_core.sentences import Sentence

__all__ = ["MARKETS"]

_ETSY_LINES: Final = {
    "customer_id": ("Buyer",),
    "order_id": ("Order ID",),
    "order_time": ("Sale Date",),
    "quantity": ("Quantity",),
    "unit_price": ("Price",),
    "product_id": ("Listing ID",),
    "product_name": ("Item Name",),
    "currency": ("Currency",),
    "customer_name": ("Ship Name",),
    "country": ("Ship Country",),
}
_AMAZON_REFUSAL: Final = Refusal(
    Sentence(
        "This is an Amazon seller report: Amazon names no buyer in it, so orders cannot be "
        "put together to customers."
    ),
    Sentence("Bring orders from a channel that gives a customer id or e-mail."),
)

MARKETS: Final = (
    PlatformPreset(
        name="stripe",
        title=Sentence("Stripe payments export"),
        kind="orders",
        mapping={
            "customer_id": ("Customer ID", "Customer Email"),
            "order_id": ("id",),
            "order_time": ("Created (UTC)", "Created date (UTC)"),
            # What arrives on the account is in one currency.
            "amount": ("Converted Amount", "Amount"),
            "refunded_amount": ("Converted Amount Refunded", "Amount Refunded"),
            "currency": ("Converted Currency", "Currency"),
            "order_status": ("Status",),
            "email": ("Customer Email",),
            "country": ("Card Address Country",),
        },
        needed=("id", "Amount", "Amount Refunded", "Status"),
        any_of=("Created (UTC)", "Created date (UTC)"),
        rules=frozenset({Rule.EMAIL_WHERE_NO_ID}),
        kept_statuses=fold_all({"Paid", "Refunded", "Partially Refunded", "Partial Refund"}),
    ),
    PlatformPreset(
        name="amazon",
        title=Sentence("Amazon seller report"),
        kind="orders",
        mapping={
            "order_id": ("order-id", "amazon-order-id"),
            "order_time": ("purchase-date",),
            "amount": ("item-price",),
            "order_status": ("order-status",),
            "currency": ("currency",),
            "product_id": ("sku",),
            "country": ("ship-country",),
        },
        needed=("purchase-date", "ship-postal-code", "ship-country"),
        any_of=("order-id", "amazon-order-id"),
        absent=("buyer-id", "customer-id", "buyer-name"),
        refusal=_AMAZON_REFUSAL,
    ),
    PlatformPreset(
        name="etsy_items",
        title=Sentence("Etsy sold items, a total per item"),
        kind="orders",
        mapping={**_ETSY_LINES, "amount": ("Item Total",)},
        needed=("Sale Date", "Item Name", "Listing ID", "Transaction ID", "Buyer", "Item Total"),
    ),
    PlatformPreset(
        name="etsy_items_total",
        title=Sentence("Etsy sold items, the order's total on every item"),
        kind="orders",
        mapping={**_ETSY_LINES, "amount": ("Order Total",)},
        needed=("Sale Date", "Item Name", "Listing ID", "Transaction ID", "Buyer", "Order Total"),
        absent=("Item Total",),
        rules=frozenset({Rule.AMOUNT_PER_ORDER}),
    ),
    PlatformPreset(
        name="etsy_orders",
        title=Sentence("Etsy sold orders"),
        kind="orders",
        mapping={
            "customer_id": ("Buyer User ID", "Buyer"),
            "order_id": ("Order ID",),
            "order_time": ("Sale Date",),
            "amount": ("Order Total", "Order Value"),
            "quantity": ("Number of Items",),
            "order_status": ("Status",),
            "currency": ("Currency",),
            "customer_name": ("Full Name",),
            "country": ("Ship Country",),
        },
        needed=("Sale Date", "Order ID", "Number of Items", "Order Total"),
        any_of=("Buyer User ID", "Buyer"),
    ),
    PlatformPreset(
        name="square",
        title=Sentence("Square sales export"),
        kind="orders",
        mapping={
            "customer_id": ("Customer ID", "Customer Reference ID", "Customer Name"),
            "order_id": ("Transaction ID",),
            "order_time": ("Date",),
            "amount": ("Net Sales",),
            "quantity": ("Qty",),
            "product_id": ("SKU",),
            "product_name": ("Item",),
            "category": ("Category",),
            "customer_name": ("Customer Name",),
        },
        needed=("Date", "Time Zone", "Gross Sales", "Net Sales", "Transaction ID"),
        refusal=Refusal(
            Sentence(
                "This is a Square sales export without customers: a till does not know who "
                "bought, so its sales cannot be put together to customers."
            ),
            Sentence(
                "Export it with the columns Customer ID and Customer Name, which Square fills "
                "where a sale was attached to a customer."
            ),
        ),
    ),
    PlatformPreset(
        name="ebay",
        title=Sentence("eBay orders report"),
        kind="orders",
        mapping={
            "customer_id": ("Buyer Username", "Buyer Email"),
            "order_id": ("Order Number", "Sales Record Number"),
            "order_time": ("Paid On Date", "Sale Date"),
            "amount": ("Total Price",),
            "quantity": ("Quantity",),
            "product_id": ("Custom Label", "Item Number"),
            "product_name": ("Item Title",),
            "email": ("Buyer Email",),
            "customer_name": ("Buyer Name",),
            "country": ("Buyer Country", "Ship To Country"),
        },
        needed=("Sales Record Number", "Order Number", "Buyer Username", "Total Price"),
        rules=frozenset({Rule.AMOUNT_PER_ORDER, Rule.FIRST_LINE_CARRIES_ORDER}),
        advice=Sentence("Orders count from the day they were paid; unpaid ones have no such day."),
    ),
)
