"""A linear model of the value: ridge regression on the scaled feature matrix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, Self

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV

from clv_core.errors import HistoryTooShort, TooFewCustomers
from clv_core.features.matrix import FeatureMatrix
from clv_core.features.snapshots import Snapshot
from clv_core.models.dense import Array
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.statistical import require_format
from clv_core.sentences import Sentence
from clv_core.settings import MatrixSettings, MissingValues

FORMAT_VERSION: Final = 1
STATE_FILE: Final = "linear.json"
FEWEST_ROWS: Final = 20
PENALTIES: Final = np.logspace(-6, 2, 17)  # per row; columns have unit spread


class LinearForecaster:
    """Ridge regression of money on the feature matrix.

    The penalty is the one with the least squared error when each training row
    is forecast from all others (leave-one-out in closed form, Allen 1974,
    Technometrics 16, the PRESS statistic; ``sklearn.linear_model.RidgeCV``).

    Parameters
    ----------
    matrix : MatrixSettings, optional
        Scaling, and how rare a category may be. Categories are always one-hot:
        a learned embedding followed by a sum is that as well.
    missing : {"drop", "mean", "median", "regression"}, default "median"
        What fills a missing number, as for ``FeatureMatrix``.

    Attributes
    ----------
    matrix_ : FeatureMatrix
        Learnt on the training rows.
    weights_ : ndarray of float64, shape (columns,)
        Money per unit of each matrix column.
    intercept_ : float
        Money where all columns are 0.
    penalty_ : float
        Per training row.
    """

    name = "linear"
    is_ranking = False

    def __init__(
        self, matrix: MatrixSettings | None = None, missing: MissingValues = "median"
    ) -> None:
        given = matrix or MatrixSettings()
        self.matrix = given.model_copy(update={"categories": "one_hot"})
        self.missing: MissingValues = missing

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the labelled snapshots.

        Raises
        ------
        HistoryTooShort
            When no outcome is known.
        TooFewCustomers
            With fewer rows than the penalty can be chosen on.
        """
        features, spend = _stack(data)
        self.matrix_ = FeatureMatrix(self.matrix, self.missing).fit(features)
        inputs = self._read(features)
        found = RidgeCV(PENALTIES * len(spend)).fit(inputs, spend)
        self.weights_ = np.asarray(found.coef_, dtype=np.float64)
        self.intercept_ = float(found.intercept_)
        self.penalty_ = float(found.alpha_) / len(spend)
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Return the weighted sum of each customer's columns; it may be below zero."""
        spend = self._read(snapshot.features) @ self.weights_ + self.intercept_
        return Prediction(pd.Series(spend, index=snapshot.features.index, name="spend"))

    def attribute_spend(self, features: pd.DataFrame, background: pd.DataFrame) -> Array:
        """Split each forecast's distance from the mean background forecast by column.

        ``weight × (column − its mean over the background)``: the exact Shapley
        values of a linear model with columns taken as independent (Lundberg and
        Lee 2017, corollary 1; what ``shap.LinearExplainer`` gives).

        Returns
        -------
        ndarray, shape (customers, columns of the matrix)
        """
        distance = self._read(features) - self._read(background).mean(axis=0)
        return np.asarray(distance * self.weights_)

    def save(self, folder: Path) -> None:
        """Write the weights and the matrix as JSON."""
        stored = {
            "format": FORMAT_VERSION,
            "name": self.name,
            "matrix": self.matrix_.to_json(),
            "weights": self.weights_.tolist(),
            "intercept": self.intercept_,
            "penalty": self.penalty_,
        }
        (folder / STATE_FILE).write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        stored = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        require_format(stored, cls.name, FORMAT_VERSION)
        matrix = FeatureMatrix.from_json(stored["matrix"])
        loaded = cls(matrix.settings, matrix.missing)
        loaded.matrix_ = matrix
        loaded.weights_ = np.array(stored["weights"], dtype=np.float64)
        loaded.intercept_ = stored["intercept"]
        loaded.penalty_ = stored["penalty"]
        return loaded

    def _read(self, features: pd.DataFrame) -> Array:
        return self.matrix_.transform(features).astype(np.float64)


def _stack(data: TrainingData) -> tuple[pd.DataFrame, Array]:
    if not data.labelled:
        raise HistoryTooShort(
            Sentence("There are no customers whose value is already known to learn from."),
            Sentence("Bring customers with a known value."),
        )
    labels = []
    for snapshot in data.labelled:
        if snapshot.future_spend is None:
            raise ValueError("a training snapshot has no label")
        labels.append(snapshot.future_spend.reindex(snapshot.features.index))
    spend = np.concatenate(labels).astype(np.float64)
    if len(spend) < FEWEST_ROWS:
        raise TooFewCustomers(
            Sentence(
                "The linear model learns from {needed} customers or more; there are {count}.",
                needed=FEWEST_ROWS,
                count=len(spend),
            ),
            Sentence("Bring more customers with a known value."),
        )
    return pd.concat([snapshot.features for snapshot in data.labelled]), spend
