"""The cleaning of one part on a worker, and of all parts by Spark."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark import TaskContext
from pyspark.sql import SparkSession

from clv_core.cleaning.part_accounts import PartAccount
from clv_core.cleaning.part_texts import count_named_products, read_first_sales
from clv_core.cleaning.parts import clean_part
from clv_core.cleaning.product_names import ProductNames
from clv_core.cleaning.staging import StagedFile
from clv_core.cluster.dividing import divide_rows
from clv_core.cluster.shared import SharedUpload, find_part, take_rows

__all__ = ["clean_parts", "count_names"]

_ACCOUNT = pa.schema([("part", pa.int32()), ("account", pa.string())])


def clean_parts(session: SparkSession, upload: SharedUpload, parts: int) -> dict[int, PartAccount]:
    """Clean an upload on the workers; their tables go into ``upload.folder``.

    Returns
    -------
    dict of int to PartAccount
        By the part's number; parts without rows are left out.
    """
    rows = divide_rows(session, upload, parts)

    def clean(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        context = TaskContext.get()
        number = 0 if context is None else context.partitionId()
        with TemporaryDirectory() as scratch:
            staged = _gather(upload, batches, Path(scratch))
            if any(file.rows.rows_read for file in staged):
                account = _clean(upload, staged, number)
                told = [pa.array([number], pa.int32()), pa.array([account.to_json()])]
                yield pa.RecordBatch.from_arrays(told, schema=_ACCOUNT)

    told = rows.mapInArrow(clean, "part int, account string").collect()
    return {row.part: PartAccount.from_json(row.account) for row in sorted(told)}


def count_names(session: SparkSession, folder: Path, numbers: list[int]) -> None:
    """Count the products that review texts name, now that all parts told what they sold."""
    sales = read_first_sales(find_part(folder, number) for number in numbers)
    if not sales:
        return

    def count(number: int) -> None:
        count_named_products(find_part(folder, number), ProductNames(sales))

    session.sparkContext.parallelize(numbers, len(numbers)).foreach(count)


def _gather(
    upload: SharedUpload, batches: Iterator[pa.RecordBatch], scratch: Path
) -> list[StagedFile]:
    """Put the rows of a partition into one text Parquet per file."""
    columns = {
        file.number: ["source_row", "source_line", *upload.fields_of(file)] for file in upload.files
    }
    paths = {file.number: scratch / f"{file.number}.parquet" for file in upload.files}
    held: dict[int, list[pa.Array]] = {file.number: [] for file in upload.files}
    texts = {"source_row": pa.int64(), "source_line": pa.int64()}
    writers = {
        number: pq.ParquetWriter(
            paths[number],
            pa.schema([(name, texts.get(name, pa.string())) for name in names]),
            compression="lz4",
        )
        for number, names in columns.items()
    }
    for batch in batches:
        for number in pc.unique(batch["file_number"]).to_pylist():
            chosen = batch.filter(pc.equal(batch["file_number"], number))
            writers[number].write_batch(chosen.select(columns[number]))
            held[number].append(chosen["source_row"])
    for writer in writers.values():
        writer.close()
    rows = {
        number: pa.chunked_array(arrays, pa.int64()).to_numpy() for number, arrays in held.items()
    }
    return [take_rows(file, paths[file.number], rows[file.number]) for file in upload.files]


def _clean(upload: SharedUpload, staged: list[StagedFile], number: int) -> PartAccount:
    """Clean into a folder that gets its name when it is whole: a task may be tried twice."""
    target = find_part(upload.folder, number)
    draft = upload.folder / f".{target.name}.{uuid.uuid4().hex}"
    draft.mkdir()
    try:
        account = clean_part(staged, draft, upload.settings, upload.today)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return account
