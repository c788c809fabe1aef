"""Lines become orders, and every row is accounted for."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from clv_core.cleaning.report import FileQuality, QualityReport, Rejection
from clv_core.columns import TABLES
from clv_core.sentences import Sentence
from tests.core.cleaning.uploads import (
    clean_orders,
    clean_uploads,
    read_upload,
    sell,
)

SHOPIFY = [
    "Name",
    "Email",
    "Phone",
    "Financial Status",
    "Created at",
    "Cancelled at",
    "Currency",
    "Total",
    "Refunded Amount",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Billing Name",
]
HEAD = dict(zip(SHOPIFY, [""] * len(SHOPIFY), strict=True))


def write_shopify(folder, *rows):
    """Write rows in Shopify's columns and read them back."""
    path = folder / "orders_export.csv"
    pd.DataFrame([HEAD | row for row in rows]).to_csv(path, index=False)
    return read_upload(path)


def shopify_order(name, total, **fields):
    """Return the first row of a paid Shopify order."""
    return {
        "Name": name,
        "Email": "ann@shop.example",
        "Financial Status": "paid",
        "Created at": "2024-05-01 10:00:00 +0200",
        "Currency": "EUR",
        "Total": total,
        "Lineitem quantity": "1",
        "Lineitem name": "Tea",
        "Lineitem price": "5.00",
        "Billing Name": "Ann",
        **fields,
    }


def test_lines_of_one_order_are_added(tmp_path):
    """Two products at 2 x 5 and 1 x 3 are one order of 13, three pieces, two products."""
    rows = [
        {"customer_id": "7", "order_time": "2024-05-01 10:05", "order_id": "A",
         "quantity": "2", "unit_price": "5", "product_id": "tea"},
        {"customer_id": "7", "order_time": "2024-05-01 10:00", "order_id": "A",
         "quantity": "1", "unit_price": "3", "product_id": "jam"},
    ]  # fmt: skip
    cleaned = clean_orders(tmp_path, rows)
    order = cleaned.open("orders").iloc[0]
    assert (order.amount, order.quantity, order.distinct_products) == (13.0, 3.0, 2)
    assert order.order_time == dt.datetime(2024, 5, 1, 10)
    lines = cleaned.open("lines")
    assert lines[["product_key", "amount"]].to_numpy().tolist() == [[1, 10.0], [0, 3.0]]
    assert lines["order_time"].nunique() == 1


def test_an_order_number_shared_by_customers_is_two_orders(tmp_path):
    """Some shops reuse numbers; an order belongs to one customer."""
    cleaned = clean_orders(tmp_path, [sell("a", order_id="1"), sell("b", order_id="1")])
    assert cleaned.report.facts.orders == 2


def test_a_later_refund_under_the_same_number_keeps_its_day(tmp_path):
    """Money given back in June must not be known in May."""
    rows = [sell(order_id="1"), sell("7", "2024-06-01", "-10.00", order_id="1")]
    orders = clean_orders(tmp_path, rows).open("orders")
    assert orders["amount"].tolist() == [10.0, -10.0]
    assert orders["order_time"].dt.month.tolist() == [5, 6]


def test_rows_without_order_number_are_orders(tmp_path):
    """Without numbers each row is an order, and a note says so."""
    cleaned = clean_orders(tmp_path, [sell(), sell(amount="5")])
    assert cleaned.open("orders")["amount"].tolist() == [10.0, 5.0]
    assert not cleaned.tables.has("lines")
    assert any("no order number" in str(note) for note in cleaned.report.notes)


def test_refunds_and_zero_amounts_stay(tmp_path):
    """A negative row is a return; a zero row is an order of 0."""
    cleaned = clean_orders(tmp_path, [sell(amount="10"), sell(amount="-4"), sell(amount="0")])
    assert cleaned.open("orders")["is_return"].tolist() == [False, True, False]
    assert cleaned.treated == {"refund": 1, "zero_amount": 1}
    assert (cleaned.report.facts.returns, cleaned.report.facts.revenue) == (1, 6.0)


def test_cancelled_unpaid_and_foreign_orders_are_dropped(tmp_path):
    """Statuses in words, a cancellation date, and the rarer currency."""
    rows = [
        sell(order_status="completed", cancelled_at="", currency="EUR"),
        sell(order_status="Completed", cancelled_at="2024-05-02", currency="EUR"),
        sell(order_status="Cancelled", cancelled_at="", currency="EUR"),
        sell(order_status="交易关闭", cancelled_at="", currency="EUR", amount="11"),
        sell(order_status="Pending", cancelled_at="", currency="EUR"),
        sell(order_status="completed", cancelled_at="", currency="USD"),
    ]
    cleaned = clean_orders(tmp_path, rows)
    assert cleaned.rejected == {"cancelled": 3, "unpaid": 1, "other_currency": 1}
    assert cleaned.tables.currency == "EUR"


def test_shopify_totals_count_once_less_refunds(tmp_path):
    """Later lines take date, total and customer from the order's first line."""
    later = {"Name": "#1", "Email": "ann@shop.example", "Lineitem quantity": "2",
             "Lineitem name": "Jam", "Lineitem price": "3.00"}  # fmt: skip
    file = write_shopify(
        tmp_path, shopify_order("#1", "11.00", **{"Refunded Amount": "1.50"}), later
    )
    cleaned = clean_uploads(tmp_path, file)
    order = cleaned.open("orders").iloc[0]
    assert (order.amount, order.quantity, order.distinct_products) == (9.5, 3.0, 2)
    assert order.order_time == dt.datetime(2024, 5, 1, 10)
    assert cleaned.open("lines")["amount"].tolist() == [5.0, 6.0]
    assert cleaned.treated == {"order_fields_filled": 1, "refund_deducted": 2, "time_zone": 2}


def test_the_money_of_a_dropped_order_counts_once(tmp_path):
    """Two lines that both carry the order's total of 11 are 11, dropped or kept."""
    later = {"Name": "#1", "Email": "ann@shop.example", "Lineitem quantity": "2",
             "Lineitem name": "Jam", "Lineitem price": "3.00"}  # fmt: skip
    file = write_shopify(
        tmp_path,
        shopify_order("#1", "11.00", **{"Cancelled at": "2024-05-02 10:00:00 +0200"}),
        later,
        shopify_order("#2", "7.00"),
    )
    cleaned = clean_uploads(tmp_path, file)
    assert [(case.code, case.rows, case.amount) for case in cleaned.file.rejected] == [
        ("cancelled", 2, 11.0)
    ]


def test_shopify_keeps_paid_orders_of_known_customers(tmp_path):
    """Pending and cancelled orders go with all their lines; the phone stands in for the e-mail."""
    file = write_shopify(
        tmp_path,
        shopify_order("#1", "10.00"),
        shopify_order("#2", "10.00", **{"Financial Status": "pending"}),
        {"Name": "#2", "Email": "ann@shop.example", "Lineitem name": "Jam"},
        shopify_order("#3", "10.00", **{"Cancelled at": "2024-05-02 10:00:00 +0200"}),
        shopify_order("#4", "20.00", **{"Email": "", "Phone": "'+49301234567"}),
        shopify_order("#5", "20.00", **{"Email": ""}),
        shopify_order("#6", "30.00", **{"Financial Status": "refunded", "Refunded Amount": "30"}),
    )
    cleaned = clean_uploads(tmp_path, file)
    assert cleaned.rejected == {"missing_customer": 1, "cancelled": 1, "unpaid": 2}
    assert sorted(cleaned.open("orders")["amount"]) == [0.0, 10.0, 20.0]
    assert sorted(cleaned.open("customers")["customer_id"]) == ["+49301234567", "ann@shop.example"]


def test_reader_rejects_are_part_of_the_account(tmp_path):
    """A ragged row was read, and is listed under the reader's own reason."""
    path = tmp_path / "ragged.csv"
    path.write_text(
        "customer_id,order_time,amount\n1,2024-05-01,5\n2,2024-05-02\n3,2024-05-03,6\n",
        encoding="utf-8",
    )
    cleaned = clean_uploads(tmp_path, read_upload(path, "orders"))
    assert (cleaned.file.rows_read, cleaned.file.rows_kept) == (3, 2)
    assert cleaned.rejected == {"too_few_cells": 1}


def test_tables_have_the_promised_types(tmp_path):
    """Columns and their order are those of columns.TABLES."""
    cleaned = clean_orders(tmp_path, [sell(product_id="tea", order_id="1")])
    for name in ("orders", "lines", "customers"):
        assert cleaned.open(name).columns.tolist() == list(TABLES[name])


def test_facts_and_months_sum_up_the_orders(tmp_path):
    """Three orders in January and March; February is an empty month."""
    rows = [sell("a", "2024-01-01"), sell("a", "2024-01-31"), sell("a", "2024-03-01")]
    rows.append(sell("b", "2024-03-01", "5"))
    cleaned = clean_orders(tmp_path, rows)
    facts = cleaned.report.facts
    assert (facts.customers, facts.orders, facts.repeat_customers) == (2, 4, 1)
    assert (facts.frequent_customers, facts.history_days) == (1, 61)
    assert cleaned.report.monthly[["orders", "revenue", "customers"]].to_numpy().tolist() == [
        [2, 20.0, 1],
        [0, 0.0, 0],
        [2, 15.0, 2],
    ]
    met = {check.code: check.met for check in facts.check_readiness(dt.date(2024, 3, 31))}
    assert met == {
        "customers": False,
        "history_days": False,
        "frequent_customers": True,
        "days_since_order": True,
    }


def test_the_report_survives_json(tmp_path):
    """What was written reads back equal, months included."""
    report = clean_orders(tmp_path, [sell("a"), sell(""), sell("b", amount="-3")]).report
    again = QualityReport.from_json(report.to_json())
    pd.testing.assert_frame_equal(again.monthly, report.monthly)
    assert (again.files, again.facts, again.notes) == (report.files, report.facts, report.notes)
    assert again.to_table()["outcome"].tolist() == ["kept", "rejected", "treated"]


def test_an_account_that_does_not_add_up_is_our_fault():
    """Three rows read cannot be one kept and one rejected."""
    lost = Rejection("lost", Sentence("Lost"), 1)
    with pytest.raises(ValueError, match="3 rows read, but 1 kept"):
        FileQuality("shop.csv", "orders", None, 3, 1, (lost,))
