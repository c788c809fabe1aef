"""Forecasts that are weighted sums passed through a link: amounts, or chance times amount.

Sums run over the matrix' columns (``LinearMap``) or over likeness to some customers
(``KernelMap``); a head turns one sum into money, or two, the logit of buying and
the log of the amount. All of it is plain arrays, so that scoring and attributions
need no training library.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.special import expit, log_expit

from clv_core.models.labelled_rows import Array
from clv_core.models.matrix_forecaster import Chosen, MatrixForecaster

ROWS_AT_ONCE: Final = 4096


@dataclass(frozen=True)
class LinearMap:
    """Weighted sums of the matrix' columns.

    Attributes
    ----------
    weights : ndarray of float64, shape (columns, outputs)
    bias : ndarray of float64, shape (outputs,)
    """

    weights: Array
    bias: Array

    def outputs(self, inputs: Array) -> Array:
        """Return the sums, shape (rows, outputs)."""
        return np.asarray(inputs @ self.weights + self.bias)


@dataclass(frozen=True)
class KernelMap:
    """Weighted sums of likeness to landmarks: ``exp(-gamma * |row - landmark|**2)``.

    Attributes
    ----------
    landmarks : ndarray of float64, shape (landmarks, columns)
        Training rows.
    gamma : float
    weights : ndarray of float64, shape (landmarks, outputs)
    bias : ndarray of float64, shape (outputs,)
    """

    landmarks: Array
    gamma: float
    weights: Array
    bias: Array

    def log_likeness(self, inputs: Array) -> Array:
        """Return ``-gamma * |row - landmark|**2``, shape (rows, landmarks)."""
        squares = (inputs**2).sum(axis=1)[:, None] + (self.landmarks**2).sum(axis=1)
        distances = squares - 2 * inputs @ self.landmarks.T
        return np.asarray(-self.gamma * np.maximum(distances, 0.0))

    def outputs(self, inputs: Array) -> Array:
        """Return the sums, shape (rows, outputs)."""
        chunks = [
            np.exp(self.log_likeness(inputs[start : start + ROWS_AT_ONCE])) @ self.weights
            for start in range(0, max(len(inputs), 1), ROWS_AT_ONCE)
        ]
        return np.concatenate(chunks) + self.bias


@dataclass(frozen=True)
class Head:
    """How sums become money over the training horizon.

    One sum: ``factor * max(sum, floor)``. Two, the logit of buying and the log of
    the amount: ``factor * min(sigmoid(logit) * exp(log amount), cap)``.

    Attributes
    ----------
    factor : float
        What brings the forecasts of the training rows to their total.
    floor : float
        0 where a forecast must not lie below zero. Not used with two sums.
    cap : float
        The greatest spend of any training row: the exponential of an unusual
        customer would else know no bounds. Not used with one sum.
    """

    factor: float = 1.0
    floor: float = -np.inf
    cap: float = np.inf

    def money(self, outputs: Array) -> Array:
        """Turn sums, shape (rows, outputs), into money, shape (rows,)."""
        if outputs.shape[1] == 1:
            return np.asarray(self.factor * np.maximum(outputs[:, 0], self.floor))
        log_money = log_expit(outputs[:, 0]) + outputs[:, 1]
        return np.asarray(self.factor * np.exp(np.minimum(log_money, np.log(self.cap))))

    def match_total(self, outputs: Array, spend: Array) -> Head:
        """Return the head whose forecasts of training rows add up to their spend.

        The exponential of a mean log is below the mean. Duan (1983), Smearing
        estimate: a nonparametric retransformation method, Journal of the American
        Statistical Association 78, 605-610, multiplies by the mean of the
        exponentials of the residuals, which takes them to be of one size for
        everyone. The ratio of the sums does the same without that, and takes
        refunds in (Snowdon 1991, A ratio estimator for bias correction in
        logarithmic regressions, Canadian Journal of Forest Research 21, 720-724).
        """
        return replace(self, factor=float(spend.sum() / self.money(outputs).sum()))


class LinkedSumForecaster(MatrixForecaster[Chosen]):
    """A family whose forecast is one weighted sum, or two, passed through a head.

    Attributes
    ----------
    map_ : LinearMap or KernelMap
    head_ : Head
    """

    map_: LinearMap | KernelMap
    head_: Head

    def _expect_spend(self, inputs: Array) -> Array:
        return self.head_.money(self.map_.outputs(inputs))

    def _expect_buying(self, inputs: Array) -> Array | None:
        outputs = self.map_.outputs(inputs)
        return None if outputs.shape[1] == 1 else np.asarray(expit(outputs[:, 0]))

    def _save_learnt(self, folder: Path) -> dict[str, Any]:
        arrays = {"weights": self.map_.weights, "bias": self.map_.bias}
        gamma = None
        if isinstance(self.map_, KernelMap):
            arrays["landmarks"], gamma = self.map_.landmarks, self.map_.gamma
        np.savez(folder / f"{self.name}.npz", allow_pickle=False, **arrays)
        return {"gamma": gamma, "head": save_head(self.head_)}

    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None:
        with np.load(folder / f"{self.name}.npz", allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
            if stored["gamma"] is None:
                self.map_ = LinearMap(weights, bias)
            else:
                self.map_ = KernelMap(arrays["landmarks"], stored["gamma"], weights, bias)
        self.head_ = Head(**stored["head"])


def save_head(head: Head) -> dict[str, float]:
    """Return a head as plain values; what has no bound is left out."""
    return {name: value for name, value in asdict(head).items() if np.isfinite(value)}
