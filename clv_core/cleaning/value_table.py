"""A cleaned table with one row per customer and a value, as Parquet in a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from clv_core.ingest.engine import scan_parquet
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues

__all__ = ["FACTS_FILE", "ValueFeature", "ValueTable"]

FACTS_FILE: Final = "value_table.json"
_PROFILES: Final = "profiles.parquet"

FeatureType = Literal["number", "yes_no", "date", "category"]


@dataclass(frozen=True)
class ValueFeature:
    """One column to learn from.

    Attributes
    ----------
    name : str
        The user's own header.
    column : str
        Its column in ``profiles.parquet``: ``x0``, ``x1``, …
    type : {"number", "yes_no", "date", "category"}
        ``yes_no`` is 1 for yes and 0 for no; a ``date`` is days before
        ``newest``; a ``category`` is text, all others are float64.
    newest : str or None
        Newest date of the column, ISO.
    """

    name: str
    column: str
    type: FeatureType
    newest: str | None = None


@dataclass(frozen=True)
class ValueTable:
    """Customers with features and, where known, a value to learn.

    Attributes
    ----------
    folder : Path
        Holds ``profiles.parquet`` (``customer_key``, ``target_value`` DOUBLE,
        null where blank, and a column per feature, null where missing), ordered
        by key, and ``customers.parquet`` (``columns.CUSTOMERS``).
    target_name : str
        The user's own header of the value.
    features : tuple of ValueFeature
        In the file's order.
    customer_count, known_count : int
        Rows; rows whose value is given.
    missing_values : {"drop", "mean", "median", "regression"}
        What becomes of missing numbers when a model learns; learnt on its
        training rows, never here.
    dropped : mapping of str to Sentence
        Columns that are not learnt from, by header, and why.
    currency : str
        ISO code, empty where unknown.
    """

    folder: Path
    target_name: str
    features: tuple[ValueFeature, ...]
    customer_count: int
    known_count: int
    missing_values: MissingValues
    dropped: Mapping[str, Sentence]
    currency: str = ""

    def scan(self, name: Literal["profiles", "customers"]) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame on this process's engine."""
        return scan_parquet(self.folder / f"{name}.parquet")

    def read_values(self) -> pd.Series:
        """Return the values as float64, index ``customer_key``, NaN where blank."""
        read = pq.read_table(self.folder / _PROFILES, columns=["customer_key", "target_value"])
        frame: pd.DataFrame = read.to_pandas().set_index("customer_key")
        return frame["target_value"].astype(np.float64)

    def read_features(self, rows: npt.NDArray[np.int64] | None = None) -> pd.DataFrame:
        """Return the features under their own headers, index ``customer_key``.

        Parameters
        ----------
        rows : ndarray of int64, optional
            Positions of the rows wanted, in the table's order; all by default.

        Returns
        -------
        DataFrame
            float64 columns, NaN where missing; categories as pandas ``category``
            whose categories are those of the whole table, sorted.
        """
        texts = [feature.column for feature in self.features if feature.type == "category"]
        read = pq.read_table(
            self.folder / _PROFILES,
            columns=["customer_key", *(feature.column for feature in self.features)],
            read_dictionary=texts,
        )
        wanted = read if rows is None else read.take(rows)
        frame: pd.DataFrame = wanted.to_pandas(split_blocks=True).set_index("customer_key")
        for column in texts:
            held = frame[column].astype("category").cat
            frame[column] = held.set_categories(sorted(held.categories))
        frame.columns = pd.Index([feature.name for feature in self.features])
        return frame

    def write_facts(self) -> None:
        """Put what is known of the table beside it, for :meth:`open`."""
        facts = {
            "target_name": self.target_name,
            "features": [asdict(feature) for feature in self.features],
            "customer_count": self.customer_count,
            "known_count": self.known_count,
            "missing_values": self.missing_values,
            "dropped": {name: why.to_json() for name, why in self.dropped.items()},
            "currency": self.currency,
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (self.folder / FACTS_FILE).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> ValueTable:
        """Open a table whose facts were written before."""
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        rebuilt = {
            "features": tuple(ValueFeature(**feature) for feature in facts["features"]),
            "dropped": {name: Sentence.from_json(why) for name, why in facts["dropped"].items()},
        }
        return cls(folder=folder, **{**facts, **rebuilt})
