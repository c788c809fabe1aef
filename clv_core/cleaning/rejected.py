"""The rows that were left out, one by one: file, line, column and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd
import pyarrow as pa

from clv_core.cleaning.judging import RuleBook
from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.staging import StagedFile
from clv_core.ingest.engine import cursor as open_cursor
from clv_core.ingest.engine import literal_path

__all__ = ["REJECTED_FILE", "list_rejected", "write_rejected"]

REJECTED_FILE: Final = "rejected.parquet"


def write_rejected(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    books: Mapping[int, RuleBook],
    folder: Path,
) -> None:
    """Write every row that was left out to ``rejected.parquet``, the reader's rejects included.

    Columns: ``file_number`` INTEGER (place in the report), ``source_row`` BIGINT,
    ``source_line`` BIGINT (null where unknown), ``field`` VARCHAR (canonical, null
    where the whole row is meant), ``code`` VARCHAR.

    Parameters
    ----------
    cursor : DuckDBPyConnection
        With ``<kind>_dropped`` and the staged text of every file.
    files : sequence of StagedFile
    books : mapping of int to RuleBook
        The rules of each file, by its number.
    folder : Path
    """
    cursor.execute(
        "CREATE TEMP TABLE rows_unread (file_number INTEGER, source_row BIGINT,"
        " source_line BIGINT, code VARCHAR)"
    )
    for file in files:
        _note_unread(cursor, file)
    parts = ["SELECT file_number, source_row, source_line, NULL AS field, code FROM rows_unread"]
    parts += [
        f"""SELECT lost.file_number, lost.source_row, text.source_line,
                   {_field_of(books[file.number])} AS field, lost.code
            FROM {file.kind}_dropped AS lost JOIN {file.source} AS text USING (source_row)
            WHERE lost.file_number = {file.number}"""
        for file in files
    ]
    cursor.sql(
        f"""SELECT file_number, source_row, source_line, CAST(field AS VARCHAR) AS field, code
        FROM ({" UNION ALL ".join(parts)}) ORDER BY file_number, source_row"""
    ).write_parquet(str(folder / REJECTED_FILE), compression="zstd")


def list_rejected(
    folder: Path,
    report: QualityReport,
    limit: int | None = None,
    file_number: int | None = None,
    code: str | None = None,
) -> pd.DataFrame:
    """List the rows that were left out as people look for them in their own files.

    Parameters
    ----------
    folder : Path
        Holds ``rejected.parquet``.
    report : QualityReport
        Of the same cleaning.
    limit : int, optional
        Rows at most; all by default.
    file_number : int, optional
        Rows of this file of the report alone.
    code : str, optional
        Rows left out for this reason alone.

    Returns
    -------
    DataFrame with ``file``, ``line`` (Int64, missing where unknown), ``row`` (int64,
        from 1 after the header), ``column`` (the user's own header, None where the
        whole row is meant) and ``reason`` (Sentence)
    """
    most = "" if limit is None else f" LIMIT {int(limit)}"
    with open_cursor() as cursor:
        found = cursor.execute(
            "SELECT * FROM read_parquet($source)"
            " WHERE coalesce(file_number = $file_number, true) AND coalesce(code = $code, true)"
            " ORDER BY file_number, source_row" + most,
            {
                "source": literal_path(folder / REJECTED_FILE),
                "file_number": file_number,
                "code": code,
            },
        ).df()
    reasons = {
        (number, case.code): case.reason
        for number, quality in enumerate(report.files)
        for case in quality.rejected
    }
    at = list(zip(found["file_number"], found["field"], found["code"], strict=True))
    return pd.DataFrame(
        {
            "file": [report.files[number].file_name for number, _, _ in at],
            "line": found["source_line"].astype("Int64"),
            "row": found["source_row"].astype("int64"),
            "column": pd.Series(
                [_header(report, number, field) for number, field, _ in at], dtype="object"
            ),
            "reason": [reasons[number, code] for number, _, code in at],
        }
    )


def _header(report: QualityReport, number: int, field: object) -> str | None:
    return report.files[number].columns.get(field) if isinstance(field, str) else None


def _field_of(book: RuleBook) -> str:
    """Return SQL for the field that a dropped row's rule is about."""
    cases = {rule.code: rule.field for rule in book.rejecting if rule.field}
    told = " ".join(f"WHEN '{code}' THEN '{field}'" for code, field in cases.items())
    return f"CASE lost.code {told} END" if told else "NULL"


def _note_unread(cursor: duckdb.DuckDBPyConnection, file: StagedFile) -> None:
    refused = file.rows.rejected
    if refused.empty:
        return
    rows = pa.table(
        {
            "source_row": pa.array(refused["source_row"].to_numpy()),
            "source_line": pa.array(refused["source_line"].to_numpy()),
            "code": pa.array(refused["reason"].to_numpy(), pa.string()),
        }
    )
    cursor.register("rows_refused", rows)
    cursor.execute(
        f"INSERT INTO rows_unread SELECT {file.number:d}, source_row, source_line, code"
        " FROM rows_refused"
    )
    cursor.unregister("rows_refused")
