"""What a file is wrapped in, and the table inside as one plain text file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clv_core.errors import UnreadableFile
from clv_core.ingest.archives import (
    is_archive,
    list_members,
    open_zip,
    refuse_nesting,
    refusing_damage,
    shown_name,
    unpack_gzip,
    unpack_member,
)
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.columns_seen import see_columns
from clv_core.ingest.dialect import detect_dialect
from clv_core.ingest.headers import name_columns
from clv_core.ingest.heading import find_heading, usual_width
from clv_core.ingest.kinds import choose_kind, missing_fields
from clv_core.ingest.raw import Container
from clv_core.ingest.sheets import text_rows, write_sheet
from clv_core.ingest.workbook import open_workbook
from clv_core.sentences import Sentence

__all__ = ["Opened", "open_container"]

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HEAD_BYTES: Final = 1 << 16
_ROWS_RATED: Final = 200
_MOST_RATED: Final = 50  # files or sheets that are looked into
# A kind counts more the more it is what a forecast is made from.
_WORTH: Final = {"orders": 4.0, "events": 3.0, "reviews": 3.0, "value_table": 2.0, "customers": 2.0}
_INCOMPLETE: Final = 1.0
_OTHER_PACKAGES: Final = (
    ("xl/workbook.bin", "Excel (.xlsb)"),
    ("content.xml", "OpenDocument (.ods)"),
    ("Index/Document.iwa", "Numbers"),
    ("word/document.xml", "Word (.docx)"),
    ("ppt/presentation.xml", "PowerPoint (.pptx)"),
)
_SPREADSHEET: Final = Sentence("Open it in your spreadsheet program and save it as CSV (UTF-8).")


@dataclass(frozen=True)
class Opened:
    """A file's table as plain text.

    Attributes
    ----------
    container : {"plain", "gzip", "zip", "xlsx"}
    part : str or None
        The sheet or file that was taken.
    parts : tuple of str
        All sheets or files that could be taken.
    plain : Path
        The text; the file itself where it is not packed.
    """

    container: Container
    part: str | None
    parts: tuple[str, ...]
    plain: Path

    def complete(self, said: FileChoice) -> FileChoice:
        """Return what the user says with what is known of the text: a sheet is our own CSV."""
        if self.container != "xlsx":
            return said
        return said.model_copy(update={"encoding": "utf-8", "delimiter": ","})


@contextmanager
def open_container(
    path: Path, file_name: str, part: str | None = None, folder: Path | None = None
) -> Iterator[Opened]:
    """Unpack a file as long as it is needed.

    Parameters
    ----------
    path : Path
    file_name : str
        What the user calls it.
    part : str, optional
        The sheet or file wanted; by default the one most like a table of orders.
    folder : Path, optional
        Where the unpacked text lies for a while; the system's folder by default.

    Raises
    ------
    UnreadableFile
        When it cannot be unpacked, or has no such part.
    """
    with path.open("rb") as file:
        head = file.read(len(_ZIP[0]))
    if head.startswith(_GZIP) or head in _ZIP:
        with TemporaryDirectory(prefix="perennial-", dir=folder) as scratch:
            yield _unpack(path, file_name, part, Path(scratch), head.startswith(_GZIP))
    else:
        yield Opened("plain", None, (), path)


def _unpack(path: Path, file_name: str, part: str | None, scratch: Path, is_gzip: bool) -> Opened:
    target = scratch / "table"
    if is_gzip:
        unpack_gzip(path, target, file_name)
        return Opened("gzip", None, (), target)
    with open_zip(path, file_name) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            return _take_sheet(archive, path.stat().st_size, file_name, part, target)
        for name, format_name in _OTHER_PACKAGES:
            if name in names:
                raise UnreadableFile(
                    Sentence(
                        "{file} holds {format} data, not CSV.", file=file_name, format=format_name
                    ),
                    _SPREADSHEET,
                )
        return _take_member(archive, file_name, part, target)


def _take_sheet(
    archive: zipfile.ZipFile, packed_bytes: int, file_name: str, part: str | None, target: Path
) -> Opened:
    copy = target.with_name("workbook.xlsx")
    with open_workbook(archive, packed_bytes, copy, file_name) as workbook:
        parts = workbook.sheet_names
        if not parts:
            raise _no_table(file_name)
        if part is not None:
            _refuse_unknown(part, parts, file_name)
        rated = parts[:_MOST_RATED]
        chosen = part or rated[0]
        if part is None and len(rated) > 1:
            samples = {
                name: list(islice(text_rows(workbook.rows(name)), _ROWS_RATED)) for name in rated
            }
            chosen = max(rated, key=lambda name: _rate(samples[name]))
        write_sheet(workbook.rows(chosen), target, workbook.counts_from_1904)
    copy.unlink()
    return Opened("xlsx", chosen, parts, target)


def _take_member(
    archive: zipfile.ZipFile, file_name: str, part: str | None, target: Path
) -> Opened:
    members = list_members(archive, file_name)
    heads = {
        member.filename: _read_head(archive, member, file_name) for member in members[:_MOST_RATED]
    }
    ratings = {
        member.filename: _rate_head(heads[member.filename], target)
        for member in members[:_MOST_RATED]
        if not is_archive(heads[member.filename])
    }
    tables = [member for member in members if ratings.get(member.filename, 0.0) > 0.0]
    if not tables:
        if any(map(is_archive, heads.values())):
            raise refuse_nesting(file_name)
        raise _no_table(file_name)
    parts = tuple(map(shown_name, tables))
    if part is not None:
        _refuse_unknown(part, parts, file_name)
        chosen = tables[parts.index(part)]
    else:
        chosen = max(tables, key=lambda member: ratings[member.filename])
    unpack_member(archive, chosen, target, file_name)
    return Opened("zip", shown_name(chosen), parts, target)


def _read_head(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file_name: str) -> bytes:
    with refusing_damage(file_name), archive.open(member) as file:
        return file.read(_HEAD_BYTES)


def _rate_head(head: bytes, scratch: Path) -> float:
    """Rate a file by its beginning; 0 where that is no table."""
    whole = head if len(head) < _HEAD_BYTES else head.rpartition(b"\n")[0] or head
    scratch.write_bytes(whole[: len(whole) // 2 * 2] if b"\0" in whole else whole)
    try:
        sample = detect_dialect(scratch, "")
    except UnreadableFile:
        return 0.0
    rows = [list(row) for row in sample.rows[:_ROWS_RATED]]
    return _rate([list(sample.header), *rows] if sample.header is not None else rows)


def _rate(rows: list[list[str]]) -> float:
    """Say how much a table looks like one that a forecast is made from; 0 for none at all."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    usual = usual_width(filled)
    if usual == 1:
        return 0.0
    heading = find_heading(filled, usual)
    body = filled[heading.start + (0 if heading.header is None else 1) :]
    seen = see_columns(name_columns(heading.header, heading.width), body)
    kind, mapping = choose_kind(seen, body)
    whole = bool(body) and not missing_fields(kind, mapping)
    return (_WORTH[kind] if whole else _INCOMPLETE) + len(mapping) / 100 + len(body) / 100_000


def _refuse_unknown(part: str, parts: tuple[str, ...], file_name: str) -> None:
    if part not in parts:
        raise UnreadableFile(
            Sentence("{file} has no part called {part}.", file=file_name, part=part),
            Sentence("Choose one of these: {parts}.", parts=", ".join(parts)),
        )


def _no_table(file_name: str) -> UnreadableFile:
    return UnreadableFile(
        Sentence("{file} holds no table that can be read.", file=file_name),
        Sentence("Pack CSV files or bring one as it is."),
    )
