"""A saved model applied to newer orders by the workers of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from clv_core.activation.formula_guard import guard_cells
from clv_core.cluster.engines import is_local
from clv_core.cluster.ingest import prepare_divided
from clv_core.cluster.session import open_session
from clv_core.cluster.shared import find_part
from clv_core.cluster.shipping import ShippedModel, load_shipped, pack_model
from clv_core.cluster.snapshots import DividedSnapshot, describe_parts, read_part
from clv_core.ingest.raw import RawTable
from clv_core.runs.folder import RunFolder
from clv_core.runs.scoring import SCORED_COLUMNS, open_scorer
from clv_core.settings import CleaningSettings
from clv_core.storage.atomic import write_bytes

__all__ = ["score_on_cluster"]

_FIRST: Final = "first_time"  # the order among customers of whom the same is expected
_DAYS: Final = ("next_order_low_date", "next_order_high_date")
_COLUMNS: Final = ("customer_id", *SCORED_COLUMNS)
_SCHEMA: Final = pa.schema(
    [
        ("customer_id", pa.string()),
        *((name, pa.date32() if name in _DAYS else pa.float64()) for name in SCORED_COLUMNS),
        (_FIRST, pa.int64()),
    ]
)
_TYPES: Final = {pa.string(): "string", pa.date32(): "date", pa.float64(): "double"}
_TOLD: Final = ", ".join(f"{one.name} {_TYPES.get(one.type, 'bigint')}" for one in _SCHEMA)
_ROWS_PER_BATCH: Final = 100_000


def score_on_cluster(
    engine: str,
    run: RunFolder,
    files: Sequence[RawTable],
    settings: CleaningSettings,
    out: Path,
) -> int:
    """Forecast every customer of newer files on a cluster, into one CSV file.

    The forecasts are those of :func:`~clv_core.runs.scoring.score_tables`, highest first.

    Parameters
    ----------
    engine : str
        A master as Spark names it.
    run : RunFolder
    files : sequence of RawTable
    settings : CleaningSettings
    out : Path
        The CSV file. Workers of other machines work in a folder beside it, which is
        removed at the end, so it must lie where all machines see it.

    Returns
    -------
    int
        Customers.

    Raises
    ------
    UserDataError
        Where the engine, a file, a setting or the run cannot be used.
    """
    scorer = open_scorer(run)  # refuses here what every worker would refuse
    beside = None if is_local(engine) else out.parent
    with (
        open_session(engine) as session,
        TemporaryDirectory(dir=beside, prefix=".perennial-") as folder,
    ):
        tables, _ = prepare_divided(session, files, Path(folder), settings)
        divided = describe_parts(session, tables, tables.last_day, scorer.horizon_days)
        # Kept, because sorting looks at everything once more, to divide it evenly.
        forecast = _score_parts(session, divided, pack_model(run)).persist(StorageLevel.DISK_ONLY)
        return _write_forecast(forecast, out)


def _score_parts(session: SparkSession, divided: DividedSnapshot, model: ShippedModel) -> DataFrame:
    """Return the forecasts of all parts, in no order."""
    shipped = session.sparkContext.broadcast(model)

    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch["part"].to_pylist():
                yield _score_part(divided, number, shipped.value)

    listed = session.sparkContext.parallelize([(one,) for one in divided.parts], len(divided.parts))
    return session.createDataFrame(listed, "part int").mapInArrow(score, _TOLD)


def _score_part(divided: DividedSnapshot, number: int, model: ShippedModel) -> pa.RecordBatch:
    snapshot = read_part(divided, number)
    table = load_shipped(model).score(snapshot)
    folder = find_part(divided.folder, number)
    customers = pq.read_table(folder / "customers.parquet", columns=["customer_key", "customer_id"])
    orders = pq.read_table(folder / "orders.parquet", columns=["customer_key", "order_time"])
    first = orders.group_by("customer_key").aggregate([("order_time", "min")]).to_pandas()
    ids = customers.to_pandas().set_index("customer_key")["customer_id"]
    times = first.set_index("customer_key")["order_time_min"].astype("datetime64[us]")
    told = table.assign(
        customer_id=ids.reindex(table.index),
        **{_FIRST: times.reindex(table.index).astype("int64")},
    )
    for name in _DAYS:
        told[name] = told[name].dt.date
    arrow = pa.Table.from_pandas(told[_SCHEMA.names], schema=_SCHEMA, preserve_index=False)
    return arrow.combine_chunks().to_batches()[0]


def _write_forecast(forecast: DataFrame, out: Path) -> int:
    """Write the forecasts, highest first; the text is made by the workers, piece by piece."""
    ordered = forecast.orderBy(
        forecast["predicted"].desc(), forecast[_FIRST].asc(), forecast["customer_id"].asc()
    )
    counted = 0

    def pieces() -> Iterator[bytes]:
        nonlocal counted
        yield _to_csv(pd.DataFrame(columns=list(_COLUMNS)), has_header=True)
        for piece in ordered.mapInArrow(_tell, "customers int, text binary").toLocalIterator():
            counted += piece.customers
            yield bytes(piece.text)

    write_bytes(out, pieces())
    return counted


def _tell(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Turn forecasts into lines of the file."""
    for batch in batches:
        if batch.num_rows:
            table = batch.select(list(_COLUMNS)).to_pandas()
            table = table.astype(dict.fromkeys(_DAYS, "datetime64[s]"))
            text = _to_csv(guard_cells(table), has_header=False)
            counted = pa.array([len(table)], pa.int32())
            yield pa.RecordBatch.from_arrays([counted, pa.array([text])], ["customers", "text"])


def _to_csv(table: pd.DataFrame, has_header: bool) -> bytes:
    return table.to_csv(index=False, header=has_header).encode("utf-8")
