"""Read an XLSX sheet straight from its XML, as the format's standard describes it."""

import io
import re
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheet(content):
    """Return the first sheet as rows of str, float, bool or None."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        shared = [
            "".join(text.text or "" for text in item.iter(f"{MAIN}t"))
            for item in parse(parts, "xl/sharedStrings.xml").iter(f"{MAIN}si")
        ]
        rows = parse(parts, "xl/worksheets/sheet1.xml").iter(f"{MAIN}row")
        found = {
            cell.get("r"): read_cell(cell, shared) for row in rows for cell in row.iter(f"{MAIN}c")
        }
    places = {name: re.fullmatch(r"([A-Z]+)(\d+)", name).groups() for name in found}
    height = max((int(row) for _, row in places.values()), default=0)
    width = max((ord(letter) - 64 for letter, _ in places.values()), default=0)
    return [
        [found.get(f"{chr(65 + column)}{row}") for column in range(width)]
        for row in range(1, height + 1)
    ]


def parse(parts, name):
    """Parse one part of our own workbook; one without text has no shared strings."""
    content = parts.read(name) if name in parts.namelist() else b"<empty/>"
    return ElementTree.fromstring(content)  # noqa: S314 -- written by us a moment ago


def read_cell(cell, shared):
    """Turn a cell into a value; a formula would show as one beginning with '='."""
    formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
    if formula is not None:
        return f"={formula.text}"
    if value is None:
        return None
    if cell.get("t") == "s":
        return re.sub(
            "_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), shared[int(value.text)]
        )
    return value.text == "1" if cell.get("t") == "b" else float(value.text)
