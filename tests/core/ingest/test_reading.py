"""Every row counted, numbered and kept as it was written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clv_core.errors import UnreadableFile
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.ingest.files import ORDERS, count_rows, read_file, table_of, write_file


def test_ids_stay_text(tmp_path):
    """Zeros, long digits and the word NA are ids; only an empty cell is null."""
    ids = ["007", "NA", "null", "12345678901234567890", "1.03293E+19", " x ", ""]
    path = write_file(tmp_path, ORDERS + "".join(f"{text},2024-01-02,5\n" for text in ids))
    table = table_of(read_file(path, tmp_path))
    assert table["customer_id"].tolist() == [*ids[:-1], None]


def test_only_mapped_columns_are_written(tmp_path):
    """What nobody mapped, such as an address, never leaves the upload."""
    path = write_file(tmp_path, "customer_id,street,order_date,amount\na,Elm St 1,2024-01-02,5\n")
    rows = read_file(path, tmp_path)
    assert pq.read_schema(rows.parquet).names == ["customer_id", "order_time", "amount"]
    assert b"Elm St" not in rows.parquet.read_bytes()


def test_ragged_rows_are_listed_and_counted(tmp_path):
    """Rows of another width are refused by row and line; the others keep their numbers."""
    path = write_file(
        tmp_path,
        ORDERS + "a,2024-01-02,1\nb,2024-01-03\nc,2024-01-04,3,x,y\nd,2024-01-05,4\n"
        'e,"2024" z,5\nf,2024-01-06,6\n',
    )
    rows = read_file(path, tmp_path)
    assert rows.rows_read == 6 == count_rows(path)
    assert rows.rejected.to_dict("list") == {
        "source_row": [2, 3, 5],
        "source_line": [3, 4, 6],
        "reason": ["too_few_cells", "too_many_cells", "broken_quote"],
    }
    assert table_of(rows)[["source_row", "source_line"]].to_numpy().tolist() == [
        *([1, 2], [4, 5], [6, 7])
    ]


@pytest.mark.parametrize("end", ["", "\n"])
def test_rows_of_a_long_file_keep_their_numbers(tmp_path, end):
    """Many threads begin in the middle of a file; where a cell may hold lines, one reads it all."""
    note = f"{'x' * 5_000}{end}"  # 20 MB: far more than a thread takes at once
    cell = f'"{note}"' if end else note
    lines = [f"c{number},2024-01-02,{number},{cell}\n" for number in range(4_000)]
    lines[2_500] = "c2500,2024-01-02\n"
    path = write_file(tmp_path, "customer_id,order_date,amount,product_name\n" + "".join(lines))
    rows = read_file(path, tmp_path)
    table = table_of(rows)
    kept = [number for number in range(4_000) if number != 2_500]
    assert rows.rejected[["source_row", "reason"]].to_numpy().tolist() == [[2_501, "too_few_cells"]]
    assert table["source_row"].tolist() == [number + 1 for number in kept]
    assert table["customer_id"].tolist() == [f"c{number}" for number in kept]
    assert (table["product_name"] == note).all()
    height = 2 if end else 1
    late = [height * number + 2 - (height - 1) * (number > 2_500) for number in kept]
    assert table["source_line"].tolist() == late


def test_rows_go_through_json_and_back(tmp_path):
    """What one process read, another one finds again: the account and where the rows lie."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\nb\nc,2024-01-04,3,x\nd\n")
    rows = read_file(path, tmp_path)
    again = TextRows.from_json(json.loads(json.dumps(rows.to_json())))
    assert (again.parquet, again.rows_read) == (rows.parquet, 4)
    assert again.raw.to_json() == rows.raw.to_json()
    assert again.rejected.to_dict("list") == {
        "source_row": [2, 3, 4],
        "source_line": [3, 4, 5],
        "reason": ["too_few_cells", "too_many_cells", "too_few_cells"],
    }


def test_line_breaks_in_cells_and_blank_lines_do_not_shift_numbers(tmp_path):
    """Row numbers count records; a refused row's line is the line in the file."""
    path = write_file(
        tmp_path,
        "customer_id,order_date,amount,product_name\n"
        'a,2024-01-02,1,"two\nlines"\n'  # lines 2 and 3
        "\n"
        "b,2024-01-03\n"  # line 5
        'c,2024-01-04,3,"x\n\ny"\n'  # lines 6 to 8
        "\n\n"
        "d\n"  # line 11
        "e,2024-01-05,5,z\n",
    )
    rows = read_file(path, tmp_path)
    assert rows.rows_read == 5 == count_rows(path)
    assert rows.rejected["source_row"].tolist() == [2, 4]
    assert rows.rejected["source_line"].tolist() == [5, 11]
    table = table_of(rows)
    assert table["source_row"].tolist() == [1, 3, 5]
    assert table["source_line"].tolist() == [2, 6, 12]
    assert table["product_name"].tolist() == ["two\nlines", "x\n\ny", "z"]


def test_changing_line_ends_are_one_file(tmp_path):
    """Windows and Unix line ends in one file split the same rows."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\r\nb,2024-01-03,2\nc,2024-01-04,3\r\n")
    rows = read_file(path, tmp_path)
    assert table_of(rows)["amount"].tolist() == ["1", "2", "3"]
    assert list(tmp_path.glob("rows.parquet.*")) == []


def test_quotes_inside_plain_cells_are_text(tmp_path):
    """An inch mark in an unquoted cell belongs to the cell."""
    path = write_file(
        tmp_path, ORDERS.replace("amount", "amount,product") + 'a,2024-01-02,1,5" pipe\n'
    )
    assert table_of(read_file(path, tmp_path))["product_name"].tolist() == ['5" pipe']


def test_runs_of_blanks_separate(tmp_path):
    """Blanks before, between and after values are one separator; zeros stay."""
    path = write_file(
        tmp_path, " 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73 \r\n\r\n"
    )
    rows = read_file(path, tmp_path)
    assert (rows.raw.preset, rows.rows_read) == ("cdnow", 2)
    table = table_of(rows)
    assert table.drop(columns="source_line").iloc[1].to_dict() == {
        "source_row": 2,
        "customer_id": "00004",
        "order_time": "19970118",
        "amount": "29.73",
        "quantity": "2",
    }


def test_hostile_names_are_only_names(tmp_path):
    """Headers and file names that look like SQL or patterns are read as they are."""
    header = 'customer_id,order_date,amount,"x\'); DROP TABLE t; --"\n'
    path = write_file(tmp_path, header + "a,2024-01-02,1,gift\n", name="a'[*]?; --.csv")
    rows = read_file(path, tmp_path, mapping={"product_name": "x'); DROP TABLE t; --"})
    assert table_of(rows)["product_name"].tolist() == ["gift"]


@pytest.mark.parametrize("name", ["orders[1].csv", "orders?.csv", "orders*.csv", "[1]/o.csv"])
def test_a_name_like_a_pattern_opens_no_other_file(tmp_path, name):
    """Beside orders[1].csv there may be an orders1.csv; it is not what was named."""
    for other in (tmp_path / "orders1.csv", tmp_path / "1" / "o.csv", tmp_path / name):
        other.parent.mkdir(exist_ok=True)
        write_file(other.parent, ORDERS + "somebody,2024-01-02,1\n", name=other.name)
    path = write_file((tmp_path / name).parent, ORDERS + "me,2024-01-02,1\n", Path(name).name)
    assert table_of(read_file(path, tmp_path))["customer_id"].tolist() == ["me"]


@pytest.mark.parametrize("name", ["orders.csv.gz", "orders.csv.zst"])
def test_the_bytes_say_what_is_packed_not_the_name(tmp_path, name):
    """A browser may unpack a file and keep its name."""
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\n", name)
    assert table_of(read_file(path, tmp_path))["customer_id"].tolist() == ["a"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there a file name is bytes")
def test_a_file_name_that_is_not_unicode(tmp_path):
    """A name in GBK, out of an old archive, is shown as far as it can be read."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb6\xa9.csv"))
    path.write_text(ORDERS + "a,2024-01-02,1\n", encoding="utf-8")
    rows = read_file(path, tmp_path)
    assert table_of(rows)["customer_id"].tolist() == ["a"]
    assert rows.raw.file_name == "??.csv"


@pytest.mark.parametrize("row_count", [3, 200_000])
def test_a_quote_that_never_closes_costs_its_row_alone(tmp_path, row_count):
    """The rows after an open quote are kept, and keep their numbers."""
    before = "".join(f"c{i},2024-01-02,{i}\n" for i in range(10))
    after = "c,2024-01-02,5\n" * row_count
    path = write_file(tmp_path, ORDERS + before + 'x,"2024-01-03,5\n' + after)
    rows = read_file(path, tmp_path)
    assert rows.rejected.to_dict("records") == [
        {"source_row": 11, "source_line": 12, "reason": "broken_quote"}
    ]
    table = table_of(rows)
    assert rows.rows_read == row_count + 11 == len(table) + 1
    assert table["source_row"].tolist() == [*range(1, 11), *range(12, row_count + 12)]
    assert (table["source_line"] == table["source_row"] + 1).all()
    assert sorted(each.name for each in tmp_path.glob("rows*")) == ["rows.parquet"]


def test_no_row_as_wide_as_the_header(tmp_path):
    """When not one row fits, the file is refused rather than read as empty."""
    path = write_file(tmp_path, "customer_id,order_date,x,amount\n" + "a,2024-01-02,1\n" * 3)
    with pytest.raises(UnreadableFile, match="None of the 3 rows"):
        read_file(path, tmp_path)


def test_progress_ends_at_one(tmp_path):
    """Whoever follows the reading hears of its end."""
    heard: list[float] = []
    path = write_file(tmp_path, ORDERS + "a,2024-01-02,1\n")
    read_text_rows(understand_file(path), tmp_path / "rows.parquet", heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
