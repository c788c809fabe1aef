"""Features of the customers of a part, kept beside its tables until they are scored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

from clv_core.cleaning.tables import Tables
from clv_core.cluster.ingest import DividedTables
from clv_core.cluster.shared import find_part
from clv_core.errors import TooFewCustomers
from clv_core.features import browsing, review_text, reviews
from clv_core.features.build import build_snapshot, no_customers
from clv_core.features.snapshots import Snapshot

__all__ = ["DividedSnapshot", "describe_parts", "read_part"]

# Counts that are nought for a customer never seen, by the log that would have seen them.
_COUNTS: Final = {
    "browsing": browsing.COUNTS,
    "reviews": reviews.COUNTS,
    "reviewed": ("reviewed_products",),
    "review_text": review_text.COUNTS,
}
_FOLDER: Final = "snapshot"


@dataclass(frozen=True)
class DividedSnapshot:
    """Features of all parts as of one day.

    Attributes
    ----------
    folder : Path
        Of the divided tables.
    parts : tuple of int
        Those in which anybody had bought.
    cutoff : date
    horizon_days : int
    kept_logs : frozenset of str
        Logs in which any customer of any part was seen by the cutoff.
    """

    folder: Path
    parts: tuple[int, ...]
    cutoff: dt.date
    horizon_days: int
    kept_logs: frozenset[str]


def describe_parts(
    session: SparkSession, tables: DividedTables, cutoff: dt.date, horizon_days: int
) -> DividedSnapshot:
    """Compute the features of all customers on the workers, part by part.

    Raises
    ------
    TooFewCustomers
        When nobody has bought by the cutoff.
    """

    def describe(number: int) -> tuple[int, tuple[str, ...]] | None:
        return _describe_part(tables, number, cutoff, horizon_days)

    numbers = session.sparkContext.parallelize(tables.parts, len(tables.parts))
    found = [told for told in numbers.map(describe).collect() if told is not None]
    if not found:
        raise no_customers(cutoff)
    return DividedSnapshot(
        folder=tables.folder,
        parts=tuple(number for number, _ in found),
        cutoff=cutoff,
        horizon_days=horizon_days,
        kept_logs=frozenset(name for _, logs in found for name in logs),
    )


def _describe_part(
    tables: DividedTables, number: int, cutoff: dt.date, horizon_days: int
) -> tuple[int, tuple[str, ...]] | None:
    """Write a part's snapshot; return its number and the logs that saw anybody."""
    folder = find_part(tables.folder, number)
    part = Tables(
        folder=folder,
        first_day=tables.first_day,
        last_day=tables.last_day,
        customer_count=tables.customer_count,
        order_count=tables.order_count,
        currency=tables.currency,
    )
    try:
        snapshot = build_snapshot(part, cutoff, horizon_days, label=False)
    except TooFewCustomers:  # of this part; another one may have some
        return None
    target = folder / _FOLDER
    target.mkdir(exist_ok=True)
    snapshot.features.to_parquet(target / "features.parquet")
    with (target / "sequences.npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **snapshot.sequences)
    features = snapshot.features
    seen = [name for name, counts in _COUNTS.items()
            if counts[0] in features and features[counts[0]].notna().any()]  # fmt: skip
    return number, tuple(seen)


def read_part(divided: DividedSnapshot, number: int) -> Snapshot:
    """Return the snapshot of one part as it would be among all customers.

    Whether a log was kept at all is a fact about the shop: where another part's
    customers were seen in it, those of this part were seen nought times.
    """
    folder = find_part(divided.folder, number) / _FOLDER
    features = pd.read_parquet(folder / "features.parquet")
    for name in divided.kept_logs:
        counts = list(_COUNTS[name])
        features[counts] = features[counts].fillna(0.0)
    with np.load(folder / "sequences.npz") as sequences:
        return Snapshot(divided.cutoff, divided.horizon_days, features, **sequences)
