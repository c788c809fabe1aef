"""Canonical column names and the contracts of the tables that travel.

Every room reads and writes these names and no others. ``customer_key``,
``order_key`` and ``product_key`` are surrogate integers given at cleaning; the
shop's own ids and all contact fields stay in ``customers`` alone.

Times are without zone, in the shop's local time. Money is float64 in the shop's
currency; refunds are negative.
"""

from __future__ import annotations

from typing import Final, Literal

TableKind = Literal["orders", "events", "reviews", "customers", "value_table"]

# Columns a user's file can be mapped to, per kind of table. Needed ones first.
ORDER_FIELDS: Final = (
    "customer_id",  # needed
    "order_time",  # needed
    "amount",  # needed, or quantity and unit_price
    "order_id",
    "quantity",
    "unit_price",
    "product_id",
    "product_name",
    "category",
    "refunded_amount",
    "order_status",
    "cancelled_at",
    "currency",
    "email",
    "phone",
    "customer_name",
    "country",
)
EVENT_FIELDS: Final = (
    "customer_id",  # needed
    "event_time",  # needed
    "event_type",
    "product_id",
    "session_id",
    "duration_seconds",
)
REVIEW_FIELDS: Final = (
    "customer_id",  # needed
    "review_time",  # needed
    "rating",
    "review_text",
    "product_id",
)
CUSTOMER_FIELDS: Final = (
    "customer_id",  # needed
    "email",
    "phone",
    "customer_name",
    "first_name",
    "last_name",
    "country",
    "postal_code",
    "city",
    "region",
    "consent",
)
# One row per customer with a value to learn; every other column may be a feature.
VALUE_FIELDS: Final = (
    "target_value",  # needed
    "customer_id",
    "email",
    "phone",
    "customer_name",
)
FIELDS: Final[dict[TableKind, tuple[str, ...]]] = {
    "orders": ORDER_FIELDS,
    "events": EVENT_FIELDS,
    "reviews": REVIEW_FIELDS,
    "customers": CUSTOMER_FIELDS,
    "value_table": VALUE_FIELDS,
}

# Cleaned tables: column -> DuckDB type.
ORDERS: Final = {
    "customer_key": "BIGINT",
    "order_key": "BIGINT",
    "order_time": "TIMESTAMP",
    "amount": "DOUBLE",  # net of the order's refunds; negative for a pure refund
    "quantity": "DOUBLE",  # pieces, negative for returned ones
    "distinct_products": "BIGINT",  # 0 where the file names no products
    "is_return": "BOOLEAN",  # the whole order gives money back (amount < 0)
}
LINES: Final = {
    "customer_key": "BIGINT",
    "order_key": "BIGINT",
    "order_time": "TIMESTAMP",
    "product_key": "BIGINT",
    "quantity": "DOUBLE",
    "amount": "DOUBLE",
}
# What stands behind a product's key, where orders name products.
PRODUCTS: Final = {
    "product_key": "BIGINT",
    "product_id": "VARCHAR",  # null where the file tells products by their names alone
    "product_name": "VARCHAR",  # null where not given, as for products only browsed
    "category": "VARCHAR",  # null where not given
}
EVENTS: Final = {
    "customer_key": "BIGINT",
    "event_time": "TIMESTAMP",
    "event_type": "VARCHAR",  # view, cart, purchase or other
    "product_key": "BIGINT",  # null where the event names no product
    "session_key": "BIGINT",  # null where the file has no sessions
    "duration_seconds": "DOUBLE",  # null where not given
}
# What a review's text may speak of, as :func:`aspect_column` each.
REVIEW_ASPECTS: Final = (
    *("delivery", "price", "service", "quality", "fit", "packaging", "returns", "other_shops"),
)


def aspect_column(aspect: str) -> str:
    """Name the column of ``REVIEWS`` with how a text speaks of an aspect."""
    return f"{aspect}_sentiment"


# The text itself does not travel, only what it says.
REVIEWS: Final = {
    "customer_key": "BIGINT",
    "review_time": "TIMESTAMP",
    "rating": "DOUBLE",  # as given, usually 1 to 5
    "text_length": "BIGINT",  # characters; 0 for none
    "product_key": "BIGINT",  # of the product reviewed; null where the file does not say
    "named_products": "BIGINT",  # of the shop, by their names in the text; null without a text
    "sentiment": "DOUBLE",  # of the text, -1 to 1; null where none of it judges
    # of the clauses that name the aspect; null where none does
    **{aspect_column(aspect): "DOUBLE" for aspect in REVIEW_ASPECTS},
}
# The only table with the shop's ids and contact fields. Shown by data frame
# cells and written to exports; never logged, cached by value or put in a URL.
CUSTOMERS: Final = {
    "customer_key": "BIGINT",
    "customer_id": "VARCHAR",
    "email": "VARCHAR",
    "phone": "VARCHAR",
    "customer_name": "VARCHAR",
    "country": "VARCHAR",
    "consent": "BOOLEAN",  # null where unknown
    # Of customer files alone; not in data sets of earlier versions.
    "first_name": "VARCHAR",
    "last_name": "VARCHAR",
    "postal_code": "VARCHAR",
    "city": "VARCHAR",
    "region": "VARCHAR",
}
TABLES: Final[dict[str, dict[str, str]]] = {
    "orders": ORDERS,
    "lines": LINES,
    "products": PRODUCTS,
    "events": EVENTS,
    "reviews": REVIEWS,
    "customers": CUSTOMERS,
}

# The four numbers that the statistical models live on, as of a cutoff.
FREQUENCY: Final = "frequency"  # days with a purchase after the first such day
RECENCY: Final = "recency_days"  # days from the last purchase to the cutoff
TENURE: Final = "tenure_days"  # days from the first purchase to the cutoff
MONETARY: Final = "monetary_value"  # mean spend of a purchase day, the first included
