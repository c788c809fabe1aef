"""Refused rows that need not be lost: blank cells missing or added at the end, quotes amiss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from clv_core.ingest.kinds import missing_fields
from clv_core.ingest.raw import RawTable
from clv_core.ingest.records import Grammar, RecordReader
from clv_core.ingest.row_shape import RowShape
from clv_core.ingest.scanning import list_targets

__all__ = ["MendedRows", "RowMender", "mend_rejects"]

_BATCH_ROWS: Final = 10_000
_MENDABLE: Final = ("too_few_cells", "too_many_cells", "broken_quote")


@dataclass(frozen=True)
class MendedRows:
    """Refused records that were mended.

    Attributes
    ----------
    positions : list of int
        Which of the refused records (from 0).
    cells : pyarrow.Table
        A string column per column that is written, in the same order.
    """

    positions: list[int]
    cells: pa.Table


class RowMender:
    """Reads a refused record as a row where that is plain to see.

    Parameters
    ----------
    raw : RawTable
    delimiter : str
        Of the file that was scanned.
    shape : RowShape
    """

    def __init__(self, raw: RawTable, delimiter: str, shape: RowShape) -> None:
        self._grammar = Grammar(delimiter)
        self._delimiter = delimiter
        self._shape = shape
        self._raw = raw
        self._position = {name: at for at, name in enumerate(raw.column_names)}
        self._enough: dict[int, bool] = {}

    def mend(self, text: str, reason: str) -> list[str] | None:
        """Return the row's cells, or None where it stays refused.

        Parameters
        ----------
        text : str
            The record without its line end.
        reason : str
            Why it was refused.
        """
        if reason == "broken_quote":
            record = next(iter(RecordReader([text], self._delimiter, self._shape)), None)
            return self._grammar.cut(record.text) if record and record.is_mended else None
        if self._grammar.follow(text, is_inside=False) != "closed":
            return None
        cells = self._grammar.cut(text)
        if len(cells) > self._shape.width:
            rest = cells[self._shape.width :]
            return None if any(cell.strip() for cell in rest) else cells[: self._shape.width]
        filled = cells + [""] * (self._shape.width - len(cells))
        return filled if self.is_enough(len(cells)) and self._shape.fits(filled) else None

    def is_enough(self, cells: int) -> bool:
        """Say whether what no row can do without lies within so many first cells."""
        if cells not in self._enough:
            mapping = {
                field: name
                for field, name in self._raw.mapping.items()
                if self._position[name] < cells
            }
            lost = missing_fields(self._raw.kind, mapping)
            self._enough[cells] = not lost
        return self._enough[cells]


def mend_rejects(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    mender: RowMender,
    reasons: Sequence[str],
    is_cut_off: bool,
) -> MendedRows:
    """Mend what can be mended of the records that the scan refused.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The one that scanned.
    raw : RawTable
    mender : RowMender
    reasons : sequence of str
        Of the refused records, in the file's order.
    is_cut_off : bool
        Whether the last of them is the file's last line, without a line end: a
        number at its end may be half a number.
    """
    targets = list_targets(raw)
    schema = pa.schema([(target, pa.string()) for target in targets])
    positions: list[int] = []
    batches: list[pa.RecordBatch] = []
    held: list[list[str | None]] = []
    last = len(reasons) - 1 if is_cut_off else -1
    for at, text in enumerate(_texts(connection)):
        cells = mender.mend(text, reasons[at]) if reasons[at] in _MENDABLE and at != last else None
        if cells is None:
            continue
        positions.append(at)
        held.append([cells[position] or None for position in targets.values()])
        if len(held) == _BATCH_ROWS:
            batches.append(_batch(held, schema))
            held = []
    batches.append(_batch(held, schema))
    return MendedRows(positions, pa.Table.from_batches(batches, schema))


def _texts(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    found = connection.execute(
        """SELECT trim(any_value(csv_line), chr(10) || chr(13)) FROM reject_errors
           GROUP BY line_byte_position ORDER BY line_byte_position"""
    )
    while rows := found.fetchmany(_BATCH_ROWS):
        yield from (text or "" for (text,) in rows)


def _batch(rows: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
