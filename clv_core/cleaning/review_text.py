"""Texts of reviews as numbers: how they feel, and how they speak of what they name.

The numbers travel instead of the texts, which end here: nobody downstream has to
be trusted with what a customer wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.aspects import name_aspects
from clv_core.cleaning.product_names import ProductNames, find_first_sales
from clv_core.cleaning.sentiment import score_clause, split_clauses
from clv_core.cleaning.staging import StagedFile, open_parquet
from clv_core.columns import REVIEW_ASPECTS, aspect_column

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
    cursor: duckdb.DuckDBPyConnection, orders: Sequence[StagedFile], scratch: Path
) -> None:
    """Write ``reviews_described``, a row per kept review with a text.

    ``row_id``, ``named_products`` (of those sold by then) and ``TEXT_COLUMNS``.
    Needs ``reviews_kept`` and ``orders_kept``.
    """
    path = scratch / "reviews_described.parquet"
    names = ProductNames(find_first_sales(cursor, orders))
    reader = cursor.execute(
        "SELECT row_id, row_time, review_text FROM reviews_kept WHERE review_text IS NOT NULL"
    ).to_arrow_reader(_BATCH_ROWS)
    with pq.ParquetWriter(path, _SCHEMA, compression="lz4") as writer:
        for batch in reader:
            texts, times = batch["review_text"].to_pylist(), batch["row_time"].to_pylist()
            rows = [describe_text(text) for text in texts]
            columns = {
                "row_id": batch["row_id"],
                "named_products": list(map(names.count, texts, times)),
                **{name: [row[name] for row in rows] for name in TEXT_COLUMNS},
            }
            writer.write_table(pa.table(columns, schema=_SCHEMA))
    open_parquet(cursor, "reviews_described", path)


def _mean(scores: list[float]) -> float | None:
    return round(sum(scores) / len(scores), 4) if scores else None
