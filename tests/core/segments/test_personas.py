"""Personas of customers who were made to fall into three kinds."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from clv_core.errors import TooFewCustomers
from clv_core.segments.cluster_count import STABLE
from clv_core.segments.persona_words import name_personas
from clv_core.segments.personas import find_personas

KINDS = ((1, 20, 5), (12, 25, 60), (2, 200, 8))  # repeat days, order amount, visits


def simulate_kinds(per_kind=(120, 80, 50), seed=1):
    """Three kinds of customers around KINDS, and the kind each is of."""
    random = np.random.default_rng(seed)
    kind = np.repeat(np.arange(3), per_kind)
    names = ["frequency", "mean_order_amount", "visits_90d"]
    middle = pd.DataFrame(np.array(KINDS, dtype=float)[kind], columns=names)
    table = middle * random.lognormal(0, 0.2, middle.shape)
    table.index = pd.RangeIndex(1000, 1000 + len(kind), name="customer_key")
    table["return_rate"] = 0.0  # says nothing
    table.loc[table.index[::9], "visits_90d"] = np.nan
    return table, kind


def test_the_kinds_are_found_and_named():
    """Three clusters, largest first, each with the customers of one kind, named by its side."""
    features, kind = simulate_kinds()
    found = find_personas(features, seed=5)
    assert found.count.chosen == 3
    assert found.count.is_stable
    assert adjusted_rand_score(kind, found.assignment) > 0.9
    assert found.assignment.value_counts().index.tolist() == ["persona_1", "persona_2", "persona_3"]
    assert "Come back often" in str(found.names["persona_2"])
    assert "Browse a lot" in str(found.names["persona_2"])
    assert "Large orders" in str(found.names["persona_3"])


def test_the_same_seed_finds_the_same_and_another_much_the_same():
    """Nothing is left to chance but the seed, and the seed matters little."""
    features, _ = simulate_kinds()
    first, again, other = (find_personas(features, seed) for seed in (5, 5, 6))
    pd.testing.assert_series_equal(first.assignment, again.assignment)
    pd.testing.assert_frame_equal(first.count.tried, again.count.tried)
    assert adjusted_rand_score(first.assignment, other.assignment) > STABLE


def test_differences_are_told_in_the_features_own_unit():
    """Means are of known values; differences of all personas balance, weighed by size."""
    features, _ = simulate_kinds()
    found = find_personas(features, seed=5)
    own = features[found.assignment == "persona_3"]
    rows = found.distinctions.set_index(["persona", "feature"])
    row = rows.loc[("persona_3", "mean_order_amount")]
    assert row["mean"] == pytest.approx(own["mean_order_amount"].mean())
    assert row["overall"] == pytest.approx(features["mean_order_amount"].mean())
    assert row["difference"] > 1
    sizes = found.assignment.value_counts()
    weighed = found.distinctions["difference"] * found.distinctions["persona"].map(sizes)
    assert weighed.groupby(found.distinctions["feature"]).sum().abs().max() < 1e-3
    assert "return_rate" not in set(found.distinctions["feature"])


def test_columns_of_a_value_table_are_read_with_their_categories():
    """Numbers and categories of the user's own; a header is a name, and so is a category."""
    features, kind = simulate_kinds()
    colours = np.array(["red", "blue", "green"])[kind]
    own = pd.DataFrame(
        {"frequency": features["mean_order_amount"], "Colour": pd.Categorical(colours)}
    )
    own.loc[own.index[:5], "Colour"] = None
    found = find_personas(own, seed=5, has_own_names=True)
    assert set(found.distinctions["category"].dropna()) == {"red", "blue", "green"}
    shares = found.distinctions.dropna(subset="category").groupby("persona")["mean"].sum()
    assert ((shares > 0.9) & (shares <= 1)).all()
    names = " ".join(str(name) for name in found.names.values())
    assert "Colour: green" in names
    assert "High frequency" in names  # a header, not our feature of the same name


@pytest.mark.parametrize("rows", [99, 300])
def test_too_few_or_too_equal_customers_are_refused(rows):
    """A handful of customers, or hundreds of equal ones, fall into no kinds."""
    features = pd.DataFrame({"frequency": np.zeros(rows)}, index=range(rows))
    with pytest.raises(TooFewCustomers) as refused:
        find_personas(features, seed=1)
    assert "need at least" in str(refused.value.problem)


def test_no_two_personas_have_one_name():
    """Those with equal phrases get a number, those without any are like everybody."""
    table = pd.DataFrame(
        {
            "persona": ["a", "b", "c"],
            "feature": ["frequency"] * 3,
            "category": [None] * 3,
            "difference": [1.0, 0.9, 0.1],
        }
    )
    names = [str(name) for name in name_personas(table, ["a", "b", "c"]).values()]
    assert names == ["Come back often", "Come back often (2)", "Much like everybody"]
