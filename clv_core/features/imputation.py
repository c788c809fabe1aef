"""Missing numbers told by the other columns: a small ridge regression per feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

__all__ = ["GapFilling", "learn_filling"]

Matrix = npt.NDArray[np.float32]

MOST_PREDICTORS: Final = 20
MOST_ROWS: Final = 20_000  # evenly spaced; more of them hardly change 20 weights
FEWEST_ROWS: Final = 30  # below them the median says as much
_PENALTY: Final = 0.01  # per row, for columns of about unit spread


@dataclass(frozen=True)
class GapFilling:
    """How one feature's missing scaled values follow from other columns.

    Attributes
    ----------
    columns : tuple of str
        Columns of the matrix, most telling first.
    weights : tuple of float
    intercept : float
    low, high : float
        Smallest and largest scaled value of the training rows; what the
        regression says beyond them counts as them.
    """

    columns: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    low: float
    high: float

    def predict(self, matrix: Matrix, place_of: Mapping[str, int]) -> Matrix:
        """Return the scaled value that each row of the filled matrix suggests.

        Parameters
        ----------
        matrix : ndarray of float32, shape (rows, columns)
        place_of : mapping of str to int
            Column -> its place in the matrix.
        """
        read = matrix[:, [place_of[column] for column in self.columns]].astype(np.float64)
        found: Matrix = read @ np.array(self.weights) + self.intercept
        return np.clip(found, self.low, self.high).astype(np.float32, copy=False)

    def to_json(self) -> dict[str, Any]:
        """Return a form that :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        rebuilt = {"columns": tuple(stored["columns"]), "weights": tuple(stored["weights"])}
        return cls(**{**stored, **rebuilt})


def learn_filling(
    matrix: Matrix,
    column_names: Sequence[str],
    own: npt.NDArray[np.bool_],
    known: npt.NDArray[np.bool_],
) -> GapFilling | None:
    """Fit one feature on the columns most correlated with it, where it is known.

    Ridge regression in closed form (Hoerl and Kennard 1970, Technometrics 12,
    equation 2.1).

    Parameters
    ----------
    matrix : ndarray of float32, shape (rows, columns)
        Training rows, gaps filled with the middle.
    column_names : sequence of str
    own : ndarray of bool, shape (columns,)
        Columns made from the feature: first its scaled values, then what says
        whether it is missing. They do not tell it.
    known : ndarray of bool, shape (rows,)
        Rows in which the feature is given.

    Returns
    -------
    GapFilling or None
        None where too few rows know the feature, or no other column varies.
    """
    rows = np.flatnonzero(known)
    if len(rows) < FEWEST_ROWS:
        return None
    rows = rows[:: -(-len(rows) // MOST_ROWS)]
    others = matrix[rows].astype(np.float64)
    wanted = others[:, np.flatnonzero(own)[0]].copy()
    others -= (means := others.mean(axis=0))
    deviation = wanted - wanted.mean()
    spread = np.sqrt((others**2).mean(axis=0))
    usable = ~own & (spread > 0)
    if not usable.any():
        return None
    correlation = np.zeros(len(column_names))
    correlation[usable] = np.abs(deviation @ others[:, usable]) / spread[usable]
    chosen = np.argsort(-correlation, kind="stable")[: min(MOST_PREDICTORS, int(usable.sum()))]
    predictors = others[:, chosen]
    gram = predictors.T @ predictors + _PENALTY * len(rows) * np.eye(len(chosen))
    weights = np.linalg.solve(gram, predictors.T @ deviation)
    return GapFilling(
        columns=tuple(column_names[number] for number in chosen),
        weights=tuple(map(float, weights)),
        intercept=float(wanted.mean() - means[chosen] @ weights),
        low=float(wanted.min()),
        high=float(wanted.max()),
    )
