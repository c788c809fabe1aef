"""A linear model of money: ridge regression on the scaled feature matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import RidgeCV

from clv_core.models.labelled_rows import Array, LabelledRows
from clv_core.models.matrix_forecaster import MatrixForecaster
from clv_core.settings import LinearSettings

FEWEST_ROWS: Final = 20
PENALTIES_PER_DECADE: Final = 2


class LinearForecaster(MatrixForecaster[LinearSettings]):
    """Ridge regression of money on the feature matrix.

    Least squares aim at the mean, so nothing has to be corrected; nothing keeps
    a forecast from falling below zero either. It tells no chance of buying.

    The penalty is the one with the least squared error when each training row
    is forecast from all others (leave-one-out in closed form, Allen 1974,
    Technometrics 16, the PRESS statistic; ``sklearn.linear_model.RidgeCV``).

    Attributes
    ----------
    weights_ : ndarray of float64, shape (columns,)
        Money per unit of each matrix column.
    intercept_ : float
        Money where all columns are 0.
    penalty_ : float
        Per training row.
    """

    name = "linear"
    settings_type = LinearSettings

    weights_: Array
    intercept_: float
    penalty_: float

    def attribute_spend(self, inputs: Array, background: Array) -> Array:
        """Split each forecast's distance from the mean background forecast by column.

        ``weight × (column − its mean over the background)``: the exact Shapley
        values of a linear model with columns taken as independent (Lundberg and
        Lee 2017, corollary 1; what ``shap.LinearExplainer`` gives).

        Parameters
        ----------
        inputs, background : ndarray, shape (customers, columns)
            As :meth:`read_inputs` gives them.

        Returns
        -------
        ndarray, shape (customers, columns)
            Money over the training horizon.
        """
        return np.asarray((inputs - background.mean(axis=0)) * self.weights_)

    def _rows_needed(self) -> int:
        return FEWEST_ROWS

    def _learn(self, inputs: Array, rows: LabelledRows) -> None:
        found = RidgeCV(list_penalties(self.settings) * len(inputs)).fit(inputs, rows.spend)
        self.weights_ = np.asarray(found.coef_, dtype=np.float64)
        self.intercept_ = float(found.intercept_)
        self.penalty_ = float(found.alpha_) / len(inputs)

    def _expect_spend(self, inputs: Array) -> Array:
        return np.asarray(inputs @ self.weights_ + self.intercept_)

    def _save_learnt(self, folder: Path) -> dict[str, Any]:
        return {
            "weights": self.weights_.tolist(),
            "intercept": self.intercept_,
            "penalty": self.penalty_,
        }

    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None:
        self.weights_ = np.array(stored["weights"], dtype=np.float64)
        self.intercept_ = stored["intercept"]
        self.penalty_ = stored["penalty"]


def list_penalties(settings: LinearSettings) -> Array:
    """Return the penalties per row that are tried, evenly spaced in their logs."""
    low, high = np.log10(settings.least_penalty), np.log10(settings.most_penalty)
    return np.logspace(low, high, round((high - low) * PENALTIES_PER_DECADE) + 1)
