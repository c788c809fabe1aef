"""Many deep trees on redrawn rows, averaged."""

from __future__ import annotations

import math
from typing import Final

from sklearn.ensemble import RandomForestRegressor

from clv_core.model_settings import RandomForestSettings
from clv_core.models.boosted import count_threads
from clv_core.models.mean_trees import MeanTreesForecaster

MOST_LEAVES: Final = 16_000  # of a tree; shap counts nodes in 16 bits


class RandomForestForecaster(MeanTreesForecaster[RandomForestSettings]):
    """A random forest (Breiman 2001, Machine Learning 45, 5-32).

    Every tree learns from rows drawn with replacement and looks, at each split,
    at a share of the columns.
    """

    name = "random_forest"
    settings_type = RandomForestSettings

    def _make_estimator(self, rows: int) -> RandomForestRegressor:
        fewest = math.ceil(rows * self.settings.row_share / MOST_LEAVES)
        return RandomForestRegressor(
            n_estimators=self.settings.trees,
            min_samples_leaf=max(self.settings.min_rows_per_leaf, fewest),
            max_features=self.settings.column_share,
            max_samples=self.settings.row_share,
            random_state=self.seed,
            n_jobs=count_threads(),
        )
