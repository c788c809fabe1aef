"""Gradient-boosted trees over stacked snapshots (LightGBM, Tweedie loss).

Two ensembles of trees share the features. One learns how much a customer
spends in the window (Tweedie deviance: a spike at zero and a long right tail,
Jorgensen 1987; log link). One learns whether the customer buys at all; a table
with one value per customer has only the first, and where values lie below zero
it learns them with the squared error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

import lightgbm
import numpy as np
import pandas as pd

from clv_core.features.mapped import let_go, split_table
from clv_core.features.snapshots import LARGE_SHOP_CUSTOMERS, Snapshot, is_large_shop
from clv_core.model_settings import BoostedSettings, MatrixSettings
from clv_core.models.forecaster import Prediction, Report, TrainingData, ignore_report
from clv_core.models.horizon import carry_probability, drop_log_ratio, read_log_ratio
from clv_core.models.titles import MODEL_TITLES
from clv_core.models.tree_counts import (
    count_by_customer,
    count_on_held_back,
    report_trees,
)
from clv_core.models.tree_inputs import TreeInputs
from clv_core.models.tree_labels import stack_labels
from clv_core.models.tree_rows import make_dataset, read_tables
from clv_core.models.tree_tables import look_up
from clv_core.sentences import Sentence

SNAPSHOTS_TO_STOP_EARLY: Final = 3
HELD_BACK_SHARE: Final = 0.2  # of a value table's rows
FEWEST_ROWS_TO_STOP_EARLY: Final = 500
FEWEST_ROWS_TO_LOOK_UP: Final = 1_000  # for fewer, tables of the trees cost more than they save
SPEND_FILE: Final = "spend_trees.txt"
BUYING_FILE: Final = "buying_trees.txt"
STATE_FILE: Final = "boosted_trees.json"


class BoostedForecaster:
    """Boosted trees that forecast spend and the chance of buying.

    Missing numbers stay missing; the trees decide where they go. Labels are as
    in ``models.tree_labels``.

    Parameters
    ----------
    settings : BoostedSettings
        ``trees`` is the most that are grown. With three labelled snapshots or more
        the number is chosen on the newest one, with fewer by cross-validation over
        customers, with a value table on a fifth of its rows; then all rows are used.
    seed : int
        For the sampling of rows and features.
    matrix : MatrixSettings, optional
        How many categories of a feature are told apart, and which numbers are read.

    Attributes
    ----------
    spend_trees_ : lightgbm.Booster
        Its raw score is the log of money, or money under the squared error.
    buying_trees_ : lightgbm.Booster or None
        None for a value table.
    inputs_ : TreeInputs
    notes_ : tuple of Sentence
        Which features were left out.
    objective_ : {"tweedie", "regression"}
    training_horizon_days_ : int
        Length of the label windows learnt from.
    """

    name = "boosted_trees"
    is_ranking = False

    def __init__(
        self,
        settings: BoostedSettings | None = None,
        seed: int = 0,
        matrix: MatrixSettings | None = None,
    ) -> None:
        self.settings = settings or BoostedSettings()
        self.seed = seed
        self.matrix = matrix or MatrixSettings()

    @property
    def feature_names_(self) -> list[str]:
        """Columns of the snapshots that are read, in order."""
        return list(self.inputs_.feature_names)

    @property
    def has_log_link_(self) -> bool:
        """Whether the spend trees' raw score is the log of money."""
        return self.objective_ == "tweedie"

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
        UnreadableColumn
            When all customers of a value table have the same value.
        """
        labels = stack_labels(data, 2 * self.settings.min_rows_per_leaf)
        self.objective_ = labels.objective
        self.training_horizon_days_ = data.labelled[0].horizon_days
        features = [drop_log_ratio(snapshot.features) for snapshot in data.labelled]
        is_large = is_large_shop(data.labelled)
        self.inputs_ = _learn_inputs(features, labels.spend, self.matrix, is_large)
        told = self.inputs_.describe(self.matrix, has_own_names=labels.bought is None)
        model = MODEL_TITLES[self.name]
        self.notes_ = tuple(Sentence("{model}: {note}", model=model, note=one) for one in told)
        rows = read_tables(self.inputs_, features, is_large)
        held_back = self._hold_back(data, labels.spend)
        can_stop = held_back is not None
        trees, follow = self.settings.trees, report
        if held_back is not None:
            trees = count_on_held_back(
                rows, labels.spend, held_back, self._spend_parameters(), trees, report
            )
            follow = ignore_report
        elif labels.bought is not None:
            customers = np.concatenate([part.index.to_numpy() for part in features])
            trees = count_by_customer(
                rows, labels.spend, customers, self._spend_parameters(), trees
            )
        training = make_dataset(rows, labels.spend)
        self.spend_trees_ = lightgbm.train(
            self._spend_parameters(),
            training,
            num_boost_round=trees,
            valid_sets=None if can_stop else [training],
            valid_names=None if can_stop else ["training"],
            callbacks=[report_trees(follow)],
        )
        self.buying_trees_ = None
        if labels.bought is not None:
            self.buying_trees_ = lightgbm.train(
                self._parameters() | {"objective": "binary"},
                make_dataset(rows, labels.bought),
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
        score = self._scores(self.spend_trees_, snapshot.features, raw_score=True)
        money = np.exp(score + log_ratio) if self.has_log_link_ else score
        spend = pd.Series(money, index=index, name="spend")
        if self.buying_trees_ is None:
            return Prediction(spend)
        p_trained = self._scores(self.buying_trees_, snapshot.features)
        p_buy = carry_probability(p_trained, log_ratio)
        return Prediction(spend, p_buy=pd.Series(p_buy, index=index, name="p_buy"))

    def attribute_score(self, features: pd.DataFrame) -> tuple[np.ndarray, float]:
        """Split the spend trees' raw scores among the features (TreeSHAP).

        The values of ``shap.TreeExplainer`` with the trees' own training rows as
        background (Lundberg et al. 2020, Nature Machine Intelligence 2,
        algorithm 2), from LightGBM's implementation of it, or for many rows looked
        up (``models.tree_tables``).

        Returns
        -------
        (ndarray, shape (customers, len(feature_names_)), float)
            Parts of the raw score, and the constant that completes them to it.
        """
        tables = look_up(self.spend_trees_) if len(features) >= FEWEST_ROWS_TO_LOOK_UP else None
        if tables is None:
            parts = self._scores(self.spend_trees_, features, pred_contrib=True)
            return self.inputs_.sum_by_feature(parts[:, :-1]), float(parts[0, -1])
        read = map(self.inputs_.read, split_table(features))
        parts = np.concatenate([tables.attribute(rows) for rows in read])
        return self.inputs_.sum_by_feature(parts), tables.constant

    def save(self, folder: Path) -> None:
        """Write LightGBM's text files and a JSON beside them."""
        self.spend_trees_.save_model(folder / SPEND_FILE)
        if self.buying_trees_ is not None:
            self.buying_trees_.save_model(folder / BUYING_FILE)
        state = {
            "settings": self.settings.model_dump(),
            "seed": self.seed,
            "matrix": self.matrix.model_dump(mode="json"),
            "objective": self.objective_,
            **self.inputs_.to_json(),
            "notes": [note.to_json() for note in self.notes_],
            "training_horizon_days": self.training_horizon_days_,
        }
        (folder / STATE_FILE).write_text(json.dumps(state, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what :meth:`save` wrote."""
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        matrix = MatrixSettings.model_validate(state.get("matrix", {}))
        loaded = cls(BoostedSettings.model_validate(state["settings"]), state["seed"], matrix)
        loaded.objective_ = state.get("objective", "tweedie")
        loaded.inputs_ = TreeInputs.from_json(state)
        loaded.notes_ = tuple(map(Sentence.from_json, state.get("notes", ())))
        loaded.training_horizon_days_ = state["training_horizon_days"]
        loaded.spend_trees_ = lightgbm.Booster(model_file=folder / SPEND_FILE)
        loaded.buying_trees_ = None
        if (folder / BUYING_FILE).is_file():
            loaded.buying_trees_ = lightgbm.Booster(model_file=folder / BUYING_FILE)
        return loaded

    def _hold_back(self, data: TrainingData, spend: np.ndarray) -> np.ndarray | None:
        """Return which rows choose the number of trees; None where none can be spared."""
        rows = [len(snapshot.features) for snapshot in data.labelled]
        if data.labelled[0].cutoff is None:
            random = np.random.default_rng(self.seed)
            drawn = random.random(sum(rows)) < HELD_BACK_SHARE
            return drawn if sum(rows) >= FEWEST_ROWS_TO_STOP_EARLY else None
        if len(rows) < SNAPSHOTS_TO_STOP_EARLY:
            return None
        newest = np.arange(sum(rows)) >= sum(rows[:-1])
        return newest if spend[~newest].any() else None

    def _scores(
        self, trees: lightgbm.Booster, features: pd.DataFrame, **wanted: bool
    ) -> np.ndarray:
        parts = [
            trees.predict(self.inputs_.read(block), num_threads=count_threads(), **wanted)
            for block in split_table(features)
        ]
        return np.concatenate(parts, dtype=np.float64)

    def _spend_parameters(self) -> dict[str, Any]:
        if not self.has_log_link_:
            return self._parameters() | {"objective": "regression", "metric": "l2"}
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


def _learn_inputs(
    tables: Sequence[pd.DataFrame], spend: np.ndarray, matrix: MatrixSettings, is_large: bool
) -> TreeInputs:
    """Learn what trees read; of a large shop from rows in even distances."""
    if not is_large:
        return TreeInputs.learn(pd.concat(tables), spend, matrix)
    step = -(-len(spend) // LARGE_SHOP_CUSTOMERS)
    first = np.cumsum([0, *(len(table) for table in tables[:-1])])
    places = [
        np.arange(-start % step, len(t), step) for start, t in zip(first, tables, strict=True)
    ]
    some = [table.iloc[place] for table, place in zip(tables, places, strict=True)]
    for table in tables:
        let_go(table)
    return TreeInputs.learn(pd.concat(some), spend[::step], matrix)


def count_threads() -> int:
    """Return the threads that trees may use: ``PERENNIAL_THREADS``, else one."""
    return int(os.environ.get("PERENNIAL_THREADS", "1"))
