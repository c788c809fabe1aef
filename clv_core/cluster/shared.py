"""What workers are told and where they work: one folder that all machines see.

::

    <folder>/text/<n>.parquet       mapped columns of file n as text, read once by the caller
    <folder>/part-00007/            cleaned tables of the customers of one part, by its own keys
    <folder>/part-00007/snapshot/   their features as of the last day
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from clv_core.cleaning import identity
from clv_core.cleaning.cells import narrow_expression
from clv_core.cleaning.staging import StagedFile, row_hash
from clv_core.ingest.reading import TextRows
from clv_core.settings import CleaningSettings

__all__ = ["SharedUpload", "find_part", "name_owner", "share_file"]

_PARTS: Final = 2**31  # numbers that customers are spread over; partitions are made of these


@dataclass(frozen=True)
class SharedUpload:
    """An upload as the workers know it.

    Attributes
    ----------
    folder : Path
        Under the same name on every machine.
    files : tuple of StagedFile
        With ``learnt``; without sample cells.
    fields : tuple of str
        All fields that any of the files has, in the order in which rows travel.
    settings : CleaningSettings
    today : date
    """

    folder: Path
    files: tuple[StagedFile, ...]
    fields: tuple[str, ...]
    settings: CleaningSettings
    today: dt.date

    def fields_of(self, file: StagedFile) -> list[str]:
        """Return the fields that a file has."""
        return [field for field in self.fields if file.has(field)]


def share_file(file: StagedFile) -> StagedFile:
    """Leave out what a worker does not need of a file: sample cells and column profiles."""
    raw = replace(file.rows.raw, samples=file.rows.raw.samples.iloc[:0], notes=(), leaks={})
    return replace(file, rows=replace(file.rows, raw=raw, summaries=()), is_part=True)


def take_rows(file: StagedFile, parquet: Path, rows: npt.NDArray[np.int64]) -> StagedFile:
    """Return a file as if the given rows, numbered in ``parquet``, were all it has."""
    mended = file.rows.mended
    held = TextRows(
        raw=file.rows.raw,
        parquet=parquet,
        rows_read=len(rows),
        rejected=file.rows.rejected.iloc[:0],
        mended=mended[mended["source_row"].isin(rows)] if len(mended) else mended,
    )
    return replace(file, rows=held, learnt=dict(file.learnt or {}))


def find_part(folder: Path, number: int) -> Path:
    """Return the folder of one part."""
    return folder / f"part-{number:05d}"


def name_owner(file: StagedFile, settings: CleaningSettings) -> str:
    """Return SQL for a number that all rows of a customer share, whatever file they are in.

    Rows of nobody that one rule looks at together share one too: those of an order that
    stands in two files, and rows that are equal.
    """
    known: dict[str, Any] = file.learnt or {}
    named = {
        "orders": file.name_customer(settings.guests),
        "customers": file.name_customer(),
    }.get(file.kind, "customer_id")
    reading = known["customers"]
    same = identity.identity_expression(identity.id_expression(named, reading), reading)
    ordered = narrow_expression("order_id") if file.has("order_id") else "CAST(NULL AS VARCHAR)"
    return (
        f"CAST(CASE WHEN {same} IS NOT NULL THEN hash({same})"
        f" WHEN {ordered} IS NOT NULL THEN hash({ordered})"
        f" ELSE {row_hash(file.kind)} END % {_PARTS} AS BIGINT)"
    )
