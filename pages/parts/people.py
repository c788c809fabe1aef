"""The shop's ids and contact fields, read where they are shown and never cached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw
import pandas as pd

from clv_core.runs.reading import read_rows
from clv_core.segments.customer_list import search_ids
from clv_core.storage.workspace import Workspace
from pages.parts import cached


def read_customers(run_id: str) -> pd.DataFrame:
    """Return ``columns.CUSTOMERS`` of the data set a result was made from."""
    return pd.DataFrame(_scan(run_id).collect("pandas").to_native())


def read_some(run_id: str, keys: Iterable[int], *columns: str) -> pd.DataFrame:
    """Return some columns of some customers, those that are known, index ``customer_key``.

    Read by the engine: a page that shows fifty of a million reads fifty.
    """
    dataset = cached.dataset_of_run(run_id)
    file = Workspace.default().dataset(dataset).folder / "customers.parquet"
    return read_rows(file, keys, columns or None)


def read_ids(run_id: str, keys: Iterable[int]) -> pd.Series:
    """Return the shop's ids of some customers, index ``customer_key``."""
    return read_some(run_id, keys, "customer_id")["customer_id"]


def search_people(run_id: str, part: str) -> pd.Index:
    """Return the keys of customers whose id contains a text, in any case."""
    return search_ids(_scan(run_id), part)


def _scan(run_id: str) -> nw.LazyFrame[Any]:
    dataset = cached.dataset_of_run(run_id)
    is_log = cached.shape_of_dataset(dataset) == "log"
    return (cached.tables(dataset) if is_log else cached.value_table(dataset)).scan("customers")


def knows_consent(run_id: str) -> bool:
    """Say whether the files told of any customer's consent."""
    told = _scan(run_id).filter(~nw.col("consent").is_null()).select("customer_key").head(1)
    return bool(len(told.collect("pandas")))
