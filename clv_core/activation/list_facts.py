"""What lists of customers to act on are made from, as of any cutoff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import narwhals as nw
import numpy as np
import pandas as pd
from scipy import stats

from clv_core.cleaning.tables import Tables
from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.features.expressions import AGE, Frame, count_where, keep_seen
from clv_core.features.purchase import purchase_days, purchase_features
from clv_core.features.review_text import review_text_features
from clv_core.features.reviews import review_features
from clv_core.segments.value_tiers import assign_value_tiers
from clv_core.settings import SegmentSettings

FEWEST_SECOND_ORDERS: Final = 30  # to say when they come
REVIEWED: Final = ("last_rating", "days_since_review", "last_sentiment")
FROM_FEATURES: Final = {
    "net_spend": "past_spend",
    **{name: name for name in (FREQUENCY, RECENCY, TENURE, *REVIEWED)},
}


@dataclass(frozen=True)
class SecondOrders:
    """When second orders come in this shop.

    Attributes
    ----------
    opens_day, closes_day : int
        Days after the first purchase by which a quarter and three quarters of those who
        come back have done so.
    back_share : float
        Of all customers, those who come back as far as the days reach.
    observed : int
        Second orders seen.
    """

    opens_day: int
    closes_day: int
    back_share: float
    observed: int


@dataclass(frozen=True)
class ListFacts:
    """Everything that lists are made from, as of one day.

    Attributes
    ----------
    people : DataFrame, index ``customer_key``
        ``predicted``, ``p_buy``, ``value_tier``, ``past_spend``, ``frequency``,
        ``recency_days``, ``tenure_days``, ``recent_returns``, ``last_rating``,
        ``days_since_review``, ``last_sentiment``; NaN where unknown.
    second_orders : SecondOrders or None
        None where too few came back to say.
    """

    people: pd.DataFrame
    second_orders: SecondOrders | None


def gather_facts(
    tables: Tables,
    cutoff: dt.date,
    forecast: pd.DataFrame,
    features: pd.DataFrame,
    recent_days: int,
) -> ListFacts:
    """Put what is forecast beside what is known as of the same day.

    Parameters
    ----------
    tables : Tables
    cutoff : date
        Nothing after it is looked at.
    forecast : DataFrame, index ``customer_key``
        ``predicted``, ``p_buy``, ``value_tier``.
    features : DataFrame, index ``customer_key``
        Of a snapshot at the cutoff.
    recent_days : int
        How far back a return counts as recent.
    """
    known = features.reindex(forecast.index)
    people = forecast[["predicted", "p_buy", "value_tier"]].copy()
    for feature, name in FROM_FEATURES.items():
        people[name] = known.get(feature, np.nan)
    returned = _count_returns(tables, cutoff, recent_days)
    people["recent_returns"] = returned.reindex(people.index).fillna(0.0)
    return ListFacts(people, time_second_orders(tables, cutoff))


def gather_tested(
    tables: Tables,
    cutoff: dt.date,
    held: pd.DataFrame,
    model: str,
    cutoffs: SegmentSettings,
    recent_days: int,
) -> ListFacts:
    """Return what could be known on the day from which the test's outcome was forecast.

    Parameters
    ----------
    tables : Tables
    cutoff : date
        Of the held-out window.
    held : DataFrame, index ``customer_key``
        ``holdout.parquet`` of a run: ``predicted_<model>`` and ``p_buy``.
    model : str
    cutoffs : SegmentSettings
    recent_days : int
    """
    forecast = pd.DataFrame({"predicted": held[f"predicted_{model}"]})
    forecast["p_buy"] = held.get("p_buy", np.nan)  # not told in runs of earlier versions
    forecast["value_tier"] = assign_value_tiers(forecast, cutoffs).assignment
    frames = [purchase_features(tables.scan("orders"), cutoff)]
    if tables.has("reviews"):
        written = tables.scan("reviews")
        frames += [review_features(written, cutoff), review_text_features(written, cutoff)]
    features = pd.concat([_collect(frame).reindex(held.index) for frame in frames], axis=1)
    return gather_facts(tables, cutoff, forecast, features, recent_days)


def time_second_orders(tables: Tables, cutoff: dt.date) -> SecondOrders | None:
    """Estimate after how many days second orders come, by the product-limit estimator.

    Who has not come back yet counts for as long as they were watched (Kaplan and Meier
    1958), so that a growing shop does not seem to come back sooner than it does.
    """
    bought = purchase_days(tables.scan("orders"), cutoff).filter(nw.col("day_orders") > 0)
    first = nw.col(AGE).max().over("customer_key")
    days = bought.select("customer_key", AGE, first.alias("first_age"))
    later = nw.when(nw.col(AGE) < nw.col("first_age")).then(nw.col(AGE))
    ages = _collect(days.group_by("customer_key", "first_age").agg(later.max().alias("second_age")))
    gaps = (ages["first_age"] - ages["second_age"]).astype(float)
    came_back = gaps.notna()
    if came_back.sum() < FEWEST_SECOND_ORDERS:
        return None
    watched = ages.loc[~came_back, "first_age"].astype(float)
    returned = stats.ecdf(
        stats.CensoredData(uncensored=gaps[came_back].to_numpy(), right=watched.to_numpy())
    ).cdf
    back_share = float(returned.probabilities[-1])
    opens, closes = (
        int(returned.quantiles[np.searchsorted(returned.probabilities, share * back_share)])
        for share in (0.25, 0.75)
    )
    return SecondOrders(opens, closes, back_share, int(came_back.sum()))


def tell_bought(held: pd.DataFrame) -> pd.Series | None:
    """Say who bought in the held-out window; None where the outcome is not known."""
    return held["actual_orders"] > 0 if "actual_orders" in held else None


def _count_returns(tables: Tables, cutoff: dt.date, recent_days: int) -> pd.Series:
    """Count each customer's orders that gave money back in the last days."""
    seen = keep_seen(tables.scan("orders"), "order_time", cutoff)
    recent = seen.filter(nw.col(AGE) < recent_days).group_by("customer_key")
    return _collect(recent.agg(count_where(nw.col("is_return")).alias("returns")))["returns"]


def _collect(frame: Frame) -> pd.DataFrame:
    table: pd.DataFrame = frame.collect("pyarrow").to_pandas()
    return table.set_index("customer_key").sort_index()
