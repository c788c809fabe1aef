"""Where a workspace keeps something on one person, found by the key of a data set.

What is told to a person who asks and what is taken away from a person who leaves
are the same places: :func:`find_places`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv_core.storage.atomic import replacing, write_bytes
from clv_core.storage.exports import list_exports
from clv_core.storage.index import reading
from clv_core.storage.kept_people import read_kept_rows
from clv_core.storage.kept_views import FOLDER as VIEWS
from clv_core.storage.workspace import Stored, Workspace

__all__ = [
    "CUSTOMERS",
    "Place",
    "describe_person",
    "drop_person",
    "find_namesakes",
    "find_places",
    "read_keys",
    "read_person",
    "runs_of",
]

CUSTOMERS: Final = "customers.parquet"
_KEY: Final = "customer_key"
_NOBODY: Final = -1  # keys begin at 0
_SEARCH_KEY: Final = "key"  # of forecasts that a search keeps


@dataclass(frozen=True)
class Place:
    """A Parquet file with rows by customer.

    Attributes
    ----------
    kind : {"export", "search", "run", "dataset"}
    owner : str
        Id of the export, search, run or data set.
    folder, path : Path
        Of the owner, and the file in it.
    column : str
        That holds the key; may be the file's pandas index.
    """

    kind: Literal["export", "search", "run", "dataset"]
    owner: str
    folder: Path
    path: Path
    column: str = _KEY

    @property
    def name(self) -> str:
        """The file's place in its owner's folder, without its ending."""
        return self.path.relative_to(self.folder).with_suffix("").as_posix()


def find_places(workspace: Workspace, dataset_id: str) -> list[Place]:
    """List all files with rows by customer of a data set and of what was made from it.

    The customers' ids and contact fields come last.

    Raises
    ------
    NothingStored
        When there is no such data set.
    """
    dataset = workspace.dataset(dataset_id)
    exports = workspace.root / "exports"
    owners: list[tuple[Literal["export", "search", "run", "dataset"], str, Path]] = [
        *(("export", one.id, exports / one.id) for one in list_exports(workspace, dataset_id)),
        *(("search", one.name, one) for one in _searches_of(workspace, dataset_id)),
        *(("run", run.id, run.folder) for run in runs_of(workspace, dataset_id)),
        ("dataset", dataset_id, dataset.folder),
    ]
    places = []
    for kind, owner, folder in owners:
        for path in sorted(folder.rglob("*.parquet")):
            if folder / VIEWS in path.parents:  # thrown away when somebody is erased
                continue
            column = _SEARCH_KEY if kind == "search" else _KEY
            if _has_key(path, column):
                places.append(Place(kind, owner, folder, path, column))
    return sorted(places, key=lambda place: place.path == dataset.folder / CUSTOMERS)


def runs_of(workspace: Workspace, dataset_id: str) -> list[Stored]:
    """List the runs made from a data set, newest first."""
    with reading(workspace.index) as connection:
        rows = connection.execute("SELECT id FROM runs WHERE dataset_id = ?", (dataset_id,))
        known = {row["id"] for row in rows}
    return [run for run in workspace.runs() if run.id in known]


def read_person(place: Place, customer_key: int) -> pd.DataFrame:
    """Return what a file holds on one person, the key among the columns; mostly one row."""
    if _index_names(pq.read_schema(place.path)):
        frame = pd.read_parquet(place.path)
        if frame.index.name == place.column:
            frame = frame.reset_index()
        return frame[frame[place.column] == customer_key].reset_index(drop=True)
    found = pq.read_table(place.path, filters=[(place.column, "=", customer_key)])
    table: pd.DataFrame = found.to_pandas()
    return table


def read_keys(place: Place) -> npt.NDArray[np.int64]:
    """Return whose each row of a file is, in its order; the other columns are not read."""
    if place.column in pq.read_schema(place.path).names:
        keys = pq.read_table(place.path, columns=[place.column])[place.column]
        return np.asarray(pc.fill_null(keys, _NOBODY), dtype=np.int64)
    return pd.read_parquet(place.path, columns=[]).index.to_numpy(np.int64)


def drop_person(place: Place, customer_key: int) -> int:
    """Write a file anew without one person's rows, as one step, and return how many they were.

    All other rows stay as they are and where they are.
    """
    rows = int((read_keys(place) == customer_key).sum())
    if rows and _index_names(pq.read_schema(place.path)):
        _drop_from_frame(place, customer_key)
    elif rows:
        _drop_from_table(place, customer_key)
    return rows


def _drop_from_frame(place: Place, customer_key: int) -> None:
    frame = pd.read_parquet(place.path)
    is_index = frame.index.name == place.column
    keys = frame.index.to_series() if is_index else frame[place.column]
    left = frame[(keys != customer_key).to_numpy()]
    if isinstance(frame.index, pd.RangeIndex) and not is_index:
        left = left.reset_index(drop=True)
    for name in left.select_dtypes("category"):  # a category of this person alone goes too
        left[name] = left[name].cat.remove_unused_categories()
    write_bytes(place.path, left.to_parquet())


def _drop_from_table(place: Place, customer_key: int) -> None:
    with pq.ParquetFile(place.path) as source, replacing(place.path) as temporary:
        compression = source.metadata.row_group(0).column(0).compression.lower()
        with pq.ParquetWriter(temporary, source.schema_arrow, compression=compression) as sink:
            for rows in _row_groups(source):
                is_other = pc.not_equal(rows[place.column], pa.scalar(customer_key))
                sink.write_table(rows.filter(pc.fill_null(is_other, True)))


def _row_groups(source: pq.ParquetFile) -> Iterator[pa.Table]:
    for number in range(source.num_row_groups):
        yield source.read_row_group(number)


def _has_key(path: Path, column: str) -> bool:
    schema = pq.read_schema(path)
    return column in schema.names or column in _index_names(schema)


def _index_names(schema: pa.Schema) -> list[str | None]:
    """Return the names of the pandas index; empty where pandas did not write the file."""
    described: dict[str, Any] = schema.pandas_metadata or {}
    return [
        one["name"] if isinstance(one, dict) else one for one in described.get("index_columns", ())
    ]


def _searches_of(workspace: Workspace, dataset_id: str) -> list[Path]:
    with reading(workspace.index) as connection:
        rows = connection.execute("SELECT id, spec FROM jobs WHERE kind = 'search_settings'")
        specs = {row["id"]: json.loads(row["spec"]) for row in rows}
    found = {
        str(spec.get("continues") or job_id)
        for job_id, spec in specs.items()
        if spec.get("dataset") == dataset_id
    }
    folders = (workspace.root / "searches" / name for name in sorted(found))
    return [folder for folder in folders if folder.is_dir()]


def describe_person(
    workspace: Workspace, dataset_id: str, customer_key: int, about: list[str]
) -> bytes:
    """Write down everything that is held on one person, to be handed to them.

    Parameters
    ----------
    workspace : Workspace
    dataset_id : str
    customer_key : int
    about : list of str
        What the file is, in the reader's language; put first.

    Returns
    -------
    bytes
        JSON text: ``about``, ``made_at`` and ``held``: a list with, for the data set and
        for each run, search and export, ``kind``, ``id``, ``title`` or the facts of the
        export, and ``tables``: rows by file. Products are those of the person's rows.

    Raises
    ------
    NothingStored
        When there is no such data set.
    """
    exports = {one.id: asdict(one) for one in list_exports(workspace, dataset_id)}
    titles = {run.id: run.created_at for run in runs_of(workspace, dataset_id)}
    dataset = workspace.dataset(dataset_id)
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for place in reversed(find_places(workspace, dataset_id)):
        rows = read_person(place, customer_key)
        if rows.empty:
            continue
        owner = held.setdefault(
            (place.kind, place.owner), {"kind": place.kind, "id": place.owner, "tables": {}}
        )
        owner["tables"][place.name] = _to_records(rows)
        if place.kind == "export":
            owner["facts"] = exports[place.owner]
        if place.kind == "run":
            owner["made_at"] = _tell_moment(titles[place.owner])
    own = held.get(("dataset", dataset_id))
    if own is not None:
        kept = read_kept_rows(dataset.folder, customer_key)
        own["tables"] |= {name: _to_records(rows) for name, rows in kept.items()}
        own |= {"title": dataset.title, "made_at": _tell_moment(dataset.created_at)}
        products = _find_products(dataset.folder, own["tables"])
        if products is not None:
            own["tables"]["products"] = products
    told = {"about": about, "made_at": _tell_moment(time.time()), "held": list(held.values())}
    return json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8")


def _find_products(folder: Path, tables: dict[str, Any]) -> list[dict[str, Any]] | None:
    file = folder / "products.parquet"
    if not file.is_file():  # data sets of earlier versions know keys alone
        return None
    keys = {row.get("product_key") for rows in tables.values() for row in rows} - {None}
    found = pq.read_table(file, filters=[("product_key", "in", sorted(keys))]) if keys else None
    return None if found is None else _to_records(found.to_pandas())


def _to_records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    text = rows.to_json(orient="records", date_format="iso", double_precision=15)
    records: list[dict[str, Any]] = json.loads(text)
    return records


def _tell_moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def find_namesakes(workspace: Workspace, dataset_id: str, customer_key: int) -> list[Stored]:
    """List the other data sets in which a customer bears the same id of the shop.

    It may be the same person; of another shop's data it need not be.
    """
    own = workspace.dataset(dataset_id).folder / CUSTOMERS
    rows = pq.read_table(own, filters=[(_KEY, "=", customer_key)], columns=["customer_id"])
    ids = [one for one in rows["customer_id"].to_pylist() if one is not None]
    others = [one for one in workspace.datasets() if one.id != dataset_id] if ids else []
    return [
        other
        for other in others
        if pq.read_table(
            other.folder / CUSTOMERS,
            filters=[("customer_id", "in", ids)],
            columns=["customer_id"],
        ).num_rows
    ]
