"""Customers between two forecasts: who rose, who fell, who came and who went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from clv_core.cleaning.identity import fold_ids
from clv_core.segments.value_tiers import VALUE_TIERS, assign_value_tiers
from clv_core.settings import SegmentSettings

Kind = Literal["rose", "fell", "stayed", "new", "gone"]

ABSENT: Final = "absent"  # in place of a tier: not in that forecast
PLACES: Final = (*VALUE_TIERS, ABSENT)
KINDS: Final[tuple[Kind, ...]] = ("rose", "fell", "stayed", "new", "gone")


@dataclass(frozen=True)
class Movement:
    """Everybody who is in one of two forecasts or in both, each in exactly one flow.

    Attributes
    ----------
    people : DataFrame
        A row per person: ``then_key`` and ``now_key`` (``customer_key`` in either data
        set; -1 where not in it), ``tier_then`` and ``tier_now`` (``PLACES``), ``kind``
        (``KINDS``), ``value_then`` and ``value_now`` (forecasts; 0.0 where not in it) and
        ``change`` (now less then).
    flows : DataFrame
        ``tier_then``, ``tier_now``, ``kind``, ``customers``, ``value_then``,
        ``value_now``: a row per pair of places that somebody moved between, in the
        order of ``PLACES``. Its sums are those of the two forecasts.
    """

    people: pd.DataFrame
    flows: pd.DataFrame

    def sum_kinds(self) -> pd.DataFrame:
        """Return ``customers, value_then, value_now``, index ``kind``, every kind a row."""
        sums = self.flows.groupby("kind")[["customers", "value_then", "value_now"]].sum()
        return sums.reindex(list(KINDS), fill_value=0)

    def find(self, tier_then: str | None = None, tier_now: str | None = None) -> pd.DataFrame:
        """Return the people of one flow, or of all that leave or reach one place."""
        chosen = self.people
        if tier_then is not None:
            chosen = chosen[chosen["tier_then"] == tier_then]
        if tier_now is not None:
            chosen = chosen[chosen["tier_now"] == tier_now]
        return chosen

    def list_changes(self, *, falling: bool, top: int) -> pd.DataFrame:
        """Return the people of both forecasts whose forecast changed most, strongest first."""
        both = self.people[self.people["kind"].isin(["rose", "fell", "stayed"])]
        moved = both[both["change"] < 0 if falling else both["change"] > 0]
        return moved.sort_values("change", ascending=falling, kind="stable").head(top)


def match_by_key(then: pd.Index, now: pd.Index) -> pd.DataFrame:
    """Pair the customers of two forecasts on the same data set.

    Returns
    -------
    DataFrame with ``then_key``, ``now_key``
        A row per person; -1 where they are in one of the two only.
    """
    keys = then.union(now)
    return pd.DataFrame(
        {
            "then_key": np.where(keys.isin(then), keys, -1),
            "now_key": np.where(keys.isin(now), keys, -1),
        }
    )


def match_by_id(
    then: pd.Index, now: pd.Index, then_customers: pd.DataFrame, now_customers: pd.DataFrame
) -> pd.DataFrame:
    """Pair the customers of two data sets by the shop's own ids, which go nowhere else.

    Parameters
    ----------
    then, now : Index of ``customer_key``
        Who is in either forecast.
    then_customers, now_customers : DataFrame
        ``columns.CUSTOMERS`` of either data set. An id that is missing, or that several
        customers of a data set bear, pairs nobody.

    Returns
    -------
    DataFrame with ``then_key``, ``now_key``
        As of :func:`match_by_key`.
    """
    pairs = _read_ids(then, then_customers).merge(
        _read_ids(now, now_customers), on="customer_id", suffixes=("_then", "_now")
    )
    only_then = then.difference(pd.Index(pairs["customer_key_then"]))
    only_now = now.difference(pd.Index(pairs["customer_key_now"]))
    return pd.DataFrame(
        {
            "then_key": [*pairs["customer_key_then"], *only_then, *[-1] * len(only_now)],
            "now_key": [*pairs["customer_key_now"], *[-1] * len(only_then), *only_now],
        },
        dtype="int64",
    )


def _read_ids(keys: pd.Index, customers: pd.DataFrame) -> pd.DataFrame:
    own = customers[["customer_key", "customer_id"]].dropna()
    own["customer_id"] = fold_ids(own["customer_id"].astype(str))
    own = own[~own["customer_id"].duplicated(keep=False)]
    return own[own["customer_key"].isin(keys)]


def trace_movement(
    then: pd.DataFrame,
    now: pd.DataFrame,
    pairs: pd.DataFrame,
    settings: SegmentSettings,
    scale: float = 1.0,
) -> Movement:
    """Follow every customer from one forecast to the other.

    Parameters
    ----------
    then, now : DataFrame, index ``customer_key``
        ``predicted``, of either forecast.
    pairs : DataFrame with ``then_key``, ``now_key``
        From :func:`match_by_key` or :func:`match_by_id`.
    settings : SegmentSettings
        Where value tiers are cut, the same way in both forecasts.
    scale : float
        What the earlier forecasts are multiplied by to be of as many days as the later
        ones.
    """
    people = pairs.reset_index(drop=True)
    for name, forecast, factor in (("then", then, scale), ("now", now, 1.0)):
        tiers = assign_value_tiers(forecast, settings).assignment.cat.add_categories(ABSENT)
        keys = people[f"{name}_key"]
        people[f"tier_{name}"] = tiers.reindex(keys).fillna(ABSENT).to_numpy()
        values = forecast["predicted"].reindex(keys).fillna(0.0).to_numpy() * factor
        people[f"value_{name}"] = values
    people["change"] = people["value_now"] - people["value_then"]
    people["kind"] = _tell_kinds(people["tier_then"], people["tier_now"])
    return Movement(people, _sum_flows(people))


def _tell_kinds(then: pd.Series, now: pd.Series) -> np.ndarray:
    before, after = then.map(PLACES.index), now.map(PLACES.index)
    return np.select(
        [then == ABSENT, now == ABSENT, after < before, after > before],
        ["new", "gone", "rose", "fell"],
        "stayed",
    )


def _sum_flows(people: pd.DataFrame) -> pd.DataFrame:
    flows = people.groupby(["tier_then", "tier_now", "kind"], as_index=False).agg(
        customers=("change", "size"),
        value_then=("value_then", "sum"),
        value_now=("value_now", "sum"),
    )
    order = [flows[name].map(PLACES.index) for name in ("tier_then", "tier_now")]
    return flows.iloc[np.lexsort(order[::-1])].reset_index(drop=True)
