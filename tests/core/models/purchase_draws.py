"""Customers drawn from the models themselves, with what they did afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clv_core.models.purchase_process import PurchaseHistories

PARETO_NBD = np.array([0.6, 10.0, 0.7, 12.0])
BG_NBD = np.array([0.6, 8.0, 0.8, 2.5])
MBG_NBD = np.array([0.6, 8.0, 0.8, 2.5])
MIN_TENURE_WEEKS, MAX_TENURE_WEEKS = 15.0, 60.0


@dataclass(frozen=True)
class Draw:
    """Histories, whether still a customer at the cutoff, purchases in the window after it."""

    histories: PurchaseHistories
    alive: np.ndarray
    later_purchases: np.ndarray


def draw_pareto_nbd(customers: int, window_weeks: float, seed: int) -> Draw:
    """Draw from the Pareto/NBD with the parameters ``PARETO_NBD``."""
    random = np.random.default_rng(seed)
    r, alpha, s, beta = PARETO_NBD
    rate = random.gamma(r, 1 / alpha, customers)
    leaves = random.exponential(1 / random.gamma(s, 1 / beta, customers))
    tenure = random.uniform(MIN_TENURE_WEEKS, MAX_TENURE_WEEKS, customers)
    active = np.minimum(leaves, tenure)
    count = random.poisson(rate * active)
    # The last of n uniform moments.
    last = np.where(count > 0, active * random.random(customers) ** (1 / np.maximum(count, 1)), 0)
    ahead = np.clip(leaves - tenure, 0, window_weeks)
    histories = PurchaseHistories(count.astype(float), last, tenure, np.ones(customers))
    return Draw(histories, leaves > tenure, random.poisson(rate * ahead))


def draw_bg_nbd(customers: int, window_weeks: float, seed: int) -> Draw:
    """Draw from the BG/NBD with the parameters ``BG_NBD``, purchase by purchase."""
    return _draw_leaving_after_purchases(customers, window_weeks, seed, BG_NBD, at_first=False)


def draw_mbg_nbd(customers: int, window_weeks: float, seed: int) -> Draw:
    """Draw from the MBG/NBD with the parameters ``MBG_NBD``, purchase by purchase."""
    return _draw_leaving_after_purchases(customers, window_weeks, seed, MBG_NBD, at_first=True)


def _draw_leaving_after_purchases(
    customers: int, window_weeks: float, seed: int, parameters: np.ndarray, *, at_first: bool
) -> Draw:
    random = np.random.default_rng(seed)
    r, alpha, a, b = parameters
    rate = random.gamma(r, 1 / alpha, customers)
    leaving_share = random.beta(a, b, customers)
    tenure = random.uniform(MIN_TENURE_WEEKS, MAX_TENURE_WEEKS, customers)
    clock, last = np.zeros(customers), np.zeros(customers)
    count, later = np.zeros(customers), np.zeros(customers, dtype=int)
    staying = random.random(customers) >= leaving_share if at_first else np.ones(customers, bool)
    alive_at_cutoff = staying.copy()
    while staying.any():
        clock = clock + random.exponential(1 / rate)
        buys = staying & (clock <= tenure + window_weeks)
        before = buys & (clock <= tenure)
        count += before
        last = np.where(before, clock, last)
        later += buys & ~before
        leaves = random.random(customers) < leaving_share
        alive_at_cutoff &= ~(before & leaves)
        staying = buys & ~leaves
    histories = PurchaseHistories(count, last, tenure, np.ones(customers))
    return Draw(histories, alive_at_cutoff, later)
