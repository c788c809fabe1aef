"""What a list changed, in sentences."""

from __future__ import annotations

import math

from clv_core.monitoring.effects import ALL_TIERS, WORTH_SEEING, Effect
from clv_core.monitoring.findings import ListOutcome
from clv_core.sentences import Sentence


def tell_list(taken: ListOutcome) -> tuple[Sentence, ...]:
    """Say what is compared, and what it shows of every measure."""
    told = (tell_effect(effect, taken.is_rehearsal) for effect in taken.effects)
    return (tell_days(taken), *told)


def tell_days(taken: ListOutcome) -> Sentence:
    """Say which days are compared, and why those."""
    since = taken.since.isoformat()
    if taken.is_rehearsal:
        return Sentence(
            "This list was made after the newest order and can have changed nothing. As a"
            " rehearsal, the {days} days after {since} are compared: any difference is chance.",
            days=taken.days,
            since=since,
        )
    return Sentence("The {days} days after {since} are compared.", days=taken.days, since=since)


def tell_effect(effect: Effect, is_rehearsal: bool = False) -> Sentence:
    """Say how those on a list differ from those kept out, and whether that is chance.

    In a rehearsal it is chance, whatever the interval says.
    """
    if effect.verdict == "no_control":
        return Sentence(
            "Nobody was kept out of this list, so nothing can be said of what it changed. Keep a"
            " control group out of the next one."
        )
    row = effect.table[effect.table["tier"] == ALL_TIERS].iloc[0]
    names = ("treated", "control", "difference", "low", "high")
    facts = {name: float(row[name]) for name in names}
    judgement = _judge(effect, is_rehearsal)
    if math.isnan(facts["difference"]):
        return judgement
    return Sentence(
        "{comparison} {judgement}", comparison=_compare(effect, facts), judgement=judgement
    )


def _compare(effect: Effect, facts: dict[str, float]) -> Sentence:
    if effect.measure == "revenue":
        return Sentence(
            "Customers on the list brought {treated:,.2f} each, those kept out {control:,.2f}: a"
            " difference of {difference:+,.2f}, between {low:+,.2f} and {high:+,.2f}.",
            **facts,
        )
    return Sentence(
        "Of the customers on the list {treated:.1%} bought, of those kept out {control:.1%}: a"
        " difference of {difference:+.1f} percentage points, between {low:+.1f} and {high:+.1f}.",
        treated=facts["treated"],
        control=facts["control"],
        **{name: 100 * facts[name] for name in ("difference", "low", "high")},
    )


def _judge(effect: Effect, is_rehearsal: bool) -> Sentence:
    if effect.verdict in ("more", "less") and is_rehearsal:
        return Sentence(
            "The interval leaves zero out, as that of one in twenty such lists does by chance."
        )
    if effect.verdict in ("more", "less"):
        return Sentence("That is beyond chance.")
    if effect.verdict == "no_difference":
        return Sentence(
            "That is no difference beyond chance, and one of {worth:.0%} would hardly have gone"
            " unseen.",
            worth=WORTH_SEEING,
        )
    if effect.needed is None:
        return Sentence("That is too few customers to tell.")
    return Sentence(
        "That is too few customers to tell: to see a difference of {worth:.0%}, about {needed}"
        " would be needed, with the same share of them kept out.",
        worth=WORTH_SEEING,
        needed=effect.needed,
    )
