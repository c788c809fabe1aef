"""What is said of ways to recommend and of expected demand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.activation.demand_test import DemandTest
from clv_core.activation.product_words import (
    METHOD_MEANINGS,
    METHOD_TITLES,
    tell_choice,
    tell_demand,
    tell_repeats,
)
from clv_core.activation.recommendations import RecommendationTest
from clv_core.activation.recommenders import METHODS

DAY = dt.date(2024, 6, 30)


def judge(value: float, low: float, high: float) -> RecommendationTest:
    """Return a test in which what was bought before leads bestsellers by so much."""
    marks = [
        ("bestsellers", "ndcg", 0.2),
        ("bestsellers", "precision", 0.1),
        ("bestsellers", "recall", 0.25),
        ("buy_again", "ndcg", 0.2 + value),
        ("buy_again", "precision", 0.19),
        ("buy_again", "recall", 0.56),
    ]
    frame = pd.DataFrame(marks, columns=["method", "metric", "value"]).assign(low=0.0, high=1.0)
    leads = [("bestsellers", 0.0, 0.0, 0.0), ("buy_again", value, low, high)]
    columns = ["method", "value", "low", "high"]
    return RecommendationTest(DAY, 90, 332, 58, frame, pd.DataFrame(leads, columns=columns), 0.43)


WINS, TIES, LOSES = judge(0.2, 0.18, 0.24), judge(0.01, -0.02, 0.04), judge(-0.1, -0.12, -0.08)


@pytest.mark.parametrize(
    ("method", "before", "held", "says"),
    [
        (
            "buy_again",
            WINS,
            WINS,
            "It beats bestsellers on days it had not seen: nDCG 0.40 against",
        ),
        ("buy_again", WINS, TIES, "the difference is within chance"),
        ("buy_again", WINS, None, "could not be tested on later days"),
        ("bestsellers", TIES, WINS, "no other way of recommending beat them beyond chance"),
        ("bestsellers", TIES, None, "no other way of recommending beat them beyond chance"),
        ("bestsellers", WINS, LOSES, "lost to them beyond chance"),
        ("bestsellers", None, None, "too few to tell"),
    ],
)
def test_the_verdict_says_what_was_found(method, before, held, says):
    """Winning, a tie, losing and not knowing are told apart."""
    assert says in " ".join(map(str, tell_choice(method, before, held)))


def test_hits_are_counted_on_a_list_of_ten():
    """A precision of 0.19 is 1.9 of ten."""
    told = " ".join(map(str, tell_choice("buy_again", WINS, WINS)))
    assert "Of 10 products on a buyer's list 1.9 were bought within 90 days" in told
    assert "56%" in told


def test_repeats_are_told_as_decided():
    """Whether lists may repeat follows from the way in use."""
    assert "may be recommended again" in str(tell_repeats("buy_again", WINS))
    assert "are left out" in str(tell_repeats("new_neighbours", WINS))
    assert "43%" in str(tell_repeats("buy_again", WINS))


def test_the_nearest_guess_is_named():
    """Where a plain guess was nearer, it is said."""
    table = pd.DataFrame(
        {"actual_money": [100.0, 50.0], "forecast_money": [90.0, 50.0],
         "last_period_money": [100.0, 60.0], "actual_pieces": 1.0, "forecast_pieces": 1.0,
         "last_period_pieces": 1.0},
        index=pd.Index(["a", "b"], name="category"),
    )  # fmt: skip
    told = list(map(str, tell_demand(DemandTest(DAY, 90, table, 0.2))))
    assert "came nearest" in told[0]
    assert told[1:3] == [
        "From the customers' forecasts: 7% off.",
        "As in the period before: 7% off.",
    ]
    worse = table.assign(forecast_money=[50.0, 50.0])
    told = list(map(str, tell_demand(DemandTest(DAY, 90, worse, 0.2))))
    assert "a plain guess came nearer" in told[0]
    assert "20%" in told[-1]


def test_every_way_has_words():
    """No way of recommending goes without a name and a meaning."""
    assert set(METHOD_TITLES) == set(METHOD_MEANINGS) == set(METHODS)
