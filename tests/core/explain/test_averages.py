"""Attributions of means, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.averages import average_arithmetic, average_geometric
from clv_core.explain.explanation import Explanation

KEYS = pd.Index([1, 2], name="customer_key")
ALIKE = np.array([0.5, 0.5])


def explain(base_value: float, **contributions: list[float]) -> Explanation:
    """Return an explanation of two customers."""
    table = pd.DataFrame(contributions, index=KEYS)
    return Explanation(table, table, base_value)


def test_plain_means_average_the_parts() -> None:
    """What one member does not read adds nothing there."""
    members = [explain(10.0, a=[2.0, 0.0]), explain(20.0, b=[4.0, -6.0])]
    contributions, base_value = average_arithmetic(members, ALIKE)
    assert base_value == 15.0
    assert contributions.to_dict("list") == {"a": [1.0, 0.0], "b": [2.0, -3.0]}


def test_geometric_parts_add_up() -> None:
    """From the typical sqrt(10 × 40) = 20 to sqrt(90 × 40) = 60, all of it by the first member."""
    members = [explain(10.0, a=[60.0, 0.0], b=[20.0, 0.0]), explain(40.0, b=[0.0, 0.0])]
    contributions, base_value = average_geometric(members, ALIKE, 1.0)
    assert base_value == pytest.approx(20.0)
    np.testing.assert_allclose(contributions.loc[1], [30.0, 10.0])
    np.testing.assert_allclose(contributions.loc[2], [0.0, 0.0])


def test_next_to_nothing_still_adds_up() -> None:
    """A member's nothing counts as a thousandth of the plain mean, and the parts end there."""
    members = [explain(10.0, a=[-10.0, -9.0]), explain(40.0, b=[20.0, 0.0])]
    contributions, base_value = average_geometric(members, ALIKE, 1.0)
    expected = np.sqrt([0.03 * 60.0, 1.0 * 40.0])
    np.testing.assert_allclose(contributions.sum(axis=1) + base_value, expected)


def test_a_weightier_member_says_more() -> None:
    """Weights 3 to 1: from 10^(3/4) × 160^(1/4) = 20 to 10^(3/4) × 10^(1/4) = 10."""
    members = [explain(10.0, a=[0.0, 0.0]), explain(160.0, b=[-150.0, 0.0])]
    contributions, base_value = average_geometric(members, np.array([0.75, 0.25]), 1.0)
    assert base_value == pytest.approx(20.0)
    np.testing.assert_allclose(contributions.loc[1], [0.0, -10.0])
    plain, plain_base = average_arithmetic(members, np.array([0.75, 0.25]))
    assert plain_base == pytest.approx(47.5)
    np.testing.assert_allclose(plain.loc[1], [0.0, -37.5])


def test_weights_above_one_and_a_level_leave_no_remainder() -> None:
    """Half of 10² is 50, half of 20² is 200: the member's 10 more is 150 more."""
    contributions, base_value = average_geometric(
        [explain(10.0, a=[10.0, 0.0])], np.array([2.0]), 0.5
    )
    assert base_value == pytest.approx(50.0)
    np.testing.assert_allclose(contributions["a"], [150.0, 0.0])
