"""DuckDB's part in reading: the mapped columns of the rows that fit, a list of those that do not.

It reads with everything declared: its own guesses turn ragged rows into one
column, drop a header before an unclosed quote and take 01/02 for a day and a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from clv_core.columns import FIELDS
from clv_core.ingest.engine import literal_path, quoted_path
from clv_core.ingest.raw import RawTable

__all__ = [
    "REJECT_CODES",
    "Source",
    "copy_rows",
    "list_rejects",
    "list_targets",
    "scan_text",
    "take_first_rows",
]

# DuckDB's error types -> our reason codes.
REJECT_CODES: Final = {
    "MISSING COLUMNS": "too_few_cells",
    "TOO MANY COLUMNS": "too_many_cells",
    "UNQUOTED VALUE": "broken_quote",
    "INVALID ENCODING": "broken_encoding",
    "LINE SIZE OVER MAXIMUM": "row_too_long",
}
_OTHER_CODE: Final = "unreadable_row"
_LISTING_FAULTS: Final = (
    "null_padding = false, store_rejects = true, rejects_limit = 0, parallel = $parallel"
)
_PASSING_FAULTS: Final = "null_padding = true, ignore_errors = true, parallel = false"
_LONGEST_SHOWN: Final = 200  # letters of a cell that is only looked at
_MOST_ROWS_PER_GROUP: Final = 122_880  # DuckDB's own
_FEWEST_ROWS_PER_GROUP: Final = 2048
_CELLS_PER_GROUP: Final = 5_000_000
_MOST_REPEATED: Final = 2000  # different texts of a group; numbering more is slow


@dataclass(frozen=True)
class Source:
    """The file that DuckDB opens, and how it is to read it.

    Attributes
    ----------
    path : Path
    delimiter, quote : str
    lead : int
        Lines before the header or the first row.
    has_header : bool
    width : int
        Cells of a row; columns of the table beyond it are blank in every row.
    may_quote : bool
        Whether a line end may lie inside a cell. Where it cannot, several threads
        begin at lines of their own; elsewhere they could only guess where one begins.
    """

    path: Path
    delimiter: str
    quote: str
    lead: int
    has_header: bool
    width: int
    may_quote: bool


def list_targets(raw: RawTable) -> dict[str, int]:
    """Return the columns that are written and the position each comes from.

    A canonical name per mapped field; ``x0``, ``x1`` … for the features of a value
    table, in their order.
    """
    fields = [field for field in FIELDS[raw.kind] if field in raw.mapping]
    wanted = {field: raw.mapping[field] for field in fields}
    wanted |= {f"x{number}": name for number, name in enumerate(raw.features)}
    position = {name: at for at, name in enumerate(raw.column_names)}
    return {target: position[name] for target, name in wanted.items()}


def copy_rows(
    connection: duckdb.DuckDBPyConnection, source: Source, targets: dict[str, int], draft: Path
) -> int:
    """Write the wanted columns of the readable rows as they come.

    They are not numbered: a window over all rows would hold up every thread but one,
    and a Parquet file knows the numbers of its rows.

    Parameters
    ----------
    connection : DuckDBPyConnection
        The refused rows are listed on it afterwards (:func:`list_rejects`).
    source : Source
    targets : dict of str to int
        Of :func:`list_targets`.
    draft : Path
        The Parquet file to write.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    duckdb.InvalidInputException
        When DuckDB loses its way in the quotes.
    """
    _forget_rejects(connection)
    chosen = [
        f"c{at} AS {target}" if at < source.width else f"NULL::VARCHAR AS {target}"
        for target, at in targets.items()
    ]
    statement = f"""
        COPY (
            SELECT {", ".join(chosen)} FROM {_scan(source, _LISTING_FAULTS)}
        ) TO $target (FORMAT parquet, ROW_GROUP_SIZE {_rows_per_group(len(targets))},
                      DICTIONARY_SIZE_LIMIT {_MOST_REPEATED})"""
    answer = connection.execute(
        statement,
        {**_describe(source), "parallel": not source.may_quote, "target": str(draft)},
    ).fetchone()
    return int(answer[0]) if answer else 0


def _rows_per_group(columns: int) -> int:
    """Return how many rows are held at once until they are written: fewer of wide ones."""
    fitting = _CELLS_PER_GROUP // max(1, columns)
    return max(_FEWEST_ROWS_PER_GROUP, min(_MOST_ROWS_PER_GROUP, fitting))


def scan_text(parquet: Path, lines_before: int | None) -> str:
    """Return SQL, to stand behind FROM, for the rows of a text Parquet with their numbers.

    Parameters
    ----------
    parquet : Path
        Written by :func:`copy_rows`, or numbered afterwards.
    lines_before : int or None
        Lines of the file before its first row, each row being a line; None where
        the numbers stand in the Parquet.
    """
    if lines_before is None:
        return f"read_parquet({quoted_path(parquet)})"
    return f"""(SELECT file_row_number + 1 AS source_row,
                       file_row_number + {lines_before + 1:d} AS source_line,
                       * EXCLUDE (file_row_number)
                FROM read_parquet({quoted_path(parquet)}, file_row_number = true))"""


def take_first_rows(
    connection: duckdb.DuckDBPyConnection, source: Source, positions: Sequence[int], rows: int
) -> str:
    """Keep the first readable rows of some columns in memory, long cells cut.

    Returns
    -------
    str
        Name of the table on the connection; its columns are ``c`` and their position.
    """
    chosen = [
        f"left(c{at}, {_LONGEST_SHOWN}) AS c{at}"
        if at < source.width
        else f"NULL::VARCHAR AS c{at}"
        for at in positions
    ]
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE first_rows AS
            SELECT {", ".join(chosen)} FROM {_scan(source, _PASSING_FAULTS)}
            LIMIT {rows:d}""",
        _describe(source),
    )
    return "first_rows"


def _scan(source: Source, faults: str) -> str:
    """Return SQL that reads the file; what becomes of rows at fault is ours to say."""
    declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(source.width))
    # Composed of our own names alone; the user's headers and paths never get here.
    return f"""read_csv(
        $source, auto_detect = false, columns = {{{declared}}},
        delim = $delimiter, quote = $quote, escape = $quote, header = $header,
        skip = $skip, nullstr = '', strict_mode = true, compression = 'none', {faults}
    )"""


def _describe(source: Source) -> dict[str, str | bool | int]:
    return {
        "source": literal_path(source.path),
        "delimiter": source.delimiter,
        "quote": source.quote,
        "header": source.has_header,
        "skip": source.lead,
    }


def _forget_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what an earlier scan on this cursor refused; the tables come with the first scan."""
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")


def list_rejects(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return one row per refused record, in the file's order.

    Returns
    -------
    DataFrame
        ``record_line`` (DuckDB's number, which counts no quoted line break),
        ``byte`` (from 0), ``reason``, ``cells`` (where cells are missing: how many
        there are) and ``spans_lines``.
    """
    found = connection.execute(
        """
        SELECT min(line) AS record_line,
               min(line_byte_position - 1 + length(csv_line)
                   - length(ltrim(csv_line, chr(10) || chr(13)))) AS byte,
               coalesce(arg_min(error_type, column_idx), any_value(error_type))::VARCHAR AS reason,
               coalesce(min(column_idx), 0) AS cells,
               bool_or(contains(trim(csv_line, chr(10) || chr(13)), chr(10))) AS spans_lines
        FROM reject_errors GROUP BY line_byte_position ORDER BY line_byte_position"""
    ).df()
    found["reason"] = found["reason"].map(lambda kind: REJECT_CODES.get(kind, _OTHER_CODE))
    return found
