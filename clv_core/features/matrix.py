"""Features as numbers a network can take: filled, capped, scaled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.settings import MatrixSettings, MissingValues

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
        Median of the training rows, for missing values.
    low, high : float
        Caps, after the logarithm where there is one.
    centre, spread : float
        Mean and standard deviation of the capped training rows.
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

    Parameters
    ----------
    settings : MatrixSettings, optional
        How numbers are scaled and categories are written.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What a missing number becomes.

    Every feature that varies gives one column: missing values become the
    training median; heavy tails (skewness above 2) go through the signed
    logarithm; values beyond the training rows' 0.5 % and 99.5 % quantiles are
    capped; the rest is brought to mean 0 and standard deviation 1. A feature
    that was missing in some training rows gives a second column,
    ``<feature>_is_missing``.

    Attributes
    ----------
    column_names_ : list of str
    source_of_column_ : dict of str to str
        Matrix column -> feature it was made from.
    scalings_ : dict of str to Scaling
        Feature -> how it is scaled.
    """

    column_names_: list[str]
    source_of_column_: dict[str, str]
    scalings_: dict[str, Scaling]

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
            Numeric features, NaN where undefined.

        Raises
        ------
        ValueError
            When no feature varies.
        """
        self.scalings_ = {}
        self.source_of_column_ = {}
        for name in map(str, frame.columns):
            values = frame[name].to_numpy(np.float64)
            missing = np.isnan(values)
            if missing.all():
                continue
            scaling = _learn_scaling(values, missing)
            if scaling.spread > 0:
                self.scalings_[name] = scaling
                self.source_of_column_[name] = name
            if missing.any():
                self.source_of_column_[_missing_name(name)] = name
        self.column_names_ = list(self.source_of_column_)
        if not self.column_names_:
            raise ValueError("no feature varies between the training rows")
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
        matrix = np.empty((len(frame), len(self.column_names_)), dtype=np.float32)
        for place, name in enumerate(self.column_names_):
            source = self.source_of_column_[name]
            values = frame[source].to_numpy(np.float64)
            missing = np.isnan(values)
            if name == source:
                matrix[:, place] = _scale(values, missing, self.scalings_[name])
            else:
                matrix[:, place] = missing
        return matrix

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "column_names": self.column_names_,
            "source_of_column": self.source_of_column_,
            "scalings": {name: asdict(scaling) for name, scaling in self.scalings_.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Rebuild a matrix written by :meth:`to_json`."""
        matrix = cls()
        matrix.source_of_column_ = dict(stored["source_of_column"])
        matrix.column_names_ = list(stored["column_names"])
        matrix.scalings_ = {name: Scaling(**given) for name, given in stored["scalings"].items()}
        return matrix


def _missing_name(feature: str) -> str:
    return f"{feature}_is_missing"


def _learn_scaling(values: Array, missing: npt.NDArray[np.bool_]) -> Scaling:
    known = values[~missing]
    is_log = _skewness(known) > _HEAVY_SKEWNESS
    shown = _signed_log(known) if is_log else known
    low, high = np.quantile(shown, CAP_SHARES)
    if low == high:  # a rare event: capping it would erase it
        low, high = shown.min(), shown.max()
    draft = Scaling(float(np.median(known)), float(low), float(high), 0.0, 1.0, is_log)
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
