"""Texts of reviews as numbers: how they feel, and how they speak of what they name.

The numbers travel instead of the texts, which end here: nobody downstream has to
be trusted with what a customer wrote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.aspects import name_aspects
from clv_core.cleaning.product_names import (
    NAMES_FILE,
    ProductNames,
    find_change,
    find_first_sales,
    read_first_sales,
    write_first_sales,
)
from clv_core.cleaning.sentiment import score_clause, split_clauses
from clv_core.cleaning.staging import ROWS_PER_FILE, StagedFile, open_parquet
from clv_core.columns import REVIEW_ASPECTS, aspect_column
from clv_core.ingest.engine import quoted_path

__all__ = ["TEXT_COLUMNS", "describe_text", "describe_texts"]

TEXT_COLUMNS: Final = ("sentiment", *map(aspect_column, REVIEW_ASPECTS))

_MOST_LETTERS: Final = 5_000  # no review is longer; what is, is no review
_BATCH_ROWS: Final = 10_000
_SCHEMA: Final = pa.schema(
    [
        ("row_id", pa.int64()),
        ("named_products", pa.int64()),
        *((name, pa.float64()) for name in TEXT_COLUMNS),
    ]
)


def describe_text(text: str) -> dict[str, float | None]:
    """Return what a review's text says.

    Returns
    -------
    dict with the names of ``TEXT_COLUMNS``
        ``sentiment``: mean over the clauses, −1 to 1, 0 for those that do not
        judge; None where none does. Per aspect the mean over the clauses that name it, 0 for those
        that do not judge, None where none names it.
    """
    clauses = split_clauses(text[:_MOST_LETTERS])
    scores = [score_clause(clause) for clause in clauses]
    spoken: dict[str, list[float]] = {aspect: [] for aspect in REVIEW_ASPECTS}
    for clause, score in zip(clauses, scores, strict=True):
        for aspect in name_aspects(clause):
            spoken[aspect].append(score or 0.0)
    judges = any(score is not None for score in scores)
    sentiment = _mean([score or 0.0 for score in scores]) if judges else None
    found = {aspect_column(aspect): _mean(given) for aspect, given in spoken.items()}
    return {"sentiment": sentiment, **found}


def describe_texts(
    cursor: duckdb.DuckDBPyConnection,
    files: Sequence[StagedFile],
    orders: Sequence[StagedFile],
    scratch: Path,
    sold_before: Mapping[str, dt.datetime] | None = None,
) -> None:
    """Write ``reviews_described``, a row per kept review with a text.

    ``row_id``, ``named_products`` (of those sold by then) and ``TEXT_COLUMNS``.
    Needs ``reviews_kept`` and ``orders_kept``. Texts that were described before are not
    read again, but for the products that they name, where a name has come up before they
    were written; when names were first sold goes to ``names.parquet``.

    Parameters
    ----------
    cursor : DuckDBPyConnection
    files, orders : sequence of StagedFile
        Of reviews; of orders whose products they may name.
    scratch : Path
    sold_before : mapping of str to datetime, optional
        When names were first sold in files that ``orders`` leaves out.
    """
    path = scratch / "reviews_described.parquet"
    first_sales = find_first_sales(cursor, orders, sold_before)
    write_first_sales(first_sales, scratch / NAMES_FILE)
    names = ProductNames(first_sales)
    _open_described(cursor, files)
    renamed_from = find_change(first_sales, _read_earlier_sales(files))
    known = ", ".join(f"known.{name}" for name in ("named_products", *TEXT_COLUMNS))
    reader = cursor.execute(
        f"""SELECT kept.row_id, row_time, review_text, {known}
        FROM reviews_kept AS kept LEFT JOIN reviews_described_before AS known USING (row_id)
        WHERE review_text IS NOT NULL"""
    ).to_arrow_reader(_BATCH_ROWS)
    with pq.ParquetWriter(path, _SCHEMA, compression="lz4") as writer:
        for batch in reader:
            rows = [_describe_row(row, names, renamed_from) for row in batch.to_pylist()]
            writer.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA))
    open_parquet(cursor, "reviews_described", path)


def _describe_row(
    row: dict[str, Any], names: ProductNames, renamed_from: dt.datetime
) -> dict[str, Any]:
    """Return what a review's text says, as far as possible from what is known of it."""
    text, time, named = row["review_text"], row["row_time"], row["named_products"]
    if named is None:
        return {**row, **describe_text(text), "named_products": names.count(text, time)}
    return row if time < renamed_from else {**row, "named_products": names.count(text, time)}


def _open_described(cursor: duckdb.DuckDBPyConnection, files: Sequence[StagedFile]) -> None:
    """Open ``reviews_described_before``: what was found out when files were first added."""
    earlier = [
        f"SELECT {file.number} * {ROWS_PER_FILE} + source_row AS row_id, * EXCLUDE (source_row)"
        f" FROM read_parquet({quoted_path(file.earlier.described)})"
        for file in files
        if file.earlier and file.earlier.described
    ]
    columns = ", ".join(f"NULL::DOUBLE AS {name}" for name in TEXT_COLUMNS)
    none = f"SELECT NULL::BIGINT AS row_id, NULL::BIGINT AS named_products, {columns} LIMIT 0"
    rows = " UNION ALL ".join([*earlier, f"({none})"])
    cursor.execute(f"CREATE TEMP VIEW reviews_described_before AS {rows}")


def _read_earlier_sales(files: Sequence[StagedFile]) -> dict[str, dt.datetime]:
    """Return when names were first sold as texts were described before."""
    for file in files:
        if file.earlier and file.earlier.described:
            return read_first_sales(file.earlier.described.with_name(NAMES_FILE))
    return {}


def _mean(scores: list[float]) -> float | None:
    return round(sum(scores) / len(scores), 4) if scores else None
