"""Small files written, read by the real reader and cleaned, as an upload would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd

from clv_core.cleaning.clean import clean_tables
from clv_core.cleaning.report import FileQuality, QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.columns import TableKind
from clv_core.ingest.choice import FileChoice
from clv_core.ingest.reading import TextRows, read_text_rows
from clv_core.ingest.understand import understand_file
from clv_core.settings import CleaningSettings

DATA = Path(__file__).parents[4] / "shared" / "data"
TODAY = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Cleaned:
    """What cleaning made of an upload, opened for looking at."""

    tables: Tables
    report: QualityReport

    @property
    def file(self) -> FileQuality:
        """Return the account of the first file."""
        return self.report.files[0]

    @property
    def rejected(self) -> dict[str, int]:
        """Return rows rejected in the first file, by code."""
        return {case.code: case.rows for case in self.file.rejected}

    @property
    def treated(self) -> dict[str, int]:
        """Return rows interpreted in the first file, by code."""
        return {case.code: case.rows for case in self.file.treated}

    def open(self, name: str) -> pd.DataFrame:
        """Return a cleaned table."""
        return pd.read_parquet(self.tables.folder / f"{name}.parquet")


def read_upload(
    path: Path,
    kind: TableKind | None = None,
    mapping: Mapping[str, str] | None = None,
    file_name: str | None = None,
) -> TextRows:
    """Understand and read one file as an upload would."""
    raw = understand_file(path, file_name, FileChoice(kind=kind, mapping=mapping))
    return read_text_rows(raw, path.parent / f"{uuid4().hex}.parquet")


def write_upload(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    kind: TableKind = "orders",
    file_name: str = "shop.csv",
) -> TextRows:
    """Write rows whose keys are canonical fields as CSV, and read them back."""
    path = folder / f"{uuid4().hex}.csv"
    frame = pd.DataFrame(rows)
    frame.to_csv(path, index=False, encoding="utf-8")
    return read_upload(path, kind, {name: name for name in frame.columns}, file_name)


def clean_uploads(folder: Path, *files: TextRows, **options: Any) -> Cleaned:
    """Clean files into a folder of their own."""
    target = folder / uuid4().hex
    target.mkdir()
    return Cleaned(*clean_tables(files, target, CleaningSettings.check(options), TODAY))


def clean_orders(folder: Path, rows: Sequence[Mapping[str, str]], **options: Any) -> Cleaned:
    """Write, read and clean one orders file."""
    return clean_uploads(folder, write_upload(folder, rows), **options)


def sell(
    customer_id: str = "7", order_time: str = "2024-05-01", amount: str = "10.00", **fields: str
) -> dict[str, str]:
    """Return one row of an orders file."""
    return {"customer_id": customer_id, "order_time": order_time, "amount": amount, **fields}
