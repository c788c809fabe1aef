"""What is no sale to a customer: postage, gifts, tests, staff, other currencies."""

from __future__ import annotations

import pytest

from tests.core.cleaning.uploads import clean_orders, clean_uploads, sell, write_upload


def amounts(cleaned):
    """Return what each customer spent, by the shop's id."""
    orders = cleaned.open("orders").merge(cleaned.open("customers"), on="customer_key")
    return orders.groupby("customer_id")["amount"].sum().to_dict()


@pytest.mark.parametrize(
    "name", ["Shipping", " POSTAGE ", "Gift Card", "Gift card - $50", "e-gift card 25 EUR", "运费",
             "Versandkosten", "Gift voucher £10.00"]
)  # fmt: skip
def test_any_shops_names_for_no_goods_are_known(tmp_path, name):
    """Whole names only, whatever the capitals."""
    rows = [sell(product_name="Tea"), sell("8", product_name=name)]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"non_goods": 1}
    assert cleaned.file.rejected[0].amount == 10.0


@pytest.mark.parametrize(
    "name", ["Gift card holder", "Shipping box, large", "Delivery van, toy", "Post card", "M", "D"]
)
def test_goods_with_such_words_in_their_name_are_goods(tmp_path, name):
    """A part of the name says nothing, and Online Retail's codes are its own."""
    rows = [sell(product_name="Tea"), sell("8", product_name=name)]
    assert clean_orders(tmp_path, rows).rejected == {}


def test_a_product_sold_under_other_names_too_is_goods(tmp_path):
    """One mistyped name does not take a product off the shelves."""
    rows = [sell("1", product_id="9", product_name="Parcel scale"),
            sell("2", product_id="9", product_name="Shipping")]  # fmt: skip
    assert clean_orders(tmp_path, rows).rejected == {}


@pytest.mark.parametrize("later", ["Shipping", "Parcel scale"])
def test_a_name_that_comes_later_changes_no_earlier_line(tmp_path, later):
    """Known names hold until another one comes; names that the shop lists from when they come."""

    def name(day, product_id, product_name):
        return sell(day, order_time=f"2024-05-0{day}", product_id=product_id,
                    product_name=product_name)  # fmt: skip

    rows = [name("1", "9", "Shipping"), name("2", "7", "Paper"), name("3", "7", "Our fee"),
            name("4", "7", "Paper"), name("5", "9", later), name("6", "9", "Shipping"),
            name("7", "1", "Tea")]  # fmt: skip
    left = amounts(clean_orders(tmp_path, rows, non_goods_codes=["our fee"]))
    assert set(left) == {"2", "7"} | ({"5", "6"} if later == "Parcel scale" else set())


def test_the_shops_own_codes_are_no_goods(tmp_path):
    """By code or by name, as the user wrote them; no part of a query."""
    rows = [sell("1", product_id="WRAP", product_name="Paper"),
            sell("2", product_id="T1", product_name="O'Neil's fee"),
            sell("3", product_id="T2", product_name="Tea")]  # fmt: skip
    cleaned = clean_orders(tmp_path, rows, non_goods_codes=["wrap", "o'neil's FEE"])
    assert amounts(cleaned) == {"3": 10.0}
    assert clean_orders(tmp_path, rows).rejected == {}


def test_non_goods_can_be_kept(tmp_path):
    """Some shops live on vouchers."""
    rows = [sell(product_name="Gift card")]
    assert clean_orders(tmp_path, rows, non_goods="keep").rejected == {}


def test_lines_without_price_go_by_their_own_rule(tmp_path):
    """Quantity times nothing is a stock correction; a stated amount has the last word."""
    rows = [
        {**sell("1"), "quantity": "2", "unit_price": "5"},
        {**sell("2"), "quantity": "2", "unit_price": "0"},
        {**sell("3"), "quantity": "1", "unit_price": "-3"},
    ]
    stated = clean_orders(tmp_path, rows)
    assert stated.rejected == {}
    for row in rows:
        del row["amount"]
    assert clean_orders(tmp_path, rows).rejected == {"no_price": 2}
    assert amounts(clean_orders(tmp_path, rows, unpriced_lines="keep"))["3"] == -3.0


def test_test_orders_go(tmp_path):
    """By status, by name or by an address that exists for examples; a Mr Tester stays."""
    usual = {"email": "", "customer_name": "", "order_status": ""}
    rows = [
        sell("1", **usual),
        sell("2", **{**usual, "email": "Someone@Example.com"}),
        sell("3", **{**usual, "customer_name": "TEST"}),
        sell("4", **{**usual, "customer_name": "测试"}),
        sell("5", **{**usual, "order_status": "test"}),
        sell("6", **{**usual, "customer_name": "Ann Tester", "email": "a@testing.shop"}),
    ]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"test_order": 4}
    assert set(amounts(cleaned)) == {"1", "6"}
    assert clean_orders(tmp_path, rows, test_orders="keep").rejected == {}


@pytest.mark.parametrize("others", [[], [sell("3", email="")], [sell("3", order_status="test")]])
def test_an_upload_of_test_addresses_alone_is_taken_as_it_is(tmp_path, others):
    """Whoever tries a demo export out is told so, and sees it; one customer more makes a shop."""
    demo = [sell("1", email="a@example.com"), sell("2", email="b@test.com"),
            sell("2", email="", order_id="4")]  # fmt: skip
    cleaned = clean_orders(tmp_path, [*demo, *others])
    if not others:
        assert cleaned.rejected == {}
        assert cleaned.treated["test_address"] == 2
        assert cleaned.report.facts.customers == 2
    else:
        assert cleaned.rejected["test_order"] >= 2
        assert "test_address" not in cleaned.treated


def test_staff_orders_go_where_domains_are_named(tmp_path):
    """By e-mail column, or by an id that is an address; quotes in a domain are text."""
    rows = [sell("1", email="boss@MyShop.com"), sell("2", email="ann@a.shop"),
            sell("clerk@myshop.com", email=""), sell("3", email="")]  # fmt: skip
    domains = ["@myshop.com", "x'); DROP TABLE orders_dropped; --"]
    cleaned = clean_orders(tmp_path, rows, staff_domains=domains)
    assert cleaned.rejected == {"staff_order": 2}
    assert set(amounts(cleaned)) == {"2", "3"}


MIXED = [sell("1", currency="EUR"), sell("2", currency="eur"), sell("3", currency="USD"),
         sell("4", currency="GBP"), sell("5", currency="")]  # fmt: skip


def test_the_currency_of_most_orders_is_the_shops(tmp_path):
    """The others cannot be added to it and are left out; a blank one is the shop's."""
    cleaned = clean_orders(tmp_path, MIXED)
    assert cleaned.rejected == {"other_currency": 2}
    assert (cleaned.tables.currency, cleaned.report.facts.revenue) == ("EUR", 30.0)


def test_other_currencies_are_converted_where_a_rate_is_known(tmp_path):
    """A dollar is 0.9 euro; pounds have no rate and are left out by a rule of their own."""
    cleaned = clean_orders(tmp_path, MIXED, currency="EUR", rates={"USD": 0.9})
    assert cleaned.rejected == {"no_rate": 1}
    assert amounts(cleaned)["3"] == 9.0
    converted = next(case for case in cleaned.file.treated if case.code == "amount_converted")
    assert (converted.rows, converted.amount) == (1, 9.0)


def test_the_currency_that_was_set_is_the_one_that_rates_lead_to(tmp_path):
    """Most orders are in euro, but the shop counts in pounds."""
    cleaned = clean_orders(tmp_path, MIXED, currency="GBP", rates={"EUR": 0.8, "USD": 0.75})
    assert cleaned.tables.currency == "GBP"
    assert amounts(cleaned) == {"1": 8.0, "2": 8.0, "3": 7.5, "4": 10.0, "5": 10.0}


def test_a_closed_order_is_cancelled_even_without_a_time(tmp_path):
    """Platforms leave the time of payment empty there; the dates are not what is wrong."""
    sold = [sell(f"{n}", "2024-05-01", "10", order_status="交易成功") for n in range(3)]
    closed = sell("8", "", "", order_status="交易关闭")
    rows = [*sold, closed, sell("9", "", "7", order_status="交易成功")]
    cleaned = clean_uploads(tmp_path, write_upload(tmp_path, rows))
    assert cleaned.rejected == {"cancelled": 1, "unreadable_date": 1}


def test_each_rule_has_its_own_line(tmp_path):
    """Read = kept + rejected, rule by rule, with the money of each."""
    rows = [
        sell("1", "2024-05-01", "10", order_status="", product_name="Tea"),
        sell("1", "2024-05-01", "10", order_status="", product_name="Tea"),
        sell("", "2024-05-01", "2", order_status="", product_name="Tea"),
        sell("2", "2024-05-01", "3", order_status="cancelled", product_name="Tea"),
        sell("2", "2024-05-01", "4", order_status="", product_name="Postage"),
        sell("2", "2024-05-01", "5", order_status="test", product_name="Tea"),
        sell("2", "soon", "6", order_status="", product_name="Tea"),
    ]
    cleaned = clean_uploads(tmp_path, write_upload(tmp_path, rows))
    assert {case.code: (case.rows, case.amount) for case in cleaned.file.rejected} == {
        "repeated_line": (1, 10.0),
        "missing_customer": (1, 2.0),
        "unreadable_date": (1, 6.0),
        "cancelled": (1, 3.0),
        "test_order": (1, 5.0),
        "non_goods": (1, 4.0),
    }
    assert cleaned.file.rows_kept == 1
