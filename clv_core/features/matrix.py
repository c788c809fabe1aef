"""Features as numbers a network can take: filled, capped, scaled; categories as 0 and 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.features.categories import CategoryColumns, holds_categories, learn_categories
from clv_core.features.components import LearnCode
from clv_core.features.imputation import GapFilling, learn_filling
from clv_core.features.refinement import Refinement, learn_refinement
from clv_core.features.scaling import Scaling, learn_scaling, scale_values
from clv_core.features.selection import select_columns
from clv_core.model_settings import MatrixSettings
from clv_core.settings import MissingValues

Array = npt.NDArray[np.float64]


class FeatureMatrix:
    """Turn a table of features into a matrix, as learnt on training rows.

    Every number that varies gives one column: missing values are filled; heavy
    tails (skewness above 2) go through the signed logarithm; values beyond the
    training rows' 0.5 % and 99.5 % quantiles are capped; the rest is brought to
    mean 0 and standard deviation 1, or between 0 and 1. Every feature of
    categories gives a column per category (``features.categories``), 1 or 0. A
    feature that was missing in some training rows gives one more column,
    ``<feature>_is_missing``. Of these columns the settings may leave some out, put
    products beside them, and press all of it into fewer numbers.

    Parameters
    ----------
    settings : MatrixSettings, optional
        Scaling, how many categories get a column, selection, crosses, compression.
        Embeddings are learnt by the network, from the same columns.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What fills a missing number: the training rows' mean or median, or what
        a regression on the other columns says (``features.imputation``; the
        median for features that no training row lacks). With ``drop``, rows
        with gaps are left out before a matrix is learnt
        (``features.value_rows``); rows to be forecast get medians.

    Attributes
    ----------
    column_names_ : list of str
        Of what :meth:`read_columns` returns.
    source_of_column_ : dict of str to str
        Matrix column -> feature it was made from.
    source_of_dropped_ : dict of str to str
        The same for columns that the selection left out.
    refinement_ : Refinement or None
        What becomes of the columns before a model takes them.
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
    source_of_dropped_: dict[str, str]
    refinement_: Refinement | None
    scalings_: dict[str, Scaling]
    categories_: dict[str, CategoryColumns]
    indicated_: set[str]
    fillings_: dict[str, GapFilling]

    def __init__(
        self, settings: MatrixSettings | None = None, missing: MissingValues = "median"
    ) -> None:
        self.settings = settings or MatrixSettings()
        self.missing: MissingValues = missing

    def fit(
        self, frame: pd.DataFrame, spend: Array | None = None, learn_code: LearnCode | None = None
    ) -> Self:
        """Learn from training rows only.

        Parameters
        ----------
        frame : DataFrame, one row per customer and snapshot
            Numbers, NaN where undefined; categories as ``category`` or text.
        spend : ndarray, shape (rows,), optional
            The rows' label, which a selection and learnt crosses ask for.
        learn_code : callable, optional
            Trains the encoder of ``compression="autoencoder"``
            (``models.matrix_learning``).

        Raises
        ------
        ValueError
            When no feature varies, or the settings ask for what was not given.
        """
        self.scalings_, self.categories_, self.fillings_ = {}, {}, {}
        self._made, self.indicated_ = dict[str, str](), set()
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
        if not self._made:
            raise ValueError("no feature varies between the training rows")
        kept = list(self._made)
        if self.settings.selection != "none":
            mask = select_columns(self._fill_with_middles(frame), spend, self.settings)
            kept = [name for name, is_kept in zip(self._made, mask, strict=True) if is_kept]
        self._keep(kept)
        if self.missing == "regression":
            self._learn_fillings(frame)
        self.refinement_ = None
        if self.settings.refines:
            self.refinement_ = learn_refinement(
                self.read_columns(frame), self.source_of_column_, spend, self.settings, learn_code
            )
        return self

    def transform(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        """Return what a model takes of rows with the same features.

        Returns
        -------
        ndarray of float32, shape (rows, inputs)
            The columns, or what the refinement makes of them; free of NaN.

        Raises
        ------
        KeyError
            When a feature that was fitted is not in the table.
        """
        columns = self.read_columns(frame)
        if self.refinement_ is None:
            return columns
        return self.refinement_.apply(columns).astype(np.float32)

    def read_columns(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        """Return the matrix before any refinement, shape (rows, ``len(column_names_)``)."""
        matrix = self._fill_gaps(frame)
        if len(self.column_names_) == len(self._made):
            return matrix
        place_of = {name: place for place, name in enumerate(self._made)}
        return matrix[:, [place_of[name] for name in self.column_names_]]

    def _fill_gaps(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        matrix = self._fill_with_middles(frame)
        place_of = {name: place for place, name in enumerate(self._made)}
        first_of = {self._made[n]: place_of[n] for n in reversed(self._made)}
        found = {}
        for name, filling in self.fillings_.items():
            gaps = np.flatnonzero(frame[name].isna().to_numpy())
            found[name] = gaps, filling.predict(matrix[gaps], place_of)
        for name, (gaps, values) in found.items():  # after all of them read the middles
            matrix[gaps, first_of[name]] = values
        return matrix

    def category_blocks(self) -> tuple[tuple[int, int], ...]:
        """Return the first column and the one after the last of each feature of categories."""
        blocks = []
        for source, found in self.categories_.items():
            written = [name for name, made_of in self._made.items() if made_of == source]
            shown = set(written[: len(found.labels)])  # the last may say whether it is missing
            places = [place for place, name in enumerate(self.column_names_) if name in shown]
            if places:
                blocks.append((places[0], places[-1] + 1))
        return tuple(blocks)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return {
            "settings": self.settings.model_dump(mode="json"),
            "missing": self.missing,
            "column_names": list(self._made),
            "source_of_column": self._made,
            "kept": self.column_names_,
            "dropped": self.source_of_dropped_,
            "refinement": None if self.refinement_ is None else self.refinement_.to_json(),
            "scalings": {name: asdict(scaling) for name, scaling in self.scalings_.items()},
            "categories": {name: found.to_json() for name, found in self.categories_.items()},
            "indicated": sorted(self.indicated_),
            "fillings": {name: filling.to_json() for name, filling in self.fillings_.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Rebuild a matrix written by :meth:`to_json`, or by an earlier version."""
        matrix = cls(MatrixSettings.check(stored.get("settings", {})))
        matrix.missing = stored.get("missing", "median")
        matrix._made = {name: stored["source_of_column"][name] for name in stored["column_names"]}
        matrix.column_names_ = list(stored.get("kept", matrix._made))
        matrix.source_of_column_ = {name: matrix._made[name] for name in matrix.column_names_}
        matrix.source_of_dropped_ = dict(stored.get("dropped", {}))
        refinement = stored.get("refinement")
        matrix.refinement_ = None if refinement is None else Refinement.from_json(refinement)
        matrix.scalings_ = {name: Scaling(**given) for name, given in stored["scalings"].items()}
        given_categories = stored.get("categories", {})
        matrix.categories_ = {
            source: CategoryColumns.from_json(given_categories[source])
            for source in dict.fromkeys(matrix._made.values())
            if source in given_categories
        }
        given_fillings = stored.get("fillings", {})
        matrix.fillings_ = {name: GapFilling.from_json(f) for name, f in given_fillings.items()}
        indicated = (s for name, s in matrix._made.items() if name != s)
        matrix.indicated_ = set(stored.get("indicated", indicated))
        return matrix

    def _keep(self, names: list[str]) -> None:
        """Read some of the columns only; forget features that none of them is made from."""
        self.column_names_ = names
        self.source_of_column_ = {name: self._made[name] for name in names}
        apart = self._made.keys() - self.source_of_column_.keys()
        self.source_of_dropped_ = {n: made_of for n, made_of in self._made.items() if n in apart}
        read = set(self.source_of_column_.values())
        self._made = {name: made_of for name, made_of in self._made.items() if made_of in read}
        self.scalings_ = {name: one for name, one in self.scalings_.items() if name in read}
        self.categories_ = {name: one for name, one in self.categories_.items() if name in read}
        self.indicated_ &= read

    def _add_number(self, name: str, values: Array, missing: npt.NDArray[np.bool_]) -> None:
        scaling = learn_scaling(values, missing, self.settings.scaling, self.missing == "mean")
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
        while wanted in self._made:
            wanted += "'"
        self._made[wanted] = source

    def _fill_with_middles(self, frame: pd.DataFrame) -> npt.NDArray[np.float32]:
        matrix = np.empty((len(frame), len(self._made)), dtype=np.float32)
        place = 0
        for source in dict.fromkeys(self._made.values()):
            missing = frame[source].isna().to_numpy()
            if source in self.categories_:
                width = len(self.categories_[source].labels)
                self.categories_[source].write(frame[source], matrix[:, place : place + width])
                place += width
            elif source in self.scalings_:
                values = frame[source].to_numpy(np.float64)
                matrix[:, place] = scale_values(values, missing, self.scalings_[source])
                place += 1
            if source in self.indicated_:
                matrix[:, place] = missing
                place += 1
        return matrix

    def _learn_fillings(self, frame: pd.DataFrame) -> None:
        matrix = self._fill_with_middles(frame)
        names, sources = list(self._made), np.array(list(self._made.values()))
        for name in [one for one in self.scalings_ if one in self.indicated_]:
            known = frame[name].notna().to_numpy()
            filling = learn_filling(matrix, names, sources == name, known)
            if filling is not None:
                self.fillings_[name] = filling


def _missing_name(feature: str) -> str:
    return f"{feature}_is_missing"
