"""Lists of customers to act on, on tables small enough to read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.action_lists import LIST_NAMES, ListSettings, make_lists
from clv_core.activation.list_facts import (
    ListFacts,
    SecondOrders,
    gather_facts,
    gather_tested,
    tell_bought,
    time_second_orders,
)
from clv_core.activation.list_precision import HITS, measure_lists, measure_share
from clv_core.cleaning.tables import Tables
from clv_core.runs.folder import RunFolder
from clv_core.settings import SegmentSettings
from tests.core.features.shops import make_orders, write_shop

SECOND = SecondOrders(opens_day=10, closes_day=40, back_share=0.5, observed=60)
NOTHING = {"recent_returns": 0.0, "last_rating": np.nan, "days_since_review": np.nan}


def person(**facts: object) -> dict[str, object]:
    """Return a customer who bought on five days every 20 days, last 10 days ago."""
    return {
        **{"predicted": 50.0, "p_buy": 0.8, "value_tier": "middle", "past_spend": 200.0},
        **{"frequency": 4.0, "recency_days": 10.0, "tenure_days": 90.0},
        **NOTHING,
        "last_sentiment": np.nan,
        **facts,
    }


def listed(
    *people: dict[str, object],
    second: SecondOrders | None = SECOND,
    settings: ListSettings | None = None,
) -> dict[str, list[int]]:
    """Return the customers of every list, by their place."""
    table = pd.DataFrame(list(people), index=pd.RangeIndex(len(people), name="customer_key"))
    lists = make_lists(ListFacts(table, second), settings or ListSettings())
    assert tuple(lists) == LIST_NAMES
    return {name: list(made.table.index) for name, made in lists.items()}


def test_the_warning_is_for_the_least_certain_of_the_valuable() -> None:
    """Only who spent most, is in their rhythm and is least certain; sorted by value at risk."""
    everyone = ListSettings(valuable_share=0.6, least_certain_share=0.5)
    found = listed(
        person(p_buy=0.5, predicted=40.0),  # 20 at risk
        person(p_buy=0.4, predicted=60.0),  # 36 at risk
        person(p_buy=0.9),
        person(p_buy=0.95),
        person(p_buy=0.1, past_spend=20.0),
        person(p_buy=0.1, recency_days=90.0, tenure_days=170.0),  # 90 days after gaps of 20
        person(p_buy=0.1, past_spend=10.0),
        person(p_buy=0.1, frequency=0.0, recency_days=60.0, tenure_days=60.0, past_spend=900.0),
        settings=everyone,
    )
    assert found["churn"] == [1, 0]


def test_value_at_risk_is_value_times_churn() -> None:
    """60 expected at a chance of 0.4 to buy puts 36 at risk; refunds are no value."""
    people = pd.DataFrame([person(p_buy=0.4, predicted=60.0), person(p_buy=0.4, predicted=-5.0)])
    churn = make_lists(ListFacts(people, SECOND), ListSettings(least_certain_share=1.0))["churn"]

    assert list(churn.table["value_at_risk"]) == pytest.approx([36.0, 0.0])
    assert churn.value == pytest.approx(36.0)


def test_one_short_gap_makes_no_habit() -> None:
    """The shop's median gap counts as one more: (4 + 20) / 2 = 12 days, silent for 4 of them."""
    steady = [person() for _ in range(3)]
    two_days = person(frequency=1.0, recency_days=48.0, tenure_days=52.0)
    assert listed(*steady, two_days)["win_back"] == []
    assert listed(*steady, {**two_days, "recency_days": 49.0, "tenure_days": 53.0})["win_back"] == [
        3
    ]


def test_win_back_is_for_the_lapsed_who_are_worth_it() -> None:
    """Silent for more than four usual gaps, and expected to bring the median or more."""
    gone = {"recency_days": 100.0, "tenure_days": 180.0}
    found = listed(person(**gone, predicted=30.0), person(**gone, predicted=5.0), person())
    assert found["win_back"] == [0]
    every = listed(
        person(**gone, predicted=5.0),
        person(**gone, predicted=30.0),
        settings=ListSettings(worthwhile_value=0.0),
    )
    assert every["win_back"] == [1, 0]


def single(days_ago: float) -> dict[str, object]:
    """Return a customer who bought once."""
    return person(frequency=0.0, recency_days=days_ago, tenure_days=days_ago)


def test_one_time_buyers_go_by_when_second_orders_come() -> None:
    """New before the days open, due while they are open, on no list after."""
    found = listed(single(0.0), single(9.0), single(10.0), single(40.0), single(41.0), person())
    assert found["activation"] == [0, 1]
    assert found["second_order"] == [2, 3]


def test_without_second_orders_there_is_no_telling() -> None:
    """Both lists are empty and say why."""
    table = pd.DataFrame([single(5.0), single(20.0)])
    lists = make_lists(ListFacts(table, None), ListSettings())

    for name in ("second_order", "activation", "churn"):
        assert not lists[name].is_known
        assert lists[name].table.empty
        assert lists[name].value == 0.0


@pytest.mark.parametrize(
    "complaint",
    [
        {"recent_returns": 1.0},
        {"last_rating": 2.0, "days_since_review": 20.0},
        {"last_sentiment": -0.3, "days_since_review": 20.0},
    ],
)
def test_service_first_is_for_the_valuable_with_a_complaint(complaint: dict[str, object]) -> None:
    """A return, a low rating or unhappy words, lately; others of high value are their peers."""
    found = listed(
        person(value_tier="high", **complaint),
        person(value_tier="high"),
        person(**complaint),
        person(value_tier="high", **complaint | {"days_since_review": 200.0, "recent_returns": 0}),
    )
    assert found["service"] == [0]


@pytest.fixture
def orders(tmp_path: Path) -> Tables:
    """Return 30 customers back after 10 days, 10 after 50, 10 watched for 20; one returned."""
    first = [(key, "2026-01-01 12:00", 10.0) for key in range(40)]
    back = [(key, f"2026-{'01-11' if key < 30 else '02-20'} 12:00", 10.0) for key in range(40)]
    late = [(key, "2026-03-22 12:00", 10.0) for key in range(40, 50)]
    changes = [(0, "2026-04-10 12:00", -10.0), (5, "2026-04-16 12:00", 10.0)]
    return write_shop(tmp_path, orders=make_orders(*first, *back, *late, *changes))


def test_when_second_orders_come_allows_for_those_still_watched(orders: Tables) -> None:
    """By day 10 30 of 50 are back; the 10 watched for 20 days leave, so 50 days later all are."""
    times = time_second_orders(orders, dt.date(2026, 4, 11))
    assert times == SecondOrders(opens_day=10, closes_day=50, back_share=1.0, observed=40)
    assert time_second_orders(orders, dt.date(2026, 1, 5)) is None


def test_facts_know_nothing_of_later_days(orders: Tables) -> None:
    """A return counts within its days, and not before it was made."""
    people = pd.DataFrame(
        {"predicted": 1.0, "p_buy": 0.5, "value_tier": "low"},
        index=pd.RangeIndex(50, name="customer_key"),
    )
    features = pd.DataFrame({"net_spend": 7.0}, index=people.index)
    for day, count in ((dt.date(2026, 4, 11), 1.0), (dt.date(2026, 4, 9), 0.0)):
        facts = gather_facts(orders, day, people, features, recent_days=30)
        assert facts.people["recent_returns"].sum() == count
    assert facts.people["past_spend"].eq(7.0).all()
    assert facts.people["last_rating"].isna().all()


def test_shares_carry_wilsons_interval() -> None:
    """8 of 10 lie between 0.490 and 0.943 (Wilson 1927); of nobody nothing is told."""
    share = measure_share(pd.Series([True] * 8 + [False] * 2))
    assert (share.share, share.low, share.high) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)
    assert np.isnan(measure_share(pd.Series([], dtype=bool)).share)


def test_a_list_is_compared_with_those_like_them() -> None:
    """40 lapsed of whom 30 stay away, 40 others of whom 10 do: told apart.

    Wilson gives 0.5981 to 0.8581 and 0.1419 to 0.4019; Newcombe 0.5 - sqrt(2) x 0.1519 and
    0.5 + sqrt(2) x 0.1081.
    """
    gone = person(recency_days=100.0, tenure_days=180.0)
    people = pd.DataFrame([gone] * 40 + [person()] * 40)
    bought = pd.Series(([False] * 30 + [True] * 10) + ([False] * 10 + [True] * 30))
    lists = make_lists(ListFacts(people, SECOND), ListSettings())
    measured = measure_lists(lists, bought)

    assert set(measured) == set(HITS)
    found = measured["win_back"]
    assert (found.listed.share, found.peers.share, found.everybody.share) == (0.75, 0.25, 0.5)
    assert (found.difference_low, found.difference_high) == pytest.approx(
        (0.2851, 0.6529), abs=1e-4
    )
    assert "tells them apart" in str(found.tell())
    assert "Too few to tell" in str(measured["second_order"].tell())


def test_a_real_run_is_tested_on_its_held_out_window(
    small_run: RunFolder, small_tables: tuple[Tables, object]
) -> None:
    """What the lists rest on is that day's; the count of customers is the window's own."""
    held, plan = small_run.holdout(), small_run.plan()
    facts = gather_tested(
        small_tables[0],
        plan.holdout_cutoff,
        held,
        small_run.manifest()["model"],
        SegmentSettings(),
        recent_days=90,
    )
    assert list(facts.people.index) == list(held.index)
    assert facts.people["frequency"].notna().all()
    bought = tell_bought(held)
    assert bought is not None
    measured = measure_lists(make_lists(facts, ListSettings()), bought)
    assert measured["win_back"].everybody.customers == len(held)
    assert measured["win_back"].difference_low > 0
