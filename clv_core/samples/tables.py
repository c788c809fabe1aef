"""The sample shop's ledger, visits and reviews laid out as the rows of its exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from clv_core.samples.baskets import PRICES_CENTS
from clv_core.samples.browsing import EVENT_TYPES, Events
from clv_core.samples.ledger import Ledger, Orders
from clv_core.samples.people import Ratings
from clv_core.samples.process import (
    DAY_SECONDS,
    FIRST_DAY,
    HISTORY_SECONDS,
    IntArray,
    draw_seconds,
)
from clv_core.samples.words import CATALOGUE

CURRENCY: Final = "USD"
DUPLICATE_SHARE: Final = 0.006  # lines with a customer that stand in the file twice
FIRST_ORDER_NUMBER: Final = 100_001

PRODUCTS: Final = pd.DataFrame(
    [
        (f"{category[:3].upper()}-{rung:02d}", name, category)
        for category, shelf in CATALOGUE.items()
        for rung, (name, _) in enumerate(shelf, start=1)
    ],
    columns=["product_id", "product_name", "category"],
)


@dataclass(frozen=True)
class SampleCounts:
    """What was put into ``orders.csv`` for the cleaning to find."""

    orders: int  # guests' included, refunds not
    refunded_orders: int  # with a refund up to the last day
    lines_without_customer: int  # guests' refund lines included
    duplicate_lines: int  # second copies, all of lines with a customer


@dataclass(frozen=True)
class Rows:
    """Rows of ``orders.csv``: a line of the ledger, sold (+1) or given back (-1), and when."""

    line: IntArray
    sign: IntArray
    second: IntArray

    def take(self, position: IntArray) -> Rows:
        return Rows(self.line[position], self.sign[position], self.second[position])


def table_orders(
    ledger: Ledger, ids: npt.NDArray[np.object_], rng: np.random.Generator
) -> tuple[pd.DataFrame, SampleCounts]:
    """Lay out the lines and refund lines up to the last day, and repeat a few of them.

    Parameters
    ----------
    ids : (customers + 1,) customer ids; the last, None, is the guests'
    """
    rows = list_rows(ledger)
    order = ledger.lines.order[rows.line]
    known = np.flatnonzero(ledger.orders.owner[order] < len(ids) - 1)
    copies = rng.choice(known, round(DUPLICATE_SHARE * len(known)), replace=False)
    counts = SampleCounts(
        orders=int(ledger.orders.placed.sum()),
        refunded_orders=len(np.unique(order[rows.sign < 0])),
        lines_without_customer=len(order) - len(known),
        duplicate_lines=len(copies),
    )
    rows = rows.take(np.sort(np.concatenate([np.arange(len(order)), copies])))
    return _table_rows(ledger, rows, ids), counts


def list_rows(ledger: Ledger) -> Rows:
    """List lines sold and given back up to the last day, in order of time."""
    sold, back = np.arange(len(ledger.lines.order)), ledger.refunds.line
    second = ledger.orders.second[ledger.lines.order]
    # Refunds are booked in the morning, all lines of an order in one go.
    order = ledger.lines.order[back]
    day = second[back] // DAY_SECONDS + ledger.refunds.delay_days
    booked = day * DAY_SECONDS + 9 * 3600 + order % 7200
    rows = Rows(
        line=np.concatenate([sold, back]),
        sign=np.repeat([1, -1], [len(sold), len(back)]),
        second=np.concatenate([second, booked]),
    )
    rows = rows.take(np.flatnonzero(rows.second < HISTORY_SECONDS))
    return rows.take(np.lexsort((rows.line, rows.second)))


def _table_rows(ledger: Ledger, rows: Rows, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    order = ledger.lines.order[rows.line]
    product = ledger.lines.product[rows.line]
    number = pd.Series(FIRST_ORDER_NUMBER + order).astype("str")
    frame = pd.DataFrame(
        {
            "order_id": "FF-" + number + np.where(rows.sign < 0, "-R1", ""),
            "order_time": date_seconds(rows.second),
            "customer_id": _take_ids(ids, ledger.orders.owner[order]),
        }
    )
    for column in PRODUCTS:
        frame[column] = PRODUCTS[column].to_numpy()[product]
    frame["quantity"] = rows.sign * ledger.lines.quantity[rows.line]
    frame["unit_price"] = PRICES_CENTS[product] / 100
    frame["amount"] = rows.sign * ledger.lines.cents[rows.line] / 100
    frame["currency"] = CURRENCY
    return frame


def table_future(ledger: Ledger, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    """List what is bought after the last day and kept: one draw of the future, line by line.

    Returns
    -------
    DataFrame with ``customer_id``, ``day`` (1 is the day after the last), ``product_id``,
        ``category``, ``quantity``, ``amount``
        Lines that come back later are left out, as they are from the truth's spend.
    """
    lines, owner = ledger.lines, ledger.orders.owner[ledger.lines.order]
    second = ledger.orders.second[lines.order]
    kept = (second >= HISTORY_SECONDS) & (owner < len(ids) - 1)
    kept[ledger.refunds.line] = False
    chosen = np.flatnonzero(kept)
    products = PRODUCTS.iloc[lines.product[chosen]].reset_index(drop=True)
    return pd.DataFrame(
        {
            "customer_id": _take_ids(ids, owner[chosen]),
            "day": (second[chosen] - HISTORY_SECONDS) // DAY_SECONDS + 1,
            "product_id": products["product_id"],
            "category": products["category"],
            "quantity": lines.quantity[chosen],
            "amount": lines.cents[chosen] / 100,
        }
    )


def table_events(events: Events, ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Lay out the browsing events; only views have a duration."""
    duration = pd.Series(events.duration_seconds, dtype="Int64")
    session = pd.Series(events.session).astype("str").str.zfill(6)
    return pd.DataFrame(
        {
            "event_time": date_seconds(events.second),
            "customer_id": _take_ids(ids, events.owner),
            "event_type": np.array(EVENT_TYPES, dtype=object)[events.kind],
            "product_id": PRODUCTS["product_id"].to_numpy()[events.product],
            "session_id": "S" + session,
            "duration_seconds": duration.mask(duration < 0),
        }
    )


def table_reviews(
    ratings: Ratings, orders: Orders, ids: npt.NDArray[np.object_], rng: np.random.Generator
) -> pd.DataFrame:
    """Lay out the reviews that are written by the last day, in order of time."""
    day = orders.second[ratings.order] // DAY_SECONDS + ratings.delay_days
    second = day * DAY_SECONDS + draw_seconds(len(day), rng)
    shown = np.argsort(second, kind="stable")
    shown = shown[second[shown] < HISTORY_SECONDS]
    order = ratings.order[shown]
    return pd.DataFrame(
        {
            "review_time": date_seconds(second[shown]),
            "customer_id": _take_ids(ids, orders.owner[order]),
            "product_id": PRODUCTS["product_id"].to_numpy()[orders.product[order]],
            "rating": ratings.rating[shown],
            "review_text": pd.array(ratings.text[shown], dtype="str"),
        }
    )


def date_seconds(second: IntArray) -> npt.NDArray[np.datetime64]:
    """Turn seconds since the first day began into times."""
    return np.asarray(FIRST_DAY.astype("datetime64[s]") + second.astype("timedelta64[s]"))


def _take_ids(ids: npt.NDArray[np.object_], owner: IntArray) -> pd.Series[str]:
    return pd.Series(pd.array(ids, dtype="str").take(owner))
