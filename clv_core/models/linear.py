"""A linear model of money: ridge regression on the scaled feature matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import RidgeCV

from clv_core.model_settings import LinearSettings
from clv_core.models.labelled_rows import Array, LabelledRows
from clv_core.models.linked_sums import Head, LinearMap, LinkedSumForecaster, save_head

FEWEST_ROWS: Final = 20
PENALTIES_PER_DECADE: Final = 2
USUAL_SHARE: Final = 0.99  # of spends that count as they are


class LinearForecaster(LinkedSumForecaster[LinearSettings]):
    """Ridge regression of money on the feature matrix.

    Least squares aim at the mean. A value is told as it is. Of spend, mostly zero
    and sometimes huge, the largest hundredth counts as the smallest of them, so
    that a few orders do not turn the whole line; forecasts below zero count as
    zero; and one factor brings the training rows' forecasts back to their total.
    It tells no chance of buying.

    The penalty is the one with the least squared error when each training row
    is forecast from all others (leave-one-out in closed form, Allen 1974,
    Technometrics 16, the PRESS statistic; ``sklearn.linear_model.RidgeCV``).

    Attributes
    ----------
    map_ : LinearMap
        Money per unit of each matrix column, and where all columns are 0.
    penalty_ : float
        Per training row.
    """

    name = "linear"
    settings_type = LinearSettings

    map_: LinearMap
    penalty_: float

    def _rows_needed(self) -> int:
        return FEWEST_ROWS

    def _learn(self, inputs: Array, rows: LabelledRows) -> None:
        has_time = rows.bought is not None
        money = rows.spend
        if has_time:
            money = np.minimum(money, np.quantile(money, USUAL_SHARE))
        found = RidgeCV(list_penalties(self.settings) * len(inputs)).fit(inputs, money)
        self.map_ = LinearMap(found.coef_[:, None].astype(np.float64), np.array([found.intercept_]))
        self.penalty_ = float(found.alpha_) / len(inputs)
        self.head_ = Head()
        if has_time:
            self.head_ = Head(floor=0.0).match_total(self.map_.outputs(inputs), rows.spend)

    def _save_learnt(self, folder: Path) -> dict[str, Any]:
        return {
            "weights": self.map_.weights[:, 0].tolist(),
            "intercept": float(self.map_.bias[0]),
            "penalty": self.penalty_,
            "head": save_head(self.head_),
        }

    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None:
        weights = np.array(stored["weights"], dtype=np.float64)[:, None]
        self.map_ = LinearMap(weights, np.array([stored["intercept"]]))
        self.penalty_ = stored["penalty"]
        self.head_ = Head(**stored.get("head", {}))


def list_penalties(settings: LinearSettings) -> Array:
    """Return the penalties per row that are tried, evenly spaced in their logs."""
    low, high = np.log10(settings.least_penalty), np.log10(settings.most_penalty)
    return np.logspace(low, high, round((high - low) * PENALTIES_PER_DECADE) + 1)
