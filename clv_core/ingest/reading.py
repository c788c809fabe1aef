"""From a file to text in Parquet: every row counted, the unreadable ones listed.

All cells stay text, so ``007``, ``NA`` and 20-digit ids keep what they are. A file
in order is measured once and scanned once; only where quotes are in disorder is it
copied first, with the rows at fault mended or left out (:mod:`.records`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from clv_core.errors import UnreadableFile
from clv_core.ingest.containers import open_container
from clv_core.ingest.engine import cursor
from clv_core.ingest.numbering import renumber_rows
from clv_core.ingest.passes import RowPasses
from clv_core.ingest.plain_text import PlainText, prepare_text
from clv_core.ingest.raw import RawTable
from clv_core.ingest.scanning import REJECT_CODES, Source, scan_text
from clv_core.ingest.summaries import ColumnSummary, look_at_others, summarise_columns
from clv_core.sentences import Sentence

__all__ = ["REJECT_CODES", "TextRows", "read_text_rows"]

_LISTED_COLUMNS: Final = ("source_row", "source_line", "reason")
_SHARE_PREPARED: Final = 0.1
_SHARE_SCANNED: Final = 0.85
_SHARE_NUMBERED: Final = 0.9


def _nothing_listed() -> pd.DataFrame:
    none = pd.DataFrame(columns=list(_LISTED_COLUMNS), dtype="int64")
    return none.astype({"reason": "str"})


@dataclass(frozen=True)
class TextRows:
    """One file's mapped columns as text.

    Attributes
    ----------
    raw : RawTable
    parquet : Path
        A VARCHAR column per mapped canonical field and, for a value table, ``x0``,
        ``x1`` … for ``raw.features`` in their order; null where the cell is empty.
        In the file's order, to be read through ``scan``, which numbers the rows.
    rows_read : int
        Rows of data in the file, the unreadable ones included.
    rejected : DataFrame
        ``source_row``, ``source_line`` (int64) and ``reason`` (a code of
        :data:`REJECT_CODES`) of the rows that could not be read.
    mended : DataFrame
        The same of rows that were kept although something was amiss: blank cells
        missing or too many at the end, a quote that was not doubled.
    summaries : tuple of ColumnSummary
        Every column of the file profiled, in the file's order.
    lines_before : int or None
        Lines before the first row, where every line is a row and none was left out;
        None where ``parquet`` itself holds the rows' numbers.
    """

    raw: RawTable
    parquet: Path
    rows_read: int
    rejected: pd.DataFrame
    mended: pd.DataFrame = field(default_factory=_nothing_listed)
    summaries: tuple[ColumnSummary, ...] = ()
    lines_before: int | None = None

    @property
    def scan(self) -> str:
        """SQL, to stand behind FROM, for the rows of ``parquet`` and their numbers.

        ``source_row`` (BIGINT, record number from 1 after the header, unreadable
        ones counted) and ``source_line`` (BIGINT, first line of the record in the
        file; row of the sheet in a workbook) come first.
        """
        return scan_text(self.parquet, self.lines_before)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "raw": self.raw.to_json(),
            "parquet": str(self.parquet),
            "rows_read": self.rows_read,
            "rejected": _list_to_json(self.rejected),
            "mended": _list_to_json(self.mended),
            "summaries": [summary.to_json() for summary in self.summaries],
            "lines_before": self.lines_before,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TextRows:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(
            raw=RawTable.from_json(stored["raw"]),
            parquet=Path(stored["parquet"]),
            rows_read=stored["rows_read"],
            rejected=_list_from_json(stored["rejected"]),
            mended=_list_from_json(stored["mended"]),
            summaries=tuple(ColumnSummary.from_json(one) for one in stored["summaries"]),
            lines_before=stored["lines_before"],
        )


def _list_to_json(rows: pd.DataFrame) -> dict[str, Any]:
    codes, reasons = pd.factorize(rows["reason"])
    return {
        "source_row": rows["source_row"].tolist(),
        "source_line": rows["source_line"].tolist(),
        "reason": codes.tolist(),
        "reasons": reasons.tolist(),
    }


def _list_from_json(stored: Mapping[str, Any]) -> pd.DataFrame:
    listed = {name: stored[name] for name in _LISTED_COLUMNS}
    rows = pd.DataFrame(listed, columns=list(_LISTED_COLUMNS), dtype="int64")
    reasons = np.array(stored["reasons"], dtype=object)[rows["reason"]]
    return rows.assign(reason=pd.Series(reasons, dtype="str"))


def read_text_rows(
    raw: RawTable, out: Path, report: Callable[[float], None] | None = None
) -> TextRows:
    """Read a file's mapped columns as text into Parquet, and profile all of them.

    Parameters
    ----------
    raw : RawTable
    out : Path
        The Parquet file to write; it appears when it is complete. Copies that
        reading needs lie beside it for a while.
    report : callable of float, optional
        Told the share of the work that is done, up to 1.0.

    Raises
    ------
    UnreadableFile
        When the file cannot be unpacked, its header is broken, or not one row fits.
    """
    tell = report or _tell_nobody
    draft, copy, mended_copy = (
        out.with_name(f"{out.name}.{name}") for name in ("part", "text", "mended")
    )
    try:
        with cursor() as connection:
            with open_container(raw.path, raw.file_name, raw.part, out.parent) as opened:
                text = prepare_text(opened.plain, raw.dialect, copy)
                tell(_SHARE_PREPARED)
                found = RowPasses(raw, text).run(draft, mended_copy)
                tell(_SHARE_SCANNED)
                if not found.rows_written:
                    raise _unread(raw, found.rows_read)
                others = look_at_others(connection, raw, _scanned(raw, text, mended_copy))
            if found.lines_before is None:
                renumber_rows(draft, found.places, found.numbering, found.inserted)
            os.replace(draft, out)
            tell(_SHARE_NUMBERED)
            rows = scan_text(out, found.lines_before)
            summaries = summarise_columns(connection, raw, rows, others)
        tell(1.0)
    finally:
        for left in (draft, copy, mended_copy):
            left.unlink(missing_ok=True)
    return TextRows(
        raw, out, found.rows_read, found.rejected, found.mended, summaries, found.lines_before
    )


def _tell_nobody(_share: float) -> None:
    """Stand in for a listener."""


def _scanned(raw: RawTable, text: PlainText, mended_copy: Path) -> Source:
    """Return what was scanned in the end: the text, or its mended copy."""
    width = len(raw.column_names)
    if mended_copy.exists():
        return Source(mended_copy, text.delimiter, text.quote, 0, False, width, True)
    source = (text.path, text.delimiter, text.quote, text.lead, text.has_header)
    return Source(*source, width, text.may_quote)


def _unread(raw: RawTable, rows_read: int) -> UnreadableFile:
    return UnreadableFile(
        Sentence(
            "None of the {rows} rows of {file} has as many cells as its first line ({columns}).",
            rows=rows_read,
            file=raw.file_name,
            columns=len(raw.column_names),
        ),
        Sentence("Export it again as CSV, so that every row has every column."),
    )
