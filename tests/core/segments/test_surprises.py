"""What is said where forecast and past behaviour part."""

import pandas as pd

from clv_core.segments.surprises import tell_surprises
from clv_core.sentences import Sentence

TITLES = {"cold": Sentence("Cold"), "warm": Sentence("Warm")}


def cross(cold, warm):
    """Customers per tier of two groups; each is worth 10."""
    rows = [
        (group, tier, count, 10.0 * count)
        for group, counts in (("cold", cold), ("warm", warm))
        for tier, count in zip(("high", "middle", "low"), counts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["group", "tier", "customers", "value"])


def tell(cold, warm):
    """Say what surprises, in English."""
    return [str(one) for one in tell_surprises(cross(cold, warm), TITLES, ["cold"], ["warm"])]


def test_the_silent_of_value_and_the_lively_of_none_are_named():
    """Dearest first, with counts of how many."""
    assert tell((6, 9, 85), (50, 0, 7)) == [
        "Cold by their past, yet of middle predicted value: 9 of 100 customers, with 90.00"
        " expected together.",
        "Cold by their past, yet of high predicted value: 6 of 100 customers, with 60.00"
        " expected together.",
        "Warm by their past, yet of low predicted value: 7 of 57 customers.",
    ]


def test_agreement_is_said_too():
    """Four customers are no finding, nor are silent ones of low value."""
    (only,) = tell((4, 0, 900), (50, 20, 4))
    assert only.startswith("Past behaviour and forecast agree")
