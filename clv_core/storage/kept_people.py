"""One person in the rows that a data set keeps to be added to (``cleaning/kept_rows.py``).

Those rows know people by the shop's ids, as they are compared between files, and not by
the keys of the tables: ``rows/known.parquet`` tells whose key is whose, and
``rows/guests.parquet`` which rows without an id were given to whom.

A killed erasure is done again from the beginning, so what tells which rows are the
person's goes last: the text before the types, the types before the guests. Whoever
knows the key, ``known.parquet`` and the customers, is erased after all of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clv_core.storage.atomic import replacing, write_text

__all__ = ["count_kept_rows", "drop_kept_rows", "read_kept_rows"]

_ROWS: Final = "rows"
_ROWS_PER_FILE: Final = 10**12  # as row ids are made of a file's number and a row's
_NUMBERS: Final = ("source_row", "source_line")

Numbers = npt.NDArray[np.int64]


def count_kept_rows(dataset: Path, customer_key: int) -> int:
    """Count the rows of a person that a data set's folder keeps, those left out included."""
    return sum(len(rows) for rows in _find_rows(dataset, customer_key).values())


def read_kept_rows(dataset: Path, customer_key: int) -> dict[str, pd.DataFrame]:
    """Return the rows of a person as the files had them, by the file's place in the folder."""
    found = _find_rows(dataset, customer_key)
    told = {}
    for number, rows in found.items():
        table = _numbered(dataset, number, pq.read_table(_text_of(dataset, number)))
        mine = table.filter(pc.is_in(table["source_row"], pa.array(rows)))
        named = mine.to_pandas().dropna(axis="columns", how="all")
        told[f"{_ROWS}/{number}"] = named
    return told


def drop_kept_rows(dataset: Path, customer_key: int) -> int:
    """Take a person's rows out of what a data set keeps, and return how many they were.

    Doing it twice, or going on after being killed, is doing it once.
    """
    found = _find_rows(dataset, customer_key)
    for number, rows in found.items():
        _drop_from_lists(dataset, number, rows)
        folder = dataset / _ROWS
        for name in ("text", "filled", "described", "typed"):
            path = folder / f"{number}_{name}.parquet"
            if path.is_file():
                _drop_rows(dataset, number, path, rows)
    guests = dataset / _ROWS / "guests.parquet"
    if found and guests.is_file():
        table = pq.read_table(guests)
        other = pc.not_equal(table["customer"], _name_of(dataset, customer_key))
        _write(table.filter(other), guests)
    return sum(len(rows) for rows in found.values())


def _find_rows(dataset: Path, customer_key: int) -> dict[int, Numbers]:
    """Return the numbers of a person's rows, by the number of their file."""
    customer = _name_of(dataset, customer_key)
    if customer is None:
        return {}
    found: dict[int, Numbers] = {}
    for path in sorted((dataset / _ROWS).glob("*_typed.parquet")):
        rows = pq.read_table(path, columns=["source_row"], filters=[("customer", "=", customer)])
        if rows.num_rows:
            found[int(path.name.split("_")[0])] = rows["source_row"].to_numpy()
    guests = dataset / _ROWS / "guests.parquet"
    if guests.is_file():
        named = pq.read_table(guests, filters=[("customer", "=", customer)])["row_id"].to_numpy()
        for number in np.unique(named // _ROWS_PER_FILE):
            rows = named[named // _ROWS_PER_FILE == number] % _ROWS_PER_FILE
            found[int(number)] = np.union1d(found.get(int(number), rows), rows)
    return found


def _name_of(dataset: Path, customer_key: int) -> str | None:
    known = dataset / _ROWS / "known.parquet"
    if not known.is_file():
        return None
    rows = pq.read_table(known, columns=["customer"], filters=[("customer_key", "=", customer_key)])
    return rows["customer"][0].as_py() if rows.num_rows else None


def _drop_rows(dataset: Path, number: int, path: Path, rows: Numbers) -> None:
    """Write a file anew without some rows; every other row keeps its number."""
    with pq.ParquetFile(path) as source, replacing(path) as temporary:
        compression = source.metadata.row_group(0).column(0).compression.lower()
        begins, sink = 0, None
        for group in range(source.num_row_groups):
            table = source.read_row_group(group)
            numbered = _numbered(dataset, number, table, begins)
            begins += table.num_rows
            left = numbered.filter(pc.invert(pc.is_in(numbered["source_row"], pa.array(rows))))
            sink = sink or pq.ParquetWriter(temporary, left.schema, compression=compression)
            sink.write_table(left)
        if sink is not None:
            sink.close()


def _numbered(dataset: Path, number: int, table: pa.Table, begins: int = 0) -> pa.Table:
    """Return rows with the numbers that they have in their file, where those were implied."""
    if "source_row" in table.column_names:
        return table
    before = _described(dataset)["files"][number]["rows"]["lines_before"]
    places = np.arange(begins, begins + table.num_rows, dtype=np.int64)
    for at, (name, first) in enumerate(zip(_NUMBERS, (1, before + 1), strict=True)):
        table = table.add_column(at, name, pa.array(places + first))
    return table


def _drop_from_lists(dataset: Path, number: int, rows: Numbers) -> None:
    """Take rows off the list of those that the reader mended."""
    told = _described(dataset)
    listed = told["files"][number]["rows"]["mended"]
    left = ~np.isin(np.asarray(listed["source_row"], dtype=np.int64), rows)
    if left.all():
        return
    for name in ("source_row", "source_line", "reason"):
        listed[name] = [one for one, stays in zip(listed[name], left, strict=True) if stays]
    write_text(dataset / _ROWS / "files.json", json.dumps(told))


def _described(dataset: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((dataset / _ROWS / "files.json").read_text("utf-8"))
    return told


def _text_of(dataset: Path, number: int) -> Path:
    return dataset / _ROWS / f"{number}_text.parquet"


def _write(table: pa.Table, path: Path) -> None:
    with replacing(path) as temporary:
        pq.write_table(table, temporary)
