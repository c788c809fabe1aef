"""Archives and workbooks."""

import gzip
import io
import zipfile
from datetime import date, datetime

import xlsxwriter

from clv_core.errors import UnreadableFile
from tests.faults.corpus.case import HEADER, Case, good

NAMES = HEADER.split(",")
SALES = ((1, "ann", date(2024, 1, 2), 10.0), (2, "bob", date(2024, 1, 3), 20.5),
         (3, "ann", date(2024, 2, 4), 30.25))  # fmt: skip


def zipped(members: dict[str, bytes]) -> bytes:
    """Return an archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook; days and moments become the spreadsheet's own dates."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(at, place, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(at, place, cell, day)
                    elif cell is not None:
                        sheet.write(at, place, cell)
    return written.getvalue()


def sold(*rows: tuple[object, ...]) -> list[list[object]]:
    """Return a sheet with the usual header."""
    return [list(NAMES), *(list(row) for row in rows)]


NOTES: list[list[object]] = [["Made by our shop program"], ["Call us with questions"]]

CASES = (
    Case("gzip", gzip.compress(good()), file_name="orders.csv.gz"),
    Case("gzip under another name", gzip.compress(good()), file_name="orders.csv"),
    Case("zip of one table", zipped({"orders.csv": good()}), file_name="orders.zip"),
    Case(
        "zip with a read-me beside the table",
        zipped({"README.txt": b"Thank you for your order export.\n", "orders.csv": good()}),
        file_name="orders.zip",
    ),
    Case(
        "zip with a folder and a Mac's leftovers",
        zipped({"out/orders.csv": good(), "__MACOSX/out/._orders.csv": b"\0\x05\x16\x07"}),
        file_name="orders.zip",
    ),
    Case(
        "zip of GBK",
        zipped({"orders.csv": good()}),
        file_name="订单.zip",
    ),
    Case("an empty zip", zipped({}), UnreadableFile, "zip", file_name="orders.zip"),
    Case(
        "zip of a picture",
        zipped({"photo.png": b"\x89PNG\r\n\x1a\n" + bytes(200)}),
        UnreadableFile,
        "orders.zip",
        file_name="orders.zip",
    ),
    Case(
        "a zip that unfolds too far",
        zipped({"orders.csv": b"1,ann,2024-01-02,10.00\n" * 400_000}),
        UnreadableFile,
        "20",
        file_name="orders.zip",
    ),
    Case(
        "a gzip that unfolds too far",
        gzip.compress(b"1,ann,2024-01-02,10.00\n" * 400_000),
        UnreadableFile,
        "20",
        file_name="orders.csv.gz",
    ),
    Case(
        "a gzip cut short",
        gzip.compress(good() * 50)[:-40],
        UnreadableFile,
        "orders.csv.gz",
        file_name="orders.csv.gz",
    ),
    Case(
        "a zip cut short",
        zipped({"orders.csv": good() * 50})[:-30],
        UnreadableFile,
        "orders.zip",
        file_name="orders.zip",
    ),
    Case(
        "a zip in a zip",
        zipped({"inner.zip": zipped({"orders.csv": good()})}),
        UnreadableFile,
        "orders.zip",
        file_name="orders.zip",
    ),
    Case("a workbook", workbook({"Sheet1": sold(*SALES)}), file_name="orders.xlsx"),
    Case(
        "a workbook with titles above the header",
        workbook({"Report": [["Orders"], ["of two months"], [], *sold(*SALES)]}),
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook whose table begins further right",
        workbook({"Report": [[None, *row] for row in sold(*SALES)]}),
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook with notes before the table's sheet",
        workbook({"Notes": NOTES, "Orders": sold(*SALES)}),
        file_name="orders.xlsx",
    ),
    Case(
        "the user's word on the sheet",
        workbook({"Old": sold((9, "zoe", date(2020, 1, 1), 1.0)), "New": sold(*SALES)}),
        file_name="orders.xlsx",
        choice={"part": "New"},
    ),
    Case(
        "a workbook with moments",
        workbook(
            {
                "S": sold(
                    (1, "ann", datetime(2024, 1, 2, 9, 30), 10.0),
                    (2, "bob", datetime(2024, 1, 3, 23, 59), 20.5),
                    (3, "ann", datetime(2024, 2, 4, 0, 0), 30.25),
                )
            }
        ),
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook with bare day numbers",
        workbook(
            {"S": sold((1, "ann", 45293, 10.0), (2, "bob", 45294, 20.5), (3, "ann", 45326, 30.25))}
        ),
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook with numbers as customers",
        workbook(
            {
                "S": sold(
                    (1, 17850.0, date(2024, 1, 2), 10.0),
                    (2, 13047.0, date(2024, 1, 3), 20.5),
                    (3, 17850.0, date(2024, 2, 4), 30.25),
                )
            }
        ),
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook with text in the amounts",
        workbook(
            {
                "S": sold(
                    (1, "ann", date(2024, 1, 2), "10.00"),
                    (2, "bob", date(2024, 1, 3), "20.50"),
                    (3, "ann", date(2024, 2, 4), "thirty"),
                )
            }
        ),
        file_name="orders.xlsx",
        orders=2,
        revenue=30.5,
        rejected={"unreadable_amount": 1},
    ),
    Case(
        "an empty workbook",
        workbook({"Sheet1": []}),
        UnreadableFile,
        "orders.xlsx",
        file_name="orders.xlsx",
    ),
    Case(
        "a workbook cut short",
        workbook({"S": sold(*SALES)})[:2000],
        UnreadableFile,
        "orders.xlsx",
        file_name="orders.xlsx",
    ),
    Case(
        "an old workbook in name only",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048),
        UnreadableFile,
        "Excel",
        file_name="orders.xls",
    ),
    Case("a table under a workbook's name", good(), file_name="orders.xlsx"),
    Case("7-Zip", b"7z\xbc\xaf\x27\x1c" + bytes(64), UnreadableFile, "7-Zip", file_name="o.7z"),
    Case("RAR", b"Rar!\x1a\x07" + bytes(64), UnreadableFile, "RAR", file_name="o.rar"),
)
