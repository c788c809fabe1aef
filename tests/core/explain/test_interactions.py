"""The partner that a feature's contributions depend on, where there is one and where not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.coalitions import Factor, attribute_exactly
from clv_core.explain.explanation import Explanation
from clv_core.explain.interactions import (
    lay_out_dependence,
    rank_interactions,
    strongest_partner,
)

CUSTOMERS = 1500


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Return customers whose idle column goes along with their pace."""
    random = np.random.default_rng(5)
    pace = random.normal(3, 1, CUSTOMERS)
    return pd.DataFrame(
        {
            "pace": pace,
            "basket": random.normal(10, 6, CUSTOMERS),
            "noise": random.normal(size=CUSTOMERS),
            "idle": pace + random.normal(0, 0.3, CUSTOMERS),
        },
        index=pd.RangeIndex(1, CUSTOMERS + 1, name="customer_key"),
    )


def explain(people: pd.DataFrame, *factors: Factor) -> Explanation:
    """Return exact Shapley values of a product, 0 for what it does not read."""
    found, base_value = attribute_exactly(factors, people, people.head(40))
    contributions = found.reindex(columns=people.columns, fill_value=0.0)
    return Explanation(contributions, people, base_value)


def test_the_other_factor_of_a_product_is_the_partner(people: pd.DataFrame) -> None:
    """Pace times basket: what pace adds depends on the basket, and on nothing else."""
    product = explain(
        people,
        Factor(("pace",), lambda rows: rows["pace"].to_numpy()),
        Factor(("basket",), lambda rows: rows["basket"].to_numpy()),
    )
    ranked = rank_interactions(product, "pace")
    assert strongest_partner(ranked) == "basket"
    assert strongest_partner(rank_interactions(product, "basket")) in {"pace", "idle"}
    shares = ranked.set_index("feature")["share"]
    assert shares["basket"] > 20 * max(shares["noise"], shares["idle"])


def test_a_sum_has_no_partners(people: pd.DataFrame) -> None:
    """Pace squared plus basket: a column that goes along with pace is no partner of it."""
    added = explain(
        people,
        Factor(
            ("pace", "basket"), lambda rows: (rows["pace"] ** 2 + 3 * rows["basket"]).to_numpy()
        ),
    )
    for feature in people:
        assert strongest_partner(rank_interactions(added, feature)) is None


def test_a_category_can_be_the_partner(people: pd.DataFrame) -> None:
    """Where one region counts double, the region is found, and gaps do no harm."""
    region = pd.Series(pd.Categorical(np.where(people.index % 3, "north", "south")), people.index)
    pace = people["pace"].where(people.index % 10 > 0)
    effect = (people["pace"] - 3) * np.where(region == "south", 2.0, 1.0)
    explanation = Explanation(
        pd.DataFrame({"pace": effect, "region": 0.0, "noise": 0.0}),
        pd.DataFrame({"pace": pace, "region": region, "noise": people["noise"]}),
        10.0,
    )
    ranked = rank_interactions(explanation, "pace")
    assert strongest_partner(ranked) == "region"
    # Of slopes 1, 1 and 2 with a mean of 4/3, about a ninth is spread between regions.
    assert ranked["share"].iloc[0] == pytest.approx(1 / 9, abs=0.06)
    table = lay_out_dependence(explanation, "pace", "region", sample=100)
    assert len(table) == 100
    assert table["partner_rank"].isna().all()
    assert set(table["partner_value"]) == {"north", "south"}


def test_dependence_holds_each_customers_own_numbers(people: pd.DataFrame) -> None:
    """Values, contributions and the partner's rank from 0 to 1, by customer."""
    explanation = Explanation(people * 2, people, 1.0)
    table = lay_out_dependence(explanation, "pace", "noise", sample=CUSTOMERS)
    np.testing.assert_allclose(table["contribution"], 2 * people["pace"])
    pd.testing.assert_series_equal(table["value"], people["pace"], check_names=False)
    assert table["partner_rank"].idxmax() == people["noise"].idxmax()
    assert (table["partner_rank"].min(), table["partner_rank"].max()) == (0.0, 1.0)
    alone = lay_out_dependence(explanation, "pace")
    assert alone["partner_rank"].isna().all()


def test_nothing_varies_nothing_interacts(people: pd.DataFrame) -> None:
    """A feature that adds the same for all has no partner."""
    same = Explanation(people * 0 + 1.0, people, 1.0)
    assert strongest_partner(rank_interactions(same, "pace")) is None
