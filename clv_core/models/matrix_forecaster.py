"""What all families share that read the feature matrix and learn from labelled rows."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import numpy as np
import pandas as pd

from clv_core.features.matrix import FeatureMatrix
from clv_core.features.matrix_notes import describe_matrix
from clv_core.features.snapshots import Snapshot
from clv_core.model_settings import MatrixSettings
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.horizon import carry_probability, read_log_ratio
from clv_core.models.labelled_rows import Array, LabelledRows, gather_rows
from clv_core.models.matrix_learning import learn_matrix
from clv_core.models.statistical import require_format
from clv_core.models.titles import MODEL_TITLES
from clv_core.sentences import Sentence
from clv_core.settings import MissingValues
from clv_core.settings_base import Settings

FORMAT_VERSION: Final = 1
FEWEST_ROWS: Final = 50

Chosen = TypeVar("Chosen", bound=Settings)


class MatrixForecaster(ABC, Generic[Chosen]):
    """A family that reads the feature matrix.

    It forecasts the *mean* over the horizon learnt; where another is wanted, the
    statistical model's ratio of expectations carries spend and the chance of
    buying there (``models.horizon``).

    Parameters
    ----------
    settings : Settings, optional
        The family's own group.
    seed : int, default 0
        For whatever the family draws.
    matrix : MatrixSettings, optional
        Scaling, and how rare a category may be. Categories are always one-hot.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What fills a missing number, as for ``FeatureMatrix``.

    Attributes
    ----------
    matrix_ : FeatureMatrix
        Learnt on the training rows.
    training_horizon_days_ : int
        Length of the label windows learnt from.
    notes_ : tuple of Sentence
        Which columns were left out, multiplied or compressed.
    """

    name: str
    is_ranking: bool = False
    fixed_matrix: ClassVar[dict[str, str]] = {"categories": "one_hot"}
    settings_type: type[Chosen]

    matrix_: FeatureMatrix
    training_horizon_days_: int
    notes_: tuple[Sentence, ...]

    def __init__(
        self,
        settings: Chosen | None = None,
        seed: int = 0,
        matrix: MatrixSettings | None = None,
        missing: MissingValues = "median",
    ) -> None:
        self.settings: Chosen = settings or self.settings_type()
        self.seed = seed
        given = matrix or MatrixSettings()
        self.matrix = given.model_copy(update=self.fixed_matrix)
        self.missing: MissingValues = missing

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the labelled snapshots.

        Raises
        ------
        HistoryTooShort
            When no outcome is known.
        TooFewCustomers
            With fewer rows, or fewer buyers, than the family can learn from.
        NoRepeatBuyers
            When nobody brought anything in the label windows.
        """
        rows = gather_rows(data, MODEL_TITLES[self.name], self._rows_needed())
        self.training_horizon_days_ = data.labelled[0].horizon_days
        self.matrix_ = learn_matrix(rows.features, rows.spend, self.matrix, self.missing, self.seed)
        self.notes_ = describe_matrix(self.matrix_, has_own_names=rows.bought is None)
        self._learn(self.read_inputs(rows.features), rows)
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast spend and, where the family tells it, the chance of buying."""
        inputs = self.read_inputs(snapshot.features)
        log_ratio = read_log_ratio(snapshot, self.training_horizon_days_)
        index = snapshot.features.index
        spend = pd.Series(self._expect_spend(inputs) * np.exp(log_ratio), index, name="spend")
        chance = self._expect_buying(inputs)
        if chance is None:
            return Prediction(spend)
        carried = carry_probability(np.clip(chance, 0.0, 1.0), log_ratio)
        return Prediction(spend, p_buy=pd.Series(carried, index, name="p_buy"))

    def read_inputs(self, features: pd.DataFrame) -> Array:
        """Return what the family takes, shape (customers, inputs), float64."""
        columns, refinement = self.read_columns(features), self.matrix_.refinement_
        return columns if refinement is None else refinement.apply(columns)

    def read_columns(self, features: pd.DataFrame) -> Array:
        """Return the matrix before any refinement, shape (customers, columns), float64."""
        return self.matrix_.read_columns(features).astype(np.float64)

    def save(self, folder: Path) -> None:
        """Write the settings, the matrix and what was learnt; no pickle."""
        stored = {
            "format": FORMAT_VERSION,
            "name": self.name,
            "settings": self.settings.model_dump(mode="json"),
            "seed": self.seed,
            "training_horizon_days": self.training_horizon_days_,
            "matrix": self.matrix_.to_json(),
            "notes": [note.to_json() for note in self.notes_],
            **self._save_learnt(folder),
        }
        (folder / f"{self.name}.json").write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        stored = json.loads((folder / f"{cls.name}.json").read_text(encoding="utf-8"))
        require_format(stored, cls.name, FORMAT_VERSION)
        matrix = FeatureMatrix.from_json(stored["matrix"])
        settings = cls.settings_type.check(stored.get("settings", {}))
        loaded = cls(settings, stored.get("seed", 0), matrix.settings, matrix.missing)
        loaded.matrix_ = matrix
        loaded.notes_ = tuple(map(Sentence.from_json, stored.get("notes", ())))
        loaded.training_horizon_days_ = stored.get("training_horizon_days", 0)
        loaded._load_learnt(folder, stored)
        return loaded

    def _rows_needed(self) -> int:
        return FEWEST_ROWS

    @abstractmethod
    def _learn(self, inputs: Array, rows: LabelledRows) -> None: ...

    @abstractmethod
    def _expect_spend(self, inputs: Array) -> Array:
        """Return the mean spend over the training horizon, shape (rows,)."""

    def _expect_buying(self, inputs: Array) -> Array | None:
        """Return the chance of a purchase in the training horizon, if it is told."""
        return None

    @abstractmethod
    def _save_learnt(self, folder: Path) -> dict[str, Any]:
        """Write what was learnt; return what of it goes into the JSON file."""

    @abstractmethod
    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None: ...
