"""How good lists would have been: made as of the held-out cutoff, held against what came.

A list of those who will stay away is tested by the share that did, a list of those who
are due by the share that bought, each beside customers who are alike but not listed.
Intervals are Wilson's (1927); that of the difference is Newcombe's (1998, "Interval
estimation for the difference between independent proportions", Statistics in Medicine
17, method 10). What a contact would have changed cannot be seen from this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from clv_core.activation.action_lists import ActionList
from clv_core.sentences import Sentence

Hit = Literal["stayed_away", "bought"]
HITS: Final[dict[str, Hit]] = {
    "churn": "stayed_away",
    "win_back": "stayed_away",
    "second_order": "bought",
    "activation": "bought",
}
"""What a customer of the list is expected to do; the others cannot be tested this way."""
FEWEST: Final = 30  # customers of a kind, for a share to be told
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Proportion:
    """How many of some customers did it.

    Attributes
    ----------
    customers, hits : int
    share, low, high : float
        With the Wilson interval; NaN for nobody.
    """

    customers: int
    hits: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class ListPrecision:
    """What became of a list made in the past.

    Attributes
    ----------
    hit : {"stayed_away", "bought"}
    listed, peers, everybody : Proportion
        Of the list; of those like them who are not on it; of all customers.
    difference, difference_low, difference_high : float
        Share of the list less that of its peers.
    """

    hit: Hit
    listed: Proportion
    peers: Proportion
    everybody: Proportion
    difference: float
    difference_low: float
    difference_high: float

    @property
    def is_too_small(self) -> bool:
        """Whether list or peers are too few to tell."""
        return min(self.listed.customers, self.peers.customers) < FEWEST

    def tell(self) -> Sentence:
        """Say what became of the list."""
        if self.is_too_small:
            return Sentence(
                "Too few to tell: in the test the list held {listed} customers and there were"
                " {peers} like them who were not on it; {fewest} of each are needed.",
                listed=self.listed.customers,
                peers=self.peers.customers,
                fewest=FEWEST,
            )
        verdict = (
            _APART if self.difference_low > 0 else _REVERSED if self.difference_high < 0 else _ALIKE
        )
        return Sentence(
            "{finding} {verdict}",
            finding=_FINDINGS[self.hit](self),
            verdict=verdict,
        )


def measure_lists(lists: Mapping[str, ActionList], bought: pd.Series) -> dict[str, ListPrecision]:
    """Hold lists against who bought after the day they were made for.

    Parameters
    ----------
    lists : mapping of str to ActionList
        Made from what was known at the held-out cutoff.
    bought : Series of bool, index ``customer_key``
        Of all customers of that day.

    Returns
    -------
    dict of str to ListPrecision
        Of the lists in ``HITS`` that there are.
    """
    measured = {}
    for name, hit in HITS.items():
        if lists[name].is_known:
            did = bought if hit == "bought" else ~bought
            measured[name] = _compare(hit, did, lists[name])
    return measured


def measure_share(did: pd.Series) -> Proportion:
    """Return the share that did it with its Wilson interval."""
    count, hits = len(did), int(did.sum())
    if not count:
        return Proportion(0, 0, np.nan, np.nan, np.nan)
    interval = stats.binomtest(hits, count).proportion_ci(CONFIDENCE, method="wilson")
    return Proportion(count, hits, hits / count, float(interval.low), float(interval.high))


def _compare(hit: Hit, did: pd.Series, made: ActionList) -> ListPrecision:
    listed = measure_share(did.loc[made.table.index])
    peers = measure_share(did.loc[made.peers])
    difference = listed.share - peers.share
    below = np.hypot(listed.share - listed.low, peers.high - peers.share)
    above = np.hypot(listed.high - listed.share, peers.share - peers.low)
    return ListPrecision(
        hit,
        listed,
        peers,
        measure_share(did),
        difference,
        float(difference - below),
        float(difference + above),
    )


def _tell_stayed_away(found: ListPrecision) -> Sentence:
    return Sentence(
        "In the test {share:.0%} of the {count} listed bought nothing ({low:.0%} to {high:.0%});"
        " of {peers} like them who were not listed {peer_share:.0%}, of all customers"
        " {all_share:.0%}.",
        **_facts(found),
    )


def _tell_bought(found: ListPrecision) -> Sentence:
    return Sentence(
        "In the test {share:.0%} of the {count} listed bought again ({low:.0%} to {high:.0%});"
        " of {peers} one-time buyers of longer ago {peer_share:.0%}, of all customers"
        " {all_share:.0%}.",
        **_facts(found),
    )


def _facts(found: ListPrecision) -> dict[str, float]:
    return {
        "share": found.listed.share,
        "count": found.listed.customers,
        "low": found.listed.low,
        "high": found.listed.high,
        "peers": found.peers.customers,
        "peer_share": found.peers.share,
        "all_share": found.everybody.share,
    }


_FINDINGS: Final = {"stayed_away": _tell_stayed_away, "bought": _tell_bought}
_APART: Final = Sentence("The list tells them apart.")
_REVERSED: Final = Sentence("The list had it the wrong way round: do not rely on it.")
_ALIKE: Final = Sentence("That is no more than chance: the test does not show that the list works.")
