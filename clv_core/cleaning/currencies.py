"""One currency per shop: the others are converted where a rate is known.

The shop's currency is a fact about the shop, like its decimal mark, and is taken
from all rows.
"""

from __future__ import annotations

import re
from typing import Final

import duckdb

from clv_core.settings import CleaningSettings

__all__ = ["as_code", "convert_amounts", "find_currencies"]

_MONEY: Final = ("amount", "price", "refunded")


def find_currencies(
    cursor: duckdb.DuckDBPyConnection, rows: str, settings: CleaningSettings
) -> list[str]:
    """Return the currencies that the rows name, the shop's own first.

    It is the one that most rows name; where there are rates, the set currency, or
    else the most frequent one that has no rate.
    """
    found = cursor.execute(
        f"SELECT currency FROM {rows} WHERE currency IS NOT NULL"
        " GROUP BY currency ORDER BY count(*) DESC, currency"
    ).fetchall()
    named = [str(row[0]) for row in found]
    if not settings.rates:
        return named
    without_rate = [name for name in named if name not in settings.rates]
    own = settings.currency or next(iter(without_rate or named), "")
    return [own, *(name for name in named if name != own)]


def convert_amounts(
    cursor: duckdb.DuckDBPyConnection, rows: str, own: str, settings: CleaningSettings
) -> str:
    """Bring amounts into the shop's currency, or mark those that cannot be.

    Returns
    -------
    str
        Name of the view to go on with, with ``in_other_currency`` and ``is_converted``.
    """
    cursor.execute("CREATE TEMP TABLE currency_rates (currency VARCHAR, rate DOUBLE)")
    rates = {**settings.rates, own: 1.0}
    cursor.executemany("INSERT INTO currency_rates VALUES (?, ?)", list(rates.items()))
    converted = ", ".join(f"row.{name} * coalesce(rate, 1) AS {name}" for name in _MONEY)
    cursor.execute(
        f"""CREATE TEMP VIEW orders_in_one_currency AS
        SELECT row.* REPLACE ({converted}),
               row.currency IS NOT NULL AND rate IS NULL AS in_other_currency,
               coalesce(rate <> 1, FALSE) AS is_converted
        FROM {rows} AS row LEFT JOIN currency_rates USING (currency)"""
    )
    return "orders_in_one_currency"


def as_code(named: str) -> str:
    """Return a currency if it is written as an ISO code, else nothing."""
    return named if re.fullmatch(r"[A-Z]{3}", named) else ""
