"""From a path to a :class:`RawTable`: what the file is, proposed for the user to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from clv_core.columns import FIELDS, TableKind
from clv_core.errors import MissingColumns, UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.dialect import WHITE_SPACE, Sample, detect_dialect
from clv_core.ingest.headers import name_columns
from clv_core.ingest.kinds import choose_kind, missing_fields
from clv_core.ingest.presets import PRESETS, PlatformPreset, find_preset
from clv_core.ingest.raw import RawTable
from clv_core.ingest.spelling import fold_header
from clv_core.ingest.values import is_amount, is_time, share_that
from clv_core.sentences import Sentence

__all__ = ["recognise_file", "refuse_missing", "understand_file"]

_CONTACTS: Final = ("email", "phone")  # may also be what the customer is known by
_AMAZON_MARKS: Final = frozenset({"orderid", "purchasedate", "shippostalcode", "shipcountry"})
_BUYER_MARKS: Final = frozenset({"buyerid", "customerid", "buyername"})
_CDNOW_WIDTHS: Final = (5, 4)
_SAMPLE_SHOWN: Final = 100
_ALL_SHARE: Final = 0.98


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
        When a column that the user names is not there, or nobody could say who
        bought (Amazon's seller reports).
    """
    said = choice or FileChoice()
    name = file_name or _readable_name(path)
    headed = False if said.column_names is not None and said.has_header is None else said.has_header
    sample = detect_dialect(path, name, headed)
    preset = _find_preset(sample, said.column_names)
    names = _settle_names(sample, preset, said.column_names, name)
    if preset is None:
        _refuse_amazon(names, name)
    if not sample.rows:
        raise UnreadableFile(
            Sentence("{file} has a header and no rows.", file=name),
            Sentence("Export it again for a period with orders."),
        )
    chosen, detected = _settle_kind(names, sample, preset, said.kind)
    raw = RawTable(
        path=path,
        file_name=name,
        kind=chosen,
        dialect=sample.dialect,
        column_names=names,
        samples=_show_samples(sample, names),
        mapping={} if said.is_confirmed else detected,
        preset=preset.name if preset is not None and preset.kind == chosen else None,
        notes=_explain(sample, preset),
    )
    return _overlay(raw, said.mapping) if said.mapping else raw


def _readable_name(path: Path) -> str:
    """Return a file's name as text, what is not Unicode in it replaced."""
    return path.name.encode(errors="replace").decode()


def _find_preset(sample: Sample, column_names: Sequence[str] | None) -> PlatformPreset | None:
    if sample.header is not None:
        return find_preset(sample.header)
    if column_names is not None:
        return find_preset(column_names)
    return PRESETS["cdnow"] if _is_cdnow(sample) else None


def _is_cdnow(sample: Sample) -> bool:
    """Recognise CDNOW's columns by their values: ids, YYYYMMDD, count, dollars."""
    if sample.dialect.delimiter != WHITE_SPACE or sample.column_count not in _CDNOW_WIDTHS:
        return False
    days = [row[-3] for row in sample.rows if len(row) == sample.column_count]
    rest = [cell for row in sample.rows for cell in row]
    return (
        share_that(lambda cell: len(cell) == len("YYYYMMDD") and is_time(cell), days) >= _ALL_SHARE
        and share_that(is_amount, rest) >= _ALL_SHARE
    )


def _settle_names(
    sample: Sample,
    preset: PlatformPreset | None,
    column_names: Sequence[str] | None,
    file_name: str,
) -> tuple[str, ...]:
    count = sample.column_count
    given = column_names
    if given is None and sample.header is None and preset is not None and preset.column_names:
        given = _cdnow_names(preset, count)
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


def _cdnow_names(preset: PlatformPreset, count: int) -> tuple[str, ...]:
    """Name CDNOW's columns; the full data set has no sample id."""
    names = preset.column_names
    return names if count == len(names) else (names[0], *names[2:])


def _settle_kind(
    names: tuple[str, ...], sample: Sample, preset: PlatformPreset | None, kind: TableKind | None
) -> tuple[TableKind, dict[str, str]]:
    """Return the kind and its mapping: the user's word, the preset's, or the best fit."""
    if preset is not None and kind in (None, preset.kind):
        return preset.kind, preset.map_columns(names)
    return choose_kind(names, sample, kind)


def _overlay(raw: RawTable, mapping: Mapping[str, str]) -> RawTable:
    """Lay the user's mapping over what was detected."""
    unknown = [column for column in mapping.values() if column not in raw.column_names]
    strange = [field for field in mapping if field not in FIELDS[raw.kind]]
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
    kept = {
        field: column
        for field, column in raw.mapping.items()
        if field not in mapping and (field in _CONTACTS or column not in mapping.values())
    }
    merged = {**kept, **mapping}
    return replace(raw, mapping={f: merged[f] for f in FIELDS[raw.kind] if f in merged})


def refuse_missing(raw: RawTable) -> None:
    """Refuse a file in which a needed column was not found.

    Raises
    ------
    MissingColumns
    """
    missing = missing_fields(raw.kind, raw.mapping)
    if not missing:
        return
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
            columns=", ".join(raw.column_names[:_SAMPLE_SHOWN]),
        ),
        [Sentence("Needed and not found: {field}.", field=field) for field in missing],
    )


def _refuse_amazon(names: Sequence[str], file_name: str) -> None:
    folded = {fold_header(name) for name in names}
    marks = len(_AMAZON_MARKS & folded)
    if marks == len(_AMAZON_MARKS) and not _BUYER_MARKS & folded:
        raise MissingColumns(
            Sentence(
                "{file} is an Amazon seller report: Amazon names no buyer in it, "
                "so orders cannot be put together to customers.",
                file=file_name,
            ),
            Sentence("Bring orders from a channel that gives a customer id or e-mail."),
        )


def _show_samples(sample: Sample, names: tuple[str, ...]) -> pd.DataFrame:
    width = len(names)
    rows = [(*row[:width], *[""] * (width - len(row))) for row in sample.rows[:_SAMPLE_SHOWN]]
    return pd.DataFrame(rows, columns=list(names), dtype="str")


def _explain(sample: Sample, preset: PlatformPreset | None) -> tuple[Sentence, ...]:
    notes = []
    if preset is not None:
        notes.append(preset.title)
    if sample.header is None:
        notes.append(Sentence("The first row is data: the columns have no names of their own."))
    if not sample.dialect.encoding.startswith("utf-8"):
        notes.append(
            Sentence(
                "The text encoding is taken to be {encoding}; check names with special letters.",
                encoding=sample.dialect.encoding,
            )
        )
    return tuple(notes)
