"""Lifecycle stages of customers whose rhythm can be told by hand."""

import pandas as pd
import pytest

from clv_core.segments.lifecycle import (
    LIFECYCLE_STAGES,
    assign_lifecycle,
    draw_lifecycle_lines,
    explain_stage,
    find_lifecycle,
)

# Two repeat buyers with gaps of 10 and 30 days and one in between make 20 days typical.
ROWS = {  # repeat days, days since the last, days since the first purchase
    "every_ten_days": (9, 5, 95),
    "ten_days_late": (9, 25, 115),
    "ten_days_gone": (9, 60, 150),
    "monthly": (4, 25, 145),
    "twice": (1, 10, 30),
    "once_lately": (0, 15, 15),
    "once_a_while_ago": (0, 30, 30),
    "once_late": (0, 50, 50),
    "once_gone": (0, 100, 100),
}


def make_features(**columns):
    """The customers of ROWS."""
    names = ["frequency", "recency_days", "tenure_days"]
    table = pd.DataFrame.from_dict(ROWS, orient="index", columns=names).astype(float)
    return table.assign(**columns)


def make_forecast(features):
    """Everybody is expected to bring 1."""
    return pd.DataFrame({"predicted": 1.0}, index=features.index)


def test_lines_by_hand():
    """Mean gaps 10, 10, 10, 30, 20: typical 10; 10, 10, 10, 5, 2 purchase days: loyal from 10."""
    lines = draw_lifecycle_lines(make_features())
    assert lines.typical_gap_days == 10
    assert lines.loyal_days == 10
    assert not lines.knows_alive


def test_stages_by_the_customers_own_rhythm():
    """The same 25 days of silence are on time for a monthly buyer and late for a busier one."""
    features = make_features()
    stages = assign_lifecycle(features, make_forecast(features)).to_dict()
    assert stages == {
        "every_ten_days": "loyal",
        "ten_days_late": "at_risk",
        "ten_days_gone": "lapsed",
        "monthly": "active",  # usual gap (120 + 10) / 5 = 26 days
        "twice": "active",
        "once_lately": "active",
        "once_a_while_ago": "at_risk",
        "once_late": "lapsed",
        "once_gone": "lapsed",
    }


def test_a_first_purchase_within_a_typical_gap_is_new():
    """Ten days after the only purchase, with ten days typical, nobody is late yet."""
    features = make_features()
    features.loc["once_lately", ["recency_days", "tenure_days"]] = 10
    assert assign_lifecycle(features, make_forecast(features))["once_lately"] == "new"


def test_a_chance_of_being_alive_moves_the_late():
    """Who is likely alive is not lapsed however silent; who is not is at risk even on time."""
    features = make_features(p_alive=0.9)
    features.loc["monthly", "p_alive"] = 0.4
    stages = assign_lifecycle(features, make_forecast(features))
    assert stages["ten_days_gone"] == "at_risk"
    assert stages["monthly"] == "at_risk"
    assert stages["every_ten_days"] == "loyal"


def test_without_repeat_buyers_the_age_of_customers_stands_in():
    """Nobody came back: the median age is the typical gap, never less than a day."""
    features = make_features()[-4:]
    assert draw_lifecycle_lines(features).typical_gap_days == 40
    assert draw_lifecycle_lines(features.assign(tenure_days=0.0)).typical_gap_days == 1


def test_the_profile_and_the_words_tell_every_stage():
    """All stages are in the profile, with a rule each that names this shop's numbers."""
    features = make_features()
    found = find_lifecycle(features, make_forecast(features))
    assert found.profile["group"].tolist() == list(LIFECYCLE_STAGES)
    assert found.profile["customers"].sum() == len(features)
    assert len({str(explain_stage(stage, found.lines)) for stage in LIFECYCLE_STAGES}) == 5
    assert "10 days" in str(explain_stage("new", found.lines))
    assert "2 to 4 of their usual gaps" in str(explain_stage("at_risk", found.lines))


@pytest.mark.parametrize("stage", LIFECYCLE_STAGES)
def test_rules_mention_the_chance_only_where_it_is_known(stage):
    """A run without a purchase process does not speak of one."""
    told = str(explain_stage(stage, draw_lifecycle_lines(make_features())))
    assert "likely" not in told
