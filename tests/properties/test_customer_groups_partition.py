"""Every customer is in exactly one RFM group, one stage and one persona."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.segments.groups import cross_with_tiers, profile_groups
from clv_core.segments.lifecycle import LIFECYCLE_STAGES, find_lifecycle
from clv_core.segments.personas import find_personas
from clv_core.segments.rfm import RFM_GROUPS, assign_rfm_groups, profile_rfm_groups, score_rfm
from clv_core.segments.value_tiers import VALUE_TIERS, assign_value_tiers
from clv_core.settings import SegmentSettings

CUSTOMERS = st.lists(
    st.tuples(
        st.integers(0, 20),  # repeat days
        st.integers(0, 400),  # days since the last purchase
        st.integers(0, 400),  # from the first to the last
        st.floats(-1e4, 1e6),  # spend
        st.none() | st.floats(0, 1),  # chance of being a customer
        st.floats(0, 1e6),  # forecast
    ),
    max_size=40,
)


def tabulate(rows):
    """Return features and forecast of drawn customers, some of whom never ordered."""
    columns = ["frequency", "recency_days", "span", "net_spend", "p_alive", "predicted"]
    table = pd.DataFrame(rows, columns=columns).astype(float)
    table.index = pd.RangeIndex(7, 7 + len(table), name="customer_key")
    table["tenure_days"] = table["recency_days"] + table["span"] * (table["frequency"] > 0)
    table["order_count"] = table["frequency"] + 1
    return table.drop(columns=["span", "predicted"]), table[["predicted"]]


@given(CUSTOMERS, st.integers(0, 5))
def test_rfm_groups_partition_and_follow_the_scores(rows, without_orders):
    """One of eleven each, equal customers alike, and crossing tiers loses nobody."""
    features, forecast = tabulate(rows)
    nobody = features.reindex(range(10_000, 10_000 + without_orders))
    everybody = pd.concat([features, nobody]) if without_orders else features
    groups = assign_rfm_groups(everybody)

    assert groups.index.equals(everybody.index)
    assert groups.isin(RFM_GROUPS).all()
    assert (groups == "prospects").sum() == without_orders
    scores = score_rfm(everybody)
    assert scores.isin([1, 2, 3, 4, 5]).all(axis=None)
    what = everybody[["recency_days", "order_count", "net_spend"]].assign(group=groups)
    assert (what.groupby(list(what.columns[:3]))["group"].nunique() == 1).all()
    assert profile_rfm_groups(forecast, groups)["customers"].sum() == len(everybody)

    tiers = assign_value_tiers(forecast, SegmentSettings()).assignment
    crossed = cross_with_tiers(forecast, groups, tiers, RFM_GROUPS)
    assert len(crossed) == len(RFM_GROUPS) * len(VALUE_TIERS)
    assert crossed["customers"].sum() == len(forecast)
    assert np.isclose(crossed["value"].sum(), forecast["predicted"].sum())


@given(CUSTOMERS)
def test_lifecycle_stages_partition(rows):
    """One of five each, and the profile counts everybody and their value once."""
    features, forecast = tabulate(rows)
    found = find_lifecycle(features, forecast)
    assert found.assignment.index.equals(forecast.index)
    assert found.assignment.isin(LIFECYCLE_STAGES).all()
    assert found.profile["customers"].sum() == len(forecast)
    assert np.isclose(found.profile["value"].sum(), forecast["predicted"].sum())
    repeated = features["frequency"] > 0
    assert not ((found.assignment == "new") & repeated).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(100, 200), st.integers(0, 2**31 - 1), st.booleans())
def test_personas_partition(customers, seed, is_rounded):
    """One persona each, every one of them named otherwise and with somebody in it."""
    random = np.random.default_rng(seed)
    names = ["frequency", "recency_days", "mean_order_amount", "visits_90d"]
    drawn = random.lognormal(1, 1, (customers, 4))
    features = pd.DataFrame(drawn.round() if is_rounded else drawn, columns=names)
    found = find_personas(features, seed)
    assert found.assignment.index.equals(features.index)
    assert found.assignment.isin(list(found.names)).all()
    assert len(set(map(str, found.names.values()))) == len(found.names)
    profile = profile_groups(features.assign(predicted=1.0), found.assignment, list(found.names))
    assert (profile["customers"] > 0).all()
    assert profile["customers"].sum() == customers
    assert profile["customers"].is_monotonic_decreasing
