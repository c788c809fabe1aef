"""Files as a spreadsheet and a platform see them."""

import csv
import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from clv_core.activation import spreadsheets
from clv_core.activation.formula_guard import guard_cells
from clv_core.activation.spreadsheets import export_csv, export_exact_csv, export_xlsx
from clv_core.errors import InvalidSetting
from tests.core.activation.sheet_reading import read_sheet

FRAME = pd.DataFrame(
    {
        "id": ["B,1", 'C"2', "00123"],
        "name": ["李雷", "-x", "Zoë\r\nÅs"],
        "predicted": [30.0, 10.0, -2.5],
    }
)


def read_csv(content, encoding="utf-8-sig"):
    """Parse as RFC 4180 with Python's own reader."""
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def test_csv_is_rfc_4180_with_a_byte_order_mark():
    """Line breaks, commas, quotes and Chinese come back; CRLF ends each record."""
    content = export_csv(FRAME)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    header, *rows = read_csv(content)
    assert header == list(FRAME)
    assert [row[0] for row in rows] == ["B,1", 'C"2', "00123"]
    assert [row[1] for row in rows] == ["李雷", "'-x", "Zoë\r\nÅs"]
    assert rows[2][2] == "-2.5"
    assert b'"00123"' in content


def test_a_platform_s_csv_begins_with_its_header():
    """No byte order mark, no quotes around the header, columns of one name kept apart."""
    twice = FRAME[["id", "name"]].set_axis(["email", "email"], axis="columns")
    content = export_exact_csv(twice)
    assert content.startswith(b"email,email\r\n")
    assert read_csv(content, "utf-8")[1:] == [
        ["B,1", "李雷"],
        ['C"2', "'-x"],
        ["00123", "Zoë\r\nÅs"],
    ]


def test_text_is_quoted_so_semicolons_open_no_cell():
    """A spreadsheet that splits on semicolons still sees one cell."""
    for write in (export_csv, export_exact_csv):
        content = write(pd.DataFrame({"name": ["a;=1+1"]})).decode("utf-8-sig")
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
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 2)
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
