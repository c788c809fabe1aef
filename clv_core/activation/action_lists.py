"""Five lists of customers to act on, each by a rule that is told with its numbers.

What a list is for is a reason to look at somebody, not a finding that a contact pays:
that takes customers of the same list left without. A customer's usual gap is

    (days from first to last purchase + the shop's median gap) / (repeat purchase days + 1)

so that one short gap does not make a habit: the shop's median counts as one gap more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
import pandas as pd
from pydantic import Field

from clv_core.activation.list_facts import ListFacts
from clv_core.columns import FREQUENCY, RECENCY, TENURE
from clv_core.features.review_text import JUDGING
from clv_core.features.reviews import LOW_RATING
from clv_core.segments.lifecycle import LAPSED_GAPS
from clv_core.sentences import Sentence
from clv_core.settings_base import Settings

LIST_NAMES: Final = ("churn", "win_back", "second_order", "activation", "service")


class ListSettings(Settings):
    """Where the lists draw their lines; kept per data set."""

    valuable_share: Annotated[float, Field(gt=0, le=1)] = 0.3  # of repeat customers, by past spend
    least_certain_share: Annotated[float, Field(gt=0, le=1)] = 0.25  # of those, by chance to buy
    lapsed_gaps: Annotated[float, Field(ge=1, le=20)] = LAPSED_GAPS  # usual gaps of silence
    worthwhile_value: Annotated[float, Field(ge=0, le=1e9)] | None = None  # None: the median
    recent_days: Annotated[int, Field(ge=7, le=730)] = 90  # for returns and reviews


@dataclass(frozen=True)
class ActionList:
    """Customers for one purpose.

    Attributes
    ----------
    name : str
        One of ``LIST_NAMES``.
    title, purpose : Sentence
    rule : Sentence
        Who is on it, with the numbers; where ``is_known`` is False, why there is none.
    table : DataFrame, index ``customer_key``
        The columns that belong to the rule, the most urgent first.
    measure : str
        The column that ``value`` adds up and the table is sorted by.
    peers : Index
        Alike but for what the rule asks: whom a test compares the list with.
    is_known : bool
    """

    name: str
    title: Sentence
    purpose: Sentence
    rule: Sentence
    table: pd.DataFrame
    measure: str
    peers: pd.Index
    is_known: bool = True

    @property
    def value(self) -> float:
        """What the list's customers add up to, in the shop's currency."""
        return float(self.table[self.measure].sum())


def make_lists(facts: ListFacts, settings: ListSettings) -> dict[str, ActionList]:
    """Make every list.

    Parameters
    ----------
    facts : ListFacts
        As of the day that the lists are for.
    settings : ListSettings

    Returns
    -------
    dict of str to ActionList
        In the order of ``LIST_NAMES``; one customer may be on several.
    """
    people = _describe(facts.people, settings)
    rested = ListFacts(people, facts.second_orders)
    return {name: _MAKERS[name](rested, settings) for name in LIST_NAMES}


def _describe(people: pd.DataFrame, settings: ListSettings) -> pd.DataFrame:
    """Add what the rules ask of a customer's own past."""
    table = people.copy()
    repeats = table[FREQUENCY]
    came_back = repeats > 0
    span = table[TENURE] - table[RECENCY]
    typical = float((span[came_back] / repeats[came_back]).median()) if came_back.any() else np.nan
    table["usual_gap_days"] = ((span + typical) / (repeats + 1)).where(came_back)
    table["is_lapsed"] = table[RECENCY] > settings.lapsed_gaps * table["usual_gap_days"]
    table["churn_risk"] = 1 - table["p_buy"]
    table["value_at_risk"] = table["predicted"].clip(lower=0) * table["churn_risk"]
    return table


def _list_churn(facts: ListFacts, settings: ListSettings) -> ActionList:
    people = facts.people
    came_back = people[FREQUENCY] > 0
    title = Sentence("Churn early warning")
    purpose = Sentence(
        "Valuable by what they have spent so far and still within their own rhythm, but less"
        " certain to buy than others like them: speak to them before they are gone."
    )
    notable = float(people.loc[came_back, "past_spend"].quantile(1 - settings.valuable_share))
    was_valuable = came_back & (people["past_spend"] >= notable) & (people["past_spend"] > 0)
    watched = people[was_valuable & ~people["is_lapsed"] & people["p_buy"].notna()]
    if watched.empty:
        return _no_list("churn", title, purpose, _NO_CHANCES, "value_at_risk", people)
    line = float(watched["churn_risk"].quantile(1 - settings.least_certain_share))
    is_listed = watched["churn_risk"] >= line
    rule = Sentence(
        "Spent {spend:,.2f} or more so far (the top {share:.0%} of those who came back), silent for"
        " at most {gaps:g} of their own usual gaps, and of those the {part:.0%} least certain to"
        " buy: a chance of {line:.0%} or more of buying nothing in the days that are forecast."
        " Sorted by value at risk: expected value × chance of buying nothing.",
        spend=notable,
        share=settings.valuable_share,
        gaps=settings.lapsed_gaps,
        part=settings.least_certain_share,
        line=line,
    )
    columns = ["value_at_risk", "predicted", "churn_risk", "past_spend", RECENCY, "usual_gap_days"]
    table = _sort(watched[is_listed], columns)
    return ActionList("churn", title, purpose, rule, table, columns[0], watched.index[~is_listed])


def _list_win_back(facts: ListFacts, settings: ListSettings) -> ActionList:
    people = facts.people
    came_back = people[FREQUENCY] > 0
    worthwhile = settings.worthwhile_value
    if worthwhile is None:
        worthwhile = max(float(people["predicted"].median()), 0.0)
    is_listed = came_back & people["is_lapsed"] & (people["predicted"] >= worthwhile)
    rule = Sentence(
        "Bought on two days or more, silent for more than {gaps:g} of their own usual gaps, and"
        " still expected to bring {value:,.2f} or more. Sorted by expected value.",
        gaps=settings.lapsed_gaps,
        value=worthwhile,
    )
    table = people.assign(silent_gaps=people[RECENCY] / people["usual_gap_days"])
    columns = ["predicted", "past_spend", RECENCY, "usual_gap_days", "silent_gaps"]
    return ActionList(
        "win_back",
        Sentence("Win back"),
        Sentence(
            "Gone by their own rhythm, and still worth a reminder: one or two, with a reason to"
            " return."
        ),
        rule,
        _sort(table[is_listed], columns),
        "predicted",
        people.index[came_back & ~people["is_lapsed"]],
    )


def _list_second_order(facts: ListFacts, settings: ListSettings) -> ActionList:
    people, times = facts.people, facts.second_orders
    title = Sentence("Second order")
    purpose = Sentence(
        "Bought once, in the days in which second orders come here: a suggestion is timely now."
    )
    if times is None:
        return _no_list("second_order", title, purpose, _NO_SECOND_ORDERS, "predicted", people)
    is_single = people[FREQUENCY] == 0
    is_listed = is_single & people[RECENCY].between(times.opens_day, times.closes_day)
    rule = Sentence(
        "One purchase day so far, {opens} to {closes} days ago. Of the customers who come back"
        " ({share:.0%} of all, by {observed} second orders), half do so between these days.",
        opens=times.opens_day,
        closes=times.closes_day,
        share=times.back_share,
        observed=times.observed,
    )
    return ActionList(
        "second_order",
        title,
        purpose,
        rule,
        _sort(people[is_listed], _SINGLE_COLUMNS),
        "predicted",
        people.index[is_single & (people[RECENCY] > times.closes_day)],
    )


def _list_activation(facts: ListFacts, settings: ListSettings) -> ActionList:
    people, times = facts.people, facts.second_orders
    title = Sentence("New customers")
    purpose = Sentence(
        "Bought for the first time so lately that second orders are not due yet: see to a good"
        " first delivery, advice, a follow-up."
    )
    if times is None:
        return _no_list("activation", title, purpose, _NO_SECOND_ORDERS, "predicted", people)
    is_single = people[FREQUENCY] == 0
    is_listed = is_single & (people[RECENCY] < times.opens_day)
    rule = Sentence(
        "One purchase day so far, fewer than {opens} days ago: by day {opens} a quarter of those"
        " who come back have done so.",
        opens=times.opens_day,
    )
    return ActionList(
        "activation",
        title,
        purpose,
        rule,
        _sort(people[is_listed], _SINGLE_COLUMNS),
        "predicted",
        people.index[is_single & (people[RECENCY] > times.closes_day)],
    )


def _list_service(facts: ListFacts, settings: ListSettings) -> ActionList:
    people = facts.people
    is_high = people["value_tier"] == "high"
    is_recent = people["days_since_review"] < settings.recent_days
    complaints = pd.DataFrame(
        {
            "returned": people["recent_returns"] > 0,
            "rated_low": is_recent & (people["last_rating"] <= LOW_RATING),
            "wrote_badly": is_recent & (people["last_sentiment"] <= -JUDGING),
        }
    )
    is_listed = is_high & complaints.any(axis=1)
    rule = Sentence(
        "High expected value, and in the last {days} days one of these: money given back"
        " ({returned} of them), a last rating of {stars:g} or below ({rated}), a last review whose"
        " words are unhappy ({wrote}). Sorted by expected value.",
        days=settings.recent_days,
        returned=int((is_listed & complaints["returned"]).sum()),
        stars=LOW_RATING,
        rated=int((is_listed & complaints["rated_low"]).sum()),
        wrote=int((is_listed & complaints["wrote_badly"]).sum()),
    )
    columns = ["predicted", "past_spend", "recent_returns", "last_rating", "last_sentiment"]
    return ActionList(
        "service",
        Sentence("Service first"),
        Sentence(
            "Of high value, and lately given a reason to be unhappy: a person should look at their"
            " case first."
        ),
        rule,
        _sort(people[is_listed], columns),
        "predicted",
        people.index[is_high & ~is_listed],
    )


def _sort(people: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Keep some columns, the largest first by the first of them."""
    return people[columns].sort_values(columns[0], ascending=False, kind="stable")


def _no_list(
    name: str, title: Sentence, purpose: Sentence, why: Sentence, measure: str, people: pd.DataFrame
) -> ActionList:
    nobody = pd.DataFrame({measure: pd.Series(dtype="float64")}, index=people.index[:0])
    return ActionList(name, title, purpose, why, nobody, measure, people.index[:0], is_known=False)


_SINGLE_COLUMNS: Final = ["predicted", "p_buy", RECENCY, "past_spend"]
_NO_CHANCES: Final = Sentence(
    "Nobody can be watched: this list needs chances of buying, and customers who came back and"
    " are still within their own rhythm."
)
_NO_SECOND_ORDERS: Final = Sentence(
    "Fewer than {fewest} customers have come back so far: when second orders come cannot be told.",
    fewest=30,
)
_MAKERS: Final[dict[str, Callable[[ListFacts, ListSettings], ActionList]]] = {
    "churn": _list_churn,
    "win_back": _list_win_back,
    "second_order": _list_second_order,
    "activation": _list_activation,
    "service": _list_service,
}
