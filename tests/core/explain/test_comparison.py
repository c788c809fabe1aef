"""Why one group is above another: differences that add up to the last cent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.errors import TooFewCustomers
from clv_core.explain.comparison import compare_families, compare_features, compare_in_words
from clv_core.explain.explanation import Explanation
from clv_core.explain.leading import find_leading_families, find_leading_features

KEYS = pd.Index([1, 2, 3, 4], name="customer_key")
CONTRIBUTIONS = pd.DataFrame(
    {
        "order_count": [50.0, 30.0, -10.0, -30.0],
        "recency_days": [10.0, 20.0, -20.0, 0.0],
        "net_spend": [-5.0, 5.0, 4.0, 0.0],
        "gross_spend": [6.0, -5.0, -3.0, 0.0],
    },
    index=KEYS,
)
EXPLANATION = Explanation(CONTRIBUTIONS, CONTRIBUTIONS, base_value=100.0)
ABOVE, BELOW = KEYS[:2], KEYS[2:]


def test_differences_of_means_add_up_to_the_difference_of_mean_forecasts() -> None:
    """Orders make 60 of the difference, recency 25, spend the rest."""
    found = compare_features(EXPLANATION, ABOVE, BELOW, top=2)
    assert (found.mean_above, found.mean_below) == (155.5, 70.5)
    assert found.steps["feature"].tolist() == ["order_count", "recency_days", "other_features"]
    np.testing.assert_allclose(found.steps["contribution"], [60.0, 25.0, 0.0])
    assert found.steps["start"].iloc[0] == 70.5
    assert found.steps["end"].iloc[-1] == pytest.approx(155.5)


def test_families_add_up_likewise() -> None:
    """Sisters are summed first, and no family is left out."""
    found = compare_families(EXPLANATION, ABOVE, BELOW)
    assert found.steps["feature"].tolist() == ["frequency", "recency", "spend"]
    gap = found.mean_above - found.mean_below
    assert found.steps["contribution"].sum() == pytest.approx(gap)


def test_random_groups_add_up() -> None:
    """Whatever the groups, overlapping ones too, no remainder stays."""
    random = np.random.default_rng(2)
    many = pd.DataFrame(random.normal(0, 50, (300, 30))).add_prefix("f")
    explanation = Explanation(many, many, 40.0)
    for _ in range(5):
        one, other = (pd.Index(random.choice(300, size, replace=False)) for size in (7, 120))
        found = compare_features(explanation, one, other, top=4)
        gap = explanation.predicted.loc[one].mean() - explanation.predicted.loc[other].mean()
        assert found.steps["contribution"].sum() == pytest.approx(gap, abs=1e-9)
        np.testing.assert_allclose(found.steps["end"].iloc[:-1], found.steps["start"].iloc[1:])


def test_two_sentences_name_sizes_and_associations() -> None:
    """Means, difference, the two largest steps, and that they are no causes."""
    found = compare_features(EXPLANATION, ABOVE, BELOW)
    size, reasons = map(str, compare_in_words(found, "High", "Low"))
    assert size.startswith("“High” stands at 155.50")
    assert "+85.00" in size
    assert "(+60.00)" in reasons
    assert "not causes" in reasons
    same = compare_features(EXPLANATION, ABOVE, ABOVE)
    assert len(compare_in_words(same, "High", "High")) == 1


def test_an_empty_group_is_refused_in_words() -> None:
    """Nobody in a tier is told, not divided by."""
    with pytest.raises(TooFewCustomers, match="no customers"):
        compare_features(EXPLANATION, ABOVE, KEYS[:0])


def test_customers_behind_a_bar_are_those_whom_it_moves_most() -> None:
    """The largest contribution counts, down as well as up; who has none is left out."""
    unmoved = pd.DataFrame(0.0, pd.Index([5]), CONTRIBUTIONS.columns)
    together = pd.concat([CONTRIBUTIONS, unmoved])
    explanation = Explanation(together, together, 100.0)
    leading = find_leading_features(explanation)
    assert leading.to_dict() == {
        1: "order_count",
        2: "order_count",
        3: "recency_days",
        4: "order_count",
    }
    assert find_leading_families(explanation).loc[3] == "recency"
    nothing = pd.DataFrame(index=KEYS)
    assert find_leading_features(Explanation(nothing, nothing, 1.0)).empty
