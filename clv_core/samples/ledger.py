"""Every order the sample shop ever takes, in order of time, with its lines and refunds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from clv_core.samples.baskets import Lines, Refunds, draw_lines, draw_refunds
from clv_core.samples.process import (
    DAY_SECONDS,
    HISTORY_DAYS,
    HISTORY_SECONDS,
    BoolArray,
    IntArray,
    Population,
    draw_days,
    draw_order_days,
    draw_seconds,
)

GUEST_SHARE: Final = 0.02  # orders without a customer id, on top of the customers' own
GUEST_BASKET: Final = 42.0  # expected value of a guest's order, USD


@dataclass(frozen=True)
class Orders:
    """All orders in order of time; arrays of one length.

    Attributes
    ----------
    owner : position of the customer; the number of customers stands for a guest
    second : seconds since the first day began
    product : catalogue position of the order's first line
    """

    owner: IntArray
    second: IntArray
    product: IntArray

    @property
    def placed(self) -> BoolArray:
        """Whether the order falls into the history that the files show."""
        return self.second < HISTORY_SECONDS


@dataclass(frozen=True)
class Ledger:
    """Orders with their lines and what of them comes back, past and future ones."""

    orders: Orders
    lines: Lines
    refunds: Refunds


def draw_ledger(population: Population, favourite: IntArray, rng: np.random.Generator) -> Ledger:
    """Draw orders, their contents and their refunds.

    Parameters
    ----------
    favourite : (customers + 1,) position of the favourite category; the last is the guests'
    """
    owner, day = draw_order_days(population, rng)
    guests = round(GUEST_SHARE * int((day < HISTORY_DAYS).sum()))
    owner = np.concatenate([owner, np.full(guests, len(population.order_rate))])
    day = np.concatenate([day, draw_days(guests, rng)])
    second = day * DAY_SECONDS + draw_seconds(len(day), rng)
    by_time = np.lexsort((owner, second))
    owner, second = owner[by_time], second[by_time]
    basket = np.append(population.mean_basket, GUEST_BASKET)
    lines = draw_lines(basket[owner], favourite[owner], rng)
    first_line = np.searchsorted(lines.order, np.arange(len(owner)))
    orders = Orders(owner, second, lines.product[first_line])
    return Ledger(orders, lines, draw_refunds(lines, len(owner), rng))
