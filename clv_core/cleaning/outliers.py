"""Amounts far from all that came before, dropped or set to a limit.

The limits of a calendar month are learnt from the purchases of earlier months alone,
so no row changes what an earlier one becomes. Refunds are held to the same limits:
without that, the refund of a purchase that was dropped would stay.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import duckdb

from clv_core.cleaning.judging import drop_rows
from clv_core.cleaning.months import months_of
from clv_core.cleaning.rules import Rule
from clv_core.settings import CleaningSettings

__all__ = ["cap_amounts", "drop_outliers"]

_ENOUGH: Final = 100  # earlier purchases that limits are learnt from

# In a fixed order, so that rows beside them change not even the last bit of a sum.
_MEAN: Final = "avg(ln(amount) ORDER BY row_id)"
_SPREAD: Final = "stddev_samp(ln(amount) ORDER BY row_id)"


def drop_outliers(
    cursor: duckdb.DuckDBPyConnection, rows: str, rule: Rule, settings: CleaningSettings
) -> None:
    """Drop amounts outside the limits of their month (z-score or interquartile range)."""
    _learn_limits(cursor, rows, settings)
    cursor.execute(
        f"""CREATE TEMP TABLE amounts_outside AS
        SELECT row_id FROM {rows} JOIN amount_limits
          ON amount_limits.month = date_trunc('month', row_time)
        WHERE amount <> 0 AND NOT abs(amount) BETWEEN low AND high"""
    )
    drop_rows(cursor, "orders", rows, rule, "row_id IN (SELECT row_id FROM amounts_outside)")


def cap_amounts(cursor: duckdb.DuckDBPyConnection, rows: str, settings: CleaningSettings) -> str:
    """Set amounts outside the limits of their month to the limit (winsorising).

    Returns
    -------
    str
        Name of the view to go on with; ``amount_before`` holds what was set to a limit.
    """
    _learn_limits(cursor, rows, settings)
    inside = "sign(row.amount) * greatest(low, least(high, abs(row.amount)))"
    outside = "row.amount <> 0 AND NOT abs(row.amount) BETWEEN low AND high"
    cursor.execute(
        f"""CREATE TEMP VIEW orders_capped AS
        SELECT row.* REPLACE (
                   CASE WHEN {outside} THEN {inside} ELSE row.amount END AS amount,
                   CASE WHEN {outside} AND is_head THEN {inside} ELSE row.money END AS money,
                   CASE WHEN {outside} THEN row.amount END AS amount_before)
        FROM {rows} AS row LEFT JOIN amount_limits
          ON amount_limits.month = date_trunc('month', row_time)"""
    )
    return "orders_capped"


def _learn_limits(cursor: duckdb.DuckDBPyConnection, rows: str, settings: CleaningSettings) -> None:
    """Write ``amount_limits``: what amounts of a month may be, in cents."""
    cursor.execute(
        f"""CREATE TEMP TABLE purchases_left AS
        SELECT row_id, row_time, amount FROM {rows} ANTI JOIN orders_dropped USING (row_id)
        WHERE amount > 0 AND isfinite(amount) AND is_head AND row_time IS NOT NULL"""
    )
    cursor.execute("CREATE TEMP TABLE amount_limits (month TIMESTAMP, low DOUBLE, high DOUBLE)")
    for month in months_of(cursor, "purchases_left"):
        if found := _limits_before(cursor, month, settings):
            cursor.execute("INSERT INTO amount_limits VALUES (?, ?, ?)", [month, *found])


def _limits_before(
    cursor: duckdb.DuckDBPyConnection, month: dt.date, settings: CleaningSettings
) -> tuple[float, float] | None:
    lower, upper = {
        "z_score": (f"exp({_MEAN} - $reach * {_SPREAD})", f"exp({_MEAN} + $reach * {_SPREAD})"),
        "iqr": (
            f"{_quartile(1)} - $reach * ({_quartile(3)} - {_quartile(1)})",
            f"{_quartile(3)} + $reach * ({_quartile(3)} - {_quartile(1)})",
        ),
        "winsorise": ("quantile_cont(amount, $reach)", "quantile_cont(amount, 1 - $reach)"),
    }[settings.outliers]
    found = cursor.execute(
        f"SELECT count(*), round({lower}, 2), round({upper}, 2) FROM purchases_left"
        " WHERE row_time < $month",
        {"month": month, "reach": _reach(settings)},
    ).fetchone()
    rows, low, high = found or (0, None, None)
    return (low, high) if rows >= _ENOUGH and low is not None else None


def _quartile(number: int) -> str:
    return f"quantile_cont(amount, {number / 4})"


def _reach(settings: CleaningSettings) -> float:
    return {
        "z_score": settings.z_limit,
        "iqr": settings.iqr_factor,
        "winsorise": settings.winsor_share,
    }[settings.outliers]
