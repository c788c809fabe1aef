"""One defect per file: each is refused with one problem and one remedy, never a traceback."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import MissingColumns, UnreadableFile, UserDataError
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.ingest.files import table_of

HEADER = "customer_id,order_date,amount\n"
ROW = "a,2024-01-02,5\n"


def zipped(*names: str) -> bytes:
    """Return a ZIP archive with these (almost empty) members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


def workbook() -> bytes:
    """Return a real workbook of one sheet with a header."""
    held = io.BytesIO()
    pd.DataFrame({"customer_id": [], "order_date": [], "amount": []}).to_excel(
        held, engine="xlsxwriter", index=False
    )
    return held.getvalue()


def parquet() -> bytes:
    """Return a real Parquet file."""
    held = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_parquet(held)
    return held.getvalue()


REFUSED = {
    "empty": (b"", "orders.csv is empty.", "Export it again"),
    "blank": (b"\n \r\n\n", "orders.csv is empty.", "Export it again"),
    "mark only": (b"\xef\xbb\xbf", "orders.csv is empty.", "Export it again"),
    "header only": (HEADER, "orders.csv has a header and no rows.", "for a period with orders"),
    "page": ("\n\n<!DOCTYPE html><html>", "is a web page saved", "choose CSV"),
    "table page": ("<table><tr><td>1,2</td>", "is a web page saved", "choose CSV"),
    "xml": ('<?xml version="1.0"?><a/>', "holds XML data", "Export the table"),
    "json": (json.dumps([{"customer": "a"}]), "holds JSON data", "Export the table"),
    "xlsx": (workbook(), "has a header and no rows", "for a period with orders"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "holds Excel (.xls)", "spreadsheet"),
    "zip": (zipped("orders.csv"), "holds no table", "Pack CSV files"),
    "gzip": (gzip.compress(b"customer\nann\n"), "has one column only", "semicolon, tab or |"),
    "parquet": (parquet(), "holds Parquet data", "Export the table"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "holds PNG data", "Export the table"),
    "pdf": (b"%PDF-1.7\n", "holds PDF data", "Export the table"),
    "one column": ("customer\nann\nbob\n", "has one column only", "semicolon, tab or |"),
    "prose": ("It was a dark night.\nIt rained, and rained.\n\nNobody\n", "one column", "comma"),
    "NUL": (HEADER + ROW * 3 + "a,2024\0-01-02,5\n", "Line 5 of orders.csv holds NUL", "UTF-8"),
    "wide": (",".join(f"c{i}" for i in range(10_000)) + "\n", "10000 columns", "fewer columns"),
    "long line": (HEADER + ROW + "x" * 1_100_000 + "\n", "Line 3 of orders.csv is longer", "line"),
    "open header": (
        'customer_id,"order_date,amount\n' + ROW * 9,
        "In line 1 of orders.csv a quote",
        '""',
    ),
    "ragged": ("customer_id,order_date,x,y,amount\n" + ROW * 3, "None of the 3 rows", "column"),
}  # fmt: skip


def read(folder, content, name="orders.csv"):
    """Understand and read a file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_text_rows(understand_file(path), folder / "rows.parquet")


@pytest.mark.parametrize("defect", REFUSED)
def test_unreadable_file_says_why_and_what_to_do(tmp_path, defect):
    """The problem names the file and the place, the remedy what to do about it."""
    content, problem, remedy = REFUSED[defect]
    with pytest.raises(UnreadableFile) as refusal:
        read(tmp_path, content)
    assert problem in str(refusal.value.problem)
    assert remedy in str(refusal.value.remedy)
    assert "\n" not in f"{refusal.value.problem}{refusal.value.remedy}"


def test_columns_that_mean_nothing_to_us(tmp_path):
    """The refusal says what was found, what is needed and what the file has."""
    with pytest.raises(MissingColumns) as refusal:
        read(tmp_path, "colour,shape,customer_id\nred,round,7\nblue,square,7\n", "orders.csv")
    assert str(refusal.value.problem) == (
        "In orders.csv no column was recognised as order_time, amount; "
        "found: customer_id = customer_id."
    )
    assert "colour, shape, customer_id" in str(refusal.value.remedy)
    assert [case.facts["field"] for case in refusal.value.cases] == ["order_time", "amount"]


def test_no_column_at_all(tmp_path):
    """Customer, date and amount all missing are all named."""
    with pytest.raises(MissingColumns, match="no customer, no date and no amount") as refusal:
        read(tmp_path, "colour,shape\nred,round\n")
    named = [case.facts["field"] for case in refusal.value.cases]
    assert named == ["customer_id", "order_time", "amount"]


def test_amazon_report_is_refused_for_its_reason(tmp_path):
    """A seller report cannot tell customers apart, however many rows it has."""
    header = "order-id\tpurchase-date\tship-postal-code\tship-country\titem-price\n"
    with pytest.raises(MissingColumns, match="Amazon names no buyer"):
        read(tmp_path, header + "1\t2024-01-02\t10115\tDE\t5\n")


def test_headerless_rows_never_reach_a_sentence(tmp_path):
    """Ids and contacts in a first row without header are not repeated."""
    with pytest.raises(MissingColumns) as refusal:
        read(tmp_path, "ann@x.example,2024-01-02,5\nbob@x.example,2024-01-03,6\n")
    assert "example" not in str(refusal.value)
    assert "column_1" in str(refusal.value)


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_are_refused(tmp_path, seed):
    """No byte soup gets through, and none ends in a traceback."""
    with pytest.raises(UserDataError):
        read(tmp_path, np.random.default_rng(seed).bytes(20_000))


@pytest.mark.parametrize("seed", range(12))
def test_garbage_among_rows_is_counted(tmp_path, seed):
    """After a good beginning every later row is kept or refused, and numbered once."""
    noise = bytes(random.Random(seed).choices(b"ab,;|\t\r\n 019", k=5_000))
    rows = read(tmp_path, (HEADER + ROW * 3).encode() + noise)
    table = table_of(rows)
    assert rows.rows_read > 3
    numbers = [*table["source_row"], *rows.rejected["source_row"]]
    assert sorted(numbers) == list(range(1, rows.rows_read + 1))
