"""Quotes in disorder and ragged rows: the rows at fault are named, all others are kept."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clv_core.errors import UnreadableFile
from clv_core.ingest.records import Grammar, RecordReader
from clv_core.ingest.row_shape import RowShape, learn_shape
from tests.core.ingest.files import ORDERS, read_file, table_of, write_file

NOTED = "customer_id,order_date,amount,product_name\n"
ROW = "a,2024-01-02,5,tea\n"


def rejects(rows):
    """Return the refused rows as (row, line, reason)."""
    return list(rows.rejected.itertuples(index=False, name=None))


def mends(rows):
    """Return the mended rows as (row, line, reason)."""
    return list(rows.mended.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("a,b", "closed"),
        ('"a,b",c', "closed"),
        ('"a""b",', "closed"),
        ('a, "b,c" ,d', "closed"),
        ('12" pipe,x', "closed"),
        ('a,"b', "open"),
        ('a,"b""', "open"),
        ('a,"b"c,d', "broken"),
        ('"12" pipe",x', "broken"),
    ],
)
def test_a_line_alone(line, state):
    """Quotes mean something only where a cell begins with one."""
    assert Grammar(",").follow(line, is_inside=False) == state


def test_cells_are_those_between_separators():
    """Doubled quotes are one, blanks outside quotes go, inside they stay."""
    assert Grammar(";").cut('a; "b;""c"" " ; d;') == ["a", 'b;"c" ', " d", ""]
    assert Grammar("|", "backslash").cut(r'"a\"b\\n"|c') == [r'a"b\n', "c"]
    assert Grammar(",", "loose").cut('"12" pipe",x') == ['12" pipe', "x"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('a,2024-01-02,5,12" pipe\n', '12" pipe'),
        ('a,2024-01-02,5,"12"" pipe"\n', '12" pipe'),
        ('a,2024-01-02,5,"12" pipe"\n', '12" pipe'),
        ('a,2024-01-02,5,"say \\"hi\\" now"\n', 'say "hi" now'),
        ('a,2024-01-02,5,"say \\"hi\\", twice"\n', 'say "hi", twice'),
        ('a,2024-01-02,5,"5" long\nand wide"\n', '5" long\nand wide'),
        ('a,2024-01-02,5,""\n', None),
        ("a,2024-01-02,5,'x'\n", "'x'"),
    ],
)
def test_a_quote_inside_a_cell_is_understood(tmp_path, written, name):
    """Doubled, escaped, bare: where a row comes out exactly, that is the row."""
    rows = read_file(write_file(tmp_path, NOTED + ROW * 3 + written + ROW * 3), tmp_path)
    assert rejects(rows) == []
    assert table_of(rows)["product_name"].tolist() == [*["tea"] * 3, name, *["tea"] * 3]


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ('a,2024-01-02,5,"tea\n', [(4, 5)]),
        ('"a,2024-01-02,5,tea\n', [(4, 5)]),
        ('a,"2024" z,5,tea\n', [(4, 5)]),
        ('a,2024-01-02,5,"tea\na,2024-01-02,5,"tea\n', [(4, 5), (5, 6)]),
    ],
)
def test_a_stray_quote_costs_its_row(tmp_path, written, lost):
    """Rows before and after are kept under their own numbers."""
    rows = read_file(write_file(tmp_path, NOTED + ROW * 3 + written + ROW * 4), tmp_path)
    assert rejects(rows) == [(row, line, "broken_quote") for row, line in lost]
    kept = table_of(rows)
    assert rows.rows_read == 7 + len(lost) == len(kept) + len(lost)
    assert kept["source_line"].tolist() == [*range(2, 5), *range(5 + len(lost), 9 + len(lost))]
    assert (kept["product_name"] == "tea").all()


def test_two_stray_quotes_do_not_make_a_cell_of_the_rows_between(tmp_path):
    """What reads as one cell by the letter holds whole rows of the table."""
    content = NOTED + ROW + 'b,2024-01-03,6,"jam\n' + ROW * 3 + 'c,2024-01-04,7,nut"\n' + ROW
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rejects(rows) == [(2, 3, "broken_quote")]
    assert rows.rows_read == 7
    assert table_of(rows)["product_name"].tolist() == [*["tea"] * 4, 'nut"', "tea"]


def test_a_text_with_commas_in_every_line_is_one_cell(tmp_path):
    """Lines of a review are no rows, however many commas they have."""
    text = "fine, really\nwarm, soft, red\nand, well, cheap, too\nbye, bye"
    rows = read_file(write_file(tmp_path, NOTED + f'a,2024-01-02,5,"{text}"\n' + ROW), tmp_path)
    assert rejects(rows) == []
    assert table_of(rows)["product_name"].tolist() == [text, "tea"]
    assert table_of(rows)["source_line"].tolist() == [2, 6]


def test_quotes_in_disorder_with_windows_line_ends_and_a_mark(tmp_path):
    """A byte-order mark and CRLF change nothing."""
    content = "\ufeff" + (NOTED + ROW * 2 + 'b,2024-01-03,6,"jam\n' + ROW * 2).replace("\n", "\r\n")
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rejects(rows) == [(3, 4, "broken_quote")]
    assert table_of(rows)["customer_id"].tolist() == ["a"] * 4


def test_a_broken_quote_and_a_broken_byte(tmp_path):
    """Each is refused for its own reason, at its own line."""
    names = "".join(f"Zoë{n},2024-01-02,5,tea\n" for n in range(30))
    content = (NOTED + names).encode() + b"x\xff,2024-01-02,5,tea\n" + b'y,2024-01-03,6,"jam\n'
    rows = read_file(write_file(tmp_path, content + ROW.encode() * 2), tmp_path)
    assert rejects(rows) == [(31, 32, "broken_encoding"), (32, 33, "broken_quote")]
    assert rows.rows_read == 34
    assert table_of(rows)["source_row"].tolist() == [*range(1, 31), 33, 34]


def test_a_header_that_never_closes_is_refused(tmp_path):
    """Without names nothing can be mapped: that is the user's to mend."""
    path = write_file(tmp_path, 'customer_id,"order_date,amount\n' + "a,2024-01-02,5\n" * 9)
    with pytest.raises(UnreadableFile, match=r"In line 1 of orders\.csv a quote opens"):
        read_file(path, tmp_path)


def test_a_line_of_rows_that_all_open_quotes_is_read_in_time():
    """Looking ahead ends at the next quote: a hundred thousand open quotes take seconds."""
    lines = [f'c{n},2024-01-02,"x' for n in range(20_000)]
    records = list(RecordReader(lines, ",", RowShape(3)))
    assert len(records) == 20_000
    assert all(record.is_refused for record in records)


def test_blank_cells_at_the_end_may_be_missing_or_too_many(tmp_path):
    """Neither loses anything; what a row needs must be there."""
    content = (
        "customer_id,order_date,amount,product_name,note\n"
        "a,2024-01-02,1,tea,x\n"
        "b,2024-01-03,2\n"  # product and note left out
        "c,2024-01-04,3,jam,y,,\n"  # two blanks too many
        "d,2024-01-05\n"  # no amount
        "e,2024-01-06,5,jam,y,z\n"  # a cell too many that says something
        "f,tea,6\n"  # no date where the dates are
        "g,2024-01-07,7,nut,z\n"
    )
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rows.rows_read == 7
    assert mends(rows) == [(2, 3, "too_few_cells")]
    assert rejects(rows) == [
        *[(4, 5, "too_few_cells"), (5, 6, "too_many_cells"), (6, 7, "too_few_cells")]
    ]
    kept = table_of(rows)
    assert kept["customer_id"].tolist() == ["a", "b", "c", "g"]
    assert kept["source_line"].tolist() == [2, 3, 4, 8]
    assert kept["product_name"].tolist() == ["tea", None, "jam", "nut"]


def test_a_last_row_that_is_cut_off_is_not_filled_up(tmp_path):
    """An amount of 12 at the end of a download may have been 1,234."""
    header = "customer_id,order_date,amount,product_name\n"
    rows = read_file(write_file(tmp_path, header + ROW * 2 + "b,2024-01-03,12"), tmp_path)
    assert rejects(rows) == [(3, 4, "too_few_cells")]
    rows = read_file(write_file(tmp_path, header + ROW * 2 + "b,2024-01-03,12\n"), tmp_path)
    assert mends(rows) == [(3, 4, "too_few_cells")]


@pytest.mark.parametrize("count", [200, 12_000])
def test_a_program_that_leaves_out_all_blank_ends(tmp_path, count):
    """A header wider than almost every row: the missing columns are blank."""
    header = ORDERS.replace("\n", ",note,gift\n")
    content = header + "a,2024-01-02,5\n" * count + "b,2024-01-03,6,x,y\n"
    rows = read_file(write_file(tmp_path, content), tmp_path, mapping={"product_name": "gift"})
    assert (rows.rows_read, rejects(rows)) == (count + 1, [])
    table = table_of(rows)
    assert table["product_name"].tolist() == [*[None] * count, "y"]
    assert table["source_row"].tolist() == list(range(1, count + 2))


def test_blank_columns_beyond_the_header(tmp_path):
    """A separator at the end of every row, but not of the header, is no column."""
    rows = read_file(write_file(tmp_path, ORDERS + "a,2024-01-02,5,\n" * 4), tmp_path)
    assert (rows.rows_read, rejects(rows), mends(rows)) == (4, [], [])
    assert rows.raw.column_names == ("customer_id", "order_date", "amount", "column_4")


def test_row_names_without_a_name(tmp_path):
    """R's write.table puts row names before the first column and names them nothing."""
    lines = "".join(f'"{n}","c{n}","2024-01-02",{n}.5\n' for n in range(1, 6))
    rows = read_file(
        write_file(tmp_path, '"customer_id","order_date","amount"\n' + lines), tmp_path
    )
    assert table_of(rows)["customer_id"].tolist() == [f"c{n}" for n in range(1, 6)]


def test_total_rows_are_counted(tmp_path):
    """A footer is a row like others: refused for its cells, or kept for cleaning to drop."""
    content = ORDERS + "a,2024-01-02,5\n" * 3 + "Total,,15\n" + "3 orders\n"
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rows.rows_read == 5
    assert rejects(rows) == [(5, 6, "too_few_cells")]
    assert table_of(rows)["order_time"].tolist() == [*["2024-01-02"] * 3, None]


@pytest.mark.parametrize(
    "cell",
    ["-" + " " * 900_000 + "x", "9" * 900_000, "," * 900_000, '"' * 900_001, '\\"' * 400_000],
)
def test_a_cell_of_almost_a_megabyte_is_read_in_time(tmp_path, cell):
    """No pattern looks at a long cell again and again; the other rows are kept."""
    content = NOTED + ROW * 3 + f"b,2024-01-02,5,{cell}\n" + ROW * 3
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rows.rows_read == 7
    assert table_of(rows)["customer_id"].tolist().count("a") == 6


def test_shape_is_learnt_from_whole_rows():
    """A column is typed where all of its cells are numbers, or all are times."""
    shape = learn_shape([["a", "2024-01-02", "5", ""], ["b", "", "6.5", "x"], ["c"]], 4)
    assert [at for at, _ in shape.typed] == [1, 2]
    assert shape.fits(["z", "", "7", "y"])
    assert not shape.fits(["z", "tea", "7", "y"])
    assert shape.is_telling(["z", "", "7", "y"])
    assert not shape.is_telling(["z", "", "", "y"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    quoted=st.booleans(),
    names=st.lists(st.text(string.ascii_letters + ' ,"\n', max_size=8), min_size=8, max_size=40),
)
def test_untouched_rows_outlive_stray_quotes(tmp_path, seed, quoted, names):
    """Whatever a stray quote does to its own row, the rows that have none are as they were.

    What a row looks like is learnt from whole ones, so most of them are. Of a row over
    several lines a stray quote can leave a line that opens the next row's cell.
    """
    chance = random.Random(seed)
    notes = [name.replace('"', '""') for name in names]
    lines = [
        ",".join(
            f'"{cell}"' if quoted or set(cell) & set(',"\n') else cell
            for cell in (f"c{n}", f"2024-01-{n % 28 + 1:02d}", f"{n}.5", note)
        )
        for n, note in enumerate(notes)
    ]
    of_one_line = [n for n, line in enumerate(lines) if "\n" not in line]
    touched = set(chance.sample(of_one_line, min(2, len(of_one_line))))
    for n in touched:
        at = chance.randrange(len(lines[n]) + 1)
        lines[n] = lines[n][:at] + '"' + lines[n][at:]
    rows = read_file(write_file(tmp_path, NOTED + "\n".join(lines) + "\n"), tmp_path)
    kept = table_of(rows)
    numbers = [*kept["source_row"], *rows.rejected["source_row"]]
    assert sorted(numbers) == list(range(1, rows.rows_read + 1))
    found = dict(zip(kept["customer_id"], kept["product_name"], strict=True))
    for n, name in enumerate(names):
        if n not in touched:
            assert found[f"c{n}"] == (name or None)
