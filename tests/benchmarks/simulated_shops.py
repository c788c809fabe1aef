"""Shops drawn from wide families of buying processes, for models meant for any shop.

A family is drawn once per shop: how customers differ in pace, how regular or clumpy their
gaps are, whether and when they leave, season and growth, what they spend and whether that
goes with their pace, how much comes back. Units are days and the shop's currency.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import gamma

from clv_core.cleaning.tables import Tables

FIRST_DAY: Final = dt.date(2020, 1, 1)
MOST_PURCHASES: Final = 400  # of one customer
YEAR_DAYS: Final = 365.25

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Shop:
    """How one shop's customers buy.

    Attributes
    ----------
    customers : int
        Who buy for the first time by ``history_days``.
    history_days, horizon_days : int
        The cutoff is the last day of history.
    mean_gap_days : float
        Median over customers of the mean time between purchases.
    pace_spread : float
        Standard deviation of the log pace over customers.
    has_gamma_pace : bool
        Gamma instead of lognormal over customers, with the same spread at the median.
    regularity : float
        Shape of the gamma-distributed gaps: 1 is random, more is regular, less is clumpy.
    is_weibull : bool
        Weibull gaps of that shape instead.
    lifetime_days : float
        Median of the time until a customer leaves; infinite where nobody does.
    lifetime_spread : float
        Of its log over customers, beside the exponential.
    leaving_at_once : float
        Share who never come back.
    growth_per_year : float
        Factor by which arrivals grow within a year.
    arrival_share : float
        Part of history over which customers arrive.
    season : float
        How far pace swings over the year, 0 to 1.
    trend_per_year : float
        Factor by which everybody's pace grows within a year.
    mean_amount : float
        Median over customers of the mean amount of a purchase day.
    amount_spread, day_spread : float
        Of log amounts over customers, and over one customer's days.
    pace_amount_link : float
        Correlation of log pace and log mean amount over customers.
    returned_share : float
        Of purchases, of which a part comes back later.
    """

    customers: int
    history_days: int
    horizon_days: int
    mean_gap_days: float
    pace_spread: float
    has_gamma_pace: bool
    regularity: float
    is_weibull: bool
    lifetime_days: float
    lifetime_spread: float
    leaving_at_once: float
    growth_per_year: float
    arrival_share: float
    season: float
    trend_per_year: float
    mean_amount: float
    amount_spread: float
    day_spread: float
    pace_amount_link: float
    returned_share: float

    @property
    def cutoff(self) -> dt.date:
        """Last day of history."""
        return FIRST_DAY + dt.timedelta(days=self.history_days)


def draw_shop(random: np.random.Generator, customers: int | None = None) -> Shop:
    """Draw a shop; of a given number of customers, or of 100 to 3,000."""
    history = int(np.exp(random.uniform(np.log(90), np.log(1100))))
    horizon = int(np.clip(history * np.exp(random.uniform(np.log(0.15), np.log(1.0))), 30, 365))
    stays = random.random() < 0.15
    return Shop(
        customers=customers or int(np.exp(random.uniform(np.log(100), np.log(3000)))),
        history_days=history,
        horizon_days=horizon,
        mean_gap_days=float(np.exp(random.uniform(np.log(15), np.log(400)))),
        pace_spread=float(random.uniform(0.3, 1.6)),
        has_gamma_pace=bool(random.random() < 0.5),
        regularity=float(np.exp(random.normal(0.1, 0.45))),
        is_weibull=bool(random.random() < 0.4),
        lifetime_days=np.inf if stays else float(np.exp(random.uniform(np.log(40), np.log(1500)))),
        lifetime_spread=float(random.uniform(0.0, 1.5)),
        leaving_at_once=float(random.choice([0.0, random.uniform(0.0, 0.6)])),
        growth_per_year=float(np.exp(random.normal(0.1, 0.6))),
        arrival_share=float(random.choice([random.uniform(0.15, 0.5), 1.0], p=[0.3, 0.7])),
        season=float(random.choice([0.0, random.uniform(0.0, 0.7)])),
        trend_per_year=float(np.exp(random.normal(0.0, 0.25))),
        mean_amount=float(np.exp(random.uniform(np.log(8), np.log(400)))),
        amount_spread=float(random.uniform(0.1, 1.1)),
        day_spread=float(random.uniform(0.1, 1.0)),
        pace_amount_link=float(random.choice([0.0, random.uniform(-0.4, 0.7)])),
        returned_share=float(random.choice([0.0, random.uniform(0.0, 0.15)])),
    )


def simulate_orders(shop: Shop, random: np.random.Generator) -> pd.DataFrame:
    """Return orders until the horizon's end, as ``columns.ORDERS`` has them."""
    first = _draw_arrivals(shop, random)
    pace, amount = _draw_customers(shop, random)
    end = np.minimum(_draw_ends(shop, first, random), shop.history_days + shop.horizon_days)
    customer, day = _draw_days(shop, first, pace, end, random)
    money = amount[customer] * np.exp(
        random.normal(-0.5 * shop.day_spread**2, shop.day_spread, len(day))
    )
    orders = pd.DataFrame({"customer_key": customer + 1, "day": day, "amount": money})
    back = orders[random.random(len(orders)) < shop.returned_share]
    returns = back.assign(
        day=back["day"] + random.integers(2, 25, len(back)),
        amount=-back["amount"] * random.choice([1.0, 0.4], len(back)),
    )
    table = pd.concat([orders.assign(is_return=False), returns.assign(is_return=True)])
    table = table[table["day"] <= shop.history_days + shop.horizon_days].sort_values(
        ["day", "customer_key"], kind="stable"
    )
    return pd.DataFrame(
        {
            "customer_key": table["customer_key"].to_numpy(np.int64),
            "order_key": np.arange(1, len(table) + 1),
            "order_time": pd.Timestamp(FIRST_DAY)
            + pd.to_timedelta(table["day"].to_numpy(), unit="D")
            + pd.Timedelta(hours=12),
            "amount": table["amount"].round(2).to_numpy(),
            "quantity": np.where(table["is_return"], -1.0, 1.0),
            "distinct_products": np.zeros(len(table), dtype=np.int64),
            "is_return": table["is_return"].to_numpy(bool),
        }
    )


def write_shop(shop: Shop, random: np.random.Generator, folder: Path) -> Tables:
    """Simulate a shop and write it as cleaned tables into a folder."""
    orders = simulate_orders(shop, random)
    folder.mkdir(parents=True)
    orders.to_parquet(folder / "orders.parquet", index=False)
    last = shop.cutoff + dt.timedelta(days=shop.horizon_days)
    first = orders["order_time"].min().date()
    tables = Tables(folder, first, last, orders["customer_key"].nunique(), len(orders))
    tables.write_facts()
    return tables


def _draw_arrivals(shop: Shop, random: np.random.Generator) -> Floats:
    """Draw first days, denser with growth: the inverse of an exponential trend."""
    span = max(shop.history_days * shop.arrival_share, 20.0)
    slope = np.log(shop.growth_per_year) * span / YEAR_DAYS
    even = random.random(shop.customers)
    share = even if abs(slope) < 1e-6 else np.log1p(even * np.expm1(slope)) / slope
    return np.floor(share * span)


def _draw_customers(shop: Shop, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw each customer's purchases per day and mean amount."""
    shared = random.normal(size=shop.customers)
    own = random.normal(size=shop.customers)
    link = shop.pace_amount_link
    amount = shop.mean_amount * np.exp(
        shop.amount_spread * (link * shared + np.sqrt(1 - link**2) * own)
    )
    if not shop.has_gamma_pace:
        return np.exp(shop.pace_spread * shared) / shop.mean_gap_days, amount
    shape = 1 / shop.pace_spread**2
    # The gamma's draws in the order of the normal ones, so that the link holds.
    pace = np.sort(random.gamma(shape, 1 / shape, shop.customers))
    return pace[np.argsort(np.argsort(shared))] / shop.mean_gap_days, amount


def _draw_ends(shop: Shop, first: Floats, random: np.random.Generator) -> Floats:
    """Draw the last day on which each customer could buy."""
    stays = random.exponential(size=shop.customers) / np.log(2)
    stays *= shop.lifetime_days * np.exp(random.normal(0, shop.lifetime_spread, shop.customers))
    return first + np.where(random.random(shop.customers) < shop.leaving_at_once, 0.0, stays)


def _draw_days(
    shop: Shop, first: Floats, pace: Floats, end: Floats, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw purchase days, all customers one purchase at a time; season bends their clock."""
    now, alive = first.copy(), np.arange(shop.customers)
    customers, days = [alive], [first]
    for _ in range(MOST_PURCHASES):
        gaps = _draw_gaps(shop, len(alive), random) / (pace[alive] * _speed(shop, now[alive]))
        later = now[alive] + np.maximum(gaps, 0.5)
        still = later <= end[alive]
        alive = alive[still]
        if not len(alive):
            break
        now[alive] = later[still]
        customers.append(alive)
        days.append(np.floor(later[still]))
    return np.concatenate(customers), np.concatenate(days).astype(int)


def _draw_gaps(shop: Shop, count: int, random: np.random.Generator) -> Floats:
    """Draw gaps with mean 1."""
    shape = shop.regularity
    if shop.is_weibull:
        return np.asarray(random.weibull(shape, count) / gamma(1 + 1 / shape))
    return random.gamma(shape, 1 / shape, count)


def _speed(shop: Shop, day: Floats) -> Floats:
    season = 1 + shop.season * np.sin(2 * np.pi * day / YEAR_DAYS)
    trend = shop.trend_per_year ** ((day - shop.history_days) / YEAR_DAYS)
    return np.asarray(np.maximum(season, 0.05) * trend)
