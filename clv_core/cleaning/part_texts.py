"""Names of products in review texts, counted once every part has told when they were first sold.

A text may name products that only customers of other parts have bought. So a part
leaves its texts and first sales beside its tables, and :func:`count_named_products`
puts right the one column that they decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clv_core.cleaning.product_names import ProductNames, find_first_sales
from clv_core.cleaning.staging import StagedFile

__all__ = ["count_named_products", "read_first_sales", "write_part_texts"]

_TEXTS: Final = "review_texts.parquet"
_SALES: Final = "first_sales.parquet"
_SALES_SCHEMA: Final = pa.schema([("name", pa.string()), ("sold", pa.timestamp("us"))])


def write_part_texts(
    cursor: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile], folder: Path
) -> None:
    """Leave the texts of a part's reviews, in the order of its table, and its first sales.

    Nothing is written where no file has texts or names of products.
    """
    texts = any(file.kind == "reviews" and file.has("review_text") for file in staged)
    orders = [file for file in staged if file.kind == "orders" and file.has("product_name")]
    if not texts or not orders:
        return
    cursor.sql(
        "SELECT review_text, row_time FROM reviews_kept ORDER BY customer_key, row_time, row_id"
    ).write_parquet(str(folder / _TEXTS))
    sales = find_first_sales(cursor, orders)
    table = {"name": list(sales), "sold": list(sales.values())}
    pq.write_table(pa.table(table, schema=_SALES_SCHEMA), folder / _SALES)


def read_first_sales(folders: Iterable[Path]) -> dict[str, dt.datetime]:
    """Return when each product name was first sold, over all parts that tell."""
    first: dict[str, dt.datetime] = {}
    for folder in folders:
        if (folder / _SALES).is_file():
            told = pq.read_table(folder / _SALES).to_pydict()
            for name, sold in zip(told["name"], told["sold"], strict=True):
                first[name] = min(sold, first.get(name, sold))
    return first


def count_named_products(folder: Path, names: ProductNames) -> None:
    """Count the products that a part's texts name, and let the texts go."""
    texts, reviews = folder / _TEXTS, folder / "reviews.parquet"
    if not texts.is_file():
        return
    told = pq.read_table(texts).to_pydict()
    counted = [
        None if text is None else names.count(text, time)
        for text, time in zip(told["review_text"], told["row_time"], strict=True)
    ]
    table = pq.read_table(reviews)
    place = table.column_names.index("named_products")
    right = table.set_column(place, "named_products", pa.array(counted, pa.int64()))
    pq.write_table(right, reviews, compression="zstd")
    texts.unlink()
