"""From a path to a :class:`RawTable`: what the file is, proposed for the user to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from clv_core.columns import FIELDS, TableKind
from clv_core.errors import MissingColumns, UnreadableFile
from clv_core.ingest.cdnow import is_cdnow, map_cdnow, name_cdnow_columns
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.columns_seen import SeenColumn, see_columns, useless_columns
from clv_core.ingest.containers import open_container
from clv_core.ingest.dialect import Sample, detect_dialect
from clv_core.ingest.headers import match_headers, name_columns
from clv_core.ingest.kinds import choose_kind, missing_fields
from clv_core.ingest.leaks import find_leaks
from clv_core.ingest.misfits import refuse_missing, refuse_platform
from clv_core.ingest.notes import explain_choices
from clv_core.ingest.presets import PRESETS, PlatformPreset, find_preset
from clv_core.ingest.raw import RawTable
from clv_core.ingest.value_tables import choose_features
from clv_core.sentences import Sentence

__all__ = ["recognise_file", "refuse_missing", "understand_file"]

_CONTACTS: Final = ("email", "phone")  # may also be what the customer is known by
_IDENTITIES: Final = ("customer_id", *_CONTACTS)
_SAMPLE_SHOWN: Final = 100


def understand_file(
    path: Path, file_name: str | None = None, choice: FileChoice | None = None
) -> RawTable:
    """Say what a file is, and refuse it where a needed column is not found.

    Parameters are those of :func:`recognise_file`.

    Raises
    ------
    UnreadableFile
        When it is not a table.
    MissingColumns
        When a needed column is not found, or a named one is not there.
    """
    raw = recognise_file(path, file_name, choice)
    refuse_missing(raw)
    return raw


def recognise_file(
    path: Path, file_name: str | None = None, choice: FileChoice | None = None
) -> RawTable:
    """Say what a file is: its layout, its kind, which column is which.

    Needed columns may be missing from the mapping (:func:`missing_fields`): the
    user then says which they are, in a :class:`FileChoice`.

    Parameters
    ----------
    path : Path
        Where the bytes lie.
    file_name : str, optional
        What the user calls the file; its name on disk by default.
    choice : FileChoice, optional
        What the user says about it.

    Raises
    ------
    UnreadableFile
        When it is not a table.
    MissingColumns
        When a column that the user names is not there, or the platform names
        nobody who bought (Amazon's seller reports).
    """
    said = choice or FileChoice()
    name = file_name or _readable_name(path)
    with open_container(path, name, said.part) as opened:
        sample = detect_dialect(opened.plain, name, opened.complete(said))
    preset = _find_preset(sample, said.column_names)
    names = _settle_names(sample, preset, said.column_names, name)
    seen = see_columns(names, sample.rows)
    chosen, detected = _settle_kind(seen, sample, preset, said.kind)
    if preset is not None and chosen == preset.kind:
        refuse_platform(preset, name, {**detected, **(said.mapping or {})})
    _refuse_no_rows(sample, preset, name)
    raw = RawTable(
        path=path,
        file_name=name,
        kind=chosen,
        dialect=sample.dialect,
        column_names=names,
        samples=_show_samples(sample.rows[:_SAMPLE_SHOWN], names),
        mapping={} if said.is_confirmed else detected,
        preset=preset.name if preset is not None and preset.kind == chosen else None,
        container=opened.container,
        part=opened.part,
        parts=opened.parts,
    )
    overlaid = _overlay(raw, said.mapping) if said.mapping else raw
    featured = _add_features(overlaid, seen, sample, said)
    return replace(featured, notes=(*explain_choices(featured, seen, said), *featured.notes))


def _readable_name(path: Path) -> str:
    """Return a file's name as text, what is not Unicode in it replaced."""
    return path.name.encode(errors="replace").decode()


def _refuse_no_rows(sample: Sample, preset: PlatformPreset | None, file_name: str) -> None:
    if sample.rows:
        return
    remedy = Sentence("Export it again for a period with orders.")
    if preset is None:
        raise UnreadableFile(Sentence("{file} has a header and no rows.", file=file_name), remedy)
    raise UnreadableFile(
        Sentence(
            "{file} ({platform}) has a header and no rows.", file=file_name, platform=preset.title
        ),
        remedy,
    )


def _find_preset(sample: Sample, column_names: Sequence[str] | None) -> PlatformPreset | None:
    header = sample.header if sample.header is not None else column_names
    found = find_preset(header) if header is not None else None
    if found is None and column_names is None and is_cdnow(sample):
        return PRESETS["cdnow"]
    return found


def _settle_names(
    sample: Sample,
    preset: PlatformPreset | None,
    column_names: Sequence[str] | None,
    file_name: str,
) -> tuple[str, ...]:
    count = sample.column_count
    given = column_names
    if given is None and sample.header is None and preset is not None and preset.column_names:
        given = name_cdnow_columns(count)
    if given is not None and len(given) != count:
        raise UnreadableFile(
            Sentence(
                "{file} has {count} columns, but {given} names were given for them.",
                file=file_name,
                count=count,
                given=len(given),
            ),
            Sentence("Give one name per column, in the file's order."),
        )
    return name_columns(given if given is not None else sample.header, count)


def _settle_kind(
    seen: Mapping[str, SeenColumn],
    sample: Sample,
    preset: PlatformPreset | None,
    kind: TableKind | None,
) -> tuple[TableKind, dict[str, str]]:
    """Return the kind and its mapping: the user's word, the preset's, or the best fit."""
    if preset is not None and kind in (None, preset.kind):
        return preset.kind, _map_preset(preset, seen, sample)
    return choose_kind(seen, sample.rows, kind)


def _map_preset(
    preset: PlatformPreset, seen: Mapping[str, SeenColumn], sample: Sample
) -> dict[str, str]:
    """Map a platform's columns; what it calls by a name we do not know is matched as usual."""
    if preset.column_names:
        return map_cdnow(tuple(seen))
    mapping = {
        field: column
        for field, column in preset.map_columns(tuple(seen), useless_columns(seen)).items()
        if not (field in _IDENTITIES and seen[column].is_masked)
    }
    missing = missing_fields(preset.kind, mapping)
    if not missing or preset.refusal is not None:
        return mapping
    matched = match_headers(tuple(seen), sample.rows, preset.kind)
    free = {field: column for field, column in matched.items() if column not in mapping.values()}
    return mapping | {field: free[field] for field in missing if field in free}


def _overlay(raw: RawTable, mapping: Mapping[str, str]) -> RawTable:
    """Lay the user's mapping over what was detected."""
    _refuse_unknown(raw, mapping.values(), mapping)
    kept = {
        field: column
        for field, column in raw.mapping.items()
        if field not in mapping and (field in _CONTACTS or column not in mapping.values())
    }
    merged = {**kept, **mapping}
    return replace(raw, mapping={f: merged[f] for f in FIELDS[raw.kind] if f in merged})


def _add_features(
    raw: RawTable, seen: Mapping[str, SeenColumn], sample: Sample, said: FileChoice
) -> RawTable:
    """Choose what a value table is learnt from; other kinds have no features."""
    target = raw.mapping.get("target_value")
    if raw.kind != "value_table" or target is None:
        return raw
    found = find_leaks(raw.column_names, _show_samples(sample.rows, raw.column_names), target)
    leaks = {column: why for column, why in found.items() if column not in raw.mapping.values()}
    if said.features is None:
        is_whole = sample.layout.line_count <= len(sample.rows) + raw.dialect.has_header
        features, notes = choose_features(seen, raw.mapping, leaks, is_whole)
        return replace(raw, features=features, leaks=leaks, notes=notes)
    _refuse_unknown(raw, said.features, ())
    wanted = tuple(name for name in raw.column_names if name in said.features and name != target)
    return replace(raw, features=wanted, leaks=leaks)


def _refuse_unknown(raw: RawTable, columns: Iterable[str], fields: Iterable[str]) -> None:
    unknown = [column for column in columns if column not in raw.column_names]
    strange = [field for field in fields if field not in FIELDS[raw.kind]]
    if unknown or strange:
        raise MissingColumns(
            Sentence(
                "The mapping of {file} names {what}, which is not there.",
                file=raw.file_name,
                what=", ".join((*unknown, *strange)),
            ),
            Sentence(
                "Choose among its columns ({columns}) and the fields of this kind ({fields}).",
                columns=", ".join(raw.column_names),
                fields=", ".join(FIELDS[raw.kind]),
            ),
        )


def _show_samples(rows: Sequence[Sequence[str]], names: tuple[str, ...]) -> pd.DataFrame:
    width = len(names)
    filled = [(*row[:width], *[""] * (width - len(row))) for row in rows]
    return pd.DataFrame(filled, columns=list(names), dtype="str")
