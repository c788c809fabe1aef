"""What a month may learn from: the months before it, and nothing else."""

from __future__ import annotations

import datetime as dt

import duckdb

__all__ = ["months_of"]


def months_of(cursor: duckdb.DuckDBPyConnection, rows: str) -> list[dt.date]:
    """Return the first days of the calendar months that rows with a ``row_time`` lie in."""
    found = cursor.execute(
        f"SELECT DISTINCT date_trunc('month', row_time)::DATE FROM {rows} ORDER BY 1"
    ).fetchall()
    return [row[0] for row in found]
