"""Natural breaks, held to trying every cut."""

from itertools import combinations

import numpy as np
import pytest

from clv_core.segments import natural_breaks
from clv_core.segments.natural_breaks import find_breaks


def spread_within(values, middle, high):
    """Sum the squared distances to the mean of each class."""
    classes = (values[values < middle], values[(values >= middle) & (values < high)])
    parts = [part for part in (*classes, values[values >= high]) if len(part)]
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts)


def test_breaks_by_hand():
    """Three heaps with room between them are three classes."""
    assert find_breaks(np.array([52.0, 1, 2, 50, 3, 11, 10, 12])) == (10.0, 50.0)


@pytest.mark.parametrize("seed", range(12))
def test_no_other_cut_is_better(seed):
    """On skewed amounts with ties, none of all pairs of cuts leaves less spread."""
    random = np.random.default_rng(seed)
    values = random.lognormal(2, random.uniform(0.3, 2.0), random.integers(8, 40)).round(1)
    found = spread_within(values, *find_breaks(values))
    pairs = combinations(np.unique(values)[1:], 2)
    assert found == pytest.approx(min(spread_within(values, *pair) for pair in pairs))


def test_few_distinct_amounts():
    """One amount is the upper class; of two, the smaller is the middle one."""
    assert find_breaks(np.array([7.0, 7.0])) == (7.0, 7.0)
    assert find_breaks(np.array([7.0, 3.0, 7.0])) == (3.0, 7.0)


def test_large_amounts_lose_nothing():
    """The same heaps a billion further up part at the same places."""
    values = np.array([1.0, 2, 3, 10, 11, 12, 50, 52])
    assert find_breaks(values + 1e9) == (1e9 + 10, 1e9 + 50)


def test_gathered_amounts_come_close(monkeypatch):
    """A ladder of 200 steps costs less than a hundredth of the spread, one giant or none."""
    values = np.random.default_rng(5).lognormal(2, 1.2, 3000)
    for amounts in (values, np.append(values, 1e6)):
        exact = spread_within(amounts, *find_breaks_of_all(amounts))
        with monkeypatch.context() as patch:
            patch.setattr(natural_breaks, "MOST_STEPS", 200)
            assert spread_within(amounts, *find_breaks(amounts)) <= 1.01 * exact


def find_breaks_of_all(values):
    """Find breaks without gathering: there are fewer distinct amounts than steps allowed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(natural_breaks, "MOST_STEPS", len(values))
        return find_breaks(values)
