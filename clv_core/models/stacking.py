"""How much each member of the ensemble counts, learnt where none of them had looked.

Stacking (Wolpert 1992, "Stacked generalization", Neural Networks 5(2)) on forecasts
out of time: of a window that lies after all that the members had learnt from. One
window says little, so weights are pulled towards equal ones
(docs/decisions/026-stacking.md has the measurements).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

__all__ = ["learn_weights", "raise_to_least"]

LEAST_SHARE: Final = 1e-3  # of the members' plain mean: nobody's nothing vetoes the others
# Customers whose worth of evidence the pull equals: 1,000 customers count as much as it.
PULL_CUSTOMERS: Final = 1000.0


def learn_weights(spends: Mapping[str, np.ndarray], actual: np.ndarray) -> dict[str, float]:
    """Learn the weights of a geometric mean from what was forecast and what happened.

    The mean's level is taken out: a window's own level says little of the next
    one's (decision 021). What is left is the Tweedie deviance of power 1.5 per
    customer, in units of the mean spend's root, plus a penalty on the squared
    distance from equal weights that weakens with the number of customers.

    Parameters
    ----------
    spends : mapping of str to ndarray, shape (customers,)
        The members' forecasts out of time, in money; 0 or more.
    actual : ndarray, shape (customers,)
        Net spend in the window, in money; below zero counts as 0.

    Returns
    -------
    dict of str to float
        By the members' names, adding up to 1; alike where nobody spent anything.
    """
    members = len(spends)
    logs = np.log(np.asarray(raise_to_least(list(spends.values()))))
    spent = np.maximum(actual, 0.0)
    if spent.sum() <= 0 or members < 2:
        return dict.fromkeys(spends, 1 / members)
    pull = PULL_CUSTOMERS / len(spent)

    def loss(scores: np.ndarray) -> float:
        weights = softmax(np.append(scores, 0.0))
        forecast = np.exp(weights @ logs)
        root = np.sqrt(forecast * (spent.sum() / forecast.sum()))
        deviance = np.mean(2 * root + 2 * spent / root) / np.sqrt(spent.mean())
        return float(deviance + pull * np.sum((weights - 1 / members) ** 2))

    found = minimize(loss, np.zeros(members - 1), method="L-BFGS-B")
    weights = softmax(np.append(found.x, 0.0))
    return {name: float(weight) for name, weight in zip(spends, weights, strict=True)}


def raise_to_least(spends: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Raise what a member calls next to nothing to ``LEAST_SHARE`` of the plain mean.

    Parameters
    ----------
    spends : sequence of ndarray, each of shape (customers,)
        The members' forecasts.
    """
    least = LEAST_SHARE * np.mean(spends, axis=0)
    return [np.maximum(spend, least) for spend in spends]
