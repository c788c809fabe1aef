"""Value tiers with numbers that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from clv_core.segments.value_tiers import assign_value_tiers, concentration
from clv_core.settings import SegmentSettings


def make_forecast(values):
    """Forecasts with keys 10, 11, ... and one P(buy)."""
    keys = pd.RangeIndex(10, 10 + len(values), name="customer_key")
    return pd.DataFrame({"predicted": values, "p_buy": 0.25}, index=keys)


def test_tiers_by_share_of_value():
    """Of 100: 40 + 20 reach half, 15 + 10 more reach 80 %, the rest is low."""
    segments = assign_value_tiers(make_forecast([10.0, 40, 5, 20, 15, 5, 5, 0]), SegmentSettings())
    assert segments.assignment.to_dict() == {
        10: "middle",
        11: "high",
        12: "low",
        13: "high",
        14: "middle",
        15: "low",
        16: "low",
        17: "low",
    }
    profile = segments.profile.set_index("tier")
    assert profile["customers"].tolist() == [2, 2, 4]
    assert profile["value"].tolist() == [60.0, 25.0, 15.0]
    assert profile["value_share"].tolist() == pytest.approx([0.6, 0.25, 0.15])
    assert profile["threshold"].tolist() == [20.0, 10.0, 0.0]
    assert profile["p_buy"].tolist() == [0.25] * 3


def test_tiers_by_share_of_customers():
    """The top tenth, the next three tenths, the rest."""
    settings = SegmentSettings(cut_by="quantile", high=0.1, middle=0.4)
    segments = assign_value_tiers(make_forecast(np.arange(1.0, 11)), settings)
    assert segments.profile["customers"].tolist() == [1, 3, 6]
    assert segments.assignment.loc[19] == "high"


def test_tiers_by_natural_breaks():
    """Three heaps are three tiers, whatever the shares say; nothing expected is low."""
    settings = SegmentSettings(cut_by="natural_breaks", high=0.01, middle=0.02)
    segments = assign_value_tiers(make_forecast([50.0, 11, 1, 52, 10, 2, 0, -5]), settings)
    assert segments.profile["customers"].tolist() == [2, 2, 4]
    assert segments.profile["threshold"].tolist() == [50.0, 10.0, -5.0]


def test_tied_customers_stay_together():
    """Four equal customers cross the line of 50 % together."""
    segments = assign_value_tiers(make_forecast([40.0, 15, 15, 15, 15]), SegmentSettings())
    assert segments.profile["customers"].tolist() == [5, 0, 0]
    assert np.isnan(segments.profile["threshold"].iloc[1])


@pytest.mark.parametrize("cut_by", ["value_share", "quantile", "natural_breaks"])
def test_nobody_expected_to_buy_is_all_low(cut_by):
    """No value at all: nobody is high, and shares of it are not defined."""
    segments = assign_value_tiers(make_forecast([0.0, 0, -3]), SegmentSettings(cut_by=cut_by))
    assert segments.profile["customers"].tolist() == [0, 0, 3]
    assert segments.profile["value_share"].isna().all()


def test_concentration_by_hand():
    """Four customers with 60, 30, 10, 0 of 100, from the top."""
    table = concentration(make_forecast([10.0, 60, 0, 30]))
    assert table["customer_share"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert table["value_share"].tolist() == pytest.approx([0, 0.6, 0.9, 1, 1])
    assert concentration(make_forecast([0.0]))["value_share"].isna().all()
    assert len(concentration(make_forecast(np.ones(5000)))) == 201
