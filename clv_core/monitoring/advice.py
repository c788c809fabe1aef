"""Whether what came since speaks for training again."""

from __future__ import annotations

from typing import Final

from clv_core.monitoring.drift import CHANGED_FROM
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.words import is_beaten
from clv_core.sentences import Sentence

MUCH_CHANGED_PAST: Final = 0.01  # of the money of the past
MANY_FEATURES: Final = 0.25  # of all features, whose distribution changed


def advise(found: LookBack) -> Sentence:
    """Say whether to train again, with every reason that there is."""
    reasons, total, past = [], found.total, found.past
    if found.days >= found.horizon_days:
        reasons.append(Sentence("all days that were forecast are over"))
    if total["actual"] < total["low"] or total["actual"] > total["high"]:
        reasons.append(Sentence("the total left its range"))
    if is_beaten(found.scoreboard):
        reasons.append(Sentence("past spend now puts customers in a better order"))
    if past is not None and past.changed_share > MUCH_CHANGED_PAST:
        reasons.append(Sentence("the past that it learnt from has changed"))
    known = len(found.features)
    changed = int((found.features["psi"] >= CHANGED_FROM).sum())
    if changed > MANY_FEATURES * known:
        reasons.append(
            Sentence(
                "{changed} of {features} facts about customers look different now",
                changed=changed,
                features=known,
            )
        )
    if not reasons:
        return Sentence(
            "Nothing speaks for training again yet. The forecast reaches {left} more days.",
            left=found.horizon_days - found.days,
        )
    listed = reasons[0]
    for reason in reasons[1:]:
        listed = Sentence("{first}; {second}", first=listed, second=reason)
    return Sentence("Train again on the newer orders: {reasons}.", reasons=listed)
