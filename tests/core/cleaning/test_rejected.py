"""The list of rows that were left out."""

from __future__ import annotations

import pandas as pd

from clv_core.cleaning.rejected import list_rejected
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.reading import read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.cleaning.uploads import clean_uploads, sell, write_upload

MAPPING = {"customer_id": "Kunde", "order_time": "Datum", "amount": "Summe"}


def read_german(folder, text):
    """Read an orders file with German headers."""
    path = folder / "bestellungen.csv"
    path.write_text(text, encoding="utf-8")
    raw = understand_file(path, None, FileChoice(kind="orders", mapping=MAPPING))
    return read_text_rows(raw, folder / "bestellungen.parquet")


def test_every_row_is_listed_with_file_line_column_and_reason(tmp_path):
    """Columns go by the user's own headers; the reader's rejects are among the rows."""
    file = read_german(
        tmp_path,
        "Kunde,Datum,Summe\n1,2024-05-01,5\n,2024-05-01,6\n2,irgendwann,7\n3,2024-05-02\n"
        "4,2024-05-03,viel\n5,2024-05-04,8\n5,2024-05-04,8\n",
    )
    cleaned = clean_uploads(tmp_path, file)
    listed = list_rejected(cleaned.tables.folder, cleaned.report)
    assert listed.columns.tolist() == ["file", "line", "row", "column", "reason"]
    assert listed["file"].unique().tolist() == ["bestellungen.csv"]
    assert listed["line"].tolist() == [3, 4, 5, 6, 8]
    assert listed["row"].tolist() == [2, 3, 4, 5, 7]
    assert listed["column"].tolist() == ["Kunde", "Datum", None, "Summe", None]
    assert listed["reason"].map(str).tolist() == [
        "The customer is missing",
        "The date is missing or cannot be read",
        "The row has fewer cells than the file has columns",
        "The amount is missing or cannot be read",
        "The line repeats an earlier one exactly",
    ]
    assert len(listed) == cleaned.file.rows_read - cleaned.file.rows_kept


def test_rows_of_all_files_are_listed_in_their_order(tmp_path):
    """Two files of orders and one of events; a limit takes the first rows."""
    orders = [write_upload(tmp_path, [sell(), sell("")], file_name=f"{n}.csv") for n in (1, 2)]
    event = {"customer_id": "nobody", "event_time": "2024-05-01", "event_type": "view"}
    cleaned = clean_uploads(tmp_path, *orders, write_upload(tmp_path, [event], "events"))
    listed = list_rejected(cleaned.tables.folder, cleaned.report)
    assert listed["file"].tolist() == ["1.csv", "2.csv", "2.csv", "shop.csv"]
    first = list_rejected(cleaned.tables.folder, cleaned.report, limit=2)
    pd.testing.assert_frame_equal(first, listed.head(2))


def test_nothing_is_listed_where_nothing_was_left_out(tmp_path):
    """An empty table with the same columns."""
    cleaned = clean_uploads(tmp_path, write_upload(tmp_path, [sell()]))
    assert list_rejected(cleaned.tables.folder, cleaned.report).shape == (0, 5)


def test_only_the_tables_and_the_list_are_left_in_the_folder(tmp_path):
    """What cleaning needed on the way is gone."""
    cleaned = clean_uploads(tmp_path, write_upload(tmp_path, [sell()]))
    assert {path.name for path in cleaned.tables.folder.iterdir()} == {
        "orders.parquet",
        "customers.parquet",
        "rejected.parquet",
    }


def test_mended_rows_are_told_of_where_they_are_kept(tmp_path):
    """A row without its blank cells, a lone quote; the first a second time, which goes."""
    header = "Kunde,Datum,Summe,Ort,Notiz\n"
    whole = "".join(f"{n},2024-05-0{n},5,Ulm,ja\n" for n in range(1, 8))
    odd = '8,2024-05-08,5\n9,2024-05-09,5,"24" Ulm",ja\n8,2024-05-08,5\n1,2024-05-10,5,Ulm,ja\n'
    cleaned = clean_uploads(tmp_path, read_german(tmp_path, header + whole + odd))
    assert cleaned.rejected == {"repeated_line": 1}
    told = {case.code: case.examples for case in cleaned.file.treated}
    assert told == {"cells_added": (8,), "quote_mended": (9,)}
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (11, 10)
