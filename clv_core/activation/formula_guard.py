"""Keep a spreadsheet from running what a customer typed.

A text cell that begins with ``= + - @`` or a tab, carriage return or line feed
can be taken for a formula (OWASP, "CSV Injection"). Such cells get a leading
apostrophe. So do cells where only blanks or invisible marks come before, and
where the sign is full-width, since some spreadsheets overlook those.
"""

from __future__ import annotations

import numbers
import unicodedata
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
from pandas.api import types

NUMBERS: Final = (numbers.Real, Decimal)
TRIGGERS: Final = frozenset("=+-@\t\r\n")
_INVISIBLE: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})  # blanks, controls, format marks


def guard_text(text: str) -> str:
    """Prefix an apostrophe to text that a spreadsheet could take for a formula."""
    return f"'{text}" if _starts_formula(text) else text


def _starts_formula(text: str) -> bool:
    for sign in text:
        if unicodedata.normalize("NFKC", sign)[:1] in TRIGGERS:
            return True
        if unicodedata.category(sign) not in _INVISIBLE:
            return False
    return False


def guard_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Guard every text cell and every header; numbers, flags and dates stay.

    Guarding twice is guarding once. The index is kept and not guarded: exports
    do not write it.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
        A copy; what is neither number, flag, date nor empty has become text.
    """
    guarded = {
        position: _guard_column(frame.iloc[:, position]) for position in range(frame.shape[1])
    }
    result = pd.DataFrame(guarded, index=frame.index)
    result.columns = pd.Index([guard_text(str(name)) for name in frame.columns])
    return result


def _guard_column(column: pd.Series) -> pd.Series:
    if types.is_numeric_dtype(column) or types.is_datetime64_any_dtype(column):
        return column
    cells = [_guard_cell(value) for value in column.astype(object)]
    return pd.Series(cells, index=column.index, dtype=object)


def _guard_cell(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (np.bool_, pd.Timestamp, *NUMBERS)):
        return value
    return guard_text(str(value))
