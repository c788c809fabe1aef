"""What lies in an order of the sample shop, and what of it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from clv_core.samples.process import BoolArray, FloatArray, IntArray
from clv_core.samples.words import CATALOGUE

CATEGORIES: Final = tuple(CATALOGUE)
LADDER: Final = len(CATALOGUE[CATEGORIES[0]])  # products per category, cheapest first
PRICES_CENTS: Final = np.array([cents for shelf in CATALOGUE.values() for _, cents in shelf])

ORDER_SPREAD: Final = 0.6  # of the log value of one customer's orders
LINES_SHARE: Final = (0.60, 0.24, 0.10, 0.04, 0.02)  # orders with 1, 2, ... lines
QUANTITY_SHARE: Final = (0.80, 0.13, 0.05, 0.02)  # lines with 1, 2, ... pieces
FAVOURITE_SHARE: Final = 0.55  # lines from the customer's favourite category
REFUND_SHARE: Final = 0.04  # of orders
FULL_REFUND_SHARE: Final = 0.55  # of refunds; the others give back one line
REFUND_DAYS: Final = (2, 8.0)  # at least, and the mean of what comes on top

# One ladder after another on a single rising scale, so that one search finds every price.
_SHELF: Final = 10_000_000
_SCALE: Final = np.repeat(np.arange(len(CATEGORIES)), LADDER) * _SHELF + PRICES_CENTS


@dataclass(frozen=True)
class Lines:
    """Order lines; arrays of one length, grouped by order, a product once per order.

    Attributes
    ----------
    order : position of the order
    product : position in the catalogue
    quantity : pieces
    cents : quantity times price, US cents
    """

    order: IntArray
    product: IntArray
    quantity: IntArray
    cents: IntArray


@dataclass(frozen=True)
class Refunds:
    """Lines given back, by position in :class:`Lines`, with the days until then."""

    line: IntArray
    delay_days: IntArray  # the same for all lines of an order


def draw_lines(mean_basket: FloatArray, favourite: IntArray, rng: np.random.Generator) -> Lines:
    """Fill orders with catalogue products whose prices add up to heavy-tailed values.

    An order's value is lognormal around its customer's mean and is split over its
    lines at random. Each line takes one of the two products whose prices enclose its
    value, the nearer one more often, so that prices are right on average.

    Parameters
    ----------
    mean_basket : (orders,) expected value of the order, USD
    favourite : (orders,) position of the customer's favourite category
    """
    orders = len(mean_basket)
    noise = ORDER_SPREAD * rng.standard_normal(orders) - ORDER_SPREAD**2 / 2
    value_cents = 100 * mean_basket * np.exp(noise)
    order = np.repeat(np.arange(orders), 1 + rng.choice(len(LINES_SHARE), orders, p=LINES_SHARE))
    portion = rng.standard_gamma(3.0, len(order))
    portion /= np.bincount(order, weights=portion, minlength=orders)[order]
    category = np.where(
        rng.random(len(order)) < FAVOURITE_SHARE,
        favourite[order],
        rng.integers(0, len(CATEGORIES), len(order)),
    )
    quantity = 1 + rng.choice(len(QUANTITY_SHARE), len(order), p=QUANTITY_SHARE)
    product, quantity = _pick_products(value_cents[order] * portion, category, quantity, rng)
    return _merge_lines(order, product, quantity)


def _pick_products(
    cents: FloatArray, category: IntArray, quantity: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    first = category * LADDER
    cheapest, dearest = PRICES_CENTS[first], PRICES_CENTS[first + LADDER - 1]
    quantity = np.where(cents < quantity * cheapest, 1, quantity)
    quantity = np.maximum(quantity, np.ceil(cents / dearest).astype(np.int64))
    target = cents / quantity
    below = np.searchsorted(_SCALE, category * _SHELF + target, side="right") - 1
    below = np.clip(below, first, first + LADDER - 2)
    step = PRICES_CENTS[below + 1] - PRICES_CENTS[below]
    nearness = (target - PRICES_CENTS[below]) / step
    return below + (rng.random(len(cents)) < nearness), quantity


def _merge_lines(order: IntArray, product: IntArray, quantity: IntArray) -> Lines:
    key, line = np.unique(order * len(PRICES_CENTS) + product, return_inverse=True)
    pieces = np.bincount(line, weights=quantity).astype(np.int64)
    order, product = np.divmod(key, len(PRICES_CENTS))
    return Lines(order, product, pieces, pieces * PRICES_CENTS[product])


def draw_refunds(lines: Lines, orders: int, rng: np.random.Generator) -> Refunds:
    """Choose the orders that come back, wholly or by one of their lines."""
    refunded = rng.random(orders) < REFUND_SHARE
    whole = rng.random(orders) < FULL_REFUND_SHARE
    least, mean = REFUND_DAYS
    delay = least + np.floor(rng.exponential(mean, orders)).astype(np.int64)
    start = np.searchsorted(lines.order, np.arange(orders))
    count = np.bincount(lines.order, minlength=orders)
    single = start + np.floor(rng.random(orders) * count).astype(np.int64)
    position = np.arange(len(lines.order))
    back: BoolArray = refunded[lines.order] & (
        whole[lines.order] | (position == single[lines.order])
    )
    line = np.flatnonzero(back)
    return Refunds(line, delay[lines.order[line]])


def expect_refunded_share() -> float:
    """Return the share of an order's value that is expected to come back.

    A line given back is on average the n-th part of an order of n lines.
    """
    one_line = sum(share / lines for lines, share in enumerate(LINES_SHARE, start=1))
    return REFUND_SHARE * (FULL_REFUND_SHARE + (1 - FULL_REFUND_SHARE) * one_line)
