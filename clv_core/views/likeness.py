"""Who is most like one customer, among a million: ranks on disk, read block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_numeric_dtype

from clv_core.explain.summaries import family_of
from clv_core.models.forecaster import Report
from clv_core.runs.folder import RunFolder
from clv_core.runs.progress import Progress
from clv_core.runs.reading import (
    FEATURES_FILE,
    FORECAST_FILE,
    list_columns,
    read_columns,
    read_rows,
)
from clv_core.segments.neighbours import (
    MOST_CATEGORIES,
    rank_share,
    spread_categories,
    tell_common,
    weigh_columns,
)
from clv_core.sentences import Sentence
from clv_core.storage.kept_views import KeptView
from clv_core.views.source import Source

__all__ = ["KeptNeighbourhood", "lay_out_likeness", "read_neighbourhood"]

STEPS: Final = 65_535  # of a rank from 0 to 1, as it is stored
_BLOCK: Final = 32_768
_PLACES: Final = "places.bin"


def lay_out_likeness(
    source: Source, asked: Mapping[str, Any], folder: Path, report: Report
) -> dict[str, Any]:
    """Write ``places.bin``, the ranks of every customer's features in 16 bits, and ``keys``.

    Facts: ``features``, of each column of the file; ``weights``, of each column; ``medians``,
    by feature that is a number.
    """
    del asked
    run = source.run
    keys = read_columns(run.folder / FEATURES_FILE, []).index
    is_known = keys.isin(read_columns(run.folder / FORECAST_FILE, []).index)
    told = _list_features(run)
    progress = Progress(report, [1] * (len(told) + 1))
    features: list[str] = []
    scales: list[float] = []
    medians: dict[str, float] = {}
    stored = np.lib.format.open_memmap(
        folder / "columns.npy", "w+", np.uint16, (_count_columns(run, told), int(is_known.sum()))
    )
    for name in told:
        progress.step(Sentence("Putting customers in order of every feature"))
        column = read_columns(run.folder / FEATURES_FILE, [name])[name][is_known]
        if column.nunique(dropna=False) < 2:
            continue
        if is_numeric_dtype(column):
            medians[name] = float(column.median())
            parts, scale = rank_share(column.astype(np.float64).to_frame()).to_numpy(), 1.0
        else:
            parts, scale = spread_categories(column) / np.sqrt(0.5), float(np.sqrt(0.5))
        for part in parts.T:
            stored[len(features)] = np.rint(part * STEPS).astype(np.uint16)
            features.append(name)
            scales.append(scale)
    progress.step(Sentence("Writing what is found"))
    _write_by_customer(stored[: len(features)], folder / _PLACES)
    del stored
    (folder / "columns.npy").unlink()
    pd.DataFrame({"customer_key": keys[is_known]}).to_parquet(folder / "keys.parquet")
    weights = weigh_columns(list(dict.fromkeys(features)), _families(run))
    progress.finish(Sentence("Done"))
    return {
        "features": features,
        "weights": [weights[name] * scale**2 for name, scale in zip(features, scales, strict=True)],
        "medians": medians,
    }


def _list_features(run: RunFolder) -> list[str]:
    names = list_columns(run.folder / FEATURES_FILE)
    if run.shape() == "value_table":
        return names
    return [name for name in names if family_of(name) != "forecast"]


def _families(run: RunFolder) -> dict[str, str]:
    if run.shape() == "value_table":
        return {}
    return {name: family_of(name) for name in list_columns(run.folder / FEATURES_FILE)}


def _count_columns(run: RunFolder, told: list[str]) -> int:
    """Return at most how many columns there will be: a category has up to twenty."""
    schema = pq.read_schema(run.folder / FEATURES_FILE)
    is_text = [pa.types.is_dictionary(schema.field(name).type) for name in told]
    return sum(MOST_CATEGORIES if one else 1 for one in is_text)


def _write_by_customer(columns: npt.NDArray[np.uint16], path: Path) -> None:
    with path.open("wb") as sink:
        for start in range(0, columns.shape[1], _BLOCK):
            sink.write(np.ascontiguousarray(columns[:, start : start + _BLOCK].T).tobytes())


@dataclass(frozen=True)
class KeptNeighbourhood:
    """What :class:`~clv_core.segments.neighbours.Neighbourhood` tells, from disk.

    Ranks are of 65,536 steps, so a distance is right to the fifth decimal.

    Attributes
    ----------
    view : KeptView
    run : RunFolder
    keys : Index
        Of the customers, in the order of the file.
    """

    view: KeptView
    run: RunFolder
    keys: pd.Index

    def find_nearest(self, customer_key: int, count: int = 5) -> pd.Series:
        """Return the customers most like one; see the class named above."""
        facts = self.view.facts()
        own = self._find(customer_key)
        roots = np.sqrt(np.array(facts["weights"], dtype=np.float32)) / STEPS
        mine = self._read(own, 1)[0].astype(np.float32) * roots
        squares = np.empty(len(self.keys), dtype=np.float32)
        for start in range(0, len(self.keys), _BLOCK):
            gaps = self._read(start, _BLOCK).astype(np.float32)
            gaps *= roots
            gaps -= mine
            squares[start : start + len(gaps)] = np.einsum("ij,ij->i", gaps, gaps)
        squares[own] = np.inf
        few = min(count, len(self.keys) - 1)
        rows = np.argpartition(squares, few - 1)[:few] if few else np.array([], dtype=np.intp)
        rows = rows[np.argsort(squares[rows], kind="stable")]
        distances = np.sqrt(squares[rows]).astype(np.float64)
        return pd.Series(distances, self.keys[rows], name="distance")

    def find_common(self, customer_key: int, others: pd.Index, most: int = 5) -> pd.DataFrame:
        """Name the features in which some are alike; see the class named above."""
        facts = self.view.facts()
        medians = pd.Series(facts["medians"])
        chosen = [customer_key, *others]
        rows = np.stack([self._read(self._find(one), 1)[0] for one in chosen])
        places = pd.DataFrame(rows / np.float32(STEPS), chosen, facts["features"])[[*medians.index]]
        values = read_rows(self.run.folder / FEATURES_FILE, chosen, list(medians.index))
        told = values[[*medians.index]].astype(np.float64)
        return tell_common(places, told, medians, _families(self.run), most)

    def _find(self, customer_key: int) -> int:
        rows = np.flatnonzero(self.keys == customer_key)
        if not len(rows):
            raise KeyError(customer_key)
        return int(rows[0])

    def _read(self, start: int, count: int) -> npt.NDArray[np.uint16]:
        path = self.view.folder / _PLACES
        width = path.stat().st_size // (2 * len(self.keys))
        found = np.fromfile(path, np.uint16, count * width, offset=2 * start * width)
        return found.reshape(-1, width)


def read_neighbourhood(view: KeptView, run: RunFolder) -> KeptNeighbourhood:
    """Return all customers of a run, placed by their features."""
    keys = view.table("keys")["customer_key"]
    return KeptNeighbourhood(view, run, pd.Index(keys, name="customer_key"))
