"""What is said about a value table's columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from clv_core.cleaning.staging import StagedFile
from clv_core.cleaning.value_columns import ColumnReading
from clv_core.errors import MissingColumns
from clv_core.ingest.engine import literal_path
from clv_core.ingest.reading import TextRows
from clv_core.sentences import Sentence

__all__ = ["note_gaps", "refuse_no_features", "write_notes"]

_DROPS_TOLD: Final = 20


def refuse_no_features(rows: TextRows, readings: Sequence[ColumnReading]) -> None:
    """Refuse a table of which nothing can be learnt.

    Raises
    ------
    MissingColumns
        With the reason for each column.
    """
    if any(reading.feature is not None for reading in readings):
        return
    raise MissingColumns(
        Sentence("In {file} no column is left to learn the value from.", file=rows.raw.file_name),
        Sentence("Bring a table that says more about each customer than the value."),
        [
            Sentence('"{column}": {reason}', column=reading.name, reason=reading.dropped)
            for reading in readings
        ],
    )


def write_notes(file: StagedFile, readings: Sequence[ColumnReading]) -> tuple[Sentence, ...]:
    """Say what became of the columns."""
    notes = []
    if not file.has("customer_id"):
        notes.append(
            Sentence("The table has no customer ids, so the number of the row stands for each.")
        )
    notes.extend(
        Sentence(
            'In "{column}", {cells} cell(s) cannot be read and count as missing.',
            column=reading.name,
            cells=reading.unreadable,
        )
        for reading in readings
        if reading.unreadable
    )
    dropped = [reading for reading in readings if reading.dropped is not None]
    notes.extend(
        Sentence(
            '"{column}" is not learnt from. {reason}', column=reading.name, reason=reading.dropped
        )
        for reading in dropped[:_DROPS_TOLD]
    )
    if len(dropped) > _DROPS_TOLD:
        notes.append(
            Sentence(
                "{count} more column(s) are not learnt from either.",
                count=len(dropped) - _DROPS_TOLD,
            )
        )
    return tuple(notes)


def note_gaps(
    cursor: duckdb.DuckDBPyConnection, readings: Sequence[ColumnReading], profiles: Path
) -> Sentence:
    """Say how many customers will not be learnt from, where the user wants only whole rows."""
    lacks = " OR ".join(
        f"{reading.feature.column} IS NULL" for reading in readings if reading.feature is not None
    )
    found = cursor.execute(
        f"SELECT count(*) FILTER ({lacks}), count(*) FROM read_parquet(?)",
        [literal_path(profiles)],
    ).fetchone()
    lacking, customers = found or (0, 0)
    return Sentence(
        "{lacking} of {customers} customers lack an entry in some column: they are forecast, with "
        "the usual entry in its place, but not learnt from.",
        lacking=lacking,
        customers=customers,
    )
