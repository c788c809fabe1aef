"""Gradient-boosted trees over stacked snapshots (LightGBM, Tweedie loss).

Two ensembles of trees share the features. One learns how much a customer
spends in the window (Tweedie deviance: a spike at zero and a long right tail,
Jorgensen 1987; log link). One learns whether the customer buys at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

import lightgbm
import numpy as np
import pandas as pd
from lightgbm.callback import CallbackEnv

from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.snapshots import Snapshot
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.horizon import carry_probability, drop_log_ratio, read_log_ratio
from clv_core.sentences import Sentence
from clv_core.settings import BoostedSettings

REPORT_EVERY_TREES: Final = 10
PATIENCE_TREES: Final = 50
SNAPSHOTS_TO_STOP_EARLY: Final = 3
SPEND_FILE: Final = "spend_trees.txt"
BUYING_FILE: Final = "buying_trees.txt"
STATE_FILE: Final = "boosted_trees.json"


class BoostedForecaster:
    """Boosted trees that forecast spend and the chance of buying.

    Refunds can push a customer's future spend below zero, where the Tweedie
    loss is not defined: such labels are learnt as 0.0. Missing features stay
    missing; the trees decide where they go.

    Parameters
    ----------
    settings : BoostedSettings
        ``trees`` is the most that are grown; with three labelled snapshots or
        more the number is chosen on the newest one, then all rows are used.
    seed : int
        For the sampling of rows and features.

    Attributes
    ----------
    spend_trees_, buying_trees_ : lightgbm.Booster
        The fitted trees; the spend trees' raw score is the log of money.
    feature_names_ : list of str
        Columns of the snapshots that are read, in the trees' order.
    training_horizon_days_ : int
        Length of the label windows learnt from.
    """

    name = "boosted_trees"
    is_ranking = False

    def __init__(self, settings: BoostedSettings | None = None, seed: int = 0) -> None:
        self.settings = settings or BoostedSettings()
        self.seed = seed

    def fit(self, data: TrainingData, report: Report = ignore_report) -> Self:
        """Learn from the labelled snapshots; reports the deviance every ten trees.

        Raises
        ------
        HistoryTooShort
            When no snapshot has a label window that has closed.
        TooFewCustomers
            When the rows do not suffice for a single split.
        NoRepeatBuyers
            When nobody spent anything in the label windows.
        """
        spend = self._checked_labels(data)
        newest_rows = len(data.labelled[-1].features)
        self.training_horizon_days_ = data.labelled[0].horizon_days
        self.feature_names_ = [str(name) for name in drop_log_ratio(data.labelled[0].features)]
        rows = np.concatenate([self._inputs(s.features) for s in data.labelled])
        can_stop = len(data.labelled) >= SNAPSHOTS_TO_STOP_EARLY
        trees, follow = self.settings.trees, report
        if can_stop:
            trees = self._count_trees(rows, spend, newest_rows, report)
            follow = ignore_report
        training = self._dataset(rows, spend)
        self.spend_trees_ = lightgbm.train(
            self._spend_parameters(),
            training,
            num_boost_round=trees,
            valid_sets=None if can_stop else [training],
            valid_names=None if can_stop else ["training"],
            callbacks=[report_trees(follow)],
        )
        bought = np.concatenate([_bought(s) for s in data.labelled])
        self.buying_trees_ = lightgbm.train(
            self._parameters() | {"objective": "binary"},
            self._dataset(rows, bought),
            num_boost_round=trees,
        )
        return self

    def predict(self, snapshot: Snapshot) -> Prediction:
        """Forecast spend and the chance of buying over the snapshot's horizon.

        Where the horizon is longer than the one learnt, the statistical model's
        ratio of expectations carries both (``models.horizon``).
        """
        index = snapshot.features.index
        log_ratio = read_log_ratio(snapshot, self.training_horizon_days_)
        log_spend = self._scores(self.spend_trees_, snapshot.features, raw_score=True)
        p_trained = self._scores(self.buying_trees_, snapshot.features)
        p_buy = carry_probability(p_trained, log_ratio)
        return Prediction(
            spend=pd.Series(np.exp(log_spend + log_ratio), index=index, name="spend"),
            p_buy=pd.Series(p_buy, index=index, name="p_buy"),
        )

    def attribute_log_spend(self, features: pd.DataFrame) -> tuple[np.ndarray, float]:
        """Split the spend trees' raw scores among the features (TreeSHAP).

        The values of ``shap.TreeExplainer`` with the trees' own training rows as
        background (Lundberg et al. 2020, Nature Machine Intelligence 2,
        algorithm 2), from LightGBM's implementation of it.

        Returns
        -------
        (ndarray, shape (customers, len(feature_names_)), float)
            Parts of the log forecast over the training horizon, and the constant
            that completes them to it.
        """
        parts = self._scores(self.spend_trees_, features, pred_contrib=True)
        return parts[:, :-1], float(parts[0, -1])

    def save(self, folder: Path) -> None:
        """Write LightGBM's text files and a JSON beside them."""
        self.spend_trees_.save_model(folder / SPEND_FILE)
        self.buying_trees_.save_model(folder / BUYING_FILE)
        state = {
            "settings": self.settings.model_dump(),
            "seed": self.seed,
            "feature_names": self.feature_names_,
            "training_horizon_days": self.training_horizon_days_,
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        loaded = cls(BoostedSettings.model_validate(state["settings"]), state["seed"])
        loaded.feature_names_ = state["feature_names"]
        loaded.training_horizon_days_ = state["training_horizon_days"]
        loaded.spend_trees_ = lightgbm.Booster(model_file=folder / SPEND_FILE)
        loaded.buying_trees_ = lightgbm.Booster(model_file=folder / BUYING_FILE)
        return loaded

    def _checked_labels(self, data: TrainingData) -> np.ndarray:
        if not data.labelled:
            raise HistoryTooShort(
                Sentence(
                    "There is no earlier period whose outcome is already known to learn from."
                ),
                Sentence("Bring a longer order history or choose a shorter horizon."),
            )
        spend = np.concatenate([_clipped_spend(snapshot) for snapshot in data.labelled])
        needed = 2 * self.settings.min_rows_per_leaf
        if len(spend) < needed:
            raise TooFewCustomers(
                Sentence(
                    "Boosted trees learn from {needed} customers or more; there are {count}.",
                    needed=needed,
                    count=len(spend),
                ),
                Sentence("Bring more customers or use one of the statistical models."),
            )
        if not spend.any():
            raise NoRepeatBuyers(
                Sentence("No customer bought again in the periods that boosted trees learn from."),
                Sentence("Bring a longer order history or choose a longer horizon."),
            )
        return spend

    def _count_trees(
        self, rows: np.ndarray, spend: np.ndarray, newest_rows: int, report: Report
    ) -> int:
        older = self._dataset(rows[:-newest_rows], spend[:-newest_rows])
        newest = self._dataset(rows[-newest_rows:], spend[-newest_rows:])
        trial = lightgbm.train(
            self._spend_parameters(),
            older,
            num_boost_round=self.settings.trees,
            valid_sets=[older, newest],
            valid_names=["training", "validation"],
            callbacks=[
                report_trees(report),
                lightgbm.early_stopping(PATIENCE_TREES, verbose=False),
            ],
        )
        return max(trial.best_iteration, 1)

    def _scores(
        self, trees: lightgbm.Booster, features: pd.DataFrame, **wanted: bool
    ) -> np.ndarray:
        scores = trees.predict(self._inputs(features), num_threads=count_threads(), **wanted)
        return np.asarray(scores, dtype=np.float64)

    def _inputs(self, features: pd.DataFrame) -> np.ndarray:
        return features[self.feature_names_].to_numpy(np.float64, na_value=np.nan)

    def _dataset(self, rows: np.ndarray, labels: np.ndarray) -> lightgbm.Dataset:
        return lightgbm.Dataset(
            rows, labels, feature_name=self.feature_names_, params={"verbosity": -1}
        )

    def _spend_parameters(self) -> dict[str, Any]:
        return self._parameters() | {
            "objective": "tweedie",
            "metric": "tweedie",
            "tweedie_variance_power": self.settings.tweedie_power,
        }

    def _parameters(self) -> dict[str, Any]:
        return {
            "learning_rate": self.settings.learning_rate,
            "num_leaves": self.settings.leaves,
            "min_data_in_leaf": self.settings.min_rows_per_leaf,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": count_threads(),
            "verbosity": -1,
        }


def count_threads() -> int:
    """Return the threads that trees may use: ``PERENNIAL_THREADS``, else one."""
    return int(os.environ.get("PERENNIAL_THREADS", "1"))


def report_trees(report: Report) -> Callable[[CallbackEnv], None]:
    """Make a LightGBM callback that reports the deviance every ten trees."""

    def callback(state: CallbackEnv) -> None:
        tree = state.iteration + 1
        results = state.evaluation_result_list
        if not results or (tree % REPORT_EVERY_TREES and tree != state.end_iteration):
            return
        losses = {str(result[0]): float(result[2]) for result in results}
        report(
            {
                "epoch": tree,
                "loss": losses["training"],
                "validation_loss": losses.get("validation"),
            }
        )

    return callback


def _clipped_spend(snapshot: Snapshot) -> np.ndarray:
    if snapshot.future_spend is None:
        raise ValueError("a training snapshot has no label")
    spend = snapshot.future_spend.reindex(snapshot.features.index)
    return np.asarray(spend.clip(lower=0.0), dtype=np.float64)


def _bought(snapshot: Snapshot) -> np.ndarray:
    if snapshot.future_orders is None:
        raise ValueError("a training snapshot has no label")
    orders = snapshot.future_orders.reindex(snapshot.features.index)
    return np.asarray(orders > 0, dtype=np.float64)
