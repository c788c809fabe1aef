"""Whether a customer buys and for how much, each told by a sum over the matrix.

Both parts share their inputs: the columns themselves (``LinearMap``) or likeness
to some customers (``KernelMap``). The head multiplies the two parts. All of it
is plain arrays, so that scoring and attributions need no training library.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """How outputs become money over the training horizon.

    With two outputs, the logit of buying and the log of the amount: ``factor *
    min(sigmoid(logit) * exp(log amount), cap)``. With one, of a value table:
    ``shift + factor * output``.

    Attributes
    ----------
    factor : float
        Of two outputs, the smearing factor (:func:`fit_head`); of one, money per
        unit.
    cap : float
        The greatest spend of any training row: the exponential of an unusual
        customer would else know no bounds. Not used with one output.
    shift : float
    """

    factor: float
    cap: float = np.inf
    shift: float = 0.0

    def money(self, outputs: Array) -> Array:
        """Turn outputs, shape (rows, outputs), into money, shape (rows,)."""
        if outputs.shape[1] == 1:
            return np.asarray(self.shift + self.factor * outputs[:, 0])
        log_money = log_expit(outputs[:, 0]) + outputs[:, 1]
        return np.asarray(self.factor * np.exp(np.minimum(log_money, np.log(self.cap))))


def fit_head(outputs: Array, spend: Array) -> Head:
    """Find the factor that makes the training rows' forecasts add up to their spend.

    The exponential of a mean log is below the mean. Duan (1983), Smearing
    estimate: a nonparametric retransformation method, Journal of the American
    Statistical Association 78, 605-610, multiplies by the mean of the
    exponentials of the residuals, which takes them to be of one size for
    everyone. The ratio of the sums does the same without that, and takes refunds
    in (Snowdon 1991, A ratio estimator for bias correction in logarithmic
    regressions, Canadian Journal of Forest Research 21, 720-724).
    """
    cap = float(spend.max())
    return Head(float(spend.sum() / Head(1.0, cap).money(outputs).sum()), cap)


class TwoPartForecaster(MatrixForecaster[Chosen]):
    """A family whose forecast is P(buys) times the mean amount of one who buys.

    Of a value table, which knows no purchases, there is the amount alone.

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
        head = self.head_
        return {
            "gamma": gamma,
            "factor": head.factor,
            "cap": None if np.isinf(head.cap) else head.cap,
            "shift": head.shift,
        }

    def _load_learnt(self, folder: Path, stored: dict[str, Any]) -> None:
        with np.load(folder / f"{self.name}.npz", allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
            if stored["gamma"] is None:
                self.map_ = LinearMap(weights, bias)
            else:
                self.map_ = KernelMap(arrays["landmarks"], stored["gamma"], weights, bias)
        cap = np.inf if stored["cap"] is None else stored["cap"]
        self.head_ = Head(stored["factor"], cap, stored["shift"])
