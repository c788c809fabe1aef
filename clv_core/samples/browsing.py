"""Visits to the sample shop's site: they lead orders and die away after dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from clv_core.samples.baskets import CATEGORIES, FAVOURITE_SHARE, LADDER
from clv_core.samples.ledger import Orders
from clv_core.samples.process import (
    DAY_SECONDS,
    HISTORY_DAYS,
    HISTORY_SECONDS,
    BoolArray,
    FloatArray,
    IntArray,
    Population,
    draw_event_days,
    draw_seconds,
)

TRACKED_SHARE: Final = 0.7  # of customers, those who accept the site's tracking
LEADS_PER_ORDER: Final = 1.0  # mean number of visits on the days before an order
LEAD_DAYS: Final = 5.0  # mean days of such a visit before the order, on top of 1
IDLE_VISITS: Final = (0.004, 0.25)  # a day without intent: for all, and per daily order rate
FADING_DAYS: Final = 12.0  # mean days of idle visits after dropout
LEAD_CART_SHARE: Final = 0.35  # visits before an order that fill a cart
IDLE_CART_SHARE: Final = 0.04
VIEW_SECONDS: Final = (85.0, 0.8)  # median, and spread of its logarithm

EVENT_TYPES: Final = ("view", "cart", "purchase")


@dataclass(frozen=True)
class Visits:
    """Visits to the site, each of which begins with one page; arrays of one length.

    Attributes
    ----------
    owner, second, product : as in :class:`~clv_core.samples.ledger.Orders`, of the page
    cart_share : probability that the visit fills a cart
    order_second : when the visit's order is placed, -1 without one
    """

    owner: IntArray
    second: IntArray
    product: IntArray
    cart_share: FloatArray
    order_second: IntArray


@dataclass(frozen=True)
class Events:
    """Browsing events in order of time; arrays of one length.

    Attributes
    ----------
    owner, second, product : as in :class:`Visits`
    kind : position in :data:`EVENT_TYPES`
    session : number of the visit, counted in order of time
    duration_seconds : time on the page of a view, -1 for other events
    """

    owner: IntArray
    second: IntArray
    product: IntArray
    kind: IntArray
    session: IntArray
    duration_seconds: IntArray


def draw_events(
    population: Population, favourite: IntArray, orders: Orders, rng: np.random.Generator
) -> Events:
    """Draw what tracked customers do on the site up to the last day.

    Orders after the last day have visits before them as well, so the files hold
    traces of purchases that they do not contain.
    """
    tracked = rng.random(len(population.order_rate)) < TRACKED_SHARE
    kept = np.append(tracked, False)[orders.owner]  # a guest has no account
    orders = Orders(orders.owner[kept], orders.second[kept], orders.product[kept])
    return _list_events(
        (
            _visit_to_order(orders, rng),
            _visit_before_orders(population, favourite, orders, rng),
            _visit_idly(population, favourite, tracked, rng),
        ),
        rng,
    )


def _visit_to_order(orders: Orders, rng: np.random.Generator) -> Visits:
    placed = orders.placed
    second = orders.second[placed]
    begin = np.maximum(second - rng.integers(120, 1500, len(second)), 0)
    return Visits(
        orders.owner[placed], begin, orders.product[placed], np.zeros(len(second)), second
    )


def _visit_before_orders(
    population: Population, favourite: IntArray, orders: Orders, rng: np.random.Generator
) -> Visits:
    count = rng.poisson(LEADS_PER_ORDER, len(orders.owner))
    order = np.repeat(np.arange(len(orders.owner)), count)
    ahead = 1 + np.floor(rng.exponential(LEAD_DAYS, len(order))).astype(np.int64)
    owner, day = orders.owner[order], orders.second[order] // DAY_SECONDS - ahead
    # Before the first order the shop has no account to hang a visit on.
    kept = (day > population.acquired_day[owner]) & (day < HISTORY_DAYS)
    return _land(owner[kept], day[kept], favourite, LEAD_CART_SHARE, rng)


def _visit_idly(
    population: Population, favourite: IntArray, tracked: BoolArray, rng: np.random.Generator
) -> Visits:
    base, per_order = IDLE_VISITS
    customers = len(population.order_rate)
    keenness = rng.standard_gamma(2.0, customers) / 2
    rate = (base + per_order * population.order_rate) * keenness * tracked
    fading = np.floor(rng.exponential(FADING_DAYS, customers)).astype(np.int64)
    end = np.minimum(population.dropout_day + fading, HISTORY_DAYS - 1)
    owner, day = draw_event_days(rate, population.acquired_day + 1, end, rng)
    return _land(owner, day, favourite, IDLE_CART_SHARE, rng)


def _land(
    owner: IntArray, day: IntArray, favourite: IntArray, cart: float, rng: np.random.Generator
) -> Visits:
    count = len(owner)
    anywhere = rng.integers(0, len(CATEGORIES), count)
    category = np.where(rng.random(count) < FAVOURITE_SHARE, favourite[owner], anywhere)
    return Visits(
        owner=owner,
        second=day * DAY_SECONDS + draw_seconds(count, rng),
        product=category * LADDER + rng.integers(0, LADDER, count),
        cart_share=np.full(count, cart),
        order_second=np.full(count, -1, dtype=np.int64),
    )


def _list_events(parts: tuple[Visits, ...], rng: np.random.Generator) -> Events:
    second = np.concatenate([part.second for part in parts])
    order_second = np.concatenate([part.order_second for part in parts])
    cart_share = np.concatenate([part.cart_share for part in parts])
    cart = np.flatnonzero(rng.random(len(second)) < cart_share)
    bought = np.flatnonzero(order_second >= 0)
    in_cart = np.minimum(second[cart] + rng.integers(20, 110, len(cart)), HISTORY_SECONDS - 1)
    visit = np.concatenate([np.arange(len(second)), cart, bought])
    kind = np.repeat([0, 1, 2], [len(second), len(cart), len(bought)])
    moment = np.concatenate([second, in_cart, order_second[bought]])
    median, spread = VIEW_SECONDS
    stay = np.floor(1 + median * np.exp(spread * rng.standard_normal(len(second))))
    by_time = np.lexsort((visit, kind, moment))
    visit, kind = visit[by_time], kind[by_time]
    return Events(
        owner=np.concatenate([part.owner for part in parts])[visit],
        second=moment[by_time],
        product=np.concatenate([part.product for part in parts])[visit],
        kind=kind,
        session=_rank_by_time(second)[visit],
        duration_seconds=np.where(kind == 0, stay[visit].astype(np.int64), -1),
    )


def _rank_by_time(second: IntArray) -> IntArray:
    rank = np.empty(len(second), dtype=np.int64)
    rank[np.argsort(second, kind="stable")] = np.arange(1, len(second) + 1)
    return rank
