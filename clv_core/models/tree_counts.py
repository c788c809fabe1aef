"""How many trees to grow: as many as serve rows best that they did not learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import lightgbm
import numpy as np
from lightgbm.callback import CallbackEnv

from clv_core.models.forecaster import Report
from clv_core.models.tree_rows import Rows, make_dataset, take_rows

__all__ = ["count_by_customer", "count_on_held_back", "report_trees"]

REPORT_EVERY_TREES: Final = 10
PATIENCE_TREES: Final = 50
FOLDS: Final = 5  # of customers


def count_on_held_back(
    rows: Rows,
    labels: np.ndarray,
    held_back: np.ndarray,
    parameters: Mapping[str, Any],
    most_trees: int,
    report: Report,
) -> int:
    """Count the trees that serve rows best that were kept back.

    Parameters
    ----------
    rows : ndarray, shape (rows, columns), or tables in files
    labels : ndarray, shape (rows,)
    held_back : ndarray of bool, shape (rows,)
    parameters : mapping
        LightGBM's.
    most_trees : int
    report : Report
        Gets both deviances every ten trees.
    """
    older = make_dataset(take_rows(rows, ~held_back), labels[~held_back])
    newest = make_dataset(take_rows(rows, held_back), labels[held_back])
    trial = lightgbm.train(
        dict(parameters),
        older,
        num_boost_round=most_trees,
        valid_sets=[older, newest],
        valid_names=["training", "validation"],
        callbacks=[
            report_trees(report),
            lightgbm.early_stopping(PATIENCE_TREES, verbose=False),
        ],
    )
    return max(trial.best_iteration, 1)


def count_by_customer(
    rows: Rows,
    labels: np.ndarray,
    customers: np.ndarray,
    parameters: Mapping[str, Any],
    most_trees: int,
) -> int:
    """Count the trees that serve customers best whom they did not learn from.

    For histories too short to keep a whole snapshot back: cross-validation in which
    all rows of a customer lie in one fold.

    Parameters
    ----------
    rows : ndarray, shape (rows, columns), or tables in files
    labels : ndarray, shape (rows,)
    customers : ndarray, shape (rows,)
        Whom each row is of.
    parameters : mapping
        LightGBM's, with a ``seed``.
    most_trees : int
    """
    known, place = np.unique(customers, return_inverse=True)
    shuffled = np.random.default_rng(parameters["seed"]).permutation(len(known))
    fold = shuffled[place] % FOLDS
    history = lightgbm.cv(
        dict(parameters),
        make_dataset(rows, labels),
        num_boost_round=most_trees,
        folds=[
            (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
            for number in range(FOLDS)
            if labels[fold != number].any()  # from nothing but zeros nothing can be learnt
        ],
        callbacks=[lightgbm.early_stopping(PATIENCE_TREES, verbose=False)],
    )
    return max(len(found) for found in history.values() if isinstance(found, list))


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
