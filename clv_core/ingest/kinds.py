"""Which kind of table a file is: orders, events, reviews, customers or a value table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from clv_core.columns import TableKind
from clv_core.ingest.columns_seen import SeenColumn
from clv_core.ingest.headers import match_headers
from clv_core.ingest.value_tables import is_value_table, propose_target

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
_ORDER_SIGNS: Final = ("order_time", "order_id")
_CUSTOMER_SIGNS: Final = ("email", "phone", "customer_name", "country", "consent")


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
    seen: Mapping[str, SeenColumn],
    rows: Sequence[Sequence[str]],
    kind: TableKind | None = None,
) -> tuple[TableKind, dict[str, str]]:
    """Return the kind, the user's or the one that fits best, and its mapping.

    In orders without an amount and pieces a price stands in for the amount.

    Parameters
    ----------
    seen : mapping of str to SeenColumn
        The columns, in the file's order.
    rows : sequence of sequence of str
        The first rows.
    kind : {"orders", "events", "reviews", "customers", "value_table"}, optional
        What the user says.
    """
    wanted = get_args(TableKind) if kind is None else (kind,)
    proposals: dict[TableKind, dict[str, str]] = {
        each: _propose(seen, rows, each) for each in wanted
    }
    chosen = kind or _recognise_kind(proposals, seen)
    mapping = proposals[chosen]
    if chosen == "orders" and "unit_price" in mapping and not {"amount", "quantity"} & set(mapping):
        return chosen, {("amount" if f == "unit_price" else f): c for f, c in mapping.items()}
    return chosen, mapping


def _propose(
    seen: Mapping[str, SeenColumn], rows: Sequence[Sequence[str]], kind: TableKind
) -> dict[str, str]:
    """Match headers; where one needed column is missing, take the only one it can be."""
    mapping = match_headers(tuple(seen), rows, kind)
    if kind == "value_table":
        target = propose_target(seen, mapping)
        return mapping if target is None else {"target_value": target, **mapping}
    missing = missing_fields(kind, mapping)
    if len(missing) != 1 or not missing[0].endswith("_time"):
        return mapping
    times = [
        name for name, column in seen.items() if name not in mapping.values() and column.is_time
    ]
    return mapping | {missing[0]: times[0]} if len(times) == 1 else mapping


def _recognise_kind(
    proposals: Mapping[TableKind, Mapping[str, str]], seen: Mapping[str, SeenColumn]
) -> TableKind:
    """Choose orders where they are complete, else the kind whose telling columns are there."""
    orders, customers = proposals["orders"], proposals["customers"]
    if is_value_table(seen, orders, proposals["value_table"]):
        return "value_table"
    priced = {"order_time", "amount"} <= set(orders)
    if _has_any(proposals["reviews"], _TELLING["reviews"]) and not priced:
        return "reviews"
    if _has_any(proposals["events"], _TELLING["events"]) and (
        "amount" not in orders or missing_fields("orders", orders)
    ):
        return "events"
    if "customer_id" not in customers or _has_any(orders, _ORDER_SIGNS):
        return "orders"
    ids = seen[customers["customer_id"]]
    one_row_each = len(ids.cells) > 1 and not ids.is_repeated
    if "amount" in orders and not one_row_each:
        return "orders"
    return "customers" if one_row_each or _has_any(customers, _CUSTOMER_SIGNS) else "orders"


def _has_any(mapping: Mapping[str, str], fields: Sequence[str]) -> bool:
    return any(field in mapping for field in fields)
