"""Plain names for kinds of tables and for the fields their columns are mapped to."""

from __future__ import annotations

from clv_core.columns import TableKind
from pages.parts.text import _


def kind_names() -> dict[TableKind, str]:
    """Return what people call each kind of table."""
    return {
        "orders": _("Orders"),
        "events": _("Browsing"),
        "reviews": _("Reviews"),
        "customers": _("Customers"),
        "value_table": _("One row per customer, with a value"),
    }


def field_names() -> dict[str, str]:
    """Return what people call each canonical field (``columns.FIELDS``)."""
    return {
        "customer_id": _("Customer id"),
        "order_time": _("Time of the order"),
        "amount": _("Amount"),
        "order_id": _("Order number"),
        "quantity": _("Quantity"),
        "unit_price": _("Price of one piece"),
        "product_id": _("Product id"),
        "product_name": _("Product name"),
        "category": _("Category of the product"),
        "refunded_amount": _("Amount refunded"),
        "order_status": _("Status of the order"),
        "cancelled_at": _("Time of cancellation"),
        "currency": _("Currency"),
        "email": _("E-mail"),
        "phone": _("Telephone"),
        "customer_name": _("Customer's name"),
        "country": _("Country"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "postal_code": _("Postal code"),
        "city": _("City"),
        "region": _("State or region"),
        "event_time": _("Time of the event"),
        "event_type": _("What happened (view, cart …)"),
        "session_id": _("Visit id"),
        "duration_seconds": _("Seconds spent"),
        "review_time": _("Time of the review"),
        "rating": _("Rating"),
        "review_text": _("Text of the review"),
        "consent": _("Agrees to be contacted"),
        "target_value": _("Value"),
    }
