"""One decision tree, small enough to be read."""

from __future__ import annotations

from sklearn.tree import DecisionTreeRegressor

from clv_core.model_settings import DecisionTreeSettings
from clv_core.models.mean_trees import MeanTreesForecaster


class DecisionTreeForecaster(MeanTreesForecaster[DecisionTreeSettings]):
    """A single tree (Breiman, Friedman, Olshen & Stone 1984), grown best leaf first."""

    name = "decision_tree"
    settings_type = DecisionTreeSettings

    def _make_estimator(self, rows: int) -> DecisionTreeRegressor:
        return DecisionTreeRegressor(
            max_leaf_nodes=self.settings.leaves,
            min_samples_leaf=self.settings.min_rows_per_leaf,
            random_state=self.seed,
        )
