"""When a whole column is of no use: refused before anything is written."""

from __future__ import annotations

from typing import Final

import duckdb

from clv_core.cleaning.staging import StagedFile
from clv_core.errors import UnreadableColumn
from clv_core.sentences import Sentence

UNUSABLE: Final = "unusable:"  # before a field: how many rows it is of no use in
_COUNTED: Final = "FALSE"  # where the rows were counted, no condition is asked
_REFUSED_SHARE: Final = 0.5  # of a file's rows; above it the column is not what it was taken for


def refuse_unreadable_times(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, field: str, condition: str
) -> None:
    """Refuse a file in which most dates cannot be read.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    file : StagedFile
    field : str
        Canonical field of the column.
    condition : str
        SQL over the typed rows; true where the date is of no use.

    Raises
    ------
    UnreadableColumn
    """
    facts = _find_majority(cursor, file, field, condition)
    if facts:
        raise UnreadableColumn(
            Sentence(
                'In {file}, column "{column}", {bad} of {rows} rows hold no date that can be '
                "read, the first in line {line}.",
                **facts,
            ),
            Sentence(
                "Choose the column with the date of the order, or write the dates as "
                "YYYY-MM-DD and upload the file again."
            ),
        )


def refuse_unreadable_amounts(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, field: str, condition: str
) -> None:
    """Refuse a file in which most amounts cannot be read.

    Parameters as for :func:`refuse_unreadable_times`.

    Raises
    ------
    UnreadableColumn
    """
    facts = _find_majority(cursor, file, field, condition)
    if facts:
        raise UnreadableColumn(
            Sentence(
                'In {file}, column "{column}", {bad} of {rows} rows hold no amount that can be '
                "used, the first in line {line}.",
                **facts,
            ),
            Sentence(
                "Choose the column with the amount in figures, or correct it and upload the "
                "file again."
            ),
        )


def refuse_unusable_ids(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, field: str, condition: str
) -> None:
    """Refuse a file in which most customer ids are rounded or masked.

    Parameters as for :func:`refuse_unreadable_times`.

    Raises
    ------
    UnreadableColumn
    """
    facts = _find_majority(cursor, file, field, condition)
    if facts:
        raise UnreadableColumn(
            Sentence(
                'In {file}, column "{column}", {bad} of {rows} rows hold a customer id that a '
                "spreadsheet rounded or a platform masked, the first in line {line}.",
                **facts,
            ),
            Sentence(
                "Export the file again without opening it in a spreadsheet, or choose a column "
                "that tells customers apart."
            ),
        )


def refuse_field(cursor: duckdb.DuckDBPyConnection, file: StagedFile, field: str) -> None:
    """Refuse a file for a column whose rows are counted already (``StagedFile.learnt``).

    Raises
    ------
    UnreadableColumn
    """
    if field == "customer_id":
        refuse_unusable_ids(cursor, file, field, _COUNTED)
    elif field.endswith("_time"):
        refuse_unreadable_times(cursor, file, field, _COUNTED)
    else:
        refuse_unreadable_amounts(cursor, file, field, _COUNTED)


def _find_majority(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, field: str, condition: str
) -> dict[str, str | int]:
    """Return the facts of a refusal, empty where there is no reason for one."""
    rows, bad, first = file.learn(
        f"{UNUSABLE}{field}", lambda: _count_unusable(cursor, file, condition)
    )
    if file.is_part or not rows or bad <= _REFUSED_SHARE * rows:
        return {}
    line = _line_of(cursor, file, int(first or 0))
    return {**file.locate(field), "rows": rows, "bad": bad, "line": line}


def _count_unusable(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, condition: str
) -> tuple[int, int, int | None]:
    """Return how many rows there are, how many of no use, and the first of those."""
    found = cursor.execute(
        f"""SELECT count(*), count(*) FILTER ({condition}), min(source_row) FILTER ({condition})
            FROM {file.kind}_typed WHERE file_number = {file.number}"""
    ).fetchone()
    return found or (0, 0, None)


def _line_of(cursor: duckdb.DuckDBPyConnection, file: StagedFile, row: int) -> int:
    dialect = file.rows.raw.dialect
    found = cursor.execute(
        f"SELECT source_line FROM {file.source} WHERE source_row = ?", [row]
    ).fetchone()
    line = found[0] if found else None
    return int(line) if line is not None else row + dialect.lead_lines + int(dialect.has_header)
