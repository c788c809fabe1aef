"""Workbooks: the right sheet, true types, lines that are the sheet's rows."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import pytest
import xlsxwriter

from clv_core.errors import UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.sheets import text_rows
from clv_core.ingest.understand import recognise_file
from tests.core.ingest.files import read_file, real_file, table_of, write_file

HEADER = ["customer_id", "order_date", "amount"]
WORKBOOK = "sprocket/KPMG_VI_New_raw_data_update_final.xlsx"


def workbook(sheets: dict[str, list[list[object]]], **options: object) -> bytes:
    """Return a real workbook with these cells; None leaves a cell out."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, options)
    formats = {
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, formats.get(type(cell)))
    book.close()
    return held.getvalue()


def edited(content: bytes, member: str, old: str, new: str) -> bytes:
    """Return a workbook with text replaced in one of its parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(held, "w") as out:
        for name in source.namelist():
            text = source.read(name)
            if name == member:
                assert re.search(old, text.decode())
                text = re.sub(old, new, text.decode()).encode()
            out.writestr(name, text)
    return held.getvalue()


def test_cells_keep_what_they_are(tmp_path):
    """Dates are ISO, 17850.0 is 17850, text ids keep zeros and all twenty digits."""
    rows = [
        HEADER,
        [17850.0, dt.datetime(2010, 12, 1, 8, 26), 15.3],
        ["007", dt.date(2011, 2, 3), -0.1],
        ["12345678901234567890", dt.datetime(2011, 5, 31, 23, 59, 59), 1_000_000],
    ]
    read = read_file(write_file(tmp_path, workbook({"Orders": rows}), "orders.xlsx"), tmp_path)
    table = table_of(read)
    assert (read.raw.container, read.raw.part, read.raw.parts) == ("xlsx", "Orders", ("Orders",))
    assert table["customer_id"].tolist() == ["17850", "007", "12345678901234567890"]
    assert table["order_time"].tolist() == [
        *("2010-12-01 08:26:00", "2011-02-03", "2011-05-31 23:59:59")
    ]
    assert table["amount"].tolist() == ["15.3", "-0.1", "1000000"]
    assert table["source_line"].tolist() == [2, 3, 4]


def test_day_numbers_in_a_column_of_dates_are_dates(tmp_path):
    """41245 without a date format is the second of December 2012; in 1904 workbooks later."""
    rows = [[*HEADER, "stock"], ["a", 41245, 5, 41245], ["b", 41246.5, 6, 41246]]
    content = workbook({"Orders": rows})
    table = table_of(read_file(write_file(tmp_path, content, "orders.xlsx"), tmp_path))
    assert table["order_time"].tolist() == ["2012-12-02", "2012-12-03 12:00:00"]
    old = edited(content, "xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    table = table_of(read_file(write_file(tmp_path, old, "old.xlsx"), tmp_path))
    assert table["order_time"].tolist() == ["2016-12-03", "2016-12-04 12:00:00"]


def test_numbers_that_are_no_days_stay_numbers(tmp_path):
    """A column of dates with an amount in it is left as it is written."""
    rows = [HEADER, ["a", 41245, 5], ["b", 7, 6]]
    read = read_file(write_file(tmp_path, workbook({"S": rows}), "orders.xlsx"), tmp_path)
    assert table_of(read)["order_time"].tolist() == ["41245", "7"]


def test_long_numbers_that_lost_their_end_say_so():
    """Twenty digits in a number are gone; sixteen are too where all end in a zero."""
    rows = [["id", "serial"], [1.2345678901234567e19, 1234567890123450.0]]
    assert list(text_rows(rows))[1] == ["1.23456789012346E+19", "1.23456789012345E+15"]
    exact = [["id"], [1234567890123456.0], [1234567890123450.0]]
    assert [row[0] for row in text_rows(exact)] == ["id", "1234567890123456", "1234567890123450"]


def test_titles_blank_rows_and_line_breaks_keep_the_sheets_row_numbers(tmp_path):
    """Row 6 of the sheet is line 6, whatever stands above and inside."""
    rows = [
        ["Orders of January"],
        ["Printed on 2024-02-01"],
        [],
        [*HEADER, "note"],
        ["a", dt.date(2024, 1, 2), 5, "two\nlines"],
        ["b", dt.date(2024, 1, 3), 6, None],
        [],
        ["c", dt.date(2024, 1, 4), 7, "x"],
        ["Total", None, 18, None],
    ]
    read = read_file(write_file(tmp_path, workbook({"S": rows}), "orders.xlsx"), tmp_path)
    table = table_of(read)
    assert (read.raw.dialect.lead_lines, read.rows_read) == (3, 4)
    assert table["source_line"].tolist() == [5, 6, 8, 9]
    assert table["customer_id"].tolist() == ["a", "b", "c", "Total"]
    assert table["order_time"].tolist()[-1] is None  # which cleaning drops and counts


def test_the_sheet_of_orders_is_taken(tmp_path):
    """Of several sheets the one with customer, date and amount; the user may choose."""
    sheets = {
        "Cover": [["Export of our shop"], ["Please handle with care"]],
        "Customers": [["customer_id", "email"], ["a", "a@b.example"], ["b", "b@b.example"]],
        "Orders": [HEADER, ["a", dt.date(2024, 1, 2), 5]],
        "Empty": [],
    }
    path = write_file(tmp_path, workbook(sheets), "export.xlsx")
    raw = recognise_file(path)
    assert (raw.part, raw.parts, raw.kind) == ("Orders", tuple(sheets), "orders")
    assert recognise_file(path, choice=FileChoice(part="Customers")).kind == "customers"
    with pytest.raises(UnreadableFile, match="is empty"):
        recognise_file(path, choice=FileChoice(part="Empty"))
    with pytest.raises(UnreadableFile, match="no part called Nowhere"):
        recognise_file(path, choice=FileChoice(part="Nowhere"))


def test_separators_inside_cells_do_not_matter(tmp_path):
    """A sheet full of semicolons and quotes is cut where its cells are."""
    rows = [HEADER, *[[f'a;b;"{n}"', dt.date(2024, 1, 2), n] for n in range(1, 9)]]
    read = read_file(write_file(tmp_path, workbook({"S": rows}), "orders.xlsx"), tmp_path)
    assert table_of(read)["customer_id"].tolist() == [f'a;b;"{n}"' for n in range(1, 9)]


@pytest.mark.parametrize(
    ("reference", "spans"),
    [
        ("XFD1048576", "spans 1048576 rows and 16384 columns"),
        ("C99999999999", "spans 99999999 rows"),
        ("ZZZZZZ2", "and 475254 columns"),
    ],
)
def test_a_cell_far_away_is_refused_before_memory_is_asked_for(tmp_path, reference, spans):
    """Two cells can span seventeen thousand million."""
    content = workbook({"S": [HEADER, ["a", dt.date(2024, 1, 2), 5]]})
    far = edited(content, "xl/worksheets/sheet1.xml", 'r="C2"', f'r="{reference}"')
    with pytest.raises(UnreadableFile, match=spans):
        recognise_file(write_file(tmp_path, far, "far.xlsx"))


def test_a_sheet_that_unpacks_to_too_much_is_refused(tmp_path):
    """The limits of archives hold for workbooks."""
    content = workbook({"S": [HEADER, ["a", dt.date(2024, 1, 2), 5]]})
    held = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, source.read(name))
        out.writestr("xl/worksheets/sheet2.xml", b" " * 30_000_000)
    with pytest.raises(UnreadableFile, match="no more than 20 times"):
        recognise_file(write_file(tmp_path, held.getvalue(), "bomb.xlsx"))


def test_a_damaged_workbook_is_refused(tmp_path):
    """A cell whose text is not there is one sentence."""
    content = workbook({"S": [HEADER, ["a", dt.date(2024, 1, 2), 5]]})
    broken = edited(content, "xl/worksheets/sheet1.xml", "<v>3</v>", "<v>99999</v>")
    with pytest.raises(UnreadableFile, match="its sheets cannot be read"):
        recognise_file(write_file(tmp_path, broken, "broken.xlsx"))


def test_a_workbook_under_a_password_is_refused(tmp_path):
    """Such a workbook is no archive but a compound file with a known entry."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnreadableFile, match="protected by a password"):
        recognise_file(write_file(tmp_path, head, "secret.xlsx"))


def test_sprocket_workbook(tmp_path):
    """The transactions among five sheets: 20,000 rows, dates as dates, 179 cancelled."""
    read = read_file(real_file(WORKBOOK), tmp_path)
    table = table_of(read)
    assert read.raw.part == "Transactions"
    assert read.raw.parts[0] == "Title Sheet"
    assert (read.rows_read, len(table), len(read.rejected)) == (20_000, 20_000, 0)
    assert (table["order_time"].min(), table["order_time"].max()) == ("2017-01-01", "2017-12-30")
    assert (table["order_status"] == "Cancelled").sum() == 179
    assert table["source_line"].tolist() == list(range(2, 20_002))
    assert table["customer_id"].iloc[0] == "2950"


def test_day_numbers_of_the_sprocket_workbook():
    """The first sale of a product is written as a bare day number."""
    raw = recognise_file(real_file(WORKBOOK))
    assert raw.samples["product_first_sold_date"].iloc[0] == "2012-12-02"
