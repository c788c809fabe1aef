"""The file of a list of any length: rows read in its order, written block by block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from clv_core.activation.export_plan import ExportPlan
from clv_core.activation.exports import lay_out_controls, lay_out_some, refuse_too_large
from clv_core.activation.spreadsheets import RowsOfSheet, csv_block
from clv_core.runs.progress import Progress
from clv_core.runs.reading import FORECAST_FILE, read_rows
from clv_core.views.source import Source

__all__ = ["WrittenFile", "read_in_order", "write_control_file", "write_list_file"]

BLOCK: Final = 50_000  # customers written at once


@dataclass(frozen=True)
class WrittenFile:
    """What was written.

    Attributes
    ----------
    rows, size : int
        Customers and bytes.
    sha256 : str
    """

    rows: int
    size: int
    sha256: str


def write_list_file(
    source: Source, plan: ExportPlan, path: Path, progress: Progress | None = None
) -> WrittenFile:
    """Write the customers of a plan as their platform reads them.

    Memory holds a block of customers, however many there are.

    Raises
    ------
    InvalidSetting
        Where the file is larger than the platform or the format takes.
    """
    place = plan.settings.place
    blocks = (
        lay_out_some(plan, told.index, people, told)
        for told, people in read_in_order(source, plan.written, progress)
    )
    if place.file_format == "xlsx":
        return _write_sheet(plan, blocks, path)
    written = _write_csv(blocks, path, is_exact=place.has_exact_header)
    refuse_too_large(plan, written.size)
    return written


def write_control_file(source: Source, plan: ExportPlan, path: Path) -> WrittenFile:
    """Write the control group alone, by the shop's own ids."""
    blocks = (lay_out_controls(people) for _, people in read_in_order(source, plan.controls))
    return _write_csv(blocks, path, is_exact=False)


def read_in_order(
    source: Source, keys: pd.Index, progress: Progress | None = None
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield forecast and contact fields of some customers, in their order, in blocks."""
    run, data = source.run.folder, source.scan_customers().folder
    for start in range(0, len(keys), BLOCK):
        block = keys[start : start + BLOCK]
        told = read_rows(run / FORECAST_FILE, block)
        yield told, read_rows(data / "customers.parquet", told.index)
        if progress is not None:
            progress.advance(min(start + BLOCK, len(keys)) / len(keys))


def _write_csv(blocks: Iterator[pd.DataFrame], path: Path, *, is_exact: bool) -> WrittenFile:
    digest, rows, size = hashlib.sha256(), 0, 0
    with path.open("wb") as sink:
        for number, frame in enumerate(blocks):
            content = csv_block(frame, is_first=number == 0, is_exact=is_exact)
            size += sink.write(content)
            digest.update(content)
            rows += len(frame)
    return WrittenFile(rows, size, digest.hexdigest())


def _write_sheet(plan: ExportPlan, blocks: Iterator[pd.DataFrame], path: Path) -> WrittenFile:
    with RowsOfSheet(path, len(plan.written)) as sheet:
        for frame in blocks:
            sheet.write(frame)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return WrittenFile(len(plan.written), path.stat().st_size, digest)
