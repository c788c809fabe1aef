"""What we know of a customer beside the contact fields, for tools that take any column."""

from __future__ import annotations

from typing import Final

import pandas as pd

from clv_core.activation.platforms.target import GROUP

_DATED: Final = (
    *("value_tier", "marketing_tier", "predicted", "low", "high", "p_buy", "expected_orders"),
    *("churn_risk", "next_order_low_date", "next_order_high_date"),
    *("average_days_between_orders", "past_spend"),
)
_GIVEN: Final = ("value_tier", "marketing_tier", "predicted", "low", "high", "known_value")
_DAY: Final = "%Y-%m-%d"


def list_fields(rows: pd.DataFrame) -> tuple[str, ...]:
    """Name the fields that a list has: of a value table, or of dated orders."""
    return (*(_GIVEN if "known_value" in rows else _DATED), GROUP)


def own_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the fields of :func:`list_fields`; days as ISO text, what is missing left empty."""
    return pd.DataFrame(
        {name: _written(rows, name) for name in list_fields(rows)}, index=rows.index
    )


def _written(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        return pd.Series(None, index=rows.index, dtype=object)
    column: pd.Series = rows[name]
    if pd.api.types.is_datetime64_any_dtype(column):
        days: pd.Series = column.dt.strftime(_DAY)
        return days.astype(object).where(column.notna(), None)
    return column
