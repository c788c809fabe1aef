"""Separators, quotes, line ends, ragged rows, titles."""

from clv_core.errors import UnreadableFile
from tests.faults.corpus.case import HEADER, ROWS, Case, good, lines

TEXT = lines(*ROWS)
NAMED = "order_id,customer_id,order_date,amount,product_name"


def named(*names: str) -> bytes:
    """Return the good rows with a product name, given as it is written."""
    rows = [f"{row},{name}" for row, name in zip(ROWS, names, strict=True)]
    return lines(*rows, header=NAMED).encode()


def separated(sign: str) -> bytes:
    """Return the good rows with another separator."""
    return TEXT.replace(",", sign).encode()


CASES = (
    Case("nothing wrong", good()),
    Case("semicolons", separated(";")),
    Case("tabs", separated("\t"), file_name="orders.tsv"),
    Case("bars", separated("|")),
    Case(
        "blanks of fixed width",
        b"""\
order_id  customer_id  order_date  amount
1         ann          2024-01-02   10.00
2         bob          2024-01-03   20.50
3         ann          2024-02-04   30.25
""",
    ),
    Case("single blanks", separated(" ")),
    Case("a separator hint of a spreadsheet", b"sep=;\n" + separated(";")),
    Case("a hint for commas", b"sep=,\r\n" + good()),
    Case("CRLF", TEXT.replace("\n", "\r\n").encode()),
    Case("CR alone", TEXT.replace("\n", "\r").encode()),
    Case("mixed line ends", TEXT.replace("\n", "\r\n", 2).encode()),
    Case("no line end at the end", TEXT.rstrip().encode()),
    Case("blank lines before the header", b"\n\n" + good()),
    Case("blank lines between rows", lines(ROWS[0], "", ROWS[1], "", ROWS[2]).encode()),
    Case("blank lines at the end", good() + b"\n\n\n"),
    Case("a title above the header", b"Orders of January and February\n" + good()),
    Case(
        "two titles and a blank line",
        b"Monthly report\nGenerated on 2024-03-01\n\n" + good(),
    ),
    Case("titles padded with separators", b"My shop,,,\nOrder report,,,\n" + good()),
    Case(
        "every cell quoted",
        "\n".join(
            ",".join(f'"{cell}"' for cell in row.split(",")) for row in (HEADER, *ROWS)
        ).encode(),
    ),
    Case("a comma in quotes", named('"pen, blue"', "cup", "hat")),
    Case("a doubled quote", named('"12"" pipe"', "cup", "hat")),
    Case("a quote inside an unquoted cell", named('12" pipe', "cup", "hat")),
    Case("a line break in quotes", named('"pen\nblue"', "cup", "hat")),
    Case("a CRLF in quotes", named('"pen\r\nblue"', "cup", "hat")),
    Case("a blank line in quotes", named('"pen\n\nblue"', "cup", "hat")),
    Case(
        "text after a closing quote",
        named('"pen" blue', "cup", "hat"),
        orders=2,
        revenue=50.75,
        rejected={"broken_quote": 1},
    ),
    Case(
        "a quote that never closes, in the first row",
        named('"pen', "cup", "hat"),
        orders=2,
        revenue=50.75,
        rejected={"broken_quote": 1},
    ),
    Case(
        "a quote that never closes, in the last row",
        named("pen", "cup", '"hat'),
        orders=2,
        revenue=30.5,
        rejected={"broken_quote": 1},
    ),
    Case(
        "too few cells",
        good("4,cid,2024-02-05"),
        rejected={"too_few_cells": 1},
    ),
    Case(
        "too many cells",
        good("4,cid,2024-02-05,5.00,oops"),
        rejected={"too_many_cells": 1},
    ),
    Case(
        "an unquoted comma in an amount",
        good("4,cid,2024-02-05,1,234.00"),
        rejected={"too_many_cells": 1},
    ),
    Case("empty cells beyond the header", lines(*(f"{row},," for row in ROWS)).encode()),
    Case(
        "a trailing separator everywhere",
        lines(*(f"{row}," for row in ROWS), header=f"{HEADER},").encode(),
    ),
    Case(
        "a total at the end",
        good(",,Total,60.75"),
        rejected={"missing_customer": 1},
    ),
    Case(
        "the header again in the middle",
        lines(*ROWS[:2], HEADER, ROWS[2]).encode(),
        rejected={"unreadable_date": 1},
    ),
    Case("blanks around cells", TEXT.replace(",", " , ").encode()),
    Case("no-break spaces around cells", TEXT.replace(",", ",\u00a0").encode()),
    Case("wide blanks of Chinese text", TEXT.replace(",", "\u3000,").encode()),
    Case("an empty file", b"", UnreadableFile, "is empty"),
    Case("blank lines only", b"\n\n \n", UnreadableFile, "is empty"),
    Case("a header alone", HEADER.encode(), UnreadableFile, "no rows"),
    Case("one column", b"order\n1\n2\n", UnreadableFile, "one column"),
    Case(
        "more columns than can be read",
        (",".join(f"c{i}" for i in range(2001)) + "\n" + "1," * 2000 + "1\n").encode(),
        UnreadableFile,
        "2001 columns",
    ),
    Case(
        "a line longer than a megabyte",
        good("4,cid,2024-02-05," + "9" * 1_100_000),
        UnreadableFile,
        "Line 5",
    ),
    Case("NUL bytes", good() + b"4,c\0d,2024-01-01,5\n", UnreadableFile, "Line 5"),
    Case("a web page", b"<!DOCTYPE html><html><body>x</body></html>", UnreadableFile, "web page"),
    Case(
        "a web page after blanks", b"\n\n  <html><head></head></html>", UnreadableFile, "web page"
    ),
    Case("JSON", b'[{"order_id": 1}]', UnreadableFile, "JSON"),
    Case("XML", b"<?xml version='1.0'?><orders/>", UnreadableFile, "XML"),
    Case("PDF", b"%PDF-1.7 ...", UnreadableFile, "PDF"),
    Case("a picture", b"\x89PNG\r\n\x1a\n" + bytes(64), UnreadableFile, "PNG"),
    Case("Parquet", b"PAR1" + bytes(64), UnreadableFile, "Parquet"),
    Case("a database", b"SQLite format 3\0" + bytes(64), UnreadableFile, "SQLite"),
)
