"""Ways to recommend: their order, their filling up, what they may not know."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.purchases import Purchases, list_bought, read_purchases
from clv_core.activation.recommenders import METHODS, OWN_METHODS, rank_products
from clv_core.cleaning.tables import Tables
from tests.core.activation.shops import FIRST_DAY, draw_rows, read_shop

DAY = dt.timedelta(days=1)
CUTOFF = FIRST_DAY + 100 * DAY


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Tables:
    """Return a small shop."""
    return read_shop(tmp_path_factory.mktemp("shop"), draw_rows())


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory) -> Tables:
    """Return a shop of three customers whose purchases are told one by one."""
    rows = [
        ("a", FIRST_DAY, "old", "x", 1, 1),
        ("a", CUTOFF - 20 * DAY, "tea", "x", 1, 1),
        ("a", CUTOFF - 10 * DAY, "tea", "x", 1, 1),
        ("a", CUTOFF - 5 * DAY, "jam", "x", 1, 1),
        ("b", CUTOFF - 5 * DAY, "jam", "x", 1, 1),
        ("b", CUTOFF - 4 * DAY, "cup", "x", 1, 1),
        ("b", CUTOFF - 3 * DAY, "pot", "x", -1, -1),
        ("c", CUTOFF, "jam", "x", 1, 1),
        ("c", CUTOFF + DAY, "pan", "x", 1, 1),
        ("a", CUTOFF + 2 * DAY, "tea", "x", 1, 1),
        ("a", CUTOFF + 40 * DAY, "jam", "x", 1, 1),
    ]
    return read_shop(tmp_path_factory.mktemp("by_hand"), rows)


def names(tables: Tables) -> pd.Series:
    """Return product ids by key."""
    return pd.read_parquet(tables.folder / "products.parquet").set_index("product_key")[
        "product_id"
    ]


def customer_keys(tables: Tables) -> pd.Series:
    """Return keys by the shop's own ids."""
    customers = pd.read_parquet(tables.folder / "customers.parquet")
    return customers.set_index("customer_id")["customer_key"]


def lists_of(tables: Tables, purchases: Purchases, method: str, count: int) -> dict[str, list[str]]:
    """Return what each customer is recommended, by names."""
    lists = rank_products(method, purchases, np.arange(len(purchases.customers)), count)
    named = names(tables)
    ids = customer_keys(tables).reset_index().set_index("customer_key")["customer_id"]
    return {
        ids[key]: [named[purchases.products[place]] for place in row if place >= 0]
        for key, row in zip(purchases.customers, lists, strict=True)
    }


def test_purchases_by_hand(by_hand):
    """Returned and later things do not count; what nobody buys any more is not on sale."""
    purchases = read_purchases(by_hand, CUTOFF, on_sale_days=30)
    named = names(by_hand)[purchases.products].tolist()
    assert named[0] == "jam"
    assert sorted(named[1:]) == ["cup", "tea"]
    assert purchases.buyers.tolist() == [3, 1, 1]
    a = purchases.rows_of(pd.Index([customer_keys(by_hand)["a"]]))[0]
    assert purchases.orders[a, named.index("tea")] == 2
    assert purchases.ages[a, named.index("tea")] == 11
    assert len(purchases.customers) == 3


def test_bought_afterwards_by_hand(by_hand):
    """The window begins the day after the cutoff and ends with its last day."""
    named, keys = names(by_hand), customer_keys(by_hand)
    bought = list_bought(by_hand, CUTOFF, 2)
    found = {
        (who, named[what])
        for who, what in zip(bought["customer_key"], bought["product_key"], strict=True)
    }
    assert found == {(keys["c"], "pan"), (keys["a"], "tea")}


def test_plain_lists_by_hand(by_hand):
    """Own things by how often, then how lately; bestsellers fill up, nothing twice."""
    purchases = read_purchases(by_hand, CUTOFF, on_sale_days=30)
    again = lists_of(by_hand, purchases, "buy_again", 3)
    assert again["a"] == ["tea", "jam", "cup"]
    assert again["b"][:2] == ["cup", "jam"]
    assert again["c"][0] == "jam"
    assert all(each[0] == "jam" for each in lists_of(by_hand, purchases, "bestsellers", 3).values())
    new = lists_of(by_hand, purchases, "new_bestsellers", 3)
    assert new["a"] == ["cup"]
    assert new["b"] == ["tea"]


@pytest.mark.parametrize("method", METHODS)
def test_lists_hold_each_product_once(tables, method):
    """No product stands twice on a list, and new ones are new."""
    purchases = read_purchases(tables, CUTOFF, 90)
    rows = np.arange(len(purchases.customers))
    lists = rank_products(method, purchases, rows, 6)
    owned = purchases.orders.toarray() > 0
    for row, places in zip(rows, lists, strict=True):
        found = places[places >= 0]
        assert len(set(found)) == len(found) > 0
        if method not in OWN_METHODS:
            assert not owned[row, found].any()
        else:
            assert len(found) == 6


@pytest.mark.parametrize("method", ["neighbours", "factors", "new_neighbours", "new_factors"])
def test_the_library_finds_the_kind_of_a_customer(tables, method):
    """Tea drinkers are recommended tea things, gardeners garden things."""
    purchases = read_purchases(tables, CUTOFF, 90)
    rows = np.arange(len(purchases.customers))
    named = names(tables)
    kinds = np.array([named[key].rstrip("0123456789") for key in purchases.products])
    ids = customer_keys(tables).reset_index().set_index("customer_key")["customer_id"]
    own = ["tea" if int(ids[key][1:]) % 2 == 0 else "garden" for key in purchases.customers]
    first = rank_products(method, purchases, rows, 3)[:, 0]
    assert np.mean((kinds[first] == own) | (kinds[first] == "cake")) > 0.95


@pytest.mark.parametrize("method", METHODS)
def test_later_rows_change_nothing(tables, tmp_path, method):
    """Recommendations are the same whatever is in the files after the cutoff."""
    earlier = [row for row in draw_rows() if row[1] <= CUTOFF]
    alone = read_shop(tmp_path, earlier)
    purchases = [read_purchases(each, CUTOFF, 90) for each in (tables, alone)]
    assert lists_of(tables, purchases[0], method, 5) == lists_of(alone, purchases[1], method, 5)


def test_one_product_is_enough(tmp_path):
    """A shop that sells one thing recommends it."""
    tables = read_shop(tmp_path, [("a", FIRST_DAY, "tea", "x", 1, 1)])
    purchases = read_purchases(tables, FIRST_DAY, 90)
    for method in METHODS:
        expected = [0, -1] if method in OWN_METHODS else [-1, -1]
        assert rank_products(method, purchases, np.array([0]), 2).tolist() == [expected]
