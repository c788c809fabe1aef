"""Files in which something needed is missing: what they are, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clv_core.columns import TableKind
from clv_core.errors import MissingColumns
from clv_core.ingest.columns_seen import SeenColumn, see_columns
from clv_core.ingest.kinds import missing_fields
from clv_core.ingest.presets import PlatformPreset, Refusal
from clv_core.ingest.raw import RawTable
from clv_core.ingest.value_tables import list_candidates
from clv_core.sentences import Sentence

__all__ = ["explain_misfit", "refuse_missing", "refuse_platform"]

_COLUMNS_NAMED: Final = 100
_PERSON_FIELDS: Final = ("customer_id", "email", "phone")


def refuse_missing(raw: RawTable) -> None:
    """Refuse a file in which a needed column was not found.

    Raises
    ------
    MissingColumns
        Says what the file is where that can be told, and names the columns to
        choose among.
    """
    missing = missing_fields(raw.kind, raw.mapping)
    if not missing:
        return
    seen = see_columns(raw.column_names, raw.samples.to_numpy(dtype=object).tolist())
    misfit = explain_misfit(raw.kind, raw.mapping, seen)
    cases = [Sentence("Needed and not found: {field}.", field=field) for field in missing]
    if misfit is not None:
        raise MissingColumns(
            Sentence("{file}: {finding}", file=raw.file_name, finding=misfit.problem),
            misfit.remedy,
            cases,
        )
    found = [f"{field} = {column}" for field, column in raw.mapping.items()]
    raise MissingColumns(
        Sentence(
            "In {file} no column was recognised as {missing}; found: {found}.",
            file=raw.file_name,
            missing=", ".join(missing),
            found=", ".join(found) or "-",
        ),
        Sentence(
            "Say which of its columns they are ({columns}), or bring a file that has them.",
            columns=", ".join(raw.column_names[:_COLUMNS_NAMED]),
        ),
        cases,
    )


def refuse_platform(preset: PlatformPreset, file_name: str, mapping: Mapping[str, str]) -> None:
    """Refuse a platform's export that names no customer, where the platform never does.

    Raises
    ------
    MissingColumns
    """
    if preset.refusal is not None and "customer_id" not in mapping:
        raise MissingColumns(
            Sentence("{file}: {finding}", file=file_name, finding=preset.refusal.problem),
            preset.refusal.remedy,
        )


def explain_misfit(
    kind: TableKind, mapping: Mapping[str, str], seen: Mapping[str, SeenColumn]
) -> Refusal | None:
    """Say what a file is in which needed columns are missing, None where that cannot be told.

    Parameters
    ----------
    kind : {"orders", "events", "reviews", "customers", "value_table"}
    mapping : mapping of str to str
    seen : mapping of str to SeenColumn
        The file's columns.
    """
    missing = missing_fields(kind, mapping)
    if "target_value" in missing:
        return _ask_for_value(seen)
    if kind == "reviews" and "customer_id" in missing:
        return Refusal(
            Sentence(
                "These are reviews that name no customer ({found}): nobody can say whose next "
                "orders they tell about.",
                found=", ".join(f"{field} = {column}" for field, column in mapping.items()),
            ),
            Sentence(
                "Bring them with the customer's id and the day of each review, or leave them out."
            ),
        )
    masked = [name for name, column in seen.items() if column.is_masked]
    if masked and "customer_id" in missing:
        return _blame_masking(masked)
    nobody = not any(field in mapping for field in _PERSON_FIELDS)
    if kind == "orders" and nobody and set(missing) == {"customer_id", "order_time", "amount"}:
        return Refusal(
            Sentence(
                "By the names of its columns there is no customer, no date and no amount in it: it "
                "looks like a lookup table, of products or categories, say, which tells nothing "
                "about anybody's purchases."
            ),
            Sentence(
                "Leave it out, or say which of its columns are the customer, the date and the "
                "amount ({columns}).",
                columns=", ".join(list(seen)[:_COLUMNS_NAMED]),
            ),
        )
    return None


def _blame_masking(masked: list[str]) -> Refusal:
    return Refusal(
        Sentence(
            "No column names the customer: in {columns} the platform has hidden parts of the "
            "values (as in 138****8000), so they name nobody.",
            columns=", ".join(masked),
        ),
        Sentence(
            "Bring an export with the platform's own id of the buyer, or with unhidden phones."
        ),
    )


def _ask_for_value(seen: Mapping[str, SeenColumn]) -> Refusal:
    candidates = list_candidates(seen)
    return Refusal(
        Sentence(
            "It has one row per customer, but no column was recognised as the value to learn."
        ),
        Sentence(
            "Say which column is the value; these hold numbers: {columns}.",
            columns=", ".join(candidates) or "-",
        ),
    )
