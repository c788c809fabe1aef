"""A run's tables: held whole where it has few customers, else read by column, or by customer.

Asked through ``cached.py``. Nothing that grows with a large run is kept here but what one
page shows.
"""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from clv_core.explain.explanation import Explanation
from clv_core.runs.folder import RunFolder
from clv_core.runs.reading import (
    FEATURES_FILE,
    FORECAST_FILE,
    HOLDOUT_FILE,
    RowOrder,
    count_rows,
    explain_some,
    list_columns,
    order_as,
    own_order,
    read_columns,
    read_rows,
)
from clv_core.storage.workspace import Workspace

MOST_HELD: Final = 50_000  # customers of a run that is held whole: 50 MB with its features


def _run(run_id: str) -> RunFolder:
    return RunFolder(Workspace.default().run(run_id).folder)


def forecast(run_id: str, *columns: str) -> pd.DataFrame:
    """Return the forecast or some of its columns, index ``customer_key``.

    Columns that a run of an earlier version lacks are left out, here and below. A run of
    few customers is held whole; of one of many only what is named is read, each time:
    keep what is made of it, not the columns.
    """
    return _take(run_id, FORECAST_FILE, columns)


def features(run_id: str, *columns: str) -> pd.DataFrame:
    """Return what each customer looked like at the forecast's cutoff, or some of it."""
    return _take(run_id, FEATURES_FILE, columns)


def holdout(run_id: str, *columns: str) -> pd.DataFrame:
    """Return every model's held-out forecast beside what happened, or some of it."""
    return _take(run_id, HOLDOUT_FILE, columns)


@st.cache_data(max_entries=64, show_spinner=False)
def columns_of(run_id: str, file: str) -> list[str]:
    """Return what a table of a run holds, the key left out."""
    return list_columns(_run(run_id).folder / file)


@st.cache_data(max_entries=64, show_spinner=False)
def is_large(run_id: str) -> bool:
    """Say whether a run has too many customers to be held whole."""
    return count_rows(_run(run_id).folder / FORECAST_FILE) > MOST_HELD


def _take(run_id: str, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
    if is_large(run_id):
        path = _run(run_id).folder / file
        return read_columns(path, columns or list_columns(path), _order(run_id, file))
    whole = _held(run_id, file)
    return whole[[name for name in columns or whole.columns if name in whole.columns]]


@st.cache_resource(max_entries=6, show_spinner=False)  # 16 MB of a million
def _order(run_id: str, file: str) -> RowOrder | None:
    """Return the order of a table's customers: features as the forecast, others as they lie."""
    path = _run(run_id).folder / file
    if file != FEATURES_FILE:
        return own_order(path)
    forecast_order = _order(run_id, FORECAST_FILE)
    return None if forecast_order is None else order_as(path, forecast_order.keys)


@st.cache_resource(max_entries=12, show_spinner=False)  # pandas copies when written to
def _held(run_id: str, file: str) -> pd.DataFrame:
    return pd.read_parquet(_run(run_id).folder / file)


@st.cache_data(max_entries=16, show_spinner=False)
def customer(run_id: str, key: int) -> pd.Series:
    """Return one customer's row of the forecast; raises ``KeyError`` where they are not in it."""
    return read_rows(_run(run_id).folder / FORECAST_FILE, [key]).loc[key]


@st.cache_data(max_entries=64, show_spinner=False)
def explanation_of(run_id: str, key: int) -> Explanation:
    """Return why one customer's forecast is what it is."""
    return explain_some(_run(run_id), [key])
