"""Snapshots: all features of all customers as of one day, and their labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, TooFewCustomers
from clv_core.features import browsing, review_text, reviews
from clv_core.features.browsing import describe_visits
from clv_core.features.catalogue import CATALOGUE
from clv_core.features.day_table import read_day_rows, read_days
from clv_core.features.expressions import FIXED_PER_ONE, Frame
from clv_core.features.labels import label_future
from clv_core.features.purchase import describe_purchases, distinct_products, last_purchase_ages
from clv_core.features.review_text import review_text_features
from clv_core.features.reviews import review_features, reviewed_products
from clv_core.features.sequence import BIN, spread_bins, sum_by_bin
from clv_core.features.snapshots import Snapshot
from clv_core.sentences import Sentence

Keys = npt.NDArray[np.int64]

COUNTS: Final = {
    "browsing": browsing.COUNTS,
    "reviews": reviews.COUNTS,
    "reviewed": ("reviewed_products",),
    "review_text": review_text.COUNTS,
}
"""Counts by family of :func:`feature_frames`, nought for a customer whom the log never saw."""


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
    customers = np.sort(_column(parts["purchase"], "customer_key"))
    if not len(customers):
        raise no_customers(cutoff)
    snapshot = Snapshot(
        cutoff=cutoff,
        horizon_days=horizon_days,
        features=_lay_out(parts, customers),
        **(_read_sequences(tables, cutoff, customers) if has_months else _no_months(customers)),
    )
    return _label(snapshot, tables) if label else snapshot


def no_customers(cutoff: dt.date) -> TooFewCustomers:
    """Say that there is nobody to describe as of a cutoff."""
    return TooFewCustomers(
        Sentence("No customer has bought by {cutoff}.", cutoff=cutoff.isoformat()),
        Sentence("Choose a later cutoff."),
    )


def feature_frames(tables: Tables, cutoff: dt.date) -> dict[str, Frame]:
    """Return one lazy frame per family of features, each keyed by ``customer_key``.

    ``purchase`` names the customers; the others may lack some of them and hold
    some who never bought. They are joined after they are computed: DuckDB binds
    a lazy join anew at every step, which took longer than the queries.
    """
    days = read_days(tables, "order_days", cutoff)
    frames = {"purchase": describe_purchases(days, cutoff)}
    if tables.has("lines"):
        frames["purchase"] = frames["purchase"].drop("distinct_products")
        frames["lines"] = distinct_products(read_day_rows(tables, "product_days", cutoff))
    if tables.has("events"):
        bought = last_purchase_ages(read_day_rows(tables, "order_days", cutoff), cutoff)
        visits = read_day_rows(tables, "visit_days", cutoff)
        frames["browsing"] = describe_visits(visits, bought, cutoff)
    if tables.has("reviews"):
        written = tables.scan("reviews")
        frames["reviews"] = review_features(written, cutoff)
        frames["reviewed"] = reviewed_products(written, cutoff)
        frames["review_text"] = review_text_features(written, cutoff)
    return frames


def _collect(frame: Frame) -> dict[str, pa.ChunkedArray]:
    """Run a query; columns are taken out one by one, so that each is held once."""
    table: pa.Table = frame.collect("pyarrow").to_arrow()
    return dict(zip(table.column_names, table.columns, strict=True))


def _column(part: dict[str, pa.ChunkedArray], name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = part[name].to_numpy()
    return values


def _lay_out(parts: dict[str, dict[str, pa.ChunkedArray]], customers: Keys) -> pd.DataFrame:
    """Give every customer a row and every feature a column, as catalogued.

    Counts are nought for those never seen. Where a log holds nobody at all by the cutoff
    it was not kept yet, and its counts stay missing. ``parts`` are used up.
    """
    names = [name for name in CATALOGUE if any(name in part for part in parts.values())]
    values = np.empty((len(names), len(customers)))
    places = {name: place for place, name in enumerate(names)}
    for part in parts.values():
        rows = _locate(part.pop("customer_key").to_numpy(), customers)
        known = rows >= 0
        for name in list(part):
            values[places[name]] = np.nan
            values[places[name], rows[known]] = part.pop(name).to_numpy()[known]
    for counts in COUNTS.values():
        if counts[0] in places and not np.isnan(values[places[counts[0]]]).all():
            for name in counts:
                np.nan_to_num(values[places[name]], copy=False)
    index = pd.Index(customers, name="customer_key")
    return pd.DataFrame(values.T, index=index, columns=names, copy=False)


def _locate(keys: Keys, customers: Keys) -> Keys:
    """Return the row of each key among sorted customers, -1 for keys of others."""
    rows = np.minimum(np.searchsorted(customers, keys), len(customers) - 1)
    return np.where(customers[rows] == keys, rows, -1)


def _read_sequences(tables: Tables, cutoff: dt.date, customers: Keys) -> dict[str, Any]:
    """Return sequences by name; nought in every bin for customers never seen."""
    days = read_day_rows(tables, "order_days", cutoff)
    bought = _collect(sum_by_bin(days, {"spend": "day_net", "purchases": "day_orders"}, cutoff))
    rows, bins = _locate(_column(bought, "customer_key"), customers), _column(bought, BIN)
    spend = _column(bought, "spend") / FIXED_PER_ONE
    sequences = {
        "spend_sequence": spread_bins(rows, bins, spend, len(customers)),
        "purchase_sequence": spread_bins(rows, bins, _column(bought, "purchases"), len(customers)),
    }
    if tables.has("events"):
        days = read_day_rows(tables, "visit_days", cutoff)
        seen = _collect(sum_by_bin(days, {"visits": "visits"}, cutoff))
        rows = _locate(_column(seen, "customer_key"), customers)
        sequences["visit_sequence"] = spread_bins(
            rows, _column(seen, BIN), _column(seen, "visits"), len(customers)
        )
    return sequences


def _no_months(customers: Keys) -> dict[str, Any]:
    return {"spend_sequence": np.zeros((len(customers), 0), dtype=np.float32)}


def _label(snapshot: Snapshot, tables: Tables) -> Snapshot:
    future = _collect(label_future(tables.scan("orders"), snapshot.day, snapshot.horizon_days))
    index = snapshot.features.index
    rows = _locate(_column(future, "customer_key"), index.to_numpy())
    known = rows >= 0
    labels = {name: np.zeros(len(index)) for name in ("future_spend", "future_orders")}
    for name, values in labels.items():
        values[rows[known]] = _column(future, name)[known]
    return replace(
        snapshot,
        future_spend=pd.Series(labels["future_spend"], index, name="future_spend"),
        future_orders=pd.Series(
            labels["future_orders"].astype(np.int64), index, name="future_orders"
        ),
    )


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
