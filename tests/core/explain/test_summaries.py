"""Tables and words made from a small explanation, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clv_core.explain.explanation import Explanation
from clv_core.explain.reasons import describe_value, reasons_in_words
from clv_core.explain.summaries import (
    OTHER_FEATURES,
    beeswarm,
    importance,
    label_of,
    waterfall,
)
from clv_core.sentences import Sentence

KEYS = pd.Index([11, 12, 13], name="customer_key")


@pytest.fixture
def explanation() -> Explanation:
    """Return three customers around a typical forecast of 100."""
    return Explanation(
        contributions=pd.DataFrame(
            {
                "order_count": [85.0, -30.0, -1.0],
                "recency_days": [-10.0, -20.0, 2.0],
                "net_spend": [5.0, 0.0, 1.0],
                "loyalty_points": [0.0, 0.0, 0.001],
            },
            index=KEYS,
        ),
        values=pd.DataFrame(
            {
                "order_count": [12, 1, 3],
                "recency_days": [7.0, 300.0, 45.0],
                "net_spend": [1234.5, 20.0, np.nan],
                "loyalty_points": [5.0, 5.0, 7.0],
            },
            index=KEYS,
        ),
        base_value=100.0,
    )


def test_importance_is_the_mean_size(explanation: Explanation) -> None:
    """Signs do not cancel; the largest comes first; unknown columns are 'other'."""
    table = importance(explanation)
    assert table["feature"].tolist() == [
        "order_count",
        "recency_days",
        "net_spend",
        "loyalty_points",
    ]
    assert table["family"].tolist() == ["frequency", "recency", "spend", "other"]
    np.testing.assert_allclose(table["mean_abs"], [116 / 3, 32 / 3, 2.0, 0.001 / 3])


def test_beeswarm_ranks_values(explanation: Explanation) -> None:
    """Values are ranked from 0 to 1 within a feature, missing ones not at all."""
    table = beeswarm(explanation, top=3, sample=10, seed=0)
    assert len(table) == 9
    orders = table[table["feature"] == "order_count"]
    assert orders["customer_key"].tolist() == [11, 12, 13]
    assert orders["contribution"].tolist() == [85.0, -30.0, -1.0]
    assert orders["value_rank"].tolist() == [1.0, 0.0, 0.5]
    spend = table[table["feature"] == "net_spend"]["value_rank"]
    assert spend.iloc[:2].tolist() == [1.0, 0.0]
    assert np.isnan(spend.iloc[2])


def test_beeswarm_samples_customers(explanation: Explanation) -> None:
    """The same two of three customers are shown in every feature, chosen by the seed."""
    table = beeswarm(explanation, top=2, sample=2, seed=4)
    shown = table.groupby("feature")["customer_key"].agg(tuple)
    assert shown.nunique() == 1
    assert len(shown.iloc[0]) == 2
    pd.testing.assert_frame_equal(table, beeswarm(explanation, top=2, sample=2, seed=4))


def test_waterfall_runs_from_base_to_forecast(explanation: Explanation) -> None:
    """100, +85, -10, +5 for all the rest, 180."""
    steps = waterfall(explanation, 11, top=2)
    assert steps["feature"].tolist() == ["order_count", "recency_days", OTHER_FEATURES]
    assert steps["start"].tolist() == [100.0, 185.0, 175.0]
    assert steps["end"].tolist() == [185.0, 175.0, 180.0]
    assert steps["value"].tolist()[:2] == [12.0, 7.0]
    assert str(steps["label"].iloc[2]) == "2 other features together"
    assert steps["end"].iloc[-1] == explanation.predicted.loc[11]


def test_waterfall_without_a_rest(explanation: Explanation) -> None:
    """Where all features are shown there is no step for others."""
    steps = waterfall(explanation, 12, top=4)
    assert OTHER_FEATURES not in set(steps["feature"])
    assert steps["end"].iloc[-1] == 50.0


def test_reasons_name_value_and_money(explanation: Explanation) -> None:
    """Reasons come largest first, with the customer's own value and a direction."""
    reasons = [str(reason) for reason in reasons_in_words(explanation, 11)]
    assert reasons == [
        "Bought 12 times: adds 85.0",
        "Last bought 7 days ago: takes away 10.0",
        "Spent 1234.5 so far: adds 5.0",
    ]


def test_reasons_leave_out_what_moves_nothing(explanation: Explanation) -> None:
    """Contributions below half a cent are no reasons."""
    assert len(reasons_in_words(explanation, 12, top=4)) == 2
    assert len(reasons_in_words(explanation, 13, top=4)) == 3


def test_unknown_customers_are_loud(explanation: Explanation) -> None:
    """A key that is not explained raises without repeating the key."""
    with pytest.raises(KeyError, match="not in the explanation"):
        reasons_in_words(explanation, 99)


@pytest.mark.parametrize(
    ("feature", "value", "said"),
    [
        ("order_count", 1.0, "Bought once"),
        ("frequency", 0.0, "Never came back to buy"),
        ("frequency", 4.0, "Came back to buy on 4 day(s)"),
        ("is_one_time_buyer", 1.0, "Bought on one day only"),
        ("is_one_time_buyer", 0.0, "Bought on more than one day"),
        ("weekend_share", 0.256, "Share of orders at the weekend: 25.6 %"),
        ("mean_order_amount", 19.999, "Mean order amount: 20.0"),
        ("mean_rating", 4.5, "Mean rating given: 4.5"),
        ("gap_mean_days", np.nan, "Mean days between purchases: not known"),
        ("loyalty_points", 7.0, "loyalty_points: 7"),
    ],
)
def test_values_read_in_their_units(feature: str, value: float, said: str) -> None:
    """Shares are per cent, money has cents, counts are whole, missing is 'not known'."""
    assert str(describe_value(feature, value)) == said


def test_reasons_survive_storage(explanation: Explanation) -> None:
    """A reason with sentences inside comes back from JSON as it was."""
    reason = Sentence("{cause}: adds {money}", cause=label_of("net_spend"), money=5.0)
    assert Sentence.from_json(reason.to_json()) == reason
    first = reasons_in_words(explanation, 11)[0]
    assert Sentence.from_json(first.to_json()) == first
