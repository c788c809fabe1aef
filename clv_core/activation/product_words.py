"""What was found out about products, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clv_core.activation.demand_test import DemandTest
from clv_core.activation.recommendations import (
    DECISIVE,
    FEWEST_TESTED,
    LENGTH,
    PLAIN,
    RecommendationTest,
)
from clv_core.activation.recommenders import OWN_METHODS, Method
from clv_core.sentences import Fact, Sentence

__all__ = [
    "GUESS_TITLES",
    "METHOD_MEANINGS",
    "METHOD_TITLES",
    "tell_choice",
    "tell_demand",
    "tell_repeats",
]

METHOD_TITLES: Final[Mapping[str, Sentence]] = {
    "bestsellers": Sentence("Bestsellers"),
    "buy_again": Sentence("Bought before"),
    "neighbours": Sentence("Bought by the same people"),
    "factors": Sentence("Common tastes"),
    "new_bestsellers": Sentence("Bestsellers, new to the customer"),
    "new_neighbours": Sentence("Bought by the same people, new to the customer"),
    "new_factors": Sentence("Common tastes, new to the customer"),
}
METHOD_MEANINGS: Final[Mapping[str, Sentence]] = {
    "bestsellers": Sentence("What most customers bought lately, the same for everybody."),
    "buy_again": Sentence("What the customer bought most often, then bestsellers."),
    "neighbours": Sentence("What is bought by those who bought what the customer has."),
    "factors": Sentence("What fits the tastes that purchases have in common."),
    "new_bestsellers": Sentence("What most bought lately, but for what the customer has."),
    "new_neighbours": Sentence(
        "What is bought by those who bought what the customer has, but for that."
    ),
    "new_factors": Sentence("What fits common tastes, but for what the customer has."),
}
GUESS_TITLES: Final[Mapping[str, Sentence]] = {
    "forecast": Sentence("From the customers' forecasts"),
    "last_period": Sentence("As in the period before"),
    "last_year": Sentence("As in the same period a year before"),
}


def tell_choice(
    method: Method, validation: RecommendationTest | None, holdout: RecommendationTest | None
) -> tuple[Sentence, ...]:
    """Say which way of recommending is in use, why, and how it did on days it had not seen."""
    if validation is None:
        return (
            Sentence(
                "Bestsellers are recommended: fewer than {fewest} known customers bought in the"
                " earlier window, too few to tell whether another way does better.",
                fewest=FEWEST_TESTED,
            ),
        )
    if method == PLAIN:
        told = _tell_bestsellers(validation, holdout)
        return (told,) if holdout is None else (told, _tell_hits(method, holdout))
    if holdout is None:
        return (
            Sentence(
                "In use: {method}, which did best on an earlier window. It could not be tested on"
                " later days.",
                method=METHOD_TITLES[method],
            ),
        )
    value, low, high = holdout.lead_of(method)
    facts: dict[str, Fact] = {
        "method": METHOD_TITLES[method],
        "customers": holdout.customers,
        "ours": _mean(holdout, method, DECISIVE),
        "plain": _mean(holdout, PLAIN, DECISIVE),
        "lead": value,
        "low": low,
        "high": high,
    }
    if low > 0:
        verdict = Sentence(
            "In use: {method}. It beats bestsellers on days it had not seen: nDCG {ours:.2f}"
            " against {plain:.2f} (lead {low:.2f} to {high:.2f}, {customers} buyers).",
            **facts,
        )
    else:
        verdict = Sentence(
            "In use: {method}, which beat bestsellers on an earlier window. On the held-out one"
            " the difference is within chance: nDCG {ours:.2f} against {plain:.2f} (lead {low:.2f}"
            " to {high:.2f}, {customers} buyers).",
            **facts,
        )
    return (verdict, _tell_hits(method, holdout))


def tell_repeats(method: Method, holdout: RecommendationTest) -> Sentence:
    """Say whether what customers have already is recommended again, and why."""
    facts: dict[str, Fact] = {"share": holdout.repeat_share}
    if method in OWN_METHODS:
        return Sentence(
            "Products that a customer has already may be recommended again: lists that allow it"
            " did better. {share:.0%} of what was bought in the test had been bought before by the"
            " same customer.",
            **facts,
        )
    return Sentence(
        "Products that a customer has already are left out: lists without them did better."
        " {share:.0%} of what was bought in the test had been bought before by the same customer.",
        **facts,
    )


def tell_demand(tested: DemandTest) -> tuple[Sentence, ...]:
    """Say how far off expected demand was on the held-out window, beside the plain guesses."""
    best = tested.best("money")
    told = [
        Sentence(
            "{guess}: {error:.0%} off.",
            guess=GUESS_TITLES[guess],
            error=tested.error(guess, "money"),
        )
        for guess in tested.guesses
    ]
    if best == "forecast":
        verdict = Sentence(
            "On the held-out window the customers' forecasts came nearest to what was sold by"
            " category."
        )
    else:
        verdict = Sentence(
            "On the held-out window a plain guess came nearer to what was sold by category:"
            " {guess}. Plan with it too, and take the forecast for what it adds: who will buy.",
            guess=GUESS_TITLES[best],
        )
    newcomers = Sentence(
        "Customers who came in that window made {share:.0%} of the money; they are in no forecast"
        " and are taken to buy as the newcomers of the period before.",
        share=tested.newcomers_share,
    )
    return (verdict, *told, newcomers)


def _tell_bestsellers(
    validation: RecommendationTest, holdout: RecommendationTest | None
) -> Sentence:
    marks = validation.leads.sort_values("value", ascending=False, kind="stable")
    best = str(marks["method"].iloc[0])
    if holdout is None or best == PLAIN or float(marks["low"].iloc[0]) <= 0:
        return Sentence(
            "Bestsellers win here: no other way of recommending beat them beyond chance, so they"
            " are what is recommended to everybody."
        )
    return Sentence(
        "Bestsellers are recommended to everybody: {method} beat them on an earlier window, but"
        " lost to them beyond chance on the held-out one ({customers} buyers).",
        method=METHOD_TITLES[best],
        customers=holdout.customers,
    )


def _tell_hits(method: Method, holdout: RecommendationTest) -> Sentence:
    return Sentence(
        "Of {length} products on a buyer's list {hits:.1f} were bought within {days} days, on"
        " average; that is {recall:.0%} of the different products that buyers bought.",
        length=LENGTH,
        hits=LENGTH * _mean(holdout, method, "precision"),
        days=holdout.horizon_days,
        recall=_mean(holdout, method, "recall"),
    )


def _mean(test: RecommendationTest, method: str, metric: str) -> float:
    marks = test.marks
    found = marks.loc[(marks["method"] == method) & (marks["metric"] == metric), "value"]
    return float(found.iloc[0])
