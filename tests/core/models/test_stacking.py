"""Weights of the ensemble's members, learnt out of time."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.models.stacking import learn_weights


def draw_shop(customers: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return spend, a forecast that knows everybody's mean and one that knows nothing."""
    random = np.random.default_rng(5)
    mean = random.lognormal(3.0, 1.0, customers)
    spend = random.gamma(1.0, mean)
    return spend, {"knows": mean, "guesses": random.permutation(mean)}


def test_who_knows_counts_more() -> None:
    """The member that knows gets most of the weight; all weights make one."""
    spend, told = draw_shop(5000)
    weights = learn_weights(told, spend)
    assert weights["knows"] > 0.8
    assert sum(weights.values()) == pytest.approx(1.0)


def test_few_customers_say_little() -> None:
    """The fewer there are, the closer the weights stay to equal ones."""
    knows = [
        learn_weights(
            {name: told[:count] for name, told in draw_shop(5000)[1].items()},
            draw_shop(5000)[0][:count],
        )["knows"]
        for count in (50, 500, 5000)
    ]
    assert 0.5 < knows[0] < knows[1] < knows[2]
    assert knows[0] < 0.6


def test_a_members_level_does_not_count() -> None:
    """Twice or half as much from a member changes no weight."""
    spend, told = draw_shop(1000)
    doubled = {"knows": 2 * told["knows"], "guesses": 0.5 * told["guesses"]}
    weights, again = learn_weights(told, spend), learn_weights(doubled, spend)
    assert again["knows"] == pytest.approx(weights["knows"], abs=1e-3)


def test_nothing_to_learn_from_leaves_all_alike() -> None:
    """Where nobody spent anything, or spend was all refunds, members count alike."""
    _, told = draw_shop(20)
    assert learn_weights(told, np.full(20, -1.0)) == {"knows": 0.5, "guesses": 0.5}
