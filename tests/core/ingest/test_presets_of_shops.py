"""Exports of shops and marketplaces in their own headers: rows in, customers and revenue out."""

from __future__ import annotations

import pytest

from clv_core.errors import MissingColumns
from clv_core.ingest.understand import recognise_file, understand_file
from tests.core.cleaning.uploads import clean_uploads, read_upload
from tests.core.ingest import platform_headers as headers
from tests.core.ingest.exports import clean_export, outcome, write_export


def test_shopify(tmp_path):
    """Order fields on the first line only; unpaid, partly paid and cancelled orders out.

    1001: 50 − 10 refunded; 1004: no e-mail, known by phone; 1006: nobody.
    """
    at = "2024-05-01 10:00:00 +0200"

    def head(name, email, status, total, **more):
        return {"Name": name, "Email": email, "Financial Status": status, "Total": total,
                "Created at": at, "Lineitem quantity": "1", "Currency": "EUR", **more}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.SHOPIFY,
        head("#1001", "a@b.example", "partially_refunded", "50.00", **{"Refunded Amount": "10.00"}),
        {"Name": "#1001", "Email": "a@b.example", "Lineitem quantity": "2"},
        head("#1002", "c@d.example", "pending", "20.00"),
        head("#1003", "c@d.example", "partially_paid", "30.00"),
        head("#1004", "", "paid", "40.00", Phone="'+491700000001"),
        head("#1005", "a@b.example", "paid", "60.00", **{"Cancelled at": at}),
        head("#1006", "", "paid", "70.00", **{"Billing Name": "A B"}),
    )
    assert outcome(cleaned) == ("shopify", 2, 2, 80.0)
    assert cleaned.rejected == {"unpaid": 2, "cancelled": 1, "missing_customer": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"a@b.example", "+491700000001"}


def test_shopify_customers_meet_their_orders(tmp_path):
    """The customers export is matched by e-mail, else by phone, not by Shopify's number."""
    at = "2024-05-01 10:00:00 +0200"
    base = {"Financial Status": "paid", "Total": "5", "Created at": at, "Lineitem quantity": "1"}
    orders = write_export(
        tmp_path,
        headers.SHOPIFY,
        {"Name": "#1", "Email": "A@b.example", **base},
        {"Name": "#2", "Phone": "'+491", **base},
    )
    first = read_upload(orders)
    people = write_export(
        tmp_path,
        headers.SHOPIFY_CUSTOMERS,
        {"Customer ID": "'9001", "Email": "a@b.example", "Accepts Email Marketing": "yes"},
        {"Customer ID": "'9002", "Phone": "'+491", "Accepts Email Marketing": "no"},
    )
    second = read_upload(people)
    cleaned = clean_uploads(tmp_path, first, second)
    assert cleaned.report.files[1].preset == "shopify_customers"
    consents = cleaned.open("customers").set_index("customer_id")["consent"].to_dict()
    assert consents == {"A@b.example": True, "+491": False}


def woo_order(number, customer, email, total, status="completed"):
    """Return a WooCommerce order."""
    return {"order_id": number, "order_date": "2024-05-01 10:00:00", "customer_id": customer,
            "billing_email": email, "order_total": total, "order_status": status}  # fmt: skip


def test_woocommerce(tmp_path):
    """Completed and processing count; customer 0 is a guest, known by e-mail."""
    cleaned = clean_export(
        tmp_path,
        headers.WOOCOMMERCE,
        woo_order("1", "17", "a@b.example", "10.00"),
        woo_order("2", "17", "a@b.example", "20.00", "wc-processing"),
        woo_order("3", "0", "g@h.example", "5.00"),
        woo_order("4", "0", "i@j.example", "7.00"),
        woo_order("5", "17", "a@b.example", "99.00", "on-hold"),
        woo_order("6", "17", "a@b.example", "99.00", "refunded"),
        woo_order("7", "17", "a@b.example", "99.00", "cancelled"),
    )
    assert outcome(cleaned) == ("woocommerce", 4, 3, 42.0)
    assert cleaned.rejected == {"unpaid": 2, "cancelled": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"17", "g@h.example", "i@j.example"}


def test_woocommerce_total_on_item_rows_counts_once(tmp_path):
    """WebToffee's header, in another order, an order of two rows: its total is one order's."""
    header = ",".join(headers.WEBTOFFEE.split(",")[::-1])
    row = {"order_id": "1", "order_number": "1", "order_date": "2024-05-01 10:00:00",
           "status": "completed", "order_total": "30.00", "customer_user": "17",
           "customer_id": "17", "billing_email": "a@b.example"}  # fmt: skip
    cleaned = clean_export(
        tmp_path, header, {**row, "line_item_1": "name:A"}, {**row, "line_item_1": "name:B"}
    )
    facts = cleaned.report.facts
    assert (facts.orders, facts.customers, facts.revenue) == (1, 1, 30.0)


def test_stripe(tmp_path):
    """Paid and refunded payments in the account's currency, less what went back."""

    def pay(number, customer, status, amount, converted, back="0.00", **more):
        return {"id": number, "Created (UTC)": "2024-05-01 10:00", "Amount": amount,
                "Currency": "usd", "Converted Amount": converted, "Converted Currency": "eur",
                "Converted Amount Refunded": back, "Status": status, "Customer ID": customer,
                "Customer Email": "x@y.example", **more}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.STRIPE,
        pay("ch_1", "cus_1", "Paid", "110.00", "100.00"),
        pay("ch_2", "cus_1", "Refunded", "55.00", "50.00", "50.00"),
        pay("ch_3", "", "Paid", "22.00", "20.00", **{"Invoice ID": "in_1"}),
        pay("ch_4", "cus_2", "Failed", "33.00", "30.00"),
    )
    assert outcome(cleaned) == ("stripe", 3, 2, 120.0)
    assert cleaned.report.facts.currency == "EUR"
    assert cleaned.rejected == {"cancelled": 1}
    assert set(cleaned.open("customers")["customer_id"]) == {"cus_1", "x@y.example"}


def test_amazon_is_refused_with_the_reason(tmp_path):
    """A seller report names no buyer, with rows or without; the user's own column is taken."""
    row = {"order-id": "1", "purchase-date": "2024-05-01", "item-price": "5", "buyer-email": "r@m"}
    path = write_export(tmp_path, headers.AMAZON, row, delimiter="\t")
    with pytest.raises(MissingColumns, match="Amazon names no buyer"):
        recognise_file(path)
    named = read_upload(path, mapping={"customer_id": "buyer-email"})
    assert named.raw.mapping["customer_id"] == "buyer-email"


def test_bigcommerce(tmp_path):
    """Known by e-mail, refunds deducted, unfinished orders out; a state is no name."""

    def order(number, email, status, total, back="0"):
        return {"Order ID": number, "Order Date": "2024-05-01", "Order Status": status,
                "Order Total": total, "Refund Amount": back, "Email Address": email,
                "Shipping State": "Ohio"}  # fmt: skip

    path = write_export(
        tmp_path,
        headers.BIGCOMMERCE,
        order("1", "a@b.example", "Completed", "10.00"),
        order("2", "a@b.example", "Shipped", "30.00", "5.00"),
        order("3", "c@d.example", "Incomplete", "9.00"),
        order("4", "c@d.example", "Awaiting Payment", "9.00"),
        order("5", "e@f.example", "Awaiting Shipment", "7.00"),
    )
    assert "customer_name" not in understand_file(path).mapping
    cleaned = clean_uploads(tmp_path, read_upload(path))
    assert outcome(cleaned) == ("bigcommerce", 3, 2, 42.0)
    assert cleaned.rejected == {"no_sale": 1, "unpaid": 1}


def test_etsy_items(tmp_path):
    """The order's total on every item counts once; item totals are added up."""
    item = {"Sale Date": "05/25/24", "Buyer": "ann", "Order ID": "1", "Order Total": "30.00",
            "Quantity": "1", "Price": "12.00"}  # fmt: skip
    lines = (
        {**item, "Transaction ID": "11", "Listing ID": "7"},
        {**item, "Transaction ID": "12", "Listing ID": "8"},
    )
    assert outcome(clean_export(tmp_path, headers.ETSY_ITEMS, *lines)) == (
        *("etsy_items_total", 1, 1, 30.0),
    )
    newer = f"{headers.ETSY_ITEMS},Item Total"
    own = [{**line, "Item Total": "12.00"} for line in lines]
    assert outcome(clean_export(tmp_path, newer, *own)) == ("etsy_items", 1, 1, 24.0)


def test_etsy_orders(tmp_path):
    """One row per order, the buyer by number."""
    order = {"Sale Date": "05/25/24", "Number of Items": "1", "Order Total": "30.00"}
    cleaned = clean_export(
        tmp_path,
        headers.ETSY_ORDERS,
        {**order, "Order ID": "1", "Buyer User ID": "71"},
        {**order, "Order ID": "2", "Buyer User ID": "72"},
    )
    assert outcome(cleaned) == ("etsy_orders", 2, 2, 60.0)


def test_square(tmp_path):
    """Without a customer column a till's sales are refused; with one they are lines."""
    sale = {"Date": "2024-05-01", "Time": "09:00", "Time Zone": "AWST", "Item": "Beer",
            "Qty": "1", "Net Sales": " $1,005.50", "Transaction ID": "T1"}  # fmt: skip
    with pytest.raises(MissingColumns, match="a till does not know who bought"):
        understand_file(write_export(tmp_path, headers.SQUARE, sale))
    cleaned = clean_export(
        tmp_path,
        f"{headers.SQUARE},Customer ID,Customer Name",
        {**sale, "Customer ID": "C1"},
        {**sale, "Item": "Crisps", "Net Sales": "$4.50", "Customer ID": "C1"},
        {**sale, "Transaction ID": "T2", "Net Sales": "($5.50)", "Customer ID": "C1"},
        {**sale, "Transaction ID": "T3"},
    )
    assert outcome(cleaned) == ("square", 2, 1, 1004.5)
    assert cleaned.rejected == {"missing_customer": 1}


def test_ebay(tmp_path):
    """An order's items follow its row; what was never paid has no day of payment."""
    order = {"Buyer Username": "ann", "Buyer Email": "a@b.example", "Sale Date": "May-01-24"}
    paid = {"Paid On Date": "May-02-24"}
    cleaned = clean_export(
        tmp_path,
        headers.EBAY,
        {"Order Number": "1", **order, **paid, "Total Price": "$25.00"},
        {"Order Number": "1", "Item Number": "71", "Quantity": "1"},
        {"Order Number": "1", "Item Number": "72", "Quantity": "1"},
        {"Order Number": "2", **order, "Total Price": "$99.00"},
        {"Order Number": "3", **order, **paid, "Buyer Username": "bob", "Total Price": "$5.00"},
    )
    assert outcome(cleaned) == ("ebay", 2, 2, 30.0)
    assert cleaned.rejected == {"unreadable_date": 1}


def test_magento(tmp_path):
    """The base total of complete and running orders; closed ones were refunded."""

    def order(number, status, base, bought):
        return {"ID": number, "Purchase Date": "May 1, 2024 10:00:00 AM", "Status": status,
                "Grand Total (Base)": base, "Grand Total (Purchased)": bought,
                "Customer Email": "a@b.example"}  # fmt: skip

    cleaned = clean_export(
        tmp_path,
        headers.MAGENTO,
        order("000000001", "complete", "€10.00", "$11.00"),
        order("000000002", "processing", "€20.00", "$22.00"),
        order("000000003", "closed", "€30.00", "$33.00"),
        order("000000004", "canceled", "€40.00", "$44.00"),
        order("000000005", "pending_payment", "€40.00", "$44.00"),
    )
    assert outcome(cleaned) == ("magento", 2, 1, 30.0)
    assert cleaned.rejected == {"no_sale": 1, "cancelled": 1, "unpaid": 1}
