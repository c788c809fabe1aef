"""Customer lists as files for a spreadsheet or a mailing tool."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
import xlsxwriter

from clv_core.activation.formula_guard import NUMBERS, guard_cells
from clv_core.errors import InvalidSetting
from clv_core.sentences import Sentence

_CONTACTS: Final = ("customer_id", "email", "phone", "customer_name", "country")
EXPORT_COLUMNS: Final = {
    "customer_id": "the shop's own id",
    "email": "as uploaded",
    "phone": "as uploaded",
    "customer_name": "as uploaded",
    "country": "as uploaded",
    "value_tier": "high, middle or low",
    "marketing_tier": "key of the marketing tier",
    "predicted": "expected net revenue over the horizon, shop's currency",
    "low": "lower bound of the customer's interval, same",
    "high": "upper bound, same",
    "p_buy": "chance of at least one purchase over the horizon, 0 to 1",
    "expected_orders": "expected number of purchases over the horizon",
    "churn_risk": "chance of no purchase over the horizon, 0 to 1",
    "next_order_low_date": "of those who come back, a quarter have ordered by then",
    "next_order_high_date": "and three quarters by then; empty where not within the horizon",
    "average_days_between_orders": "so far; empty after one purchase day",
    "past_spend": "net revenue so far, shop's currency",
}
VALUE_EXPORT_COLUMNS: Final = {
    **{name: EXPORT_COLUMNS[name] for name in (*_CONTACTS, "value_tier", "marketing_tier")},
    "predicted": "value told by the model, in the unit of the value column",
    "low": EXPORT_COLUMNS["low"],
    "high": EXPORT_COLUMNS["high"],
    "known_value": "value as uploaded; empty where it was",
}
"""Of a table with one value per customer, which knows no purchases."""
_SHEET_ROWS: Final = 1_048_575  # of an XLSX sheet, its header taken off
_CELL_CHARACTERS: Final = 32_767  # of an XLSX cell


@dataclass(frozen=True)
class ExportBundle:
    """A list ready to be written.

    Attributes
    ----------
    frame : DataFrame
        Columns in ``EXPORT_COLUMNS``, or ``VALUE_EXPORT_COLUMNS``, highest
        forecast first, guarded.
    file_name : str
        Given by us, without anything of the customers', with a random token:
        a download is then never confused with another one of like size.
    row_count : int
    without_consent : int
        Customers left out because they did not agree, or are not known to.
    """

    frame: pd.DataFrame
    file_name: str
    row_count: int
    without_consent: int


def build_export(
    forecast: pd.DataFrame,
    tiers: pd.Series,
    customers: pd.DataFrame,
    chosen: Collection[str] | None = None,
    *,
    consented_only: bool = False,
    file_format: Literal["csv", "xlsx"] = "csv",
) -> ExportBundle:
    """Gather the customers of the chosen marketing tiers with what is expected of them.

    Parameters
    ----------
    forecast : DataFrame, index ``customer_key``
        Columns of ``EXPORT_COLUMNS``; one that is missing is left empty, as are
        those that an earlier version's run does not have. Days become ISO text.
        With a ``known_value`` it is that of a value table.
    tiers : Series of str, index ``customer_key``
        Marketing tier of every customer in ``forecast``.
    customers : DataFrame
        ``columns.CUSTOMERS``, with ``customer_key`` as column or index.
    chosen : collection of str, optional
        Marketing tiers to export; None for all customers.
    consented_only : bool
        Keep only customers whose consent is known and given.
    file_format : {"csv", "xlsx"}
        For the file name.

    Raises
    ------
    KeyError
        A forecast customer without a tier or without a row in ``customers``.
    """
    contacts = customers
    if "customer_key" in customers.columns:
        contacts = customers.set_index("customer_key")
    tier = tiers.loc[forecast.index]
    kept = forecast if chosen is None else forecast[tier.isin(list(chosen))]
    without_consent = 0
    if consented_only:
        agreed = _has_agreed(contacts.loc[kept.index])
        without_consent = int((~agreed).sum())
        kept = kept[agreed.to_numpy()]
    kept = kept.sort_values("predicted", ascending=False, kind="stable")
    sources = kept.assign(marketing_tier=tier.loc[kept.index])
    for name in kept.select_dtypes("datetime"):
        sources[name] = kept[name].dt.strftime("%Y-%m-%d")
    known = contacts.loc[kept.index]
    columns = VALUE_EXPORT_COLUMNS if "known_value" in forecast else EXPORT_COLUMNS
    frame = pd.DataFrame(
        {name: (known if name in _CONTACTS else sources).get(name) for name in columns},
        index=kept.index,
        columns=list(columns),
    ).reset_index(drop=True)
    name = f"perennial-customers-{secrets.token_hex(8)}.{file_format}"
    return ExportBundle(guard_cells(frame), name, len(frame), without_consent)


def _has_agreed(contacts: pd.DataFrame) -> pd.Series:
    if "consent" not in contacts:
        return pd.Series(False, index=contacts.index)
    return contacts["consent"].astype("boolean").fillna(False).astype(bool)


def export_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV: RFC 4180, UTF-8 with a byte order mark for Excel.

    Text is always quoted, so a semicolon inside it cannot open a new cell where
    a spreadsheet splits on semicolons. Guarded again here: no caller can forget.
    Numbers that are not finite are left empty.
    """
    text = (
        guard_cells(frame)
        .replace([np.inf, -np.inf], np.nan)
        .to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    )
    return text.encode("utf-8-sig")


def export_xlsx(frame: pd.DataFrame) -> bytes:
    """Write a table as an XLSX workbook of one sheet; text is never a formula or link.

    Text beyond the format's 32,767 characters a cell is cut; numbers that are not
    finite are left empty.

    Raises
    ------
    InvalidSetting
        More rows than a sheet holds.
    """
    if len(frame) > _SHEET_ROWS:
        raise InvalidSetting(
            Sentence(
                "An XLSX sheet holds {limit:,} customers; the list has {rows:,}.",
                limit=_SHEET_ROWS,
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
