"""Encodings, separators, headers."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clv_core.errors import UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.dialect import detect_dialect
from clv_core.ingest.encoding import examine_text
from tests.core.ingest.files import ORDERS, read_file, table_of, write_file

CHINESE = (
    "订单编号,买家会员名,买家实际支付金额,订单付款时间\n"
    "1,张三丰,12.50,2024-01-02\n2,李小龙,3,2024-01-03\n"
)
RUSSIAN = "customer_id,order_date,amount\nИванов,2024-01-02,5\nПётр Кузнецов,2024-01-03,6\n"
TRADITIONAL = "customer_id,order_date,amount\n王小明,2024-01-02,5\n陳美玲,2024-01-03,6\n"
JAPANESE = "customer_id,order_date,amount\n田中太郎,2024-01-02,5\nすずき花子,2024-01-03,6\n"
HALF_WIDE = "customer_id,order_date,amount\nﾀﾅｶ 太郎,2024-01-02,5\nｽｽﾞｷ 花子,2024-01-03,6\n"
KOREAN = (
    "customer_id,order_date,amount\n"
    "김철수,2024-01-02,5\n이영희,2024-01-03,6\n박지성,2024-01-04,7\n"
    "최민수,2024-01-05,8\n정수연,2024-01-06,9\n강하늘,2024-01-07,10\n"
)
TURKISH = "customer_id,order_date,amount\nAyşe Yılmaz,2024-01-02,5\nÇağlar,2024-01-03,6\n"
APOSTROPHES = "customer_id,order_date,amount\nit’s “Ann”,2024-01-02,5\nO’Neil,2024-01-03,6\n"
WESTERN = "customer_id,order_date,amount\nMüller,2024-01-02,5\nJosé Peña,2024-01-03,6\n"


@pytest.mark.parametrize(
    ("text", "written_in", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (WESTERN, "utf-16-le", "utf-16-le"),
        (WESTERN, "cp1252", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (TRADITIONAL, "cp950", "big5hkscs"),
        (JAPANESE, "shift_jis", "cp932"),
        (HALF_WIDE, "cp932", "cp932"),
        (KOREAN, "cp949", "cp949"),
        (TURKISH, "cp1254", "cp1254"),
        (APOSTROPHES, "cp1252", "cp1252"),
    ],
)
def test_encoding_is_found_and_read(tmp_path, text, written_in, found):
    """Every encoding is told from the bytes and its names arrive unharmed."""
    path = write_file(tmp_path, text.encode(written_in))
    assert examine_text(path)[0] == found
    customers = table_of(read_file(path, tmp_path))["customer_id"].tolist()
    header, *rows = [line.split(",") for line in text.splitlines()]
    at = 1 if "买家会员名" in header else 0
    assert customers == [row[at] for row in rows]


@pytest.mark.parametrize(
    "content",
    [
        CHINESE.encode("utf-16")[:-1],
        CHINESE.encode("utf-32")[:-1],
        WESTERN.encode("utf-16-le")[:-1],
        WESTERN.encode("utf-16") + b"\x00\xd8A\x00",
    ],
)
def test_wide_text_that_is_cut_off_is_refused(tmp_path, content):
    """Half a character at the end is a damaged file, told in a sentence."""
    path = write_file(tmp_path, content)
    with pytest.raises(UnreadableFile, match=r"encoding of orders\.csv cannot be told"):
        read_file(path, tmp_path)


def test_a_euro_sign_alone_is_western(tmp_path):
    """The only byte beyond ASCII in a German file of amounts is no Cyrillic letter."""
    text = "Kundennummer;Datum;Betrag\n007;31.01.2024;12,50 €\n008;01.02.2024;7,00 €\n"
    path = write_file(tmp_path, text.encode("cp1252"))
    assert examine_text(path)[0] == "cp1252"
    assert table_of(read_file(path, tmp_path))["amount"].tolist() == ["12,50 €", "7,00 €"]


def test_western_names_are_not_taken_for_chinese(tmp_path):
    """gb18030 decodes "Müller" without complaint; it still is not Chinese."""
    path = write_file(tmp_path, "customer\nMüller\nKöhler\nGrün\n".encode("cp1252"))
    path.read_bytes().decode("gb18030")
    assert examine_text(path)[0] != "gb18030"


def test_one_damaged_place_leaves_a_file_utf8(tmp_path):
    """A single broken byte refuses its row, not the encoding of the whole file."""
    good = "".join(f"Zoë{i},2024-01-02,5\n" for i in range(50))
    path = write_file(tmp_path, (ORDERS + good).encode() + b"A\xff,2024-01-02,5\nb,2024-01-02,6\n")
    rows = read_file(path, tmp_path)
    assert rows.raw.dialect.encoding == "utf-8"
    assert rows.rejected.to_dict("records") == [
        {"source_row": 51, "source_line": 52, "reason": "broken_encoding"}
    ]
    assert rows.rows_read == 52


@pytest.mark.parametrize(("written_in", "found"), [("gb18030", "gb18030"), ("cp950", "big5hkscs")])
def test_one_damaged_place_leaves_a_chinese_file_chinese(tmp_path, written_in, found):
    """One bad byte costs its row: the other names are not turned into nonsense."""
    good = "".join(f"王小明{n},2024-01-02,5\n" for n in range(40)).encode(written_in)
    content = ORDERS.encode() + good + b"\xff\xff,2024-01-02,5\n" + good
    rows = read_file(write_file(tmp_path, content), tmp_path)
    assert rows.raw.dialect.encoding == found
    assert rows.rejected.to_dict("records") == [
        {"source_row": 41, "source_line": 42, "reason": "broken_encoding"}
    ]
    assert table_of(rows)["customer_id"].tolist() == [f"王小明{n}" for n in range(40)] * 2


def test_a_mark_is_no_part_of_the_first_name(tmp_path):
    """A user who says utf-8 or utf-16-le means it with the mark that is there."""
    for encoding, written_in in (("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16")):
        path = write_file(tmp_path, WESTERN.encode(written_in))
        rows = read_file(path, tmp_path, encoding=encoding)
        assert rows.raw.column_names[0] == "customer_id"
        assert table_of(rows)["customer_id"].tolist() == ["Müller", "José Peña"]


def test_utf_16_that_the_user_names_needs_no_mark(tmp_path):
    """Where the bytes are no such text, that is told."""
    path = write_file(tmp_path, WESTERN.encode("utf-16-be"))
    assert examine_text(path, "utf-16")[0] == "utf-16-be"
    other = write_file(tmp_path, WESTERN.encode())
    with pytest.raises(UnreadableFile, match="is not in utf-16"):
        detect_dialect(other, "orders.csv", FileChoice(encoding="utf-16"))


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path, delimiter, line_end):
    """Every separator with every line end is found and read."""
    lines = [
        ("customer_id", "order_date", "amount"),
        ("007", "2024-01-02", "1"),
        ("8", "2024-01-03", "2"),
    ]
    path = write_file(tmp_path, line_end.join(delimiter.join(line) for line in lines))
    rows = read_file(path, tmp_path)
    assert rows.raw.dialect.delimiter == delimiter
    assert table_of(rows)["customer_id"].tolist() == ["007", "8"]
    assert table_of(rows)["source_line"].tolist() == [2, 3]


def test_decimal_commas_do_not_hide_semicolons(tmp_path):
    """A comma in every amount is a decimal mark where semicolons cut more cells."""
    path = write_file(tmp_path, "kunde;datum;betrag\na;2024-01-02;1,50\nb;2024-01-03;2,75\n")
    assert table_of(read_file(path, tmp_path))["amount"].tolist() == ["1,50", "2,75"]


def test_excels_separator_hint_is_no_row(tmp_path):
    """Excel's first line ``sep=;`` and blank lines before it are not data."""
    path = write_file(tmp_path, "\r\nsep=;\r\ncustomer;date;amount\r\na;2024-01-02;1\r\n")
    rows = read_file(path, tmp_path)
    assert (rows.rows_read, table_of(rows)["source_line"].tolist()) == (1, [4])


def test_rows_without_header_need_names(tmp_path):
    """A first row with a date is data; the user's names then say what is what."""
    path = write_file(tmp_path, "a@b.example,2024-01-02,5\nb@b.example,2024-01-03,6\n")
    rows = read_file(path, tmp_path, column_names=["customer_id", "order_time", "amount"])
    assert not rows.raw.dialect.has_header
    assert (rows.rows_read, table_of(rows)["source_line"].tolist()) == (2, [1, 2])


def test_contacts_are_never_taken_for_names(tmp_path):
    """A first row with an e-mail is data, so no sentence can carry it."""
    path = write_file(tmp_path, "a@b.example,Ann,blue\nb@b.example,Bob,red\n")
    assert detect_dialect(path, "orders.csv").header is None


CELLS = st.text(alphabet=string.ascii_letters + string.digits + " ,;|\t\"'\n-äß中", max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    notes=st.lists(CELLS, min_size=1, max_size=6),
    delimiter=st.sampled_from([",", "\t", ";", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_is_read_back(tmp_path, notes, delimiter, line_end, encoding):
    """Any text in a quoted cell comes back as it was, row by row."""
    head = delimiter.join(("customer_id", "order_date", "amount", "product_name"))
    lines = [head]
    for number, note in enumerate(notes):
        quoted = '"' + note.replace('"', '""') + '"'
        lines.append(delimiter.join((f"00{number}", "2024-01-02", "1.50", quoted)))
    path = write_file(tmp_path, line_end.join((*lines, "")).encode(encoding))
    rows = read_file(path, tmp_path)
    table = table_of(rows)
    assert rows.rows_read == len(notes)
    assert table["source_row"].tolist() == list(range(1, len(notes) + 1))
    assert table["product_name"].tolist() == [note or None for note in notes]
