"""Trees whose leaves tell the mean outcome of the training rows that fell into them."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeVar

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from clv_core.model_settings import DecisionTreeSettings, RandomForestSettings
from clv_core.models.forecaster import Report, TrainingData, ignore_report
from clv_core.models.labelled_rows import Array, LabelledRows
from clv_core.models.matrix_forecaster import FEWEST_ROWS, MatrixForecaster
from clv_core.models.matrix_learning import refuse_compression
from clv_core.models.stored_estimators import load_estimator, save_estimator
from clv_core.models.titles import MODEL_TITLES

UNSEEN: Final = 1e-6  # spread at which an outcome has no say in where trees split
BUYING: Final = 1  # its place among the outputs of a forecast of orders

TreeSettings = TypeVar("TreeSettings", DecisionTreeSettings, RandomForestSettings)


class MeanTreesForecaster(MatrixForecaster[TreeSettings]):
    """One tree, or several that are averaged, for spend and the chance of buying.

    Splits lower the squared error of two outcomes together, each brought to unit
    spread: the log of spend, so that a few large orders do not decide them, and
    whether the customer bought. A leaf then tells the *mean* of spend itself and
    the share of buyers, so that nothing has to be brought back from logs. Of a
    value table, where no spike at zero has to be found, splits lower the squared
    error of the value.

    Attributes
    ----------
    estimator_ : DecisionTreeRegressor or RandomForestRegressor
        Its outputs are the outcomes that splits look at and, last, spend times
        ``scale_``, so small that splits do not see it.
    scale_ : float
    """

    # Splits on one column below the other say what a product would.
    fixed_matrix: ClassVar[dict[str, str]] = {"categories": "one_hot", "crosses": "none"}
    estimator_: DecisionTreeRegressor | RandomForestRegressor
    scale_: float

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the labelled snapshots.

        Raises
        ------
        HistoryTooShort, TooFewCustomers, NoRepeatBuyers
            As every family that reads the matrix.
        InvalidSetting
            Where columns are to be compressed.
        """
        refuse_compression(self.matrix, MODEL_TITLES[self.name])
        return super().fit(data, report)

    def list_trees(self) -> list[DecisionTreeRegressor]:
        """Return the trees that are averaged."""
        if isinstance(self.estimator_, DecisionTreeRegressor):
            return [self.estimator_]
        return list(self.estimator_.estimators_)

    def _learn(self, inputs: Array, rows: LabelledRows) -> None:
        self.scale_ = UNSEEN / (float(rows.spend.std()) or 1.0)
        outcomes = np.column_stack([*_outcomes_seen(rows), rows.spend * self.scale_])
        self.estimator_ = self._make_estimator(len(inputs)).fit(inputs, outcomes)

    def _expect_spend(self, inputs: Array) -> Array:
        return np.asarray(self._outputs(inputs)[:, -1] / self.scale_)

    def _expect_buying(self, inputs: Array) -> Array | None:
        outputs = self._outputs(inputs)
        return outputs[:, BUYING] if outputs.shape[1] > BUYING + 1 else None

    def _outputs(self, inputs: Array) -> Array:
        return np.asarray(self.estimator_.predict(inputs), dtype=np.float64)

    def _rows_needed(self) -> int:
        return max(FEWEST_ROWS, 2 * self.settings.min_rows_per_leaf)

    @abstractmethod
    def _make_estimator(self, rows: int) -> DecisionTreeRegressor | RandomForestRegressor: ...

    def _save_learnt(self, folder: Path) -> dict[str, Any]:
        save_estimator(self.estimator_, folder / f"{self.name}.skops")
        return {"scale": self.scale_}

    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None:
        self.estimator_ = load_estimator(folder / f"{self.name}.skops")
        self.scale_ = stored["scale"]


def _outcomes_seen(rows: LabelledRows) -> list[Array]:
    """Return the outcomes that splits look at, of equal spread."""
    if rows.bought is None:
        return [rows.spend / (float(rows.spend.std()) or 1.0)]
    bought = rows.bought.astype(np.float64)
    log_spend = np.log1p(np.maximum(rows.spend, 0.0))
    return [log_spend * (float(bought.std()) or 1.0) / float(log_spend.std()), bought]
