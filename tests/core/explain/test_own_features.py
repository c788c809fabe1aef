"""Explanations of value tables: the user's headers, categories, days, yes and no."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.value_columns import ValueFeature
from clv_core.explain.explanation import Explanation
from clv_core.explain.families import importance_of_families
from clv_core.explain.matrix import explain_matrix
from clv_core.explain.one_customer import explain_one_exactly
from clv_core.explain.reasons import describe_own_value, reasons_in_words
from clv_core.explain.summaries import beeswarm, importance, waterfall
from clv_core.models.linear import LinearForecaster
from tests.value_tables import as_training, simulate_people

KEYS = pd.Index([7, 8], name="customer_key")
EXPLANATION = Explanation(
    contributions=pd.DataFrame(
        {"Vehicle Class": [3200.0, -10.0], "net_spend": [-50.0, 5.0]}, index=KEYS
    ),
    values=pd.DataFrame(
        {"Vehicle Class": pd.Categorical(["Luxury SUV", None]), "net_spend": [12.0, 3.0]},
        index=KEYS,
    ),
    base_value=1000.0,
    own_features={
        "Vehicle Class": ValueFeature("Vehicle Class", "x0", "category"),
        "net_spend": ValueFeature("net_spend", "x1", "number"),
    },
)


def test_reasons_name_the_category_and_the_users_header() -> None:
    """A header that also stands in our catalogue keeps its own words."""
    assert [str(reason) for reason in reasons_in_words(EXPLANATION, 7)] == [
        "Vehicle Class is Luxury SUV: adds 3200.0",
        "net_spend: 12: takes away 50.0",
    ]
    assert str(reasons_in_words(EXPLANATION, 8)[0]) == "Vehicle Class: not known: takes away 10.0"


def test_a_header_is_a_fact_not_a_template() -> None:
    """Braces and markdown in a header come through as they are, for the page to escape."""
    feature = ValueFeature("**{Score}** ![x](http://a.b)", "x0", "number")
    told = describe_own_value(feature, 3.0)
    assert str(told) == "**{Score}** ![x](http://a.b): 3"
    assert "{Score}" not in told.template


@pytest.mark.parametrize(
    ("kind", "newest", "value", "said"),
    [
        ("yes_no", None, 1.0, "Partner: yes"),
        ("yes_no", None, 0.0, "Partner: no"),
        ("date", "2024-03-01", 1.0, "Partner: 2024-02-29"),
        ("number", None, 2.345, "Partner: 2.35"),
        ("number", None, np.nan, "Partner: not known"),
    ],
)
def test_values_read_as_they_were_written(
    kind: str, newest: str | None, value: float, said: str
) -> None:
    """What models see as numbers is told as the user wrote it."""
    feature = ValueFeature("Partner", "x0", kind, newest)  # type: ignore[arg-type]
    assert str(describe_own_value(feature, value)) == said


def test_summaries_take_categories() -> None:
    """Steps carry the category; a swarm has no rank for it; all own columns are one family."""
    steps = waterfall(EXPLANATION, 7)
    assert steps["value"].tolist() == ["Luxury SUV", 12.0]
    assert [str(label) for label in steps["label"]] == ["Vehicle Class", "net_spend"]
    assert steps["end"].iloc[-1] == 4150.0
    swarm = beeswarm(EXPLANATION).set_index("feature")
    assert swarm.loc["Vehicle Class", "value_rank"].isna().all()
    assert swarm.loc["net_spend", "value_rank"].tolist() == [1.0, 0.0]
    assert set(importance(EXPLANATION)["family"]) == {"other"}
    assert importance_of_families(EXPLANATION)["features"].tolist() == [2]


def test_shaps_own_explainer_agrees_on_categories() -> None:
    """Mixing whole features of customers gives what the closed form gives, column sums added."""
    data = as_training(simulate_people(300, seed=8))
    model = LinearForecaster().fit(data)
    whole = data.history
    background = replace(
        whole, features=whole.features.iloc[:50], spend_sequence=whole.spend_sequence[:50]
    )
    one = explain_one_exactly(model, whole, 5, background, seed=1)
    summed = explain_matrix(model, whole, background).contributions.loc[5]
    np.testing.assert_allclose(one.contributions.loc[5, summed.index], summed, atol=1e-3)
