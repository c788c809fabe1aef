"""Features as numbers a network can take: filled, capped, scaled; categories as 0 and 1."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.features.categories import CategoryColumns, holds_categories, learn_categories
from clv_core.features.imputation import GapFilling, learn_filling
from clv_core.model_settings import MatrixSettings
from clv_core.settings import MissingValues

Array = npt.NDArray[np.float64]

CAP_SHARES: Final = (0.005, 0.995)
_HEAVY_SKEWNESS: Final = 2.0
_FLAT: Final = 1e-9  # spread against size below which a column says nothing


@dataclass(frozen=True)
class Scaling:
    """How one feature becomes one column.

    Attributes
    ----------
    fill : float
        Median or mean of the training rows, for missing values.
    low, high : float
        Caps, after the logarithm where there is one.
    centre, spread : float
        Mean and standard deviation of the capped training rows; for min-max
        scaling the lower cap and the distance to the upper one.
    is_log : bool
        Whether sign(x) · log(1 + |x|) is taken first.
    """

    fill: float
    low: float
    high: float
    centre: float
    spread: float
    is_log: bool


class FeatureMatrix:
    """Turn a table of features into a matrix, as learnt on training rows.

    Every number that varies gives one column: missing values are filled; heavy
    tails (skewness above 2) go through the signed logarithm; values beyond the
    training rows' 0.5 % and 99.5 % quantiles are capped; the rest is brought to
    mean 0 and standard deviation 1, or between 0 and 1. Every feature of
    categories gives a column per category (``features.categories``), 1 or 0. A
    feature that was missing in some training rows gives one more column,
    ``<feature>_is_missing``.

    Parameters
    ----------
    settings : MatrixSettings, optional
        Scaling, and how many categories get a column. Embeddings are learnt by
        the network, from the same columns.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What fills a missing number: the training rows' mean or median, or what
        a regression on the other columns says (``features.imputation``; the
        median for features that no training row lacks). With ``drop``, rows
        with gaps are left out before a matrix is learnt
        (``features.value_rows``); rows to be forecast get medians.

    Attributes
    ----------
    column_names_ : list of str
    source_of_column_ : dict of str to str
        Matrix column -> feature it was made from.
    scalings_ : dict of str to Scaling
        Feature of numbers -> how it is scaled.
    categories_ : dict of str to CategoryColumns
        Feature of categories -> its columns.
    indicated_ : set of str
        Features with a column that says whether they are missing.
    fillings_ : dict of str to GapFilling
        Feature -> regression that fills its gaps.
    """

    column_names_: list[str]
    source_of_column_: dict[str, str]
    scalings_: dict[str, Scaling]
    categories_: dict[str, CategoryColumns]
    indicated_: set[str]
    fillings_: dict[str, GapFilling]

    def __init__(
        self, settings: MatrixSettings | None = None, missing: MissingValues = "median"
    ) -> None:
        self.settings = settings or MatrixSettings()
        self.missing: MissingValues = missing

    def fit(self, frame: pd.DataFrame) -> Self:
        """Learn from training rows only.

        Parameters
        ----------
        frame : DataFrame, one row per customer and snapshot
            Numbers, NaN where undefined; categories as ``category`` or text.

        Raises
        ------
        ValueError
            When no feature varies.
        """
        self.scalings_, self.categories_, self.fillings_ = {}, {}, {}
        self.source_of_column_, self.indicated_ = {}, set()
        for name in map(str, frame.columns):
            missing = frame[name].isna().to_numpy()
            if missing.all():
                continue
            if holds_categories(frame[name]):
                self._add_categories(name, frame[name])
            else:
                self._add_number(name, frame[name].to_numpy(np.float64), missing)
            if missing.any():
                self.indicated_.add(name)
                self._add_column(_missing_name(name), name)
        self.column_names_ = list(self.source_of_column_)
        if not self.column_names_:
            raise ValueError("no feature varies between the training rows")
        if self.missing == "regression":
            self._learn_fillings(frame)
        return self

    def transform(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        """Return the matrix of rows with the same features.

        Returns
        -------
        ndarray of float32, shape (rows, ``len(column_names_)``)
            Free of NaN.

        Raises
        ------
        KeyError
            When a feature that was fitted is not in the table.
        """
        matrix = self._fill_with_middles(frame)
        place_of = {name: place for place, name in enumerate(self.column_names_)}
        first_of = {self.source_of_column_[n]: place_of[n] for n in reversed(self.column_names_)}
        found = {}
        for name, filling in self.fillings_.items():
            gaps = np.flatnonzero(frame[name].isna().to_numpy())
            found[name] = gaps, filling.predict(matrix[gaps], place_of)
        for name, (gaps, values) in found.items():  # after all of them read the middles
            matrix[gaps, first_of[name]] = values
        return matrix

    def category_blocks(self) -> tuple[tuple[int, int], ...]:
        """Return the first column and the one after the last of each feature of categories."""
        sources = [self.source_of_column_[name] for name in self.column_names_]
        starts = {name: sources.index(name) for name in self.categories_}
        return tuple(
            (start, start + len(self.categories_[name].labels)) for name, start in starts.items()
        )

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "settings": self.settings.model_dump(mode="json"),
            "missing": self.missing,
            "column_names": self.column_names_,
            "source_of_column": self.source_of_column_,
            "scalings": {name: asdict(scaling) for name, scaling in self.scalings_.items()},
            "categories": {name: found.to_json() for name, found in self.categories_.items()},
            "indicated": sorted(self.indicated_),
            "fillings": {name: filling.to_json() for name, filling in self.fillings_.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Rebuild a matrix written by :meth:`to_json`, or by a version without categories."""
        matrix = cls(MatrixSettings.check(stored.get("settings", {})))
        matrix.missing = stored.get("missing", "median")
        matrix.source_of_column_ = {
            name: stored["source_of_column"][name] for name in stored["column_names"]
        }
        matrix.column_names_ = list(stored["column_names"])
        matrix.scalings_ = {name: Scaling(**given) for name, given in stored["scalings"].items()}
        given_categories = stored.get("categories", {})
        matrix.categories_ = {
            source: CategoryColumns.from_json(given_categories[source])
            for source in dict.fromkeys(matrix.source_of_column_.values())
            if source in given_categories
        }
        given_fillings = stored.get("fillings", {})
        matrix.fillings_ = {name: GapFilling.from_json(f) for name, f in given_fillings.items()}
        indicated = (s for name, s in matrix.source_of_column_.items() if name != s)
        matrix.indicated_ = set(stored.get("indicated", indicated))
        return matrix

    def _add_number(self, name: str, values: Array, missing: npt.NDArray[np.bool_]) -> None:
        scaling = _learn_scaling(values, missing, self.settings.scaling, self.missing == "mean")
        if scaling.spread > 0:
            self.scalings_[name] = scaling
            self._add_column(name, name)

    def _add_categories(self, name: str, column: pd.Series) -> None:
        found = learn_categories(column, self.settings.most_categories)
        if len(found.labels) > 1:
            self.categories_[name] = found
            for label in found.labels:
                self._add_column(f"{name}={label}", name)

    def _add_column(self, wanted: str, source: str) -> None:
        """Name a column; a name that another feature's header took gets primes."""
        while wanted in self.source_of_column_:
            wanted += "'"
        self.source_of_column_[wanted] = source

    def _fill_with_middles(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        matrix = np.empty((len(frame), len(self.column_names_)), dtype=np.float32)
        place = 0
        for source in dict.fromkeys(self.source_of_column_.values()):
            missing = frame[source].isna().to_numpy()
            if source in self.categories_:
                width = len(self.categories_[source].labels)
                self.categories_[source].write(frame[source], matrix[:, place : place + width])
                place += width
            elif source in self.scalings_:
                values = frame[source].to_numpy(np.float64)
                matrix[:, place] = _scale(values, missing, self.scalings_[source])
                place += 1
            if source in self.indicated_:
                matrix[:, place] = missing
                place += 1
        return matrix

    def _learn_fillings(self, frame: pd.DataFrame) -> None:
        matrix = self._fill_with_middles(frame)
        sources = np.array([self.source_of_column_[name] for name in self.column_names_])
        for name in [one for one in self.scalings_ if one in self.indicated_]:
            known = frame[name].notna().to_numpy()
            filling = learn_filling(matrix, self.column_names_, sources == name, known)
            if filling is not None:
                self.fillings_[name] = filling


def _missing_name(feature: str) -> str:
    return f"{feature}_is_missing"


def _learn_scaling(
    values: Array,
    missing: npt.NDArray[np.bool_],
    scaling: Literal["standard", "min_max"] = "standard",
    fill_with_mean: bool = False,
) -> Scaling:
    known = values[~missing]
    is_log = _skewness(known) > _HEAVY_SKEWNESS
    shown = _signed_log(known) if is_log else known
    low, high = np.quantile(shown, CAP_SHARES)
    if low == high:  # a rare event: capping it would erase it
        low, high = shown.min(), shown.max()
    fill = float(np.mean(known) if fill_with_mean else np.median(known))
    draft = Scaling(fill, float(low), float(high), 0.0, 1.0, is_log)
    if scaling == "min_max":
        return replace(draft, centre=draft.low, spread=draft.high - draft.low)
    filled = _scale(values, missing, draft)
    spread = float(filled.std())
    if spread <= _FLAT * max(1.0, abs(float(filled.mean()))):
        spread = 0.0
    return Scaling(draft.fill, draft.low, draft.high, float(filled.mean()), spread, is_log)


def _scale(values: Array, missing: npt.NDArray[np.bool_], scaling: Scaling) -> Array:
    filled = np.where(missing, scaling.fill, values)
    shown = _signed_log(filled) if scaling.is_log else filled
    return (np.clip(shown, scaling.low, scaling.high) - scaling.centre) / scaling.spread


def _signed_log(values: Array) -> Array:
    return np.sign(values) * np.log1p(np.abs(values))


def _skewness(values: Array) -> float:
    """Return the absolute standardised third moment, 0 where nothing varies."""
    spread = values.std()
    if spread == 0:
        return 0.0
    return float(abs(np.mean(((values - values.mean()) / spread) ** 3)))
