"""Maximum likelihood for a handful of positive parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from clv_core.sentences import Sentence

FloatArray = NDArray[np.float64]
Objective = Callable[[FloatArray], tuple[float, FloatArray]]
"""Parameters -> (log-likelihood, its gradient by parameter)."""

AT_LIMIT_LOG = 1e-3  # a parameter this near its limit, in log units, counts as lying on it


@dataclass(frozen=True)
class Limits:
    """A positive parameter with the range it is sought in and its usual size.

    Attributes
    ----------
    low, high : float
        The search never leaves this range. Where the likelihood only creeps up
        towards infinity (b of the BG/NBD where nobody drops out), the limit
        keeps the parameter finite; forecasts hardly change beyond it.
    usual : float
        Centre of the weak log-normal penalty and of the cold start.
    """

    name: str
    low: float
    high: float
    usual: float


@dataclass(frozen=True)
class Optimum:
    """Where the search ended.

    Attributes
    ----------
    parameters : ndarray, shape (parameters,)
    log_likelihood : float
        At the optimum, without the penalty.
    converged : bool
    at_limit : tuple of str
        Names of the parameters that ended on a limit of their range.
    """

    parameters: FloatArray
    log_likelihood: float
    converged: bool
    at_limit: tuple[str, ...]


def maximise(
    objective: Objective,
    limits: Sequence[Limits],
    starts: Sequence[FloatArray],
    scale: float,
    penalty_spread: float = np.inf,
) -> Optimum:
    """Seek the parameters with the highest penalised log-likelihood.

    The search runs on the logs of the parameters with L-BFGS-B; where it fails
    from every start, Nelder-Mead carries on from the best point seen.

    Parameters
    ----------
    objective : callable
        Parameters to log-likelihood and gradient.
    limits : sequence of Limits, one per parameter
    starts : sequence of ndarray
        Points to start from; the best end point wins.
    scale : float
        Divides the objective, so that tolerances do not depend on the number
        of customers: their count.
    penalty_spread : float, default infinity (no penalty)
        Standard deviation, in log units, of the log-normal penalty around each
        parameter's usual size.

    Returns
    -------
    Optimum
    """
    centre = np.log([limit.usual for limit in limits])
    low = np.log([limit.low for limit in limits])
    high = np.log([limit.high for limit in limits])

    def loss(log_parameters: FloatArray) -> tuple[float, FloatArray]:
        parameters = np.exp(log_parameters)
        value, gradient = objective(parameters)
        away = (log_parameters - centre) / penalty_spread
        penalised = value - 0.5 * float(away @ away)
        slope = gradient * parameters - away / penalty_spread
        return -penalised / scale, -slope / scale

    bounds = list(zip(low, high, strict=True))
    found = [_descend(loss, np.clip(np.log(start), low, high), bounds) for start in starts]
    best = min(found, key=lambda result: float(result.fun))
    if not best.success:
        best = minimize(
            lambda point: loss(point)[0],
            best.x,
            method="Nelder-Mead",
            bounds=bounds,
            options={"maxiter": 4000, "maxfev": 4000, "xatol": 1e-6, "fatol": 1e-10},
        )
    parameters = np.exp(best.x)
    near_limit = np.minimum(best.x - low, high - best.x) < AT_LIMIT_LOG
    return Optimum(
        parameters=parameters,
        log_likelihood=objective(parameters)[0],
        converged=bool(best.success),
        at_limit=tuple(limit.name for limit, near in zip(limits, near_limit, strict=True) if near),
    )


def describe_fit(title: str, optimum: Optimum) -> tuple[Sentence, ...]:
    """Say what a reader should know about a fit; nothing where it went well."""
    notes = [
        Sentence(
            "{model}: the data leave the parameter {parameter} open; it was held at its limit.",
            model=title,
            parameter=name,
        )
        for name in optimum.at_limit
    ]
    if not optimum.converged:
        notes.append(
            Sentence(
                "{model}: the search for the best parameters stopped before it settled.",
                model=title,
            )
        )
    return tuple(notes)


def _descend(loss: Objective, start: FloatArray, bounds: list[tuple[Any, Any]]) -> OptimizeResult:
    return minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
