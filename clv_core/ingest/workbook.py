"""Sheets of an Excel workbook (.xlsx): which there are, and the rows of one.

A workbook is a ZIP archive, and a small one can name a cell so far away that the
grid up to it fills the memory. So it is unpacked within limits and looked through
first; python-calamine then opens that copy.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from clv_core.errors import UnreadableFile
from clv_core.ingest.archives import (
    Writable,
    copy_within,
    expansion_limit,
    refuse_expansion,
    refuse_protected,
)
from clv_core.ingest.sheets import Cell
from clv_core.sentences import Sentence

__all__ = ["Workbook", "open_workbook"]

MOST_GRID_CELLS: Final = 40_000_000  # about 30 bytes of memory each
_MEMBER: Final = re.compile(r"(?:\[Content_Types\]|_rels/.*|xl/.*)\.(?:xml|rels)", re.IGNORECASE)
_SHEET: Final = re.compile(r"xl/worksheets/[^/]*\.xml", re.IGNORECASE)
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # that Excel has; beyond them numbers wrap round
# Of a cell (B7) or a row (7).
_REFERENCE: Final = re.compile(rb'\br\s*=\s*["\']([A-Za-z]*)([0-9]+)["\']')
_MOST_LETTERS, _MOST_DIGITS = 3, 7
_LONGEST_REFERENCE: Final = 64
_COUNTS_FROM_1904: Final = re.compile(rb'date1904\s*=\s*["\'](?:1|true)["\']')
_SAVE: Final = Sentence("Open it in your spreadsheet program and save it as CSV (UTF-8).")


class Workbook:
    """An opened workbook.

    Attributes
    ----------
    sheet_names : tuple of str
        Worksheets that can be seen, or all where none can.
    counts_from_1904 : bool
        Whether its day numbers begin in 1904.
    """

    def __init__(self, opened: CalamineWorkbook, counts_from_1904: bool) -> None:
        self._opened = opened
        self.counts_from_1904 = counts_from_1904
        tables = [each for each in opened.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
        seen = [each.name for each in tables if each.visible == SheetVisibleEnum.Visible]
        self.sheet_names = tuple(seen or [each.name for each in tables])

    def rows(self, sheet: str) -> Iterator[list[Cell]]:
        """Return the rows of a sheet from its first one on, blank ones included."""
        rows: Iterator[list[Cell]] = self._opened.get_sheet_by_name(sheet).iter_rows()
        return rows


@contextmanager
def open_workbook(
    archive: zipfile.ZipFile, packed_bytes: int, copy: Path, file_name: str
) -> Iterator[Workbook]:
    """Open a workbook.

    Parameters
    ----------
    archive : ZipFile
        The workbook as an archive.
    packed_bytes : int
        Its size.
    copy : Path
        Where a copy without pictures may be written.
    file_name : str
        What the user calls it.

    Raises
    ------
    UnreadableFile
        When it is damaged, grows too large when unpacked, or a sheet spans too much.
    """
    counts_from_1904 = _write_copy(archive, packed_bytes, copy, file_name)
    try:
        with CalamineWorkbook.from_path(copy) as opened:
            yield Workbook(opened, counts_from_1904)
    except CalamineError:
        raise UnreadableFile(
            Sentence("{file} is damaged: its sheets cannot be read.", file=file_name), _SAVE
        ) from None


def _write_copy(archive: zipfile.ZipFile, packed_bytes: int, copy: Path, file_name: str) -> bool:
    """Write the parts that hold sheets, unpacked; say whether days count from 1904.

    What is read here within limits is all that calamine gets to see.
    """
    limit = expansion_limit(packed_bytes)
    members = [each for each in archive.infolist() if _MEMBER.fullmatch(each.filename)]
    refuse_protected(members, file_name)
    if sum(member.file_size for member in members) > limit:
        raise refuse_expansion(packed_bytes, file_name)
    counts_from_1904 = False
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as unpacked:
        for member in members:
            with archive.open(member) as source, unpacked.open(member.filename, "w") as out:
                is_sheet = _SHEET.match(member.filename) is not None
                watch: Writable = _GridWatch(out, file_name) if is_sheet else out
                copy_within(source, watch, packed_bytes, file_name, member.file_size)
            if member.filename.lower() == "xl/workbook.xml":
                counts_from_1904 = bool(_COUNTS_FROM_1904.search(archive.read(member)))
    return counts_from_1904


class _GridWatch:
    """A file to write to that looks for cells too far away while a sheet goes through it."""

    def __init__(self, out: IO[bytes], file_name: str) -> None:
        self._out = out
        self._file_name = file_name
        self._columns = self._rows = 0
        self._tail = b""

    def write(self, chunk: bytes) -> int:
        """Pass bytes on.

        Raises
        ------
        UnreadableFile
            When the cells so far span more than there can be memory for.
        """
        found = _REFERENCE.findall(self._tail + chunk)
        if found:
            columns = {letters[: _MOST_LETTERS + 1].upper() for letters, _ in found}
            self._columns = max(self._columns, *map(_column_number, columns))
            self._rows = max(self._rows, *(int(digits[: _MOST_DIGITS + 1]) for _, digits in found))
        beyond = self._columns > _MOST_COLUMNS or self._rows > _MOST_ROWS
        if beyond or self._columns * self._rows > MOST_GRID_CELLS:
            raise UnreadableFile(
                Sentence(
                    "A sheet of {file} spans {rows} rows and {columns} columns, too many to open.",
                    file=self._file_name,
                    rows=self._rows,
                    columns=self._columns,
                ),
                Sentence("Delete cells far outside the table, or save the sheet as CSV (UTF-8)."),
            )
        self._tail = chunk[-_LONGEST_REFERENCE:]
        return self._out.write(chunk)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
