"""The products table: names and categories behind the keys."""

from __future__ import annotations

import pandas as pd
import pytest

from clv_core.columns import TABLES
from clv_core.ingest.headers import match_headers
from tests.core.cleaning.uploads import clean_orders, clean_uploads, sell, write_upload


def buy(product_id="T1", product_name="Tea", category="Drinks", order_time="2024-05-01", **more):
    """Return one order line of a product."""
    told = {"product_id": product_id, "product_name": product_name, "category": category}
    return sell(order_time=order_time, **told, **more)


def test_most_frequent_name_and_category_win(tmp_path):
    """Two lines outvote one; a key goes by first appearance."""
    rows = [
        buy("J1", "Jam", "Food", "2024-05-02"),
        buy("T1", "Tea", "Drinks", "2024-05-01"),
        buy("T1", "Green tea", "Drinks", "2024-05-03"),
        buy("T1", "Green tea", "Food", "2024-05-04"),
    ]
    cleaned = clean_orders(tmp_path, rows)
    products = cleaned.open("products")
    assert products.columns.tolist() == list(TABLES["products"])
    assert products.to_numpy().tolist() == [
        [0, "T1", "Green tea", "Drinks"],
        [1, "J1", "Jam", "Food"],
    ]
    lines = cleaned.open("lines")
    assert set(lines["product_key"]) == set(products["product_key"])
    assert cleaned.tables.has("products")


def test_between_equals_the_last_in_the_file_wins(tmp_path):
    """A product renamed once goes by its newer name, whatever the dates say."""
    rows = [buy(product_name="Old", order_time="2024-06-01"), buy(product_name="New")]
    assert clean_orders(tmp_path, rows).open("products")["product_name"].tolist() == ["New"]


def test_what_is_not_given_is_null(tmp_path):
    """A product known by its name has no id, a product only browsed no name."""
    orders = write_upload(tmp_path, [sell(product_name="Tea"), sell("8", product_name="Jam")])
    seen = {"customer_id": "7", "event_time": "2024-05-02", "product_id": "X9"}
    events = write_upload(tmp_path, [seen], "events")
    products = clean_uploads(tmp_path, orders, events).open("products")
    told = products.astype(object).where(products.notna(), None)
    assert told[["product_id", "product_name", "category"]].to_numpy().tolist() == [
        [None, "Jam", None],
        [None, "Tea", None],
        ["X9", None, None],
    ]


def test_blank_cells_are_no_names(tmp_path):
    """A blank neither outvotes a name nor hides a category."""
    rows = [buy(product_name="", category=" "), buy(product_name="", category="", amount="3"),
            buy(order_time="2024-05-03")]  # fmt: skip
    assert clean_orders(tmp_path, rows).open("products").to_numpy().tolist() == [
        [0, "T1", "Tea", "Drinks"]
    ]


def test_without_products_there_is_no_table(tmp_path):
    """Orders that name no product have none, category or not."""
    cleaned = clean_orders(tmp_path, [sell(category="Drinks")])
    assert not cleaned.tables.has("products")


def test_names_may_hold_anything(tmp_path):
    """Markup, quotes and formulas stay as they were written."""
    names = ["![x](http://a.b)", "'); DROP TABLE t; --", "=1+1", "茶"]
    rows = [buy(f"P{number}", name, name) for number, name in enumerate(names)]
    products = clean_orders(tmp_path, rows).open("products")
    assert products["product_name"].tolist() == products["category"].tolist() == names


@pytest.mark.parametrize("repeated", ["keep", "drop"])
def test_a_category_changes_no_account_of_the_rows(tmp_path, repeated):
    """A line listed in two categories is a repeated line, as it was without the column."""
    rows = [buy(category="Food"), buy(category="Drinks"), buy("J1", "Jam"), buy("J1", "Jam")]
    bare = [{name: cell for name, cell in row.items() if name != "category"} for row in rows]
    with_it, without = (
        clean_orders(tmp_path, each, repeated_lines=repeated) for each in (rows, bare)
    )
    assert (with_it.rejected, with_it.treated) == (without.rejected, without.treated)
    pd.testing.assert_frame_equal(with_it.open("lines"), without.open("lines"))


@pytest.mark.parametrize(
    "header",
    ["Category", "product_category", "Product Type", "Warengruppe", "商品类目", "カテゴリ"],
)
def test_category_headers(header):
    """A category is known by its names, in the languages shops keep books in."""
    assert match_headers((header,), (), "orders") == {"category": header}


@pytest.mark.parametrize("header", ["customer_category", "Order Type", "Kategorie des Kunden"])
def test_other_categories_are_not_the_product_s(header):
    """Likeness is not enough."""
    assert "category" not in match_headers((header,), (), "orders")
