"""How much each member of the ensemble counts.

Two things decide. Before any forecast is compared: the fewer customers were seen to
buy, the more the statistical model counts (docs/decisions/025-no-network-trained-in-advance.md).
Then, where a shop's history has a window after all that the members had learnt from,
how they did there: stacking (Wolpert 1992, "Stacked generalization", Neural Networks
5(2)) in logs. One window says little, so what it says is pulled towards the former
(docs/decisions/026-stacking.md has the measurements).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.optimize import minimize

__all__ = ["learn_weights", "raise_to_least", "weigh_by_buyers"]

LEAST_SHARE: Final = 1e-3  # of the members' plain mean: nobody's nothing vetoes the others
HALF_AT_BUYERS: Final = 200.0  # buyers at which learning members have half of what they can get
FULL_AT_BUYERS: Final = 1000.0  # and at which all members count alike
PULL_CUSTOMERS: Final = 1000.0  # customers whose worth of evidence the pull equals
MOST_WEIGHT: Final = 2.0


def weigh_by_buyers(names: Sequence[str], statistical: str, buyers: int) -> dict[str, float]:
    """Weigh members before any forecast is compared with what happened.

    With b buyers each learning member has ``f / members`` of the weight, for
    ``f = min(1, b (F + H) / (F (b + H)))`` with H and F ``HALF_AT_BUYERS`` and
    ``FULL_AT_BUYERS``; the statistical member has the rest.

    Parameters
    ----------
    names : sequence of str
        The members'.
    statistical : str
        The member that needs few buyers; where it is none of them all count alike.
    buyers : int
        Customers who bought in any window that members learnt from.

    Returns
    -------
    dict of str to float
        Adding up to 1.
    """
    if statistical not in names:
        return dict.fromkeys(names, 1 / len(names))
    grown = buyers / (buyers + HALF_AT_BUYERS) * (1 + HALF_AT_BUYERS / FULL_AT_BUYERS)
    weights = dict.fromkeys(names, min(1.0, grown) / len(names))
    weights[statistical] += 1 - sum(weights.values())
    return weights


def learn_weights(
    spends: Mapping[str, np.ndarray], actual: np.ndarray, before: Mapping[str, float]
) -> dict[str, float]:
    """Learn weights of the members' logs from what was forecast and what happened.

    They need not add up to 1: above it, what the members say of large and small
    customers was too timid, below it too bold. The level is taken out: a window's own
    says little of the next one's (decision 021). What is left is the Tweedie deviance
    of power 1.5 per customer, in units of the mean spend's root, plus a penalty on the
    squared distance from ``before`` that weakens with the number of customers.

    Parameters
    ----------
    spends : mapping of str to ndarray, shape (customers,)
        The members' forecasts out of time, in money; 0 or more.
    actual : ndarray, shape (customers,)
        Net spend in the window, in money; below zero counts as 0.
    before : mapping of str to float
        :func:`weigh_by_buyers`.

    Returns
    -------
    dict of str to float
        By the members' names; ``before`` where nobody spent anything.
    """
    logs = np.log(np.asarray(raise_to_least(list(spends.values()))))
    spent, start = np.maximum(actual, 0.0), np.array([before[name] for name in spends])
    if spent.sum() <= 0:
        return dict(before)
    pull = PULL_CUSTOMERS / len(spent)

    def loss(weights: np.ndarray) -> float:
        forecast = np.exp(weights @ logs)
        root = np.sqrt(forecast * (spent.sum() / forecast.sum()))
        deviance = np.mean(2 * root + 2 * spent / root) / np.sqrt(spent.mean())
        return float(deviance + pull * np.sum((weights - start) ** 2))

    found = minimize(loss, start, bounds=[(0.0, MOST_WEIGHT)] * len(start), method="L-BFGS-B")
    return {name: float(weight) for name, weight in zip(spends, found.x, strict=True)}


def raise_to_least(spends: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Raise what a member calls next to nothing to ``LEAST_SHARE`` of the plain mean.

    Parameters
    ----------
    spends : sequence of ndarray, each of shape (customers,)
        The members' forecasts.
    """
    least = LEAST_SHARE * np.mean(spends, axis=0)
    return [np.maximum(spend, least) for spend in spends]
