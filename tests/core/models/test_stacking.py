"""Weights of the ensemble's members: by the number of buyers, and learnt out of time."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.models.stacking import learn_weights, weigh_by_buyers

EVEN = {"knows": 0.5, "guesses": 0.5}
NAMES = ("statistical", "trees", "network")


def draw_shop(customers: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return spend, a forecast that knows everybody's mean and one that knows nothing."""
    random = np.random.default_rng(5)
    mean = random.lognormal(3.0, 1.0, customers)
    spend = random.gamma(1.0, mean)
    return spend, {"knows": mean, "guesses": random.permutation(mean)}


def test_who_knows_counts_and_who_guesses_does_not() -> None:
    """The member that knows everybody's mean gets nearly a weight of one, the other none."""
    spend, told = draw_shop(100_000)
    weights = learn_weights(told, spend, EVEN)
    assert weights["knows"] == pytest.approx(1.0, abs=0.2)
    assert weights["guesses"] == pytest.approx(0.0, abs=0.1)


def test_few_customers_say_little() -> None:
    """The fewer there are, the closer the weights stay to those of before."""
    spend, told = draw_shop(5000)
    knows = [
        learn_weights({name: one[:count] for name, one in told.items()}, spend[:count], EVEN)[
            "knows"
        ]
        for count in (50, 500, 5000)
    ]
    assert 0.5 < knows[0] < knows[1] < knows[2]
    assert knows[0] < 0.6


def test_a_members_level_does_not_count() -> None:
    """Twice or half as much from a member changes no weight."""
    spend, told = draw_shop(1000)
    doubled = {"knows": 2 * told["knows"], "guesses": 0.5 * told["guesses"]}
    weights, again = learn_weights(told, spend, EVEN), learn_weights(doubled, spend, EVEN)
    assert again["knows"] == pytest.approx(weights["knows"], abs=1e-2)


def test_a_timid_member_is_stretched() -> None:
    """Who says the square root of what differs gets a weight near two."""
    spend, told = draw_shop(100_000)
    timid = {"knows": np.sqrt(told["knows"])}
    assert learn_weights(timid, spend, {"knows": 1.0})["knows"] > 1.7


def test_nothing_to_learn_from_changes_nothing() -> None:
    """Where nobody spent anything, or spend was all refunds, weights stay."""
    _, told = draw_shop(20)
    assert learn_weights(told, np.full(20, -1.0), EVEN) == EVEN


@pytest.mark.parametrize(
    ("buyers", "learning"), [(0, 0.0), (200, 0.6 / 3), (1000, 1 / 3), (9000, 1 / 3)]
)
def test_few_buyers_lean_on_the_statistical_model(buyers: int, learning: float) -> None:
    """A fifth each with 200 buyers, a third from 1,000 on; nothing without any."""
    weights = weigh_by_buyers(NAMES, "statistical", buyers)
    assert weights["trees"] == weights["network"] == pytest.approx(learning)
    assert sum(weights.values()) == pytest.approx(1.0)


def test_without_a_statistical_member_all_count_alike() -> None:
    """Tables that know no purchases have none."""
    assert weigh_by_buyers(("trees", "network"), "statistical", 5) == {
        "trees": 0.5,
        "network": 0.5,
    }
