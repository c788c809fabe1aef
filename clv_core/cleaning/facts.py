"""What the kept orders amount to, and what was decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb
import pandas as pd

from clv_core.cleaning.report import MONTHLY_COLUMNS, OrderFacts
from clv_core.cleaning.staging import StagedFile
from clv_core.sentences import Sentence

__all__ = ["measure_months", "measure_orders", "write_notes"]

_FACTS: Final = """SELECT count(*), sum(orders), sum(returns), sum(revenue),
           count(*) FILTER (orders >= 2), count(*) FILTER (orders >= 3),
           min(first_time)::DATE, max(last_time)::DATE
    FROM (
        SELECT count(*) AS orders, count(*) FILTER (amount < 0) AS returns,
               sum(amount) AS revenue, min(order_time) AS first_time, max(order_time) AS last_time
        FROM orders_numbered GROUP BY customer_key
    )"""
_MONTHS: Final = """WITH months AS (
        SELECT unnest(generate_series(min(date_trunc('month', order_time)),
                                      max(date_trunc('month', order_time)),
                                      INTERVAL 1 MONTH))::TIMESTAMP AS month
        FROM orders_numbered)
    SELECT month, count(order_key) AS orders, coalesce(sum(amount), 0.0) AS revenue,
           count(DISTINCT customer_key) AS customers
    FROM months LEFT JOIN orders_numbered
      ON date_trunc('month', order_time)::TIMESTAMP = months.month
    GROUP BY month ORDER BY month"""


def measure_orders(cursor: duckdb.DuckDBPyConnection, currency: str) -> OrderFacts:
    """Sum up ``orders_numbered``, which holds at least one order.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    currency : str
        ISO code of the shop's currency, empty where unknown.
    """
    found = cursor.execute(_FACTS).fetchone()
    if found is None:
        raise ValueError("an aggregate without groups returns one row")
    customers, orders, returns, revenue, repeat, frequent, first_day, last_day = found
    return OrderFacts(
        customers=int(customers),
        orders=int(orders),
        returns=int(returns),
        revenue=float(revenue),
        repeat_customers=int(repeat),
        frequent_customers=int(frequent),
        first_day=first_day,
        last_day=last_day,
        history_days=(last_day - first_day).days + 1,
        currency=currency,
    )


def measure_months(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return ``QualityReport.monthly`` from ``orders_numbered``."""
    months = cursor.execute(_MONTHS).df()
    return months.astype({"month": "datetime64[us]"})[list(MONTHLY_COLUMNS)]


def write_notes(
    refunds: int, staged: Sequence[StagedFile], named: str, given: str
) -> tuple[Sentence, ...]:
    """Say what was decided about the upload as a whole.

    Parameters
    ----------
    refunds : int
        Orders that give money back.
    staged : sequence of StagedFile
    named, given : str
        Currency that the orders name, and the one that was set.
    """
    notes = []
    if named and given and named != given:
        notes.append(
            Sentence(
                "The orders name {named} as their currency; {given} is set aside.",
                named=named,
                given=given,
            )
        )
    if refunds:
        notes.append(
            Sentence("{count} order(s) give money back and count as refunds.", count=refunds)
        )
    if not any(file.has("order_id") for file in staged if file.kind == "orders"):
        notes.append(
            Sentence("The orders have no order number, so every row counts as an order of its own.")
        )
    return tuple(notes)
