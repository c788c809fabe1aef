"""Cancellations and returns, matched to what was bought before."""

from __future__ import annotations

import pytest

from tests.core.cleaning.uploads import clean_orders, sell


def move(time, quantity, customer="7", product="tea", price=2.0):
    """Return a line of some pieces at 2 each, bought or, if negative, returned."""
    return sell(
        customer,
        f"2024-05-{time}",
        f"{quantity * price:.2f}",
        quantity=str(quantity),
        product_id=product,
    )


@pytest.mark.parametrize(
    ("moves", "pairs"),
    [
        ([move("01 10:00", 5), move("01 10:05", -5)], 2),
        ([move("01", 5), move("01", -5)], 2),
        ([move("01 10:00", 5), move("02 10:00", -5)], 0),
        ([move("01 10:05", 5), move("01 10:00", -5)], 0),
        ([move("01 10:00", 5), move("01 10:05", -4)], 0),
        ([move("01 10:00", 5), move("01 10:05", -5, product="jam")], 0),
        ([move("01 10:00", 5), move("01 10:05", -5, customer="8")], 0),
        ([move("01 10:00", 5), move("01 10:05", -5, price=3.0)], 0),
        ([move("01 10:00", 5), move("01 10:01", 5), move("01 10:05", -5)], 2),
        ([move("01 10:00", 5), move("01 10:01", -5), move("01 10:05", -5)], 2),
    ],
)
def test_an_order_and_its_cancellation_of_the_same_day_both_go(tmp_path, moves, pairs):
    """Same goods, pieces, money, customer and day, the order first; anything else is no pair."""
    anchor = sell("anchor", "2024-04-01", "1", quantity="1", product_id="tea")
    cleaned = clean_orders(tmp_path, [anchor, *moves], unmatched_returns="keep")
    assert cleaned.rejected.get("reversed_pair", 0) == pairs


def test_the_last_open_order_is_the_one_that_was_cancelled(tmp_path):
    """Of two equal orders the earlier one stays, with its clock."""
    rows = [move("01 10:00", 5), move("01 11:00", 5), move("01 12:00", -5)]
    orders = clean_orders(tmp_path, rows).open("orders")
    assert orders["order_time"].dt.hour.tolist() == [10]


def test_pairs_can_be_kept(tmp_path):
    """The pair is then an order and its refund."""
    rows = [move("01 10:00", 5), move("01 10:05", -5)]
    cleaned = clean_orders(tmp_path, rows, reversed_pairs="keep")
    assert cleaned.treated == {"refund": 1, "matched_return": 1}


def test_a_return_of_goods_bought_before_is_a_refund_on_its_own_day(tmp_path):
    """Five bought, two and three returned on later days; both are matched."""
    cleaned = clean_orders(tmp_path, [move("01", 5), move("03", -2), move("09", -3)])
    assert cleaned.rejected == {}
    assert cleaned.treated == {"refund": 2, "matched_return": 2}
    matched = next(case for case in cleaned.file.treated if case.code == "matched_return")
    assert matched.amount == -10.0
    assert cleaned.open("orders")["order_time"].dt.day.tolist() == [1, 3, 9]


def test_a_return_without_its_purchase_is_left_out(tmp_path):
    """The purchase lies before the files begin, or was somebody else's, or was returned already."""
    rows = [
        move("01", -1, product="jam"),
        move("01", 2),
        move("02", -1, customer="8"),
        move("03", -2),
        move("04", -1),
        move("05", 1),
        move("06", -1),
    ]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"unmatched_return": 3}
    assert cleaned.file.rejected[0].examples == (1, 3, 5)
    assert cleaned.treated["matched_return"] == 2
    assert cleaned.report.facts.revenue == 4 - 4 + 2 - 2


def test_returning_more_than_was_bought_uses_up_what_was(tmp_path):
    """Of three returned pieces one was seen bought, so a fourth has no purchase either."""
    cleaned = clean_orders(tmp_path, [move("01", 1), move("02", -3), move("03", -1)])
    assert cleaned.rejected == {"unmatched_return": 2}


def test_a_later_purchase_matches_nothing(tmp_path):
    """Matching looks backwards only."""
    assert clean_orders(tmp_path, [move("01", -1), move("02", 1)]).rejected == {
        "unmatched_return": 1
    }


def test_lines_that_do_not_say_what_was_returned_stay_refunds(tmp_path):
    """Without product or quantity nothing can be matched."""
    rows = [sell(amount="10"), sell("7", "2024-05-02", "-10")]
    cleaned = clean_orders(tmp_path, rows)
    assert (cleaned.rejected, cleaned.treated) == ({}, {"refund": 1})


def test_unmatched_returns_can_be_kept(tmp_path):
    """They are then refunds like others."""
    cleaned = clean_orders(
        tmp_path, [move("01", -1)] * 1 + [move("02", 3)], unmatched_returns="keep"
    )
    assert cleaned.treated == {"refund": 1}
