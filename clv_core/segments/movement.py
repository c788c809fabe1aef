"""Customers between two forecasts: who rose, who fell, who came and who went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

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
class Flows:
    """How many moved between tiers, and what they are expected to bring.

    Attributes
    ----------
    flows : DataFrame
        ``tier_then``, ``tier_now``, ``kind``, ``customers``, ``value_then``,
        ``value_now``: a row per pair of places that somebody moved between, in the
        order of ``PLACES``. Its sums are those of the two forecasts.
    """

    flows: pd.DataFrame

    def sum_kinds(self) -> pd.DataFrame:
        """Return ``customers, value_then, value_now``, index ``kind``, every kind a row."""
        sums = self.flows.groupby("kind")[["customers", "value_then", "value_now"]].sum()
        return sums.reindex(list(KINDS), fill_value=0)


@dataclass(frozen=True)
class Movement(Flows):
    """Everybody who is in one of two forecasts or in both, each in exactly one flow.

    Attributes
    ----------
    people : DataFrame
        A row per person: ``then_key`` and ``now_key`` (``customer_key`` in either data
        set; -1 where not in it), ``tier_then`` and ``tier_now`` (``PLACES``), ``kind``
        (``KINDS``; all three categories), ``value_then`` and ``value_now`` (forecasts;
        0.0 where not in it) and ``change`` (now less then).
    """

    people: pd.DataFrame

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
        tiers = assign_value_tiers(forecast, settings).assignment
        at = forecast.index.get_indexer(pd.Index(people[f"{name}_key"]))
        # Who is not in it is at -1: the last place.
        places = np.append(pd.Categorical(tiers, PLACES).codes, PLACES.index(ABSENT))
        people[f"tier_{name}"] = pd.Categorical.from_codes(places[at], pd.Index(PLACES))
        people[f"value_{name}"] = np.append(forecast["predicted"].to_numpy(float), 0.0)[at] * factor
    people["change"] = people["value_now"] - people["value_then"]
    people["kind"] = _tell_kinds(people["tier_then"].cat.codes, people["tier_now"].cat.codes)
    return Movement(_sum_flows(people), people)


def _tell_kinds(before: pd.Series, after: pd.Series) -> pd.Categorical[Any]:
    """Tell what became of people who were and are at these places of ``PLACES``."""
    absent = PLACES.index(ABSENT)
    told: list[Kind] = ["new", "gone", "rose", "fell"]
    cases = [before == absent, after == absent, after < before, after > before]
    codes = np.select(cases, [KINDS.index(kind) for kind in told], KINDS.index("stayed"))
    return pd.Categorical.from_codes(codes.astype(np.int8), pd.Index(KINDS))


def _sum_flows(people: pd.DataFrame) -> pd.DataFrame:
    by = ["tier_then", "tier_now", "kind"]
    flows = people.groupby(by, as_index=False, observed=True).agg(
        customers=("change", "size"),
        value_then=("value_then", "sum"),
        value_now=("value_now", "sum"),
    )
    return flows.astype(dict.fromkeys(by, str))
