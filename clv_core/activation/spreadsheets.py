"""Tables as CSV and XLSX files in which no cell can be run as a formula."""

from __future__ import annotations

import csv
import io
from typing import Final

import numpy as np
import pandas as pd
import xlsxwriter

from clv_core.activation.formula_guard import NUMBERS, guard_cells
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

SHEET_ROWS: Final = 1_048_575  # of an XLSX sheet, its header taken off
_CELL_CHARACTERS: Final = 32_767  # of an XLSX cell


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
    if len(frame) > SHEET_ROWS:
        raise InvalidSetting(
            Sentence(
                "An XLSX sheet holds {limit:,} customers; the list has {rows:,}.",
                limit=SHEET_ROWS,
                rows=len(frame),
            ),
            Sentence("Choose CSV, or fewer tiers."),
        )
    guarded = guard_cells(frame)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        sheet = workbook.add_worksheet("customers")
        for column, name in enumerate(guarded.columns):
            sheet.write_string(0, column, str(name)[:_CELL_CHARACTERS])
            for row, value in enumerate(guarded.iloc[:, column].tolist(), start=1):
                _write_cell(sheet, row, column, value)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


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
