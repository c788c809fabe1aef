"""The buying process behind the sample shop, and what it makes certain.

A Pareto/NBD shop (Schmittlein, Morrison & Colombo 1987, "Counting Your Customers",
Management Science 33(1), section 2) with two additions: a calendar that makes some
days busier, and acquisition channels that differ in every parameter. While a
customer is alive, the orders of a day are Poisson with mean rate x calendar weight;
the customer survives each day with probability exp(-dropout rate). Both rates are
gamma distributed within a channel.

Days count from 0 at :data:`FIRST_DAY`. Orders are drawn beyond :data:`LAST_DAY`, so
that browsing on the last days knows of orders to come and the future can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FIRST_DAY: Final = np.datetime64("2024-11-01", "D")
LAST_DAY: Final = np.datetime64("2026-10-31", "D")
HISTORY_DAYS: Final = int((LAST_DAY - FIRST_DAY).astype(np.int64)) + 1
HORIZONS_DAYS: Final = (90, 180, 365)
FUTURE_DAYS: Final = max(HORIZONS_DAYS)
DAY_SECONDS: Final = 86_400
HISTORY_SECONDS: Final = HISTORY_DAYS * DAY_SECONDS

MONTH_WEIGHTS: Final = (0.86, 0.84, 0.95, 1.06, 1.08, 0.94, 0.84, 0.82, 0.93, 1.0, 1.42, 1.58)
WEEKDAY_WEIGHTS: Final = (1.04, 0.98, 0.94, 0.94, 0.92, 0.98, 1.20)  # Monday first
HOUR_WEIGHTS: Final = (
    *(2, 1, 0.5, 0.3, 0.3, 0.6, 2, 4, 6, 8, 9, 9),  # midnight to noon
    *(10, 9, 8, 8, 8, 8, 9, 11, 13, 12, 8, 4),
)


@dataclass(frozen=True)
class Channel:
    """Where customers come from and how those customers behave on average."""

    name: str
    share: float  # of all customers
    days_per_order: float  # one over the channel's mean order rate
    days_alive: float  # one over the channel's mean dropout rate
    basket: float  # median over customers of the mean order value, USD


CHANNELS: Final = (
    Channel("organic_search", 0.32, 42, 150, 46.0),
    Channel("paid_social", 0.26, 56, 75, 38.0),
    Channel("marketplace", 0.18, 62, 90, 34.0),
    Channel("email", 0.10, 36, 200, 50.0),
    Channel("referral", 0.14, 32, 260, 62.0),
)
RATE_SHAPE: Final = 1.1  # gamma shape of the order rates within a channel
DROPOUT_SHAPE: Final = 0.7  # gamma shape of the dropout rates within a channel
BASKET_SPREAD: Final = 0.55  # of log mean basket, between customers
MAX_LIFETIME_DAYS: Final = 36_500  # keeps dates inside the calendar; no bearing on the files


@dataclass(frozen=True)
class Population:
    """Each customer's own parameters, in order of acquisition; arrays of one length.

    Attributes
    ----------
    channel : position in :data:`CHANNELS`
    acquired_day, dropout_day : first order; last day on which orders are possible
    order_rate, dropout_rate : per day
    mean_basket : expected value of one order before refunds, USD
    """

    channel: IntArray
    acquired_day: IntArray
    dropout_day: IntArray
    order_rate: FloatArray
    dropout_rate: FloatArray
    mean_basket: FloatArray

    @property
    def alive(self) -> BoolArray:
        """Whether the customer can still order after the last day of the files."""
        return self.dropout_day >= HISTORY_DAYS


def weigh_days() -> FloatArray:
    """Return each day's weight, 1 on average over the two years of history."""
    days = FIRST_DAY + np.arange(HISTORY_DAYS + FUTURE_DAYS)
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    weights = np.asarray(MONTH_WEIGHTS)[months] * np.asarray(WEEKDAY_WEIGHTS)[weekdays]
    return np.asarray(weights / weights[:HISTORY_DAYS].mean(), dtype=np.float64)


def draw_population(customers: int, rng: np.random.Generator) -> Population:
    """Draw every customer's parameters and lifetime."""
    channel = rng.choice(len(CHANNELS), customers, p=[channel.share for channel in CHANNELS])
    mean_rate = np.array([1 / channel.days_per_order for channel in CHANNELS])[channel]
    mean_dropout = np.array([1 / channel.days_alive for channel in CHANNELS])[channel]
    median_basket = np.array([channel.basket for channel in CHANNELS])[channel]
    order_rate = rng.gamma(RATE_SHAPE, mean_rate / RATE_SHAPE)
    dropout_rate = rng.gamma(DROPOUT_SHAPE, mean_dropout / DROPOUT_SHAPE)
    mean_basket = median_basket * np.exp(BASKET_SPREAD * rng.standard_normal(customers))
    acquired_day = np.sort(draw_days(customers, rng))
    patience = rng.standard_exponential(customers)
    # An unbounded quotient would overflow where a dropout rate is almost 0.
    lifetime = np.floor(patience / np.maximum(dropout_rate, patience / MAX_LIFETIME_DAYS))
    return Population(
        channel=channel.astype(np.int64),
        acquired_day=acquired_day,
        dropout_day=acquired_day + lifetime.astype(np.int64),
        order_rate=order_rate,
        dropout_rate=dropout_rate,
        mean_basket=mean_basket,
    )


def draw_days(count: int, rng: np.random.Generator) -> IntArray:
    """Draw days of the history, busy ones more often."""
    weights = weigh_days()[:HISTORY_DAYS]
    return rng.choice(HISTORY_DAYS, count, p=weights / weights.sum()).astype(np.int64)


def draw_event_days(
    rate: FloatArray, start_day: IntArray, end_day: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Draw events of a Poisson process that follows the calendar, for all customers at once.

    The number of a customer's events is Poisson with the rate times the weights of
    the days; given the number, the events are uniform on the scale of cumulated weight.

    Parameters
    ----------
    rate : (customers,) events per day of weight 1
    start_day, end_day : (customers,) first and last possible day, both included

    Returns
    -------
    owner, day : (events,)
        Position of the customer, and the day; grouped by owner, days unsorted.
    """
    cumulated = np.concatenate([[0.0], np.cumsum(weigh_days())])
    last = len(cumulated) - 1
    opening = cumulated[np.clip(start_day, 0, last)]
    mass = np.maximum(cumulated[np.clip(end_day + 1, 0, last)] - opening, 0.0)
    owner = np.repeat(np.arange(len(rate)), rng.poisson(rate * mass))
    position = opening[owner] + rng.random(len(owner)) * mass[owner]
    day = np.searchsorted(cumulated, position, side="right") - 1
    return owner, np.minimum(day, last - 1)


def draw_order_days(population: Population, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Draw all orders, those after the last day included; the first is the acquisition."""
    owner, day = draw_event_days(
        population.order_rate, population.acquired_day + 1, population.dropout_day, rng
    )
    everyone = np.arange(len(population.order_rate))
    return np.concatenate([everyone, owner]), np.concatenate([population.acquired_day, day])


def draw_seconds(count: int, rng: np.random.Generator) -> IntArray:
    """Draw a second of the day, mostly in waking hours."""
    weights = np.asarray(HOUR_WEIGHTS) / np.sum(HOUR_WEIGHTS)
    hour = rng.choice(24, count, p=weights)
    return (hour * 3600 + rng.integers(0, 3600, count)).astype(np.int64)


def expect_orders(population: Population) -> dict[int, FloatArray]:
    """Compute each customer's expected orders after the last day, parameters known.

    A living customer orders on the d-th day after the end with mean
    rate x weight of that day x exp(-dropout rate x d): lifetimes have no memory.

    Returns
    -------
    dict of horizon in days to (customers,) expected number of orders
        0 for everyone who has dropped out.
    """
    weights = weigh_days()[HISTORY_DAYS:]
    survival = np.exp(-population.dropout_rate)
    present = population.order_rate * population.alive
    orders = np.zeros_like(present)
    expected = {}
    for day in range(1, FUTURE_DAYS + 1):
        present = present * survival
        orders = orders + weights[day - 1] * present
        if day in HORIZONS_DAYS:
            expected[day] = orders
    return expected
