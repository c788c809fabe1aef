"""A shop with two kinds of customers who buy two kinds of products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from clv_core.cleaning.tables import Tables
from tests.core.cleaning.uploads import clean_orders

FIRST_DAY = dt.date(2024, 1, 1)
Row = tuple[str, dt.date, str, str, float, int]  # customer, day, product, category, amount, pieces


def read_shop(folder: Path, rows: Iterable[Row]) -> Tables:
    """Write order lines, an order per customer and day, and clean them."""
    lines = [
        {
            "customer_id": customer,
            "order_id": f"{customer}-{day}",
            "order_time": day.isoformat(),
            "product_id": product,
            "product_name": f"The {product}",
            "category": category,
            "amount": str(amount),
            "quantity": str(pieces),
        }
        for customer, day, product, category, amount, pieces in rows
    ]
    return clean_orders(folder, lines).tables


def draw_rows(customers: int = 80, days: int = 240, seed: int = 0) -> list[Row]:
    """Draw purchases: even customers buy tea things, odd ones garden things; everybody cake.

    Nobody prefers a product to others of the kind, and each buys about once a month.
    """
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(customers):
        kind = "tea" if number % 2 == 0 else "garden"
        for day in np.flatnonzero(random.random(days) < 1 / 30):
            when = FIRST_DAY + dt.timedelta(days=int(day))
            chosen = random.choice(8, 2, replace=False)
            rows += [
                (f"c{number:03d}", when, f"{kind}{each}", kind.title(), 10.0, 1) for each in chosen
            ]
            if random.random() < 0.3:
                rows.append((f"c{number:03d}", when, "cake", "", 5.0, 2))
    return rows
