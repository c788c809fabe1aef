"""Packed files: unpacked within limits, the likeliest table taken, the rest refused."""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
import zipfile

import pandas as pd
import pytest

from clv_core.errors import UnreadableFile
from clv_core.ingest.understand import recognise_file
from tests.core.ingest.files import ORDERS, read_file, table_of, write_file

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def orders(rows: int = 3) -> bytes:
    """Return a small table of orders that packs about as well as real ones."""
    noise = random.Random(7)
    lines = (f"c{noise.random():.9f},2024-01-02,{noise.random() * 90:.2f}\n" for _ in range(rows))
    return (ORDERS + "".join(lines)).encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive with these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def encrypted() -> bytes:
    """Return an archive whose member says that it is encrypted."""
    content = bytearray(zipped({"orders.csv": orders()}))
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    content[local + 6] |= 1
    content[central + 8] |= 1
    return bytes(content)


def tarred() -> bytes:
    """Return a gzipped tar archive."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        entry = tarfile.TarInfo("orders.csv")
        entry.size = len(orders())
        archive.addfile(entry, io.BytesIO(orders()))
    return held.getvalue()


@pytest.mark.parametrize("text", ["utf-8", "utf-16", "utf-8-sig"])
def test_gzip_is_read_like_the_file_inside(tmp_path, text):
    """Rows, lines and encoding are those of the text inside."""
    content = orders().decode().encode(text)
    rows = read_file(write_file(tmp_path, gzip.compress(content), "orders.csv.gz"), tmp_path)
    assert (rows.raw.container, rows.raw.part, rows.raw.parts) == ("gzip", None, ())
    assert rows.rows_read == 3
    assert table_of(rows)["source_line"].tolist() == [2, 3, 4]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["orders.csv.gz", "rows.parquet"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_zip_with_one_table_among_other_files(tmp_path, method):
    """A read-me and a picture beside the table are passed over."""
    members = {
        "read me.txt": b"Thank you for exporting.\n",
        "logo.png": PICTURE,
        "__MACOSX/._orders.csv": b"x",
        "export/orders.csv": orders(),
    }
    rows = read_file(write_file(tmp_path, zipped(members, method), "export.zip"), tmp_path)
    assert (rows.raw.container, rows.raw.part) == ("zip", "export/orders.csv")
    assert rows.raw.parts == ("export/orders.csv",)
    assert rows.rows_read == 3


def test_the_likeliest_of_several_tables_is_taken(tmp_path):
    """Orders go before customers and products; the user may choose another."""
    members = {
        "products.csv": b"sku,title\n1,tea\n2,jam\n",
        "customers.csv": b"customer_id,email\na,a@b.example\nb,b@b.example\n",
        "orders.csv": orders(),
    }
    path = write_file(tmp_path, zipped(members), "export.zip")
    raw = recognise_file(path)
    assert (raw.kind, raw.part) == ("orders", "orders.csv")
    assert raw.parts == ("products.csv", "customers.csv", "orders.csv")
    rows = read_file(path, tmp_path, part="customers.csv")
    assert (rows.raw.kind, rows.raw.part, rows.rows_read) == ("customers", "customers.csv", 2)


def test_a_part_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    """The remedy names the parts."""
    path = write_file(tmp_path, zipped({"orders.csv": orders()}), "export.zip")
    with pytest.raises(UnreadableFile, match=r"no part called x\.csv.*orders\.csv"):
        read_file(path, tmp_path, part="x.csv")


def test_chinese_member_names_without_a_mark(tmp_path):
    """Old programs write names in GBK; zipfile takes them for cp437."""
    content = zipped({"dd.csv": orders()}).replace(b"dd.csv", "订".encode("gbk") + b".csv")
    assert recognise_file(write_file(tmp_path, content, "export.zip")).part == "订.csv"


REFUSED = {
    "gzip bomb": (gzip.compress(bytes(30_000_000)), "no more than 20 times", "unpack it yourself"),
    "zip bomb": (zipped({"a.csv": b"a,b\n" * 10_000_000}), "than 20 times", "unpack it yourself"),
    "zip in zip": (zipped({"a.zip": zipped({"a.csv": orders()})}), "inside an archive", "Unpack"),
    "gzip in gzip": (gzip.compress(gzip.compress(orders())), "inside an archive", "Unpack it"),
    "tar": (tarred(), "inside an archive", "Unpack it"),
    "pictures": (zipped({"a.png": PICTURE, "b.png": PICTURE}), "holds no table", "Pack CSV"),
    "nothing": (zipped({}), "holds no table", "Pack CSV"),
    "encrypted": (encrypted(), "is protected by a password", "Unpack it"),
    "climbing": (zipped({"../../a.csv": orders()}), "land outside its folder", "Pack it again"),
    "absolute": (zipped({"/etc/a.csv": orders()}), "land outside its folder", "Pack it again"),
    "drive": (zipped({"C:\\a.csv": orders()}), "land outside its folder", "Pack it again"),
    "crowded": (zipped({f"{i}.csv": b"" for i in range(1_001)}), "holds 1001 files", "Unpack it"),
    "cut gzip": (gzip.compress(orders(500))[:-300], "is damaged", "Download or pack it again"),
    "cut zip": (zipped({"a.csv": orders(500)})[:-300], "is damaged", "Download or pack it again"),
    "ods": (zipped({"content.xml": b"<x/>"}), "holds OpenDocument (.ods)", "spreadsheet program"),
    "numbers": (zipped({"Index/Document.iwa": b"x"}), "holds Numbers data", "spreadsheet program"),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_archive_that_is_not_opened_says_why(tmp_path, defect):
    """One sentence on the problem, one on the remedy, nothing left behind."""
    content, problem, remedy = REFUSED[defect]
    path = write_file(tmp_path, content, "export.bin")
    with pytest.raises(UnreadableFile) as refusal:
        read_file(path, tmp_path)
    assert problem in str(refusal.value.problem)
    assert remedy in str(refusal.value.remedy)
    assert os.listdir(tmp_path) == ["export.bin"]


def test_a_bomb_is_told_in_numbers(tmp_path):
    """The refusal says how large the file is and where it was stopped."""
    path = write_file(tmp_path, gzip.compress(bytes(30_000_000)), "bomb.gz")
    with pytest.raises(UnreadableFile) as refusal:
        read_file(path, tmp_path)
    facts = refusal.value.problem.facts
    assert (facts["limit"], facts["times"], facts["most"]) == (1.0, 20, 500)
    assert facts["packed"] == round(path.stat().st_size / 1e6, 3)


def test_a_member_that_lies_about_its_size_is_stopped(tmp_path):
    """What comes out is counted, whatever the archive declares."""
    content = bytearray(zipped({"a.csv": b"a,b\n" * 2_000_000}))
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = (1_000).to_bytes(4, "little")
    with pytest.raises(UnreadableFile, match="is damaged"):
        read_file(write_file(tmp_path, bytes(content), "lie.zip"), tmp_path)


def test_a_small_file_may_be_packed_very_well(tmp_path):
    """Below a megabyte the ratio harms nobody: 10,000 equal rows pack to a three-hundredth."""
    content = gzip.compress((ORDERS + "a,2024-01-02,5\n" * 10_000).encode())
    rows = read_file(write_file(tmp_path, content, "orders.csv.gz"), tmp_path)
    assert rows.rows_read == 10_000
    assert len(pd.read_parquet(rows.parquet)) == 10_000
