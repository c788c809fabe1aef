"""A table written in any dialect reads back the same, or the file is refused."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from clv_core.errors import UnreadableFile
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.ingest.understand import understand_file
from tests.core.ingest.files import table_of

HEADER = ("order_id", "customer_id", "order_date", "amount", "product_name", "country")
FIELDS = ("order_id", "customer_id", "order_time", "amount", "product_name", "country")
# Letters that every encoding below has, with all that separates, quotes or breaks lines.
ALPHABET = "abcXYZ 0123456789.-;,|\t\"'\n_()=+@#éü中文字号"
WIDE = {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"}


@dataclass(frozen=True)
class Written:
    """How a table is written."""

    encoding: str
    delimiter: str
    quoting: int
    line_end: str
    is_packed: bool


def cells() -> st.SearchStrategy[str]:
    """Draw the text of a cell: anything, but no blanks around it and no carriage return."""
    return st.text(alphabet=ALPHABET, max_size=12).map(str.strip)


def rows() -> st.SearchStrategy[list[tuple[str, ...]]]:
    """Draw rows of an orders file: days and amounts that read as such, text everywhere else."""
    name = st.text(alphabet="abcdefgh0123456789", min_size=1, max_size=8)
    day = st.dates(min_value=pd.Timestamp("2020-01-01").date(), max_value=pd.Timestamp.max.date())
    amount = st.decimals(min_value=-9999, max_value=9999, places=2).map(str)
    row = st.tuples(name, name, day.map(str), amount, cells(), cells())
    return st.lists(row, min_size=2, max_size=12)


def dialects() -> st.SearchStrategy[Written]:
    """Draw a way to write a table."""
    return st.builds(
        Written,
        encoding=st.sampled_from(sorted(WIDE)),
        delimiter=st.sampled_from([",", ";", "\t", "|"]),
        quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        line_end=st.sampled_from(["\n", "\r\n"]),
        is_packed=st.booleans(),
    )


def write(table: list[tuple[str, ...]], written: Written) -> bytes:
    """Write a table as Python's own writer does."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=written.delimiter,
        quoting=written.quoting,
        lineterminator=written.line_end,
    )
    writer.writerow(HEADER)
    writer.writerows(table)
    content = text.getvalue().encode(written.encoding)
    if written.encoding in ("utf-16-le", "utf-16-be"):
        mark = codecs.BOM_UTF16_LE if written.encoding.endswith("le") else codecs.BOM_UTF16_BE
        content = mark + content
    return gzip.compress(content) if written.is_packed else content


def read(path: Path, written: Written) -> TextRows:
    """Read a file, told no more than which column is which and its encoding."""
    choice = FileChoice(
        kind="orders",
        mapping=dict(zip(FIELDS, HEADER, strict=True)),
        encoding="gb18030" if written.encoding == "gb18030" else None,
    )
    raw = understand_file(path, "orders.csv", choice)
    return read_text_rows(raw, path.with_name("rows.parquet"))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(table=rows(), written=dialects())
def test_a_written_table_reads_back_the_same_or_is_refused(
    table: list[tuple[str, ...]], written: Written
) -> None:
    """No cell changes on the way; what cannot be read is refused, never guessed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(write(table, written))
        try:
            found = read(path, written)
        except UnreadableFile:
            event("refused")
            return
        event("every row kept" if found.rejected.empty else "rows rejected")
        kept = table_of(found).set_index("source_row")
        assert found.rows_read == len(table)
        assert len(kept) + len(found.rejected) == len(table)
        for number, row in kept[list(FIELDS)].iterrows():
            expected = [cell or None for cell in table[int(str(number)) - 1]]
            assert [None if pd.isna(cell) else cell for cell in row] == expected
