"""Customers with like reasons stand together, and every row adds up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.explanation import Explanation
from clv_core.explain.patterns import find_patterns

KINDS = np.array([[100.0, 0.0, 0.0], [0.0, 100.0, 0.0], [-50.0, -50.0, 5.0]])


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    """Return three kinds of customer, hard to mistake, more than are looked at at once."""
    random = np.random.default_rng(1)
    kind = np.arange(2000) % 3
    parts = KINDS[kind] + random.normal(0, 1, (2000, 3))
    keys = pd.RangeIndex(10, 2010, name="customer_key")
    contributions = pd.DataFrame(parts, keys, ["one", "two", "three"])
    return Explanation(contributions, contributions, 200.0)


def test_kinds_are_found_and_everybody_is_in_one(explanation: Explanation) -> None:
    """Three groups of a third each, customers of a kind together."""
    found = find_patterns(explanation, groups=3)
    assert sorted(found.groups["customers"]) == [666, 667, 667]
    kinds = pd.Series(np.arange(2000) % 3, explanation.contributions.index)
    assert kinds.groupby(found.assignment).nunique().tolist() == [1, 1, 1]
    together = [found.customers_of(group) for group in found.cells.index]
    assert sorted(np.concatenate(together)) == list(explanation.contributions.index)


def test_rows_add_up_to_the_groups_mean_forecast(explanation: Explanation) -> None:
    """Features shown and all others together, with the base value, are the mean forecast."""
    found = find_patterns(explanation, top=2, groups=8)
    assert set(found.cells) == {"one", "two", "other_features"}
    np.testing.assert_allclose(found.cells.sum(axis=1) + 200.0, found.groups["mean_forecast"])
    weighed = found.groups["mean_forecast"] @ found.groups["customers"] / 2000
    assert weighed == pytest.approx(explanation.predicted.mean())


def test_neighbours_are_alike(explanation: Explanation) -> None:
    """Rows of one kind are not torn apart by rows of another."""
    found = find_patterns(explanation, groups=9)
    kind = found.cells.to_numpy() @ KINDS.T
    order = kind.argmax(axis=1)
    assert (np.diff(order) != 0).sum() == 2


@pytest.mark.parametrize("customers", [1, 2, 5])
def test_few_customers_make_few_groups(explanation: Explanation, customers: int) -> None:
    """Never more groups than customers, and one alone is a group."""
    few = explanation.contributions.head(customers)
    found = find_patterns(Explanation(few, few, 1.0))
    assert len(found.cells) <= customers
    assert found.groups["customers"].sum() == customers


def test_without_reasons_there_is_one_group() -> None:
    """A model that tells all the same has nothing to tell apart."""
    nothing = pd.DataFrame(index=pd.RangeIndex(4))
    found = find_patterns(Explanation(nothing, nothing, 7.0))
    assert found.groups["customers"].tolist() == [4]
    assert found.groups["mean_forecast"].tolist() == [7.0]
