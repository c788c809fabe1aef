"""How customers' money divides over groups of products, little history held to everybody's."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

__all__ = ["fit_concentration", "smooth_shares"]

Floats = npt.NDArray[np.float64]

_LIMITS: Final = (np.log(0.05), np.log(1000.0))  # of the logarithm of the concentration


def fit_concentration(counts: Floats, shares: Floats) -> float:
    """Return how many lines the shop's shares count for beside a customer's own.

    Each customer's lines are taken to be multinomial with shares of their own, which are
    Dirichlet distributed around the shop's: the concentration maximises the likelihood of
    the Dirichlet-multinomial (Minka 2000, "Estimating a Dirichlet distribution",
    equation 53) with the mean held at ``shares``.

    Parameters
    ----------
    counts : array of float, shape (customers, groups)
        Order lines of each customer in each group.
    shares : array of float, shape (groups,)
        Of all customers, above 0, adding up to 1.
    """
    several = counts[counts.sum(axis=1) >= 2]  # a single line tells nothing of a preference
    if not len(several) or len(shares) < 2:
        return 1.0
    totals = several.sum(axis=1)

    def loss(log_concentration: float) -> float:
        concentration = np.exp(log_concentration)
        prior = concentration * shares
        own = special.gammaln(several + prior) - special.gammaln(prior)
        whole = special.gammaln(concentration) - special.gammaln(totals + concentration)
        return -float(own.sum() + whole.sum())

    found = optimize.minimize_scalar(loss, bounds=_LIMITS, method="bounded")
    return float(np.exp(found.x))


def smooth_shares(spent: Floats, lines: Floats, shares: Floats, concentration: float) -> Floats:
    """Return the share of each group in what each customer will spend.

    The posterior mean of the Dirichlet-multinomial, with a customer's own shares those of
    their money, weighed by the number of their lines.

    Parameters
    ----------
    spent : array of float, shape (customers, groups)
        Money spent on each group, 0 at least.
    lines : array of float, shape (customers,)
    shares : array of float, shape (groups,)
    concentration : float

    Returns
    -------
    array of float, shape (customers, groups)
        Each row adds up to 1.
    """
    total = spent.sum(axis=1, keepdims=True)
    own = np.divide(spent, total, out=np.zeros_like(spent), where=total > 0)
    weight = np.where(total > 0, lines[:, None], 0.0)
    return np.asarray((weight * own + concentration * shares) / (weight + concentration))
