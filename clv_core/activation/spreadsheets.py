"""Tables as CSV and XLSX files in which no cell can be run as a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final, Self

import numpy as np
import pandas as pd
import xlsxwriter

from clv_core.activation.formula_guard import NUMBERS, guard_cells
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

SHEET_ROWS: Final = 1_048_575  # of an XLSX sheet, its header taken off
_CELL_CHARACTERS: Final = 32_767  # of an XLSX cell
_PLAIN: Final = {  # text is text
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def export_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV: RFC 4180, UTF-8 with a byte order mark for Excel.

    Text is always quoted, so a semicolon inside it cannot open a new cell where
    a spreadsheet splits on semicolons. Guarded again here: no caller can forget.
    Numbers that are not finite are left empty.
    """
    return _to_text(guard_cells(frame), has_header=True).encode("utf-8-sig")


def export_exact_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as :func:`export_csv`, for a platform that compares the first line.

    The header stands unquoted and nothing stands before it, no byte order mark.
    """
    guarded = guard_cells(frame)
    header = io.StringIO()
    csv.writer(header, lineterminator="\r\n").writerow(guarded.columns)
    return (header.getvalue() + _to_text(guarded, has_header=False)).encode("utf-8")


def csv_block(frame: pd.DataFrame, *, is_first: bool, is_exact: bool) -> bytes:
    """Write some rows of a table that :func:`export_csv` writes whole, or the exact form of it.

    Parameters
    ----------
    frame : DataFrame
    is_first : bool
        The header stands before them.
    is_exact : bool
        As :func:`export_exact_csv`.
    """
    if is_first:
        return export_exact_csv(frame) if is_exact else export_csv(frame)
    return _to_text(guard_cells(frame), has_header=False).encode("utf-8")


class RowsOfSheet:
    """An XLSX workbook as :func:`export_xlsx` writes it, of which memory holds one row.

    Parameters
    ----------
    path : Path
    rows : int
        That are going to be written.

    Raises
    ------
    InvalidSetting
        More rows than a sheet holds.
    """

    def __init__(self, path: Path, rows: int) -> None:
        _refuse_long(rows)
        self._workbook = xlsxwriter.Workbook(path, {**_PLAIN, "constant_memory": True})
        self._sheet = self._workbook.add_worksheet("customers")
        self._sheet.freeze_panes(1, 0)
        self._row = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._workbook.close()

    def write(self, frame: pd.DataFrame) -> None:
        """Write the next rows, the header before the first."""
        guarded = guard_cells(frame)
        if not self._row:
            for column, name in enumerate(guarded.columns):
                self._sheet.write_string(0, column, str(name)[:_CELL_CHARACTERS])
        for cells in zip(*_columns(guarded), strict=True):
            self._row += 1
            for column, value in enumerate(cells):
                _write_cell(self._sheet, self._row, column, value)


def _to_text(guarded: pd.DataFrame, has_header: bool) -> str:
    return str(
        guarded.replace([np.inf, -np.inf], np.nan).to_csv(
            index=False, header=has_header, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n"
        )
    )


def export_xlsx(frame: pd.DataFrame) -> bytes:
    """Write a table as an XLSX workbook of one sheet; text is never a formula or link.

    Text beyond the format's 32,767 characters a cell is cut; numbers that are not
    finite are left empty.

    Raises
    ------
    InvalidSetting
        More rows than a sheet holds.
    """
    _refuse_long(len(frame))
    guarded = guard_cells(frame)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {**_PLAIN, "in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("customers")
        for column, name in enumerate(guarded.columns):
            sheet.write_string(0, column, str(name)[:_CELL_CHARACTERS])
            for row, value in enumerate(guarded.iloc[:, column].tolist(), start=1):
                _write_cell(sheet, row, column, value)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _columns(frame: pd.DataFrame) -> list[list[object]]:
    return [frame.iloc[:, at].tolist() for at in range(frame.shape[1])]


def _refuse_long(rows: int) -> None:
    if rows > SHEET_ROWS:
        raise InvalidSetting(
            Sentence(
                "An XLSX sheet holds {limit:,} customers; the list has {rows:,}.",
                limit=SHEET_ROWS,
                rows=rows,
            ),
            Sentence("Choose CSV, or fewer tiers."),
        )


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object
) -> None:
    if value is None or value is pd.NA or value is pd.NaT:
        return
    if isinstance(value, (bool, np.bool_)):
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, NUMBERS):
        if np.isfinite(float(value)):
            sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, str(value)[:_CELL_CHARACTERS])
