"""A published data set and run with any number of customers, without training on them.

A small sample shop is trained on once, for real; its customers are then drawn again
and again, each with amounts of their own, and every table of the data set and of the
run is written anew in blocks, so that memory stays flat. The models, the scoreboard
and the manifest's measurements stay those of the small run: pages are to be measured
on it, not forecasts.

``python -m tests.benchmarks.big_run FOLDER --customers 1000000``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.catalogue import CATALOGUE
from clv_core.ingest.engine import cursor, quoted_path
from clv_core.ingest.understand import understand_file
from clv_core.pipeline import forecast_shop, prepare_tables
from clv_core.runs.folder import CONTRIBUTION, write_run
from clv_core.samples import write_samples
from clv_core.settings import RunSettings
from clv_core.storage.workspace import Workspace
from tests.benchmarks.big_crowd import (
    BLOCK,
    SMALL_CUSTOMERS,
    Crowd,
    draw_crowd,
    find_rows,
    list_columns,
    store_key,
)
from tests.benchmarks.big_dataset import ROW_GROUP, write_dataset

__all__ = ["make_big_run"]

SMALL_SEED: Final = 3
KINDS: Final = ("orders", "events", "reviews", "customers")
SETTINGS: Final = {
    "window": {"horizon_days": 90, "max_snapshots": 3},
    "network": {"hidden_units": [8], "epochs": 3, "batch_size": 64},
    "boosted": {"trees": 30},
    "evaluation": {"bootstrap_samples": 50},
}
PLAIN_COPIES: Final = (
    *("quality.json", "training.parquet", "scoreboard.json", "validation_scoreboard.json"),
    "expectation.json",
)
_MONEY_OF_FORECAST: Final = ("low", "high", "past_spend")
_MONEY_OF_HOLDOUT: Final = ("low", "high", "actual_spend")

_Floats = npt.NDArray[np.float64]


def make_big_run(
    workspace: Workspace, customers: int, seed: int = 7, *, events: bool = False
) -> str:
    """Publish a data set and a run with so many customers, and return the run's id.

    Parameters
    ----------
    workspace : Workspace
    customers : int
    seed : int
        For who is drawn, and by how much their amounts differ.
    events : bool
        Whether visits are written too: about twelve rows per customer.
    """
    small = workspace.begin_scratch("big")
    tables, small_run = _train_small(small)
    crowd = draw_crowd(tables.customer_count, customers, seed)
    dataset = workspace.begin_folder(f"big-{uuid.uuid4().hex}")
    big = write_dataset(tables, crowd, dataset, small, events=events)
    title = f"Sample shop blown up to {customers:,} customers"
    dataset_id = workspace.publish_dataset(dataset, title)
    big = replace(big, folder=workspace.dataset(dataset_id).folder)
    run = workspace.begin_folder(f"big-{uuid.uuid4().hex}")
    _write_run(small_run, big, crowd, run)
    run_id = workspace.publish_run(run, dataset_id)
    workspace.end_scratch("big")
    return run_id


def _train_small(folder: Path) -> tuple[Tables, Path]:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    for name in ("files", "tables", "run"):
        (folder / name).mkdir()
    write_samples(folder / "files", SMALL_CUSTOMERS, SMALL_SEED)
    raws = [understand_file(folder / "files" / f"{kind}.csv") for kind in KINDS]
    tables, quality = prepare_tables(raws, folder / "tables")
    _keep_account(tables, quality)
    result = forecast_shop(tables, RunSettings.check(SETTINGS))
    write_run(result, tables, quality, folder / "run")
    return tables, folder / "run"


def _keep_account(tables: Tables, quality: QualityReport) -> None:
    (tables.folder / "quality.json").write_text(quality.to_json(), "utf-8")


# the run -------------------------------------------------------------------------


def _write_run(small: Path, tables: Tables, crowd: Crowd, folder: Path) -> None:
    forecast = _forecast_table(small, crowd, folder)
    _write_lists(forecast, tables, folder)
    _write_blocks(small / "features.parquet", crowd, folder, _scale_features)
    _write_blocks(small / "explanations.parquet", crowd, folder, _scale_contributions)
    _write_holdout(small, crowd, folder)
    for name in PLAIN_COPIES:
        if (small / name).is_file():
            shutil.copyfile(small / name, folder / name)
    shutil.copytree(small / "model", folder / "model")
    _write_manifest(small, tables, crowd, folder)


Scale = Callable[[str, pa.ChunkedArray, _Floats], pa.ChunkedArray]


def _write_blocks(small: Path, crowd: Crowd, folder: Path, scale: Scale) -> None:
    """Write a table by customer key, the columns that ``scale`` names with amounts of their own."""
    source = pq.read_table(small)
    rows = find_rows(source)
    schema = store_key(source.schema)
    with pq.ParquetWriter(folder / small.name, schema) as writer:
        for block in crowd.blocks():
            part = source.select(list_columns(source)).take(rows[crowd.source[block]])
            columns = [scale(name, part[name], crowd.scale[block]) for name in part.column_names]
            keys = pa.array(np.arange(block.start, block.stop))
            writer.write_table(pa.table([*columns, keys], schema=schema), row_group_size=ROW_GROUP)


def _scale_features(name: str, values: pa.ChunkedArray, scale: _Floats) -> pa.ChunkedArray:
    is_money = name in CATALOGUE and CATALOGUE[name].unit == "money"
    return pc.multiply(values, pa.array(scale)) if is_money else values


def _scale_contributions(name: str, values: pa.ChunkedArray, scale: _Floats) -> pa.ChunkedArray:
    # Above 1, a forecast below the typical one would fall below nothing.
    return pc.multiply(values, pa.array(_damp(scale))) if name.startswith(CONTRIBUTION) else values


def _damp(scale: _Floats) -> _Floats:
    return np.minimum(scale, 1 / scale)


def _forecast_table(small: Path, crowd: Crowd, folder: Path) -> Path:
    """Write the forecast, highest first, as the pipeline does."""
    source = pq.read_table(small / "forecast.parquet")
    rows = find_rows(source)
    base = pq.read_table(small / "explanations.parquet", columns=["base_value"])
    typical = float(base["base_value"][0].as_py())
    small_predicted = source["predicted"].to_numpy()
    drawn = small_predicted[rows[crowd.source]]
    predicted = typical + _damp(crowd.scale) * (drawn - typical)
    order = np.argsort(-predicted, kind="stable")
    factor = np.divide(predicted, drawn, out=np.ones_like(drawn), where=drawn > 0)
    schema = store_key(source.schema)
    path = folder / "forecast.parquet"
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, len(crowd), BLOCK):
            keys = order[start : start + BLOCK]
            part = source.select(list_columns(source)).take(rows[crowd.source[keys]])
            told: Mapping[str, pa.Array] = {
                "predicted": pa.array(predicted[keys]),
                **{
                    name: pc.multiply(part[name], pa.array(factor[keys]))
                    for name in _MONEY_OF_FORECAST
                },
            }
            columns = [told.get(name, part[name]) for name in part.column_names]
            writer.write_table(
                pa.table([*columns, pa.array(keys)], schema=schema), row_group_size=ROW_GROUP
            )
    return path


def _write_lists(forecast: Path, tables: Tables, folder: Path) -> None:
    """Write the two files that people take away, with the shop's ids."""
    joined = (
        f"FROM read_parquet({quoted_path(forecast)}) f"
        f" JOIN read_parquet({quoted_path(tables.folder / 'customers.parquet')}) c"
        " USING (customer_key) ORDER BY f.predicted DESC"
    )
    columns = ", ".join(f"f.{name}" for name in list_columns(pq.read_schema(forecast)))
    for name, shown in (
        ("forecast.csv", columns),
        ("tiers.csv", "f.value_tier, f.marketing_tier, f.predicted"),
    ):
        cursor().execute(
            f"COPY (SELECT c.customer_id, {shown} {joined}) TO '{folder / name}' (HEADER)"
        )


def _write_holdout(small: Path, crowd: Crowd, folder: Path) -> None:
    source = pq.read_table(small / "holdout.parquet")
    rows = find_rows(source)
    schema = store_key(source.schema)
    with pq.ParquetWriter(folder / "holdout.parquet", schema) as writer:
        for block in crowd.blocks():
            held = rows[crowd.source[block]]
            keys = np.arange(block.start, block.stop)[held >= 0]
            scale = pa.array(crowd.scale[keys])
            part = source.select(list_columns(source)).take(held[held >= 0])
            columns = [
                pc.multiply(part[name], scale)
                if name in _MONEY_OF_HOLDOUT or name.startswith("predicted_")
                else part[name]
                for name in part.column_names
            ]
            writer.write_table(
                pa.table([*columns, pa.array(keys)], schema=schema), row_group_size=ROW_GROUP
            )


def _write_manifest(small: Path, tables: Tables, crowd: Crowd, folder: Path) -> None:
    manifest: dict[str, Any] = json.loads((small / "manifest.json").read_text("utf-8"))
    manifest["data"] |= {
        "customers": len(crowd),
        "orders": tables.order_count,
        "checksums": _checksums(tables.folder, "*.parquet"),
    }
    if manifest["total"] is not None:
        grown = pc.sum(
            pq.read_table(folder / "forecast.parquet", columns=["predicted"])["predicted"]
        ).as_py()
        factor = grown / manifest["total"]["expected"]
        manifest["total"] |= {
            name: manifest["total"][name] * factor for name in ("expected", "low", "high")
        }
    manifest["checksums"] = _checksums(folder, "**/*")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2), "utf-8")


def _checksums(folder: Path, pattern: str) -> dict[str, str]:
    found = {}
    for file in sorted(folder.glob(pattern)):
        if file.is_file():
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
            found[str(file.relative_to(folder))] = digest.hexdigest()
    return found


def main() -> None:
    """Make one in a workspace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", action="store_true")
    call = parser.parse_args()
    print(make_big_run(Workspace(call.folder), call.customers, events=call.events))


if __name__ == "__main__":
    main()
