"""The tables of a data set, written once for each customer that is drawn."""

# ruff: noqa: S608 - the SQL is made of our own names

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv_core.cleaning.tables import Tables
from clv_core.features.day_table import write_day_tables
from clv_core.ingest.engine import cursor, quoted_path
from tests.benchmarks.big_crowd import Crowd

__all__ = ["write_dataset"]

ROW_GROUP: Final = 65_536


def write_dataset(
    small: Tables, crowd: Crowd, folder: Path, scratch: Path, *, events: bool
) -> Tables:
    drawn = scratch / "crowd.parquet"
    columns = {
        "key": np.arange(len(crowd)),
        "source": crowd.source,
        "copy": crowd.copy,
        "scale": crowd.scale,
    }
    pq.write_table(pa.table(columns), drawn, row_group_size=ROW_GROUP)
    wanted = ["customers", "orders", "lines", "reviews", *(["events"] if events else [])]
    for name in wanted:
        _blow_up_rows(small.folder / f"{name}.parquet", drawn, folder / f"{name}.parquet")
    for name in ("products.parquet", "rejected.parquet", "quality.json"):
        shutil.copyfile(small.folder / name, folder / name)
    big = replace(
        small,
        folder=folder,
        customer_count=len(crowd),
        order_count=pq.read_metadata(folder / "orders.parquet").num_rows,
    )
    big.write_facts()
    write_day_tables(big)
    return big


def _blow_up_rows(small: Path, drawn: Path, target: Path) -> None:
    """Write a table's rows once for each customer drawn, by customer."""
    names = pq.read_schema(small).names
    told = {
        "customer_key": "c.key",
        "customer_id": "s.customer_id || '-' || c.copy",
        "email": "replace(s.email, '@', '.' || c.copy || '@')",
        "order_key": f"c.copy * {_count_keys(small)} + s.order_key",
        "session_key": f"c.copy * {_count_keys(small, 'session_key')} + s.session_key",
        "amount": "round(s.amount * c.scale, 2)",
    }
    shown = ", ".join(f"{told.get(name, f's.{name}')} AS {name}" for name in names)
    time = next((name for name in names if name.endswith("_time")), "customer_key")
    cursor().execute(
        f"COPY (SELECT {shown} FROM read_parquet({quoted_path(drawn)}) c"
        f" JOIN read_parquet({quoted_path(small)}) s ON s.customer_key = c.source"
        f" ORDER BY {_by_customer_in_blocks(time)})"
        f" TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _by_customer_in_blocks(time: str) -> str:
    return "c.key" if time == "customer_key" else f"s.{time}, c.key"


def _count_keys(table: Path, name: str = "order_key") -> int:
    if name not in pq.read_schema(table).names:
        return 0
    return int(pc.max(pq.read_table(table, columns=[name])[name]).as_py() or 0) + 1
