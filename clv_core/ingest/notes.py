"""What was decided about a file and why, as sentences for the user to confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from clv_core.ingest.choice import FileChoice
from clv_core.ingest.columns_seen import SeenColumn
from clv_core.ingest.headers import match_headers, name_target
from clv_core.ingest.misfits import explain_misfit
from clv_core.ingest.presets import PRESETS
from clv_core.ingest.raw import RawTable
from clv_core.sentences import Sentence

__all__ = ["explain_choices"]

_IDS: Final = ("customer_id", "order_id", "product_id", "session_id", "phone")


def explain_choices(
    raw: RawTable, seen: Mapping[str, SeenColumn], said: FileChoice
) -> tuple[Sentence, ...]:
    """Return what the user should know about how a file was understood.

    Parameters
    ----------
    raw : RawTable
        The file as it was understood.
    seen : mapping of str to SeenColumn
    said : FileChoice
        What was given, not detected.
    """
    return (
        *_explain_origin(raw, said),
        *_explain_layout(raw),
        *_explain_columns(raw, seen, said),
        *_explain_gaps(raw, seen),
    )


def _explain_origin(raw: RawTable, said: FileChoice) -> Iterator[Sentence]:
    preset = PRESETS.get(raw.preset or "")
    if preset is not None:
        yield preset.title
        if preset.advice is not None:
            yield preset.advice
    if said.profile is not None:
        yield Sentence("Read like last time (layout {name}).", name=said.profile)


def _explain_layout(raw: RawTable) -> Iterator[Sentence]:
    if not raw.dialect.has_header:
        yield Sentence("The first row is data: the columns have no names of their own.")
    if not raw.dialect.encoding.startswith("utf-8"):
        yield Sentence(
            "The text encoding is taken to be {encoding}; check names with special letters.",
            encoding=raw.dialect.encoding,
        )


def _explain_columns(
    raw: RawTable, seen: Mapping[str, SeenColumn], said: FileChoice
) -> Iterator[Sentence]:
    target = raw.mapping.get("target_value")
    told = said.mapping or {}
    if target is not None and "target_value" not in told and not name_target(target):
        yield Sentence(
            'No header names the value: the last column, "{column}", is proposed. Confirm it or '
            "choose another.",
            column=target,
        )
    if "amount" in raw.mapping and "amount" not in told and _is_price(raw.mapping["amount"]):
        yield Sentence(
            'No column holds an amount or a number of pieces: "{column}", a price, counts as '
            "the amount of each row.",
            column=raw.mapping["amount"],
        )
    for column in {raw.mapping[field]: None for field in _IDS if field in raw.mapping}:
        if seen[column].is_destroyed:
            yield Sentence(
                'In "{column}" a spreadsheet has rounded long numbers (as in 1.03293E+19): which '
                "ones they were cannot be known any more. Export them again as text.",
                column=column,
            )


def _explain_gaps(raw: RawTable, seen: Mapping[str, SeenColumn]) -> Iterator[Sentence]:
    misfit = explain_misfit(raw.kind, raw.mapping, seen)
    if misfit is not None:
        yield misfit.problem


def _is_price(column: str) -> bool:
    """Say whether a header means a price of one piece, not a sum."""
    return match_headers((column, "quantity"), (), "orders").get("unit_price") == column
