"""What is known of a feature besides its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clv_core.sentences import Sentence

__all__ = ["Family", "FeatureInfo", "Unit"]

Family = Literal[
    "recency",
    "frequency",
    "spend",
    "rhythm",
    "basket",
    "returns",
    "season",
    "browsing",
    "reviews",
    "forecast",
]
Unit = Literal["days", "count", "money", "share", "ratio", "seconds", "stars", "characters", "log"]


@dataclass(frozen=True)
class FeatureInfo:
    """What a feature is, for charts, reasons and the user guide.

    Attributes
    ----------
    name : str
        Column of ``Snapshot.features``.
    family : str
        Group it is summed into in charts.
    unit : str
        ``money`` is the shop's currency; a ``share`` lies between 0 and 1; a
        ``ratio`` has no unit.
    label : Sentence
    """

    name: str
    family: Family
    unit: Unit
    label: Sentence
