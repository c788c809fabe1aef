"""Fern & Field, a shop that does not exist, as the files it would export.

Everything is drawn from one seed, each part from its own stream, so that the same
seed and number of customers give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from clv_core.errors import InvalidSetting
from clv_core.samples.baskets import CATEGORIES, expect_refunded_share
from clv_core.samples.browsing import draw_events
from clv_core.samples.ledger import Ledger, draw_ledger
from clv_core.samples.people import draw_people, draw_ratings
from clv_core.samples.process import (
    DAY_SECONDS,
    HISTORY_DAYS,
    HORIZONS_DAYS,
    FloatArray,
    Population,
    draw_population,
    expect_orders,
)
from clv_core.samples.tables import (
    SampleCounts,
    date_seconds,
    table_events,
    table_future,
    table_orders,
    table_reviews,
)
from clv_core.sentences import Sentence


@dataclass(frozen=True)
class SampleTruth:
    """What only the generator knows.

    Attributes
    ----------
    customers : one row per customer
        ``customer_id``, ``acquisition_channel``, ``acquired_on``, ``orders_per_day``,
        ``dropout_per_day``, ``dropped_out_on`` (last day on which the customer could
        order, often after the files end), ``alive``, ``mean_basket`` (USD, before
        refunds), and for 90, 180 and 365 days after the last day
        ``expected_orders_*_days``, ``expected_spend_*_days`` (USD, given all parameters)
        and ``spend_*_days`` (USD, one draw of that future). Spend is that of the orders
        in the window, net of whatever comes back of them.
    counts : SampleCounts
    """

    customers: pd.DataFrame
    counts: SampleCounts


@dataclass(frozen=True)
class SampleShop:
    """The four exports, as frames with the columns of the files, and the truth."""

    orders: pd.DataFrame  # one row per order line, refunds included
    events: pd.DataFrame
    reviews: pd.DataFrame
    customers: pd.DataFrame
    truth: pd.DataFrame  # SampleTruth.customers
    future: pd.DataFrame  # what is bought after the last day (``tables.table_future``)
    counts: SampleCounts


def write_samples(folder: Path, customers: int = 3000, seed: int = 7) -> SampleTruth:
    """Write orders.csv, events.csv, reviews.csv and customers.csv into a folder.

    Parameters
    ----------
    folder : Path
        Made where it does not exist; files of these names are replaced.
    customers : int, default 3000
        At least 1.
    seed : int, default 7
        0 or more.

    Returns
    -------
    SampleTruth

    Raises
    ------
    InvalidSetting
        When the number of customers or the seed is out of range.
    """
    shop = generate_shop(customers, seed)
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(shop.orders, folder / "orders.csv", "none")
    _write_csv(shop.events, folder / "events.csv", "none")
    # Free text needs its quotes; elsewhere a comma would be a mistake of ours and raises.
    _write_csv(shop.reviews, folder / "reviews.csv", "needed")
    _write_csv(shop.customers, folder / "customers.csv", "none")
    return SampleTruth(shop.truth, shop.counts)


def generate_shop(customers: int = 3000, seed: int = 7) -> SampleShop:
    """Draw the whole shop in memory; parameters and Raises as in :func:`write_samples`."""
    if customers < 1 or seed < 0:
        raise InvalidSetting(
            Sentence("A sample shop cannot be drawn with these numbers."),
            Sentence("Give at least 1 customer and a seed of 0 or more."),
        )
    streams = np.random.default_rng(seed).spawn(8)
    population = draw_population(customers, streams[0])
    favourite = streams[1].integers(0, len(CATEGORIES), customers + 1)
    ledger = draw_ledger(population, favourite, streams[2])
    ids = np.array([f"C{number:06d}" for number in range(1, customers + 1)] + [None], dtype=object)
    people = draw_people(ids[:-1], population.channel, streams[3])
    ratings = draw_ratings(ledger.orders.owner, population, people.writes_chinese, streams[4])
    events = draw_events(population, favourite, ledger.orders, streams[5])
    orders, counts = table_orders(ledger, ids, streams[6])
    return SampleShop(
        orders=orders,
        events=table_events(events, ids),
        reviews=table_reviews(ratings, ledger.orders, ids, streams[7]),
        customers=people.table,
        truth=_tell_truth(population, ledger, people.table),
        future=table_future(ledger, ids),
        counts=counts,
    )


def _tell_truth(population: Population, ledger: Ledger, people: pd.DataFrame) -> pd.DataFrame:
    truth = people[["customer_id", "acquisition_channel"]].assign(
        acquired_on=date_seconds(population.acquired_day * DAY_SECONDS),
        orders_per_day=population.order_rate,
        dropout_per_day=population.dropout_rate,
        dropped_out_on=date_seconds(population.dropout_day * DAY_SECONDS),
        alive=population.alive,
        mean_basket=population.mean_basket,
    )
    kept_share = 1 - expect_refunded_share()
    for horizon_days, orders in expect_orders(population).items():
        truth[f"expected_orders_{horizon_days}_days"] = orders
        truth[f"expected_spend_{horizon_days}_days"] = orders * population.mean_basket * kept_share
    for horizon_days in HORIZONS_DAYS:
        truth[f"spend_{horizon_days}_days"] = _sum_future_spend(ledger, len(truth), horizon_days)
    return truth


def _sum_future_spend(ledger: Ledger, customers: int, horizon_days: int) -> FloatArray:
    cents = ledger.lines.cents.copy()
    cents[ledger.refunds.line] = 0
    day = ledger.orders.second // DAY_SECONDS - HISTORY_DAYS
    inside = ((day >= 0) & (day < horizon_days))[ledger.lines.order]
    owner = ledger.orders.owner[ledger.lines.order]
    total = np.bincount(owner[inside], weights=cents[inside], minlength=customers + 1)
    return np.asarray(total[:customers] / 100, dtype=np.float64)


def _write_csv(frame: pd.DataFrame, path: Path, quoting: Literal["none", "needed"]) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for position, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):  # money, always with two decimals
            cents = pc.round(table.column(position), 2).cast(pa.decimal128(12, 2))
            table = table.set_column(position, field.name, cents)
    options = pa_csv.WriteOptions(quoting_style=quoting, quoting_header="none")
    pa_csv.write_csv(table, path, options)
