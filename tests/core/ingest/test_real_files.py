"""Public data sets and real export headers, where they are on this machine."""

from __future__ import annotations

import time

import pytest

from clv_core.errors import MissingColumns, UnreadableFile
from clv_core.ingest.presets import find_preset
from clv_core.ingest.understand import understand_file
from tests.core.ingest.files import count_rows, read_file, real_file, table_of


def test_cdnow(tmp_path):
    """6,919 purchases of 2,357 customers without header, blanks between columns."""
    rows = read_file(real_file("cdnow/CDNOW_sample.txt"), tmp_path)
    table = table_of(rows)
    assert (rows.raw.preset, rows.rows_read, len(rows.rejected)) == ("cdnow", 6919, 0)
    assert table["customer_id"].nunique() == 2357
    assert table.iloc[0].to_dict() == {
        "source_row": 1,
        "source_line": 1,
        "customer_id": "00004",
        "order_time": "19970101",
        "amount": "29.33",
        "quantity": "2",
    }
    assert (table["order_time"].min(), table["order_time"].max()) == ("19970101", "19980630")


def test_online_retail(tmp_path):
    """209,029 order lines, a quarter of them without customer, read in seconds."""
    path = real_file("online_retail/online_retail_2010-12_2011-05.csv")
    begun = time.process_time()
    raw = understand_file(path)
    understood = time.process_time() - begun
    rows = read_file(path, tmp_path)
    table = table_of(rows)
    assert raw.preset == "online_retail"
    assert understood < 1.0
    assert rows.rows_read == 209_029 == count_rows(path)
    assert len(table) + len(rows.rejected) == rows.rows_read
    assert table["source_line"].tolist() == list(range(2, 209_031))
    assert table.iloc[0]["customer_id"] == "17850.0"
    assert 0.2 < table["customer_id"].isna().mean() < 0.3


def test_shopify_demo(tmp_path):
    """28,559 lines of 2,708 e-mails, the order's total repeated on every line."""
    path = real_file("shopify_demo/demo_shopify_orders.csv")
    rows = read_file(path, tmp_path)
    assert (rows.raw.preset, rows.rows_read) == ("shopify_lines", 28_559)
    assert rows.rows_read == count_rows(path)
    assert table_of(rows)["customer_id"].nunique() == 2708


def test_shopify_export_rows(tmp_path):
    """A real order of two lines: the order's fields stand on the first line only."""
    rows = read_file(real_file("export_templates/shopify_orders_rows_subset.csv"), tmp_path)
    assert (rows.raw.preset, rows.rows_read) == ("shopify", 2)
    assert table_of(rows)["amount"].tolist() == ["100.90", None]


def test_shopify_full_header():
    """All 79 columns are recognised as Shopify, with its rules."""
    header = real_file("export_templates/shopify_orders_export_header_79col.csv").read_text()
    names = header.strip().split(",")
    preset = find_preset(names)
    assert len(names) == 79
    assert preset.name == "shopify"
    assert "paid" in preset.kept_statuses
    assert set(preset.map_columns(names)) == set(preset.mapping)


def test_retail_case_study(tmp_path):
    """23,053 order lines under other shops' names for the same things."""
    path = real_file("retail_case_study/Transactions.csv")
    rows = read_file(path, tmp_path)
    assert rows.rows_read == 23_053 == count_rows(path)
    expected = {
        "customer_id": "cust_id",
        "order_time": "tran_date",
        "amount": "total_amt",
        "order_id": "transaction_id",
        "quantity": "Qty",
    }
    assert {field: rows.raw.mapping[field] for field in expected} == expected


def test_retail_case_study_customers(tmp_path):
    """Its customer table is one: a row per id, no orders."""
    raw = understand_file(real_file("retail_case_study/Customer.csv"))
    assert (raw.kind, dict(raw.mapping)) == ("customers", {"customer_id": "customer_Id"})


def test_rees46_events(tmp_path):
    """Browsing events with their platform's names."""
    rows = read_file(real_file("export_templates/rees46_events_sample.csv"), tmp_path)
    assert (rows.raw.kind, rows.raw.preset, rows.rows_read) == ("events", "rees46", 5)


def test_reviews_without_customers_are_refused():
    """Reviews that name no customer say what was found and what is needed."""
    with pytest.raises(MissingColumns) as refusal:
        understand_file(real_file("clothing_reviews/Womens Clothing E-Commerce Reviews.csv"))
    assert "reviews that name no customer" in str(refusal.value.problem)
    assert "rating = Rating" in str(refusal.value.problem)
    assert [case.facts["field"] for case in refusal.value.cases] == ["customer_id", "review_time"]


def test_reviews_with_line_breaks_are_counted(tmp_path):
    """2,024 texts with line breaks inside are still one row each."""
    path = real_file("clothing_reviews/Womens Clothing E-Commerce Reviews.csv")
    told = {"customer_id": "column_1", "review_time": "Age", "review_text": "Review Text"}
    rows = read_file(path, tmp_path, kind="reviews", mapping=told)
    assert rows.rows_read == 23_486 == count_rows(path)
    assert table_of(rows)["customer_id"].tolist() == [str(n) for n in range(23_486)]
    assert table_of(rows)["review_text"].isna().sum() == 845


def test_amazon_is_refused():
    """A seller report names no buyer."""
    with pytest.raises(MissingColumns, match="Amazon names no buyer"):
        understand_file(real_file("export_templates/amazon_seller_central_header.tsv"))


def test_web_page_is_refused():
    """A page saved as CSV is one sentence, not a table."""
    with pytest.raises(UnreadableFile, match="is a web page"):
        understand_file(real_file("not_csv/html_page_saved_as_csv__Transactions.csv"))


@pytest.mark.parametrize("name", ["bigcommerce_orders_header", "stripe_payments_export_header"])
def test_headers_without_rows_are_refused(name):
    """A template without rows says that it has none."""
    with pytest.raises(UnreadableFile, match="a header and no rows"):
        understand_file(real_file(f"export_templates/{name}.csv"))
