"""RFM scores and groups with numbers that can be checked by hand."""

from itertools import product

import numpy as np
import pandas as pd

from clv_core.segments.rfm import (
    RFM_GROUPS,
    RFM_MEANINGS,
    RFM_TITLES,
    SCORED_GROUPS,
    assign_rfm_groups,
    explain_rfm_group,
    profile_rfm_groups,
    score_rfm,
)


def make_features(recency, orders, spend):
    """Customers with keys 1, 2, ..."""
    keys = pd.RangeIndex(1, len(recency) + 1, name="customer_key")
    return pd.DataFrame(
        {"recency_days": recency, "order_count": orders, "net_spend": spend}, keys, dtype=float
    )


def test_scores_are_fifths():
    """Of ten customers two have each score; the latest, busiest and dearest have 5."""
    steps = np.arange(10)
    scores = score_rfm(make_features(steps, steps + 1, steps * 10.0))
    assert scores["recency_score"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores["frequency_score"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scores["monetary_score"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_ties_in_frequency_fall_to_the_worse_and_in_recency_to_the_better():
    """Seven of ten ordered once: 1. Seven of ten ordered last on the newest day: 5."""
    scores = score_rfm(make_features([0] * 7 + [5, 6, 7], [1] * 7 + [2, 3, 4], [9.0] * 10))
    assert scores["frequency_score"].tolist() == [1] * 7 + [4, 5, 5]
    assert scores["recency_score"].tolist() == [5] * 7 + [2, 1, 1]
    assert set(scores["monetary_score"]) == {1}


def test_ends_of_the_list():
    """First in all three is a champion, last is dormant, without an order a prospect."""
    steps = np.arange(10)
    features = make_features([*steps, np.nan], [*(10 - steps), np.nan], [*(100 - steps), np.nan])
    groups = assign_rfm_groups(features)
    assert groups.loc[1] == "champions"
    assert groups.loc[10] == "dormant"
    assert groups.loc[11] == "prospects"


def test_every_score_belongs_to_one_group():
    """Each of the 125 scores is inside the bounds of exactly one group with a purchase."""
    for recency, frequency, money in product(range(1, 6), repeat=3):
        inside = [
            name
            for name, group in SCORED_GROUPS.items()
            if group.recency[0] <= recency <= group.recency[1]
            and group.spending[0] <= frequency + money <= group.spending[1]
        ]
        assert len(inside) == 1


def test_eleven_groups_with_words():
    """Every group has a title, a meaning and a rule, no two alike."""
    assert len(RFM_GROUPS) == 11
    for words in (RFM_TITLES, RFM_MEANINGS):
        assert len({str(words[group]) for group in RFM_GROUPS}) == 11
    assert str(explain_rfm_group("champions")) == "R 5, FM 4.0 to 5.0"
    assert str(explain_rfm_group("at_risk")) == "R 1 to 2, FM 3.0 to 3.5"
    assert len({str(explain_rfm_group(group)) for group in RFM_GROUPS}) == 11


def test_prospects_are_counted_beside_the_forecast():
    """Who never ordered is in no forecast, so in no share of it."""
    forecast = pd.DataFrame({"predicted": [1.0, 3.0]}, index=[1, 2])
    groups = pd.Series(["new", "champions", "prospects", "prospects"], index=[1, 2, 3, 4])
    profile = profile_rfm_groups(forecast, groups).set_index("group")
    assert profile.loc["prospects", "customers"] == 2
    assert np.isnan(profile.loc["prospects", "customer_share"])
    assert profile.loc["champions", "value_share"] == 0.75
    assert profile["customer_share"].sum() == 1
