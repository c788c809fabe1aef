"""Every customer is in exactly one tier, whatever the forecast."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from clv_core.activation.marketing_tiers import MARKETING_TIERS, assign_marketing_tiers
from clv_core.segments.value_tiers import VALUE_TIERS, assign_value_tiers
from clv_core.settings import SegmentSettings

MONEY = st.floats(-1e6, 1e9) | st.sampled_from([0.0, 1.0, 5.0])
SHARES = st.floats(0.01, 0.98)


@st.composite
def settings(draw):
    """Any allowed pair of lines."""
    high, middle = sorted(draw(st.lists(SHARES, min_size=2, max_size=2, unique=True)))
    cut_by = draw(st.sampled_from(["value_share", "quantile", "natural_breaks"]))
    return SegmentSettings(cut_by=cut_by, high=high, middle=middle)


@given(st.lists(MONEY, max_size=40), settings())
def test_value_tiers_partition_and_follow_the_forecast(values, chosen):
    """One known tier each; equal forecasts share one; a higher forecast is never lower."""
    forecast = pd.DataFrame({"predicted": np.array(values, dtype=float)})
    segments = assign_value_tiers(forecast, chosen)
    assert segments.assignment.index.equals(forecast.index)
    assert segments.assignment.isin(VALUE_TIERS).all()
    assert segments.profile["customers"].sum() == len(values)
    ranks = segments.assignment.map(VALUE_TIERS.index)
    ordered = pd.DataFrame({"value": forecast["predicted"], "rank": ranks})
    assert (ordered.groupby("value")["rank"].nunique() == 1).all()
    assert ordered.sort_values("value")["rank"].is_monotonic_decreasing
    assert (ranks[forecast["predicted"] <= 0] == 2).all()


@given(
    st.lists(
        st.tuples(
            MONEY,
            st.none() | st.floats(0, 1),
            MONEY,
            st.integers(0, 50),
            st.integers(0, 3000),
            st.sampled_from(VALUE_TIERS),
        ),
        max_size=40,
    )
)
def test_marketing_tiers_partition(rows):
    """One known tier each, and the profile counts everybody once."""
    table = pd.DataFrame(
        rows,
        columns=["predicted", "p_buy", "past_spend", "frequency", "recency_days", "value_tier"],
    ).assign(tenure_days=lambda t: t["recency_days"])
    table = table.astype({"predicted": float, "p_buy": float, "past_spend": float})
    tiers = assign_marketing_tiers(
        table[["predicted", "p_buy", "past_spend", "value_tier"]],
        table[["frequency", "recency_days", "tenure_days"]],
    )
    assert tiers.assignment.index.equals(table.index)
    assert tiers.assignment.isin(MARKETING_TIERS).all()
    assert tiers.profile["customers"].sum() == len(rows)
