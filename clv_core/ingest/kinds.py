"""Which kind of table a file is: orders, events, reviews or customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from clv_core.columns import TableKind
from clv_core.ingest.dialect import Sample
from clv_core.ingest.headers import match_headers
from clv_core.ingest.values import is_time, share_that

__all__ = ["NEEDED_FIELDS", "choose_kind", "missing_fields"]

NEEDED_FIELDS: Final[dict[TableKind, tuple[str, ...]]] = {
    "orders": ("customer_id", "order_time", "amount"),
    "events": ("customer_id", "event_time"),
    "reviews": ("customer_id", "review_time"),
    "customers": ("customer_id",),
    "value_table": ("target_value",),
}
# Fields that only this kind of table has.
_TELLING: Final[dict[TableKind, tuple[str, ...]]] = {
    "reviews": ("rating", "review_text"),
    "events": ("event_type", "session_id", "duration_seconds"),
}
_ORDER_SIGNS: Final = ("order_time", "amount", "unit_price", "order_id")
_CUSTOMER_SIGNS: Final = ("email", "phone", "customer_name", "country", "consent")
_ALL_SHARE: Final = 0.98


def missing_fields(kind: TableKind, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """Return the needed fields that a mapping lacks.

    Quantity and unit price together stand in for the amount.
    """
    priced = "quantity" in mapping and "unit_price" in mapping
    return tuple(
        needed
        for needed in NEEDED_FIELDS[kind]
        if needed not in mapping and not (needed == "amount" and priced)
    )


def choose_kind(
    names: tuple[str, ...], sample: Sample, kind: TableKind | None = None
) -> tuple[TableKind, dict[str, str]]:
    """Return the kind, the user's or the one that fits best, and its mapping.

    Parameters
    ----------
    names : tuple of str
        Unique column names.
    sample : Sample
        The first rows.
    kind : {"orders", "events", "reviews", "customers"}, optional
        What the user says.
    """
    proposals: dict[TableKind, dict[str, str]] = {
        each: _propose(names, sample, each) for each in get_args(TableKind)
    }
    chosen = kind or _recognise_kind(proposals, names, sample)
    return chosen, proposals[chosen]


def _propose(names: tuple[str, ...], sample: Sample, kind: TableKind) -> dict[str, str]:
    """Match headers; where only the time is missing and one column holds times, take that."""
    mapping = match_headers(names, sample.rows, kind)
    missing = missing_fields(kind, mapping)
    if len(missing) != 1 or not missing[0].endswith("_time"):
        return mapping
    times = [
        name
        for position, name in enumerate(names)
        if name not in mapping.values() and _holds_times(sample.rows, position)
    ]
    return mapping | {missing[0]: times[0]} if len(times) == 1 else mapping


def _holds_times(rows: Sequence[Sequence[str]], position: int) -> bool:
    cells = [row[position] for row in rows if position < len(row) and row[position].strip()]
    return bool(cells) and share_that(is_time, cells) >= _ALL_SHARE


def _recognise_kind(
    proposals: Mapping[TableKind, Mapping[str, str]], names: tuple[str, ...], sample: Sample
) -> TableKind:
    """Choose orders where they are complete, else the kind whose telling columns are there."""
    orders, customers = proposals["orders"], proposals["customers"]
    told = [kind for kind, telling in _TELLING.items() if _has_any(proposals[kind], telling)]
    if told and (missing_fields("orders", orders) or "amount" not in orders):
        return told[0]
    if "customer_id" not in customers or _has_any(orders, _ORDER_SIGNS):
        return "orders"
    ids = [
        row[names.index(customers["customer_id"])] for row in sample.rows if len(row) == len(names)
    ]
    one_row_each = len(ids) > 1 and len(set(ids)) == len(ids)
    return "customers" if one_row_each or _has_any(customers, _CUSTOMER_SIGNS) else "orders"


def _has_any(mapping: Mapping[str, str], fields: Sequence[str]) -> bool:
    return any(field in mapping for field in fields)
