"""The cleaned tables of one data set, as Parquet in a folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import narwhals as nw

from clv_core.ingest.engine import scan_parquet

FACTS_FILE: Final = "tables.json"
TIME_COLUMNS: Final = {
    "orders": "order_time",
    "lines": "order_time",
    "events": "event_time",
    "reviews": "review_time",
}


@dataclass(frozen=True)
class Tables:
    """Cleaned tables (``columns.TABLES``) with the facts that planning needs.

    Attributes
    ----------
    folder : Path
        Holds ``orders.parquet``, ``customers.parquet`` and, where such files
        were given, ``lines.parquet`` with ``products.parquet`` (not in data sets of
        earlier versions), ``events.parquet``, ``reviews.parquet``.
    first_day, last_day : date
        First and last day with an order.
    customer_count, order_count : int
    currency : str
        ISO code, empty where unknown.
    left_out : frozenset of str
        Tables that are passed over although they lie in the folder.
    opens : date or None
        First day whose rows are read; None for all.
    keys : range or None
        Customers whose rows are read, by surrogate key; None for all.
    """

    folder: Path
    first_day: dt.date
    last_day: dt.date
    customer_count: int
    order_count: int
    currency: str = ""
    left_out: frozenset[str] = frozenset()
    opens: dt.date | None = None
    keys: range | None = None

    def has(self, name: str) -> bool:
        """Say whether a table of ``columns.TABLES`` was given."""
        return name not in self.left_out and (self.folder / f"{name}.parquet").is_file()

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame on this process's engine."""
        frame = scan_parquet(self.folder / f"{name}.parquet")
        if self.keys is not None and name != "products":
            key = nw.col("customer_key")
            frame = frame.filter(key >= self.keys.start, key < self.keys.stop)
        if self.opens is None or name not in TIME_COLUMNS:
            return frame
        opens = dt.datetime.combine(self.opens, dt.time())
        return frame.filter(nw.col(TIME_COLUMNS[name]) >= nw.lit(opens))

    def without(self, names: Iterable[str]) -> Tables:
        """Return the same data as if some tables had not been given."""
        return replace(self, left_out=self.left_out | frozenset(names))

    def since(self, day: dt.date) -> Tables:
        """Return the same data as if rows before a day had not been kept; counts stay."""
        return replace(self, first_day=max(self.first_day, day), opens=day)

    def of_customers(self, keys: range) -> Tables:
        """Return the rows of some customers, by surrogate key; days and counts stay."""
        return replace(self, keys=keys)

    def write_facts(self) -> None:
        """Put the facts beside the tables, for :meth:`open`."""
        facts = {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "customer_count": self.customer_count,
            "order_count": self.order_count,
            "currency": self.currency,
        }
        (self.folder / FACTS_FILE).write_text(json.dumps(facts, indent=2), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Tables:
        """Open cleaned tables whose facts were written before."""
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        for name in ("first_day", "last_day"):
            facts[name] = dt.date.fromisoformat(facts[name])
        return cls(folder=folder, **facts)
