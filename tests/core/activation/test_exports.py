"""Exports as a spreadsheet sees them."""

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from clv_core.activation import exports
from clv_core.activation.exports import EXPORT_COLUMNS, build_export, export_csv, export_xlsx
from clv_core.activation.formula_guard import guard_cells
from clv_core.errors import InvalidSetting
from tests.core.activation.sheet_reading import read_sheet

KEYS = pd.Index([1, 2, 3], name="customer_key")
FORECAST = pd.DataFrame(
    {
        "predicted": [10.0, 30.0, -2.5],
        "low": [0.0, 5.0, -4.0],
        "high": [20.0, 60.0, 0.0],
        "p_buy": [0.5, 0.9, 0.1],
        "expected_orders": [1.0, 3.0, 0.1],
        "past_spend": [100.0, 200.0, -5.0],
        "value_tier": ["middle", "high", "low"],
    },
    index=KEYS,
)
TIERS = pd.Series(["grow", "reward", "rest"], index=KEYS)
CUSTOMERS = pd.DataFrame(
    {
        "customer_key": [3, 2, 1],
        "customer_id": ["00123", "B,1", 'C"2'],
        "email": ["=cmd@x", None, "a@b.example"],
        "phone": ["+4930", None, "030"],
        "customer_name": ["Zoë\r\nÅs", "李雷", "-x"],
        "country": ["DE", "CN", "@SE"],
        "consent": [True, None, False],
    }
)


def read_csv(content):
    """Parse as RFC 4180 with Python's own reader."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_export_holds_the_documented_columns_highest_forecast_first():
    """Columns in order, customers joined by key, text guarded, numbers untouched."""
    bundle = build_export(FORECAST, TIERS, CUSTOMERS)
    assert list(bundle.frame.columns) == list(EXPORT_COLUMNS)
    assert bundle.frame["customer_id"].tolist() == ["B,1", 'C"2', "00123"]
    assert bundle.frame["marketing_tier"].tolist() == ["reward", "grow", "rest"]
    assert bundle.frame["email"].fillna("").tolist() == ["", "a@b.example", "'=cmd@x"]
    assert bundle.frame["predicted"].tolist() == [30.0, 10.0, -2.5]
    assert (bundle.row_count, bundle.without_consent) == (3, 0)


def test_chosen_tiers_and_consent_filter():
    """Unknown consent is no consent; who was left out is counted."""
    chosen = build_export(FORECAST, TIERS, CUSTOMERS, ["grow", "reward"])
    assert chosen.frame["customer_id"].tolist() == ["B,1", 'C"2']
    agreed = build_export(FORECAST, TIERS, CUSTOMERS, consented_only=True)
    assert agreed.frame["customer_id"].tolist() == ["00123"]
    assert agreed.without_consent == 2
    none = build_export(FORECAST, TIERS, CUSTOMERS.drop(columns="consent"), consented_only=True)
    assert (none.row_count, none.without_consent) == (0, 3)
    assert list(none.frame.columns) == list(EXPORT_COLUMNS)


def test_missing_forecast_columns_are_left_empty():
    """A model without P(buy) exports an empty column, not another layout."""
    bundle = build_export(FORECAST.drop(columns="p_buy"), TIERS, CUSTOMERS)
    assert list(bundle.frame.columns) == list(EXPORT_COLUMNS)
    assert bundle.frame["p_buy"].isna().all()


def test_file_names_are_ours_and_never_repeat():
    """Nothing of the customers' in the name; a random token in each."""
    names = {build_export(FORECAST, TIERS, CUSTOMERS, file_format="xlsx").file_name for _ in "ab"}
    assert len(names) == 2
    assert all(name.startswith("perennial-customers-") and name.endswith(".xlsx") for name in names)


def test_a_forecast_customer_without_contacts_is_our_fault_and_loud():
    """Exports never drop a customer silently."""
    with pytest.raises(KeyError):
        build_export(FORECAST, TIERS, CUSTOMERS.iloc[:2])


def test_csv_is_rfc_4180_with_a_byte_order_mark():
    """Line breaks, commas, quotes and Chinese come back; CRLF ends each record."""
    bundle = build_export(FORECAST, TIERS, CUSTOMERS)
    content = export_csv(bundle.frame)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    header, *rows = read_csv(content)
    assert header == list(EXPORT_COLUMNS)
    assert [row[0] for row in rows] == ["B,1", 'C"2', "00123"]
    assert rows[0][3] == "李雷"
    assert rows[1][3] == "'-x"
    assert rows[2][3] == "Zoë\r\nÅs"
    assert rows[2][header.index("predicted")] == "-2.5"
    assert b'"00123"' in content


def test_text_is_quoted_so_semicolons_open_no_cell():
    """A spreadsheet that splits on semicolons still sees one cell."""
    content = export_csv(pd.DataFrame({"name": ["a;=1+1"]})).decode("utf-8-sig")
    assert '"a;=1+1"' in content


def test_xlsx_holds_text_as_text_and_numbers_as_numbers():
    """No formula, no link in the sheet's XML; values come back as they were."""
    frame = pd.DataFrame(
        {
            # The last is how the format escapes "="; it must stay the text it is.
            "=head": ["=1+1", "https://x.example", "00123", "_x003D_1"],
            "amount": [-1.5, np.nan, np.inf, 2.0],
            "flag": [True, False, None, None],
        }
    )
    content = export_xlsx(frame)
    assert read_sheet(content) == [
        ["'=head", "amount", "flag"],
        ["'=1+1", -1.5, True],
        ["https://x.example", None, False],
        ["00123", None, None],
        ["_x003D_1", 2.0, None],
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    """The limit of the format is told with the remedy."""
    monkeypatch.setattr(exports, "_SHEET_ROWS", 2)
    with pytest.raises(InvalidSetting, match="holds 2 customers; the list has 3"):
        export_xlsx(pd.DataFrame({"a": [1, 2, 3]}))


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx", " =1", "\u200b=1", "＝1"]
)
def test_formula_starts_are_prefixed_once(text):
    """Cells and headers get one apostrophe, also when guarded again."""
    guarded = guard_cells(guard_cells(pd.DataFrame({text: [text]})))
    assert guarded.columns[0] == f"'{text}"
    assert guarded.iloc[0, 0] == f"'{text}"


def test_harmless_cells_and_numbers_stay():
    """Text with a sign inside, numbers, flags, dates and blanks are not touched."""
    frame = pd.DataFrame(
        {
            "text": ["a=b", "", None, "'quoted"],
            "number": [-1.0, 2.0, 3.0, np.nan],
            "day": pd.to_datetime(["2024-01-01"] * 4),
            "mixed": [-1, "-1", True, None],
        }
    )
    guarded = guard_cells(frame)
    assert guarded["text"].fillna("none").tolist() == ["a=b", "", "none", "'quoted"]
    pd.testing.assert_series_equal(guarded["number"], frame["number"])
    pd.testing.assert_series_equal(guarded["day"], frame["day"])
    assert guarded["mixed"].tolist() == [-1, "'-1", True, None]


def test_categories_are_guarded_too():
    """A column of pandas categories is text like any other."""
    guarded = guard_cells(pd.DataFrame({"c": pd.Categorical(["=a", "b", None])}))
    assert guarded["c"].fillna("none").tolist() == ["'=a", "b", "none"]
