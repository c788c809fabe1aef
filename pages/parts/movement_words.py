"""What places and ways between two results are called."""

from __future__ import annotations

from typing import Final

from clv_core.segments.movement import ABSENT, Kind
from clv_core.sentences import Sentence
from pages.parts.text import _, number, say
from pages.parts.words import value_tier

KIND_TITLES: Final[dict[Kind, Sentence]] = {
    "rose": Sentence("Rose to a higher tier"),
    "fell": Sentence("Fell to a lower tier"),
    "stayed": Sentence("Stayed in their tier"),
    "new": Sentence("New in the later result"),
    "gone": Sentence("Not in the later result"),
}


def place_then(tier: str) -> str:
    """Return what a place in the earlier result is called."""
    return _("Not there yet") if tier == ABSENT else value_tier(tier)


def place_now(tier: str) -> str:
    """Return what a place in the later result is called."""
    return _("Not there any more") if tier == ABSENT else value_tier(tier)


def flow_name(tier_then: str, tier_now: str) -> str:
    """Return what a flow is called."""
    return f"{place_then(tier_then)} → {place_now(tier_now)}"


def counted_flow(tier_then: str, tier_now: str, customers: int) -> str:
    """Return what a flow is called, with its customers."""
    return _("{flow} ({count} customers)").format(
        flow=flow_name(tier_then, tier_now), count=number(customers)
    )


def kind_title(kind: Kind) -> str:
    """Return what a kind of movement is called."""
    return say(KIND_TITLES[kind])
