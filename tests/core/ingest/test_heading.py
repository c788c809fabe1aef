"""Where a table begins, and what the user may say about it."""

from __future__ import annotations

import pytest

from clv_core.errors import UnreadableFile
from clv_core.ingest.dialect import detect_dialect
from clv_core.ingest.heading import find_heading, usual_width
from tests.core.ingest.files import ORDERS, read_file, table_of, write_file

ROWS = "a,2024-01-02,5\nb,2024-01-03,6\n"


@pytest.mark.parametrize(
    ("titles", "lines"),
    [
        ("Order report\n", 1),
        ("Report generated on 2024-02-01\n\n", 2),
        ("Report generated on,2024-02-01\n", 1),
        ("Shop:,Tea & Jam\nPeriod:,2024-01\n\n\n", 4),
        ("\n\nOrder report\n", 3),
        ("Order report,,\n,,\n", 2),
        ('Shop "Tea\n', 1),
        ('"Shop ""Tea"""\n', 1),
        ("# exported by a program\n# at noon\n", 2),
        ("sep=,\nOrder report\n", 2),
    ],
)
def test_titles_above_the_header_are_passed_over(tmp_path, titles, lines):
    """Lines keep their numbers; rows are those under the header."""
    rows = read_file(write_file(tmp_path, titles + ORDERS + ROWS), tmp_path)
    assert (rows.raw.dialect.lead_lines, rows.raw.dialect.has_header) == (lines, True)
    assert rows.raw.column_names == ("customer_id", "order_date", "amount")
    assert rows.rows_read == 2
    assert table_of(rows)["source_line"].tolist() == [lines + 2, lines + 3]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_titles_above_other_separators(tmp_path, delimiter):
    """A title with commas does not make commas the separator."""
    table = (ORDERS + ROWS * 3).replace(",", delimiter)
    path = write_file(tmp_path, "Tea, jam, and more\nMonday, 3 June 2024\n" + table)
    rows = read_file(path, tmp_path)
    assert (rows.raw.dialect.delimiter, rows.raw.dialect.lead_lines) == (delimiter, 2)
    assert rows.rows_read == 6


def test_titles_above_rows_without_header(tmp_path):
    """The first row of data begins the table where nothing names its columns."""
    path = write_file(tmp_path, "Our orders\n\n" + ROWS)
    rows = read_file(path, tmp_path, column_names=["customer_id", "order_date", "amount"])
    assert (rows.raw.dialect.lead_lines, rows.raw.dialect.has_header) == (2, False)
    assert table_of(rows)["source_line"].tolist() == [3, 4]


def test_the_user_says_where_the_table_begins(tmp_path):
    """Lines before the header, a header or none: the user's word goes before what is seen."""
    path = write_file(tmp_path, "kunde,datum,betrag\n" + ORDERS + ROWS)
    assert read_file(path, tmp_path).raw.dialect.lead_lines == 0
    rows = read_file(path, tmp_path, lead_lines=1)
    assert rows.raw.column_names == ("customer_id", "order_date", "amount")
    assert (rows.rows_read, table_of(rows)["source_line"].tolist()) == (2, [3, 4])
    names = ["customer_id", "order_date", "amount"]
    rows = read_file(path, tmp_path, lead_lines=2, column_names=names)
    assert (rows.rows_read, rows.raw.dialect.has_header) == (2, False)
    numbered = write_file(tmp_path, "1,2,3\n" + ROWS, name="numbered.csv")
    mapping = {"customer_id": "1", "order_time": "2", "amount": "3"}
    rows = read_file(numbered, tmp_path, has_header=True, mapping=mapping)
    assert (rows.rows_read, rows.raw.column_names) == (2, ("1", "2", "3"))


def test_lines_before_the_header_that_are_all_there_are(tmp_path):
    """A thousand lines to skip of three leave nothing."""
    path = write_file(tmp_path, ORDERS + ROWS)
    with pytest.raises(UnreadableFile, match="is empty"):
        read_file(path, tmp_path, lead_lines=1000)


def test_the_user_says_encoding_and_separator(tmp_path):
    """Both are taken as said; what cannot be is refused in a sentence."""
    path = write_file(tmp_path, "kunde;datum;betrag\nJürgen;2024-01-02;5,5\n".encode("latin-1"))
    rows = read_file(path, tmp_path, encoding="latin-1", delimiter=";")
    assert table_of(rows)["customer_id"].tolist() == ["Jürgen"]
    assert read_file(path, tmp_path, encoding="cp850").raw.dialect.encoding == "cp850"
    for told, problem in (
        ({"encoding": "rot13"}, "no text encoding called rot13"),
        ({"encoding": "utf-32"}, "is not in utf-32"),
        ({"delimiter": "a"}, "cannot be one"),
        ({"delimiter": "|"}, "has one column only"),
    ):
        with pytest.raises(UnreadableFile, match=problem):
            read_file(path, tmp_path, **told)


def test_an_unusual_separator_that_the_user_names(tmp_path):
    """Any sign may separate when the user says so."""
    path = write_file(tmp_path, (ORDERS + ROWS).replace(",", "^"))
    rows = read_file(path, tmp_path, delimiter="^")
    assert (rows.rows_read, table_of(rows)["amount"].tolist()) == (2, ["5", "6"])


def test_columns_set_apart_by_two_blanks_and_more(tmp_path):
    """Names of two words are one cell where columns stand two blanks apart."""
    content = (
        "customer name   order date   amount\n"
        "Ann Lee         2024-01-02   5.00\n"
        "Bob             2024-01-03   6.50\n"
        "Mary Ann Poe    2024-01-04   7.25\n"
    )
    told = {"mapping": {"customer_id": "customer name"}}
    rows = read_file(write_file(tmp_path, content), tmp_path, **told)
    assert table_of(rows)["customer_id"].tolist() == ["Ann Lee", "Bob", "Mary Ann Poe"]
    assert table_of(rows)["amount"].tolist() == ["5.00", "6.50", "7.25"]


def test_a_ragged_file_keeps_its_true_separator(tmp_path):
    """Decimal commas in every row do not outvote semicolons that a few rows break."""
    good = "a;2024-01-02;5,50;x;y\n" * 60
    path = write_file(tmp_path, "kunde;datum;betrag;n;m\n" + good + "a;2024-01-02\n" * 3 + good)
    assert detect_dialect(path, "orders.csv").dialect.delimiter == ";"


def test_header_over_two_lines(tmp_path):
    """A line break inside a quoted header belongs to its name."""
    path = write_file(tmp_path, 'customer_id,"order\ndate",amount\n' + ROWS)
    rows = read_file(path, tmp_path, mapping={"order_time": "order\ndate"})
    assert (rows.rows_read, table_of(rows)["source_line"].tolist()) == (2, [3, 4])


def test_widths():
    """The usual width is that of most rows with more than one cell."""
    assert usual_width([["t"], ["t"], ["t"], ["a", "b"], ["c", "d"]]) == 2
    assert usual_width([["t"]]) == 1
    heading = find_heading([["T", "", ""], ["a", "b", "c"], ["1", "2", "3"]], 3)
    assert (heading.start, heading.header, heading.width) == (1, ("a", "b", "c"), 3)
    bare = find_heading([["1", "2", "3"]], 3)
    assert (bare.start, bare.header) == (0, None)
