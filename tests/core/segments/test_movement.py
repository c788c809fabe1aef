"""Movement between two forecasts: everybody once, and totals that are those of the forecasts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clv_core.segments.movement import (
    ABSENT,
    KINDS,
    PLACES,
    match_by_id,
    match_by_key,
    trace_movement,
)
from clv_core.settings import SegmentSettings

HALVES = SegmentSettings(cut_by="quantile", high=0.25, middle=0.5)


def forecast(values: dict[int, float]) -> pd.DataFrame:
    """Return a forecast of some customers."""
    return pd.DataFrame({"predicted": values}).rename_axis("customer_key")


def customers(ids: dict[int, str | None]) -> pd.DataFrame:
    """Return a table of customers with their ids."""
    return pd.DataFrame({"customer_key": list(ids), "customer_id": list(ids.values())})


THEN = forecast({1: 40.0, 2: 30.0, 3: 20.0, 4: 10.0})  # high, middle, low, low
NOW = forecast({2: 90.0, 3: 50.0, 4: 1.0, 5: 2.0})  # high, middle, low, low


def test_flows_are_those_counted_by_hand() -> None:
    """2 and 3 rise, 4 stays low, 1 is gone, 5 is new."""
    pairs = match_by_key(THEN.index, NOW.index)
    movement = trace_movement(THEN, NOW, pairs, HALVES)
    told = [tuple(row) for row in movement.flows.itertuples(index=False)]
    assert told == [
        ("high", ABSENT, "gone", 1, 40.0, 0.0),
        ("middle", "high", "rose", 1, 30.0, 90.0),
        ("low", "middle", "rose", 1, 20.0, 50.0),
        ("low", "low", "stayed", 1, 10.0, 1.0),
        (ABSENT, "low", "new", 1, 0.0, 2.0),
    ]
    assert movement.sum_kinds()["customers"].tolist() == [2, 0, 1, 1, 1]


def test_a_flow_and_a_place_open_their_people() -> None:
    """One flow holds customer 3; all who are low now are 4 and the new one."""
    movement = trace_movement(THEN, NOW, match_by_key(THEN.index, NOW.index), HALVES)
    assert movement.find("low", "middle")["now_key"].tolist() == [3]
    assert sorted(movement.find(tier_now="low")["now_key"]) == [4, 5]
    assert movement.find("high")["now_key"].tolist() == [-1]


def test_who_changed_most_is_in_both_forecasts() -> None:
    """The new and the gone are in neither list; the strongest change comes first."""
    movement = trace_movement(THEN, NOW, match_by_key(THEN.index, NOW.index), HALVES)
    assert movement.list_changes(falling=False, top=9)["now_key"].tolist() == [2, 3]
    assert movement.list_changes(falling=False, top=1)["change"].tolist() == [60.0]
    assert movement.list_changes(falling=True, top=9)["now_key"].tolist() == [4]


def test_earlier_amounts_are_scaled_and_tiers_are_not() -> None:
    """Twice as many days double what was forecast then; nobody changes tier by it."""
    pairs = match_by_key(THEN.index, NOW.index)
    once, twice = (trace_movement(THEN, NOW, pairs, HALVES, scale) for scale in (1.0, 2.0))
    assert twice.flows["value_then"].tolist() == (once.flows["value_then"] * 2).tolist()
    assert twice.flows["kind"].tolist() == once.flows["kind"].tolist()


def test_customers_of_two_data_sets_are_paired_by_id() -> None:
    """Keys differ; ids that are missing or shared by several customers pair nobody."""
    then = customers({0: "a", 1: "b", 2: None, 3: "twice", 4: "twice"})
    now = customers({0: "b", 1: None, 2: "a", 3: "twice", 9: "new"})
    pairs = match_by_id(pd.Index([0, 1, 2, 3, 4]), pd.Index([0, 1, 2, 3, 9]), then, now)
    told = set(pairs.itertuples(index=False, name=None))
    assert {(0, 2), (1, 0)} <= told
    assert told == {(0, 2), (1, 0), (2, -1), (3, -1), (4, -1), (-1, 1), (-1, 3), (-1, 9)}


def test_a_file_that_spells_an_address_otherwise_names_the_same_customer() -> None:
    """Capitals of an e-mail address and full-width digits tell nobody apart; other capitals do."""
    then = customers({0: "Anna@Shop.de", 1: "１７", 2: "a1"})
    now = customers({5: "anna@shop.de", 6: "17", 7: "A1"})
    pairs = match_by_id(pd.Index([0, 1, 2]), pd.Index([5, 6, 7]), then, now)
    told = set(pairs.itertuples(index=False, name=None))
    assert told == {(0, 5), (1, 6), (2, -1), (-1, 7)}


def test_only_who_is_in_a_forecast_is_paired() -> None:
    """Customers of a data set who are in no forecast (only returns) are nowhere."""
    pairs = match_by_id(
        pd.Index([0]), pd.Index([5]), customers({0: "a", 1: "b"}), customers({4: "a", 5: "b"})
    )
    assert set(pairs.itertuples(index=False, name=None)) == {(0, -1), (-1, 5)}


VALUES = st.dictionaries(st.integers(0, 30), st.floats(-50, 1000), max_size=25)


@given(VALUES, VALUES, st.booleans())
def test_everybody_of_either_forecast_is_in_exactly_one_flow(then, now, by_id) -> None:
    """Flows partition the people; their sums are the customers and totals of the forecasts."""
    before, after = forecast(then).astype(float), forecast(now).astype(float)
    ids = customers({key: f"id {key}" for key in range(31)})
    pairs = (
        match_by_id(before.index, after.index, ids, ids)
        if by_id
        else match_by_key(before.index, after.index)
    )
    movement = trace_movement(before, after, pairs, SegmentSettings())
    people, flows = movement.people, movement.flows
    assert sorted(people.loc[people["then_key"] >= 0, "then_key"]) == sorted(then)
    assert sorted(people.loc[people["now_key"] >= 0, "now_key"]) == sorted(now)
    assert len(people) == len(set(then) | set(now)) == flows["customers"].sum()
    assert flows["value_then"].sum() == pytest.approx(sum(then.values()), abs=1e-6)
    assert flows["value_now"].sum() == pytest.approx(sum(now.values()), abs=1e-6)
    assert not flows.duplicated(["tier_then", "tier_now"]).any()
    assert set(flows["tier_then"]) | set(flows["tier_now"]) <= set(PLACES)
    assert movement.sum_kinds()["customers"].sum() == len(people)
    assert set(flows["kind"]) <= set(KINDS)
