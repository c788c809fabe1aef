"""Missing amounts, filled in with what earlier months teach."""

from __future__ import annotations

import pytest

from tests.core.cleaning.uploads import clean_orders, sell


def line(month, amount, quantity="1", product="tea", day=1, customer="7"):
    """Return one order line of 2024."""
    return sell(
        customer, f"2024-{month:02d}-{day:02d}", amount, quantity=quantity, product_id=product
    )


def filled(cleaned, month):
    """Return the amounts of a month's orders, in the order of time."""
    orders = cleaned.open("orders")
    return orders["amount"][orders["order_time"].dt.month == month].tolist()


TEA = [line(1, str(price), day=day) for day, price in enumerate((1, 2, 3, 4, 10), start=1)]


@pytest.mark.parametrize(("method", "price"), [("mean", 4.0), ("median", 3.0)])
def test_a_missing_amount_is_the_products_price_times_the_quantity(tmp_path, method, price):
    """Tea cost 1, 2, 3, 4 and 10 in January; two pieces in February cost twice the price."""
    cleaned = clean_orders(tmp_path, [*TEA, line(2, "", "2")], missing_amounts=method)
    assert filled(cleaned, 2) == [2 * price]
    assert cleaned.treated["amount_filled"] == 1
    money = {case.code: case.amount for case in cleaned.file.treated}
    assert money["amount_filled"] == 2 * price


def test_a_product_with_few_earlier_rows_takes_the_price_of_all(tmp_path):
    """Jam was never sold before, so it costs what tea did."""
    cleaned = clean_orders(tmp_path, [*TEA, line(2, "", "3", "jam")], missing_amounts="mean")
    assert filled(cleaned, 2) == [12.0]


def test_a_regression_follows_the_line_of_amount_on_quantity(tmp_path):
    """Ten lines of 5 + 2 a piece; seven pieces then cost 19, and seven returned ones -19."""
    rows = [line(1, str(5 + 2 * q), str(q), day=q) for q in range(1, 11)]
    cleaned = clean_orders(
        tmp_path,
        [*rows, line(2, "", "7"), line(2, "", "-7", day=2)],
        missing_amounts="regression",
        reversed_pairs="keep",
    )
    assert filled(cleaned, 2) == [19.0, -19.0]


def test_the_first_month_is_left_as_it_is(tmp_path):
    """Nothing was known in January."""
    cleaned = clean_orders(tmp_path, [*TEA, line(1, "", day=20)], missing_amounts="mean")
    assert cleaned.rejected == {"unreadable_amount": 1}


def test_later_rows_teach_nothing(tmp_path):
    """A dear March does not change what February becomes."""
    later = [line(3, "1000", day=day) for day in range(1, 9)]
    cleaned = clean_orders(tmp_path, [*TEA, line(2, ""), *later], missing_amounts="mean")
    assert filled(cleaned, 2) == [4.0]


def test_rows_that_are_dropped_teach_nothing(tmp_path):
    """A cancelled order's amount is no price."""
    rows = [{**row, "order_status": ""} for row in TEA]
    rows += [{**line(1, "500", day=9), "order_status": "cancelled"}]
    rows += [{**line(2, ""), "order_status": ""}]
    assert filled(clean_orders(tmp_path, rows, missing_amounts="mean"), 2) == [4.0]


def test_what_cannot_be_read_is_not_missing(tmp_path):
    """'free' is an answer, if not a number; it is not replaced by a price."""
    cleaned = clean_orders(tmp_path, [*TEA, line(2, "free")], missing_amounts="mean")
    assert cleaned.rejected == {"unreadable_amount": 1}


def test_missing_amounts_are_dropped_by_default(tmp_path):
    """Nothing is made up unless it is asked for."""
    assert clean_orders(tmp_path, [*TEA, line(2, "")]).rejected == {"unreadable_amount": 1}
