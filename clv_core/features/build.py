"""Snapshots: all features of all customers as of one day, and their labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, TooFewCustomers
from clv_core.features import browsing, review_text, reviews
from clv_core.features.browsing import browsing_features
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.expressions import Frame
from clv_core.features.labels import label_future
from clv_core.features.purchase import distinct_products, last_purchase_ages, purchase_features
from clv_core.features.review_text import review_text_features
from clv_core.features.reviews import review_features, reviewed_products
from clv_core.features.sequence import BIN_NAMES, order_sequences, visit_sequence
from clv_core.features.snapshots import Snapshot
from clv_core.sentences import Sentence


def build_snapshot(
    tables: Tables, cutoff: dt.date, horizon_days: int, label: bool, has_months: bool = True
) -> Snapshot:
    """Compute features as of a cutoff and, if wanted, what came after it.

    Parameters
    ----------
    tables : Tables
    cutoff : date
        Last day that features see.
    horizon_days : int
        Length of the window after it.
    label : bool
        Whether to label: known customers who buy nothing later get 0.0.
    has_months : bool, default True
        Whether to fill the sequences; without, there are no bins in them.

    Returns
    -------
    Snapshot
        Customers with at least one purchase by the cutoff, ordered by key.

    Raises
    ------
    HistoryTooShort
        When the data end before the label's window closes.
    TooFewCustomers
        When nobody has bought by the cutoff.
    """
    if label:
        _check_window_closes(tables, cutoff, horizon_days)
    parts = {name: _collect(frame) for name, frame in feature_frames(tables, cutoff).items()}
    customers = parts["purchase"].index
    if customers.empty:
        raise TooFewCustomers(
            Sentence("No customer has bought by {cutoff}.", cutoff=cutoff.isoformat()),
            Sentence("Choose a later cutoff."),
        )
    features = pd.concat([part.reindex(customers) for part in parts.values()], axis=1)
    snapshot = Snapshot(
        cutoff=cutoff,
        horizon_days=horizon_days,
        features=_tidy_features(features),
        **(_read_sequences(tables, cutoff, customers) if has_months else _no_months(customers)),
    )
    return _label(snapshot, tables) if label else snapshot


def feature_frames(tables: Tables, cutoff: dt.date) -> dict[str, Frame]:
    """Return one lazy frame per family of features, each keyed by ``customer_key``.

    ``purchase`` names the customers; the others may lack some of them and hold
    some who never bought. They are joined after they are computed: DuckDB binds
    a lazy join anew at every step, which took longer than the queries.
    """
    orders = tables.scan("orders")
    frames = {"purchase": purchase_features(orders, cutoff)}
    if tables.has("lines"):
        frames["purchase"] = frames["purchase"].drop("distinct_products")
        frames["lines"] = distinct_products(tables.scan("lines"), cutoff)
    if tables.has("events"):
        last_purchases = last_purchase_ages(orders, cutoff)
        frames["browsing"] = browsing_features(tables.scan("events"), last_purchases, cutoff)
    if tables.has("reviews"):
        written = tables.scan("reviews")
        frames["reviews"] = review_features(written, cutoff)
        frames["reviewed"] = reviewed_products(written, cutoff)
        frames["review_text"] = review_text_features(written, cutoff)
    return frames


def _collect(frame: Frame) -> pd.DataFrame:
    table: pd.DataFrame = frame.collect("pyarrow").to_pandas()
    return table.set_index("customer_key").sort_index()


def _read_sequences(tables: Tables, cutoff: dt.date, customers: pd.Index) -> dict[str, Any]:
    """Return sequences by name; nought in every bin for customers never seen."""
    frames = order_sequences(tables.scan("orders"), cutoff)
    if tables.has("events"):
        frames["visit_sequence"] = visit_sequence(tables.scan("events"), cutoff)
    bins = list(BIN_NAMES)
    return {
        name: _collect(frame)[bins].reindex(customers, fill_value=0.0).to_numpy(np.float32)
        for name, frame in frames.items()
    }


def _no_months(customers: pd.Index) -> dict[str, Any]:
    return {"spend_sequence": np.zeros((len(customers), 0), dtype=np.float32)}


def _label(snapshot: Snapshot, tables: Tables) -> Snapshot:
    future = label_future(tables.scan("orders"), snapshot.day, snapshot.horizon_days)
    labels = _collect(future).reindex(snapshot.features.index, fill_value=0.0)
    return replace(
        snapshot,
        future_spend=labels["future_spend"],
        future_orders=labels["future_orders"].astype("int64"),
    )


def _tidy_features(table: pd.DataFrame) -> pd.DataFrame:
    """Order the columns as catalogued and count nought for those never seen.

    Where a log holds nobody at all by the cutoff it was not kept yet, and its
    counts stay missing.
    """
    features = table[[name for name in CATALOGUE if name in table]].astype("float64")
    for counts in (browsing.COUNTS, reviews.COUNTS, ("reviewed_products",), review_text.COUNTS):
        if counts[0] in features and features[counts[0]].notna().any():
            features[list(counts)] = features[list(counts)].fillna(0.0)
    return features


def _check_window_closes(tables: Tables, cutoff: dt.date, horizon_days: int) -> None:
    latest = tables.last_day - dt.timedelta(days=horizon_days)
    if cutoff > latest:
        raise HistoryTooShort(
            Sentence(
                "The orders end on {last_day}, before {horizon_days} days after {cutoff} are over.",
                last_day=tables.last_day.isoformat(),
                horizon_days=horizon_days,
                cutoff=cutoff.isoformat(),
            ),
            Sentence("Choose a cutoff no later than {latest}.", latest=latest.isoformat()),
        )
