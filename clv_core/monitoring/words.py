"""What looking back showed, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from clv_core.evaluation.coverage import Coverage
from clv_core.evaluation.metrics import METRICS
from clv_core.evaluation.recommendation import DECISIVE
from clv_core.evaluation.scoreboard import BASELINES, Scoreboard
from clv_core.evaluation.standing import title_of
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.past import PastChange
from clv_core.sentences import Sentence

MEASURE_TITLES: Final[Mapping[str, Sentence]] = {
    "new_customers": Sentence("New customers in 30 days"),
    "orders": Sentence("Orders in 30 days"),
    "net_revenue": Sentence("Net revenue in 30 days"),
    "mean_order_amount": Sentence("Mean order amount"),
    "returned_share": Sentence("Share of money returned"),
}


def list_findings(found: LookBack) -> tuple[Sentence, ...]:
    """Say what looking back showed, most important first."""
    told = [tell_total(found.total, found.days), *tell_rivals(found.scoreboard)]
    told.append(tell_coverage(found.coverage))
    if len(found.reliability):
        told.append(tell_buyers(found.total))
    if found.new_customers:
        told.append(tell_strangers(found.new_customers, found.new_revenue))
    return (*told, tell_past(found.past))


def list_caveats(found: LookBack) -> tuple[Sentence, ...]:
    """Say what to keep in mind."""
    told = [] if found.way is None else [found.way, UNTESTED_PART]
    if found.first_day > found.cutoff + dt.timedelta(days=1):
        told.append(tell_gap(found.first_day, found.cutoff))
    if found.matched < found.customers:
        told.append(tell_absent(found.customers - found.matched))
    told += [REFUNDS, ONE_STRETCH]
    return (*told, MANY_LISTS) if len(found.lists) > 1 else tuple(told)


def tell_total(total: Mapping[str, float], days: int) -> Sentence:
    """Say what was forecast of all customers and what came, and whether that is in range."""
    facts = {
        "days": days,
        "forecast": float(total["forecast"]),
        "actual": float(total["actual"]),
    }
    if total["low"] != total["low"]:
        return Sentence(
            "For these {days} days {forecast:,.0f} were forecast and {actual:,.0f} came in. This"
            " result told no range for its total.",
            **facts,
        )
    ends = {"low": float(total["low"]), "high": float(total["high"])}
    if total["low"] <= total["actual"] <= total["high"]:
        return Sentence(
            "For these {days} days {forecast:,.0f} were forecast and {actual:,.0f} came in: inside"
            " the range of {low:,.0f} to {high:,.0f}.",
            **facts,
            **ends,
        )
    return Sentence(
        "For these {days} days {forecast:,.0f} were forecast and {actual:,.0f} came in: outside"
        " the range of {low:,.0f} to {high:,.0f}.",
        **facts,
        **ends,
    )


def tell_rivals(board: Scoreboard) -> tuple[Sentence, ...]:
    """Say of each decisive measure how the model in use did beside the best plain rival."""
    told = []
    for metric in DECISIVE:
        rivals = [name for name in board.models if name in BASELINES and name != board.recommended]
        scores = {
            name: METRICS[metric].badness(found[0])
            for name in rivals
            if (found := board.find(name, metric)) is not None
        }
        if scores and board.find(board.recommended, metric) is not None:
            told.append(_tell_rival(board, metric, min(scores, key=scores.__getitem__)))
    return tuple(told)


def _tell_rival(board: Scoreboard, metric: str, rival: str) -> Sentence:
    own, other = board.find(board.recommended, metric), board.find(rival, metric)
    difference = board.compare(board.recommended, rival, metric)
    if own is None or other is None or difference is None:
        raise ValueError("both were measured, or they would not be compared")
    facts = {
        "metric": METRICS[metric].label,
        "model": title_of(board.recommended),
        "rival": title_of(rival),
        "own": _write(metric, own[0]),
        "other": _write(metric, other[0]),
    }
    if not difference.is_beyond_noise:
        return Sentence(
            "{metric}: {model} {own}, {rival} {other}. That is no difference beyond chance.",
            **facts,
        )
    if METRICS[metric].badness(difference.value) < 0:
        return Sentence(
            "{metric}: {model} {own}, better beyond chance than the best plain baseline,"
            " {rival}, with {other}.",
            **facts,
        )
    return Sentence(
        "{metric}: {model} {own}. A plain baseline beat it beyond chance: {rival}, with {other}.",
        **facts,
    )


def _write(metric: str, value: float) -> Sentence:
    if METRICS[metric].unit == "money":
        return Sentence("{money:,.2f}", money=value)
    return Sentence("{value:.3f}", value=value)


def is_beaten(board: Scoreboard) -> bool:
    """Say whether past spend put customers in a better order, beyond chance."""
    for metric in ("normalised_gini", "spearman"):
        difference = board.compare(board.recommended, "past_spend", metric)
        if difference is not None and difference.is_beyond_noise and difference.value < 0:
            return True
    return False


def tell_coverage(coverage: Coverage | None) -> Sentence:
    """Say how many customers fell inside their own range."""
    if coverage is None:
        return Sentence("This result told no ranges of single customers for these days.")
    return Sentence(
        "{covered:.0%} of the customers fell inside their own range, which was made for"
        " {share:.0%}.",
        covered=coverage.covered_share,
        share=coverage.share,
    )


def tell_buyers(total: Mapping[str, float]) -> Sentence:
    """Say how many were expected to buy and how many did."""
    return Sentence(
        "{expected} customers were expected to buy, and {came} did.",
        expected=round(total["expected_buyers"]),
        came=int(total["buyers"]),
    )


def tell_strangers(customers: int, revenue: float) -> Sentence:
    """Say what customers brought who were in no forecast."""
    return Sentence(
        "Customers whom the result did not know and who bought: {customers}. They brought"
        " {revenue:,.0f}, which is no part of the forecast and not counted above.",
        customers=customers,
        revenue=revenue,
    )


def tell_past(past: PastChange | None) -> Sentence:
    """Say whether the past changed."""
    if past is None:
        return Sentence(
            "Whether the past changed cannot be said: the newer orders do not hold the days that"
            " the result was made from."
        )
    if not past.customers:
        return Sentence(
            "The past is as it was: what the result saw from {first_day} on is the same in the"
            " newer orders.",
            first_day=past.first_day.isoformat(),
        )
    return Sentence(
        "The past changed: of {customers} customers, orders up to the result's last day differ"
        " in the newer data ({added} more, {gone} fewer; {money_added:,.0f} more and"
        " {money_gone:,.0f} less, {share:.1%} of the money of that time).",
        customers=past.customers,
        added=past.orders_added,
        gone=past.orders_gone,
        money_added=past.money_added,
        money_gone=past.money_gone,
        share=past.changed_share,
    )


def tell_gap(first_day: dt.date, cutoff: dt.date) -> Sentence:
    """Say that the newer orders begin only after the result's last day."""
    return Sentence(
        "The newer orders begin on {first_day}. Orders between {cutoff} and that day, if there"
        " were any, are not in them and are missing from what happened.",
        first_day=first_day.isoformat(),
        cutoff=cutoff.isoformat(),
    )


def tell_absent(customers: int) -> Sentence:
    """Say how customers count whom the newer orders do not name."""
    return Sentence(
        "{customers} customers of the forecast are not in the newer orders at all: they count as"
        " having bought nothing.",
        customers=customers,
    )


REFUNDS: Final = Sentence(
    "Refunds count on the day of their own. Those that a file takes off an order the result had"
    " already seen are a change of the past and not part of what happened."
)
ONE_STRETCH: Final = Sentence(
    "It is one stretch of days in one season. Whoever was written to or given an offer in these"
    " days counts as the rest do."
)
UNTESTED_PART: Final = Sentence(
    "Ranges for a part of the days are reckoned the same way as those for all of them, but no"
    " window of that length has tested them."
)
MANY_LISTS: Final = Sentence(
    "Several lists are compared: of twenty without any effect, one would seem to have one by"
    " chance. Whoever was kept out of one and is on another blurs both."
)
