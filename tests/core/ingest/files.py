"""Files for the tests of this room: small ones written here, real ones where they lie."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from clv_core.ingest.choice import FileChoice
from clv_core.ingest.engine import cursor
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.ingest.understand import understand_file

REAL_FILES = Path(__file__).parents[3].parent / "shared" / "data"
ORDERS = "customer_id,order_date,amount\n"


def real_file(name: str) -> Path:
    """Return a public data set's file, or skip the test."""
    path = REAL_FILES / name
    if not path.is_file():
        pytest.skip(f"the public data set {name} is not on this machine")
    return path


def write_file(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    """Write bytes, or text as UTF-8 with the line ends it has."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read_file(path: Path, folder: Path, **told: object) -> TextRows:
    """Understand and read a file."""
    return read_text_rows(
        understand_file(path, choice=FileChoice.check(told)), folder / "rows.parquet"
    )


def table_of(rows: TextRows) -> pd.DataFrame:
    """Return what was written and how it is numbered, nulls as None."""
    with cursor() as connection:
        found = connection.sql(f"FROM {rows.scan}").to_arrow_table().to_pandas()
    return found.astype(object).where(lambda frame: frame.notna(), None)


def count_rows(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> int:
    """Count data rows with Python's CSV reader, header and blank lines left out."""
    with path.open(encoding=encoding, newline="") as file:
        return sum(1 for row in csv.reader(file, delimiter=delimiter) if row) - 1
