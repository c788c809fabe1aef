"""Text rows on their way to the part that their customer belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from clv_core.cleaning.staging import StagedFile, stage_file
from clv_core.cluster.shared import SharedUpload, name_owner, take_rows
from clv_core.ingest.engine import cursor as open_cursor

__all__ = ["count_parts", "divide_rows"]

_ROWS_PER_PART = 1_000_000  # a part and its sorting fit the engine's memory limit many times
_BATCH_ROWS = 50_000
_GROUPS_PER_TASK = 8  # row groups of up to 122,880 rows


def count_parts(session: SparkSession, upload: SharedUpload) -> int:
    """Return into how many parts the customers are divided: one per processor, or more."""
    rows: int = sum(pq.read_metadata(file.rows.parquet).num_rows for file in upload.files)
    processors = int(session.sparkContext.defaultParallelism)
    return max(processors, -(-rows // _ROWS_PER_PART))


def divide_rows(session: SparkSession, upload: SharedUpload, parts: int) -> DataFrame:
    """Return all rows of all files, a customer's rows in one partition.

    Returns
    -------
    Spark DataFrame with ``owner`` (a number per customer), ``file_number``,
    ``source_row``, ``source_line`` and ``upload.fields`` as text
    """
    pieces = [piece for file in upload.files for piece in _list_pieces(file)]
    schema = "file_number int, first_group int, groups int, rows_before bigint"
    context = session.sparkContext
    listed = session.createDataFrame(context.parallelize(pieces, max(1, len(pieces))), schema)

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for piece in batch.to_pylist():
                yield from _read_piece(upload, **piece)

    texts = ", ".join(f"{field} string" for field in upload.fields)
    told = f"owner bigint, file_number int, source_row bigint, source_line bigint, {texts}"
    return listed.mapInArrow(read, told).repartition(parts, "owner")


def _list_pieces(file: StagedFile) -> list[tuple[int, int, int, int]]:
    """Divide a file's text by row groups: file, first group, groups, rows before them."""
    described = pq.read_metadata(file.rows.parquet)
    sizes = [described.row_group(at).num_rows for at in range(described.num_row_groups)]
    before = np.concatenate([[0], np.cumsum(sizes)])
    return [
        (file.number, at, min(_GROUPS_PER_TASK, len(sizes) - at), int(before[at]))
        for at in range(0, len(sizes), _GROUPS_PER_TASK)
    ]


def _read_piece(
    upload: SharedUpload, file_number: int, first_group: int, groups: int, rows_before: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a few row groups, cells trimmed, with the owner's number."""
    file = upload.files[file_number]
    chosen = list(range(first_group, first_group + groups))
    table = pq.ParquetFile(file.rows.parquet).read_row_groups(chosen)
    table = _number(table, file.rows.lines_before, rows_before)
    with open_cursor() as cursor, TemporaryDirectory() as scratch:
        path = Path(scratch) / "piece.parquet"
        pq.write_table(table, path, compression="lz4")
        rows = np.empty(0, dtype=np.int64)
        yield from _stage_piece(cursor, upload, take_rows(file, path, rows))


def _stage_piece(
    cursor: duckdb.DuckDBPyConnection, upload: SharedUpload, piece: StagedFile
) -> Iterator[pa.RecordBatch]:
    stage_file(cursor, piece)
    cells = ", ".join(
        f"{field if piece.has(field) else 'CAST(NULL AS VARCHAR)'} AS {field}"
        for field in upload.fields
    )
    reader: Any = cursor.execute(
        f"SELECT {name_owner(piece, upload.settings)} AS owner, file_number, source_row,"
        f" CAST(source_line AS BIGINT) AS source_line, {cells} FROM {piece.source}"
    ).to_arrow_reader(_BATCH_ROWS)
    yield from reader


def _number(table: pa.Table, lines_before: int | None, rows_before: int) -> pa.Table:
    """Number rows whose Parquet does not hold their numbers: row after row, line after line."""
    if lines_before is None:
        return table
    rows = np.arange(rows_before + 1, rows_before + 1 + table.num_rows, dtype=np.int64)
    numbered = table.append_column("source_row", pa.array(rows))
    return numbered.append_column("source_line", pa.array(rows + lines_before))
