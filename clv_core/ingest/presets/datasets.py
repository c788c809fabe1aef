"""Public data sets, analytics exports and our own sample shop."""

from __future__ import annotations

from typing import Final

from clv_core.columns import ORDER_FIELDS
from clv_core.ingest.presets.preset import PlatformPreset, Rule
from clv_core.sentences import Sentence

__all__ = ["DATASETS"]

DATASETS: Final = (
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
        name="cdnow",
        title=Sentence("CDNOW purchases"),
        kind="orders",
        mapping={
            "customer_id": ("master_id",),
            "order_time": ("date",),
            "quantity": ("count",),
            "amount": ("dollars",),
        },
        rules=frozenset({Rule.LISTS_PURCHASES}),
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
    PlatformPreset(
        name="ga4",
        title=Sentence("Google Analytics 4 events export"),
        kind="events",
        mapping={
            "customer_id": ("user_id", "user_pseudo_id"),
            "event_time": ("event_timestamp",),
            "event_type": ("event_name",),
            "product_id": ("items.item_id", "item_id"),
            "session_id": ("ga_session_id", "event_params.ga_session_id"),
        },
        needed=("event_timestamp", "event_name", "user_pseudo_id"),
        advice=Sentence(
            "Google knows a browser, not a person: events count only where their user id "
            "is the customer id of the orders."
        ),
    ),
)
