"""The cleaned tables of one data set, as Parquet in a folder."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw

from clv_core.ingest.engine import scan_parquet


@dataclass(frozen=True)
class Tables:
    """Cleaned tables (``columns.TABLES``) with the facts that planning needs.

    Attributes
    ----------
    folder : Path
        Holds ``orders.parquet``, ``customers.parquet`` and, where such files
        were given, ``lines.parquet``, ``events.parquet``, ``reviews.parquet``.
    first_day, last_day : date
        First and last day with an order.
    customer_count, order_count : int
    currency : str
        ISO code, empty where unknown.
    """

    folder: Path
    first_day: dt.date
    last_day: dt.date
    customer_count: int
    order_count: int
    currency: str = ""

    def has(self, name: str) -> bool:
        """Say whether a table of ``columns.TABLES`` was given."""
        return (self.folder / f"{name}.parquet").is_file()

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame on this process's engine."""
        return scan_parquet(self.folder / f"{name}.parquet")
