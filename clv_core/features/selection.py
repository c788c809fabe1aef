"""Which columns of the matrix a model is given: not two that say the same, or the most telling."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from clv_core.model_settings import MatrixSettings

__all__ = ["grow_trees", "keep_least_alike", "keep_most_telling", "select_columns"]

Matrix = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

MOST_ROWS: Final = 20_000  # evenly spaced; more of them hardly change a rank correlation
TREES: Final = 100
TELLING_LEAVES: Final = 15
HELD_BACK_SHARE: Final = 0.3  # of the rows, on which columns are shuffled
SHUFFLES: Final = 3
FEWEST_ROWS_PER_LEAF: Final = 20


def select_columns(matrix: Matrix, spend: Matrix | None, settings: MatrixSettings) -> Mask:
    """Say which columns the settings keep.

    Parameters
    ----------
    matrix : ndarray, shape (rows, columns)
        Training rows, free of NaN.
    spend : ndarray, shape (rows,), or None
        Their label.
    settings : MatrixSettings

    Returns
    -------
    ndarray of bool, shape (columns,)

    Raises
    ------
    ValueError
        Where columns are to be selected and no label is given.
    """
    if settings.selection == "none":
        return np.ones(matrix.shape[1], dtype=np.bool_)
    if spend is None:
        raise ValueError("columns are selected by what they tell of a label")
    if settings.selection == "correlation":
        return keep_least_alike(matrix, spend, settings.correlation_limit)
    return keep_most_telling(matrix, spend, settings.kept_share)


def keep_least_alike(matrix: Matrix, spend: Matrix, limit: float) -> Mask:
    """Of columns that go together keep the one that tells most of the label.

    Columns are gone through from the one whose ranks go with the label's most; each
    is kept unless it goes together with one that was kept already. Ranks, because
    whether a column is shown in logs or not should not matter.

    Parameters
    ----------
    matrix : ndarray, shape (rows, columns)
        Training rows, free of NaN.
    spend : ndarray, shape (rows,)
        Their label.
    limit : float
        Spearman's correlation, whatever its sign, above which two go together.

    Returns
    -------
    ndarray of bool, shape (columns,)
    """
    from scipy.stats import rankdata  # noqa: PLC0415  # slow to import, seldom needed

    step = -(-len(spend) // MOST_ROWS)
    ranks = rankdata(np.column_stack([matrix, spend])[::step], axis=0)
    ranks -= ranks.mean(axis=0)
    size = np.sqrt((ranks**2).sum(axis=0))
    ranks /= np.where(size > 0, size, 1.0)
    alike = np.abs(ranks.T @ ranks)
    kept: list[int] = []
    for column in np.argsort(-alike[-1, :-1], kind="stable"):
        if not kept or alike[column, kept].max() <= limit:
            kept.append(int(column))
    return np.isin(np.arange(matrix.shape[1]), kept)


def keep_most_telling(matrix: Matrix, spend: Matrix, share: float) -> Mask:
    """Keep the columns without which trees tell other rows worst.

    Trees are fitted to most of the rows; on the others each column is shuffled in
    turn, and counts as much as the variance explained falls (permutation importance:
    Breiman 2001, Machine Learning 45, section 10).

    Parameters
    ----------
    matrix, spend
        As for :func:`keep_least_alike`.
    share : float
        Of the columns; at least one is kept.

    Returns
    -------
    ndarray of bool, shape (columns,)
    """
    from sklearn.inspection import permutation_importance  # noqa: PLC0415  # seldom needed

    random = np.random.default_rng(0)
    rows = np.arange(len(spend))[:: -(-len(spend) // MOST_ROWS)]
    others = random.random(len(rows)) < HELD_BACK_SHARE
    learns, tells = rows[~others], rows[others]
    found = permutation_importance(
        grow_trees(matrix[learns], spend[learns], TELLING_LEAVES),
        matrix[tells].astype(np.float64),
        _log_label(spend[tells]),
        n_repeats=SHUFFLES,
        random_state=0,
    )
    told = found.importances_mean
    kept = np.argsort(-told, kind="stable")[: max(1, round(share * len(told)))]
    return np.isin(np.arange(len(told)), kept)


def grow_trees(matrix: Matrix, spend: Matrix, leaves: int) -> Any:
    """Fit boosted trees to the signed log of the label, the same on every call.

    Returns
    -------
    lightgbm.LGBMRegressor
        Its features are the matrix' columns, in order.
    """
    import lightgbm  # noqa: PLC0415  # pages import this module and shall not load it

    trees = lightgbm.LGBMRegressor(
        n_estimators=TREES,
        num_leaves=leaves,
        min_child_samples=FEWEST_ROWS_PER_LEAF,
        learning_rate=0.1,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbosity=-1,
    )
    return trees.fit(matrix.astype(np.float64), _log_label(spend))


def _log_label(spend: Matrix) -> Matrix:
    return np.asarray(np.sign(spend) * np.log1p(np.abs(spend)))
