"""Expected demand: it adds up, follows the customers, and sees nothing that came later."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from clv_core.activation.category_shares import fit_concentration, smooth_shares
from clv_core.activation.demand import (
    FEWEST_LINES,
    bound_demand,
    expect_demand,
    expect_products,
    measure_newcomers,
    share_customers,
)
from clv_core.activation.demand_history import MOST_CATEGORIES, NOT_GIVEN, OTHERS, sum_window
from clv_core.activation.demand_test import try_demand
from clv_core.cleaning.tables import Tables
from clv_core.evaluation.totals import TotalInterval
from clv_core.sentences import Sentence
from tests.core.activation.shops import FIRST_DAY, draw_rows, read_shop

DAY = dt.timedelta(days=1)
CUTOFF = FIRST_DAY + 179 * DAY


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> Tables:
    """Return a small shop."""
    return read_shop(tmp_path_factory.mktemp("shop"), draw_rows())


@pytest.fixture(scope="module")
def keys(tables) -> pd.Index:
    """Return its customers."""
    return pd.Index(pd.read_parquet(tables.folder / "customers.parquet")["customer_key"])


def test_shares_by_hand():
    """Two own lines beside a concentration of two: half own, half everybody's."""
    spent = np.array([[30.0, 10.0], [0.0, 0.0]])
    shares = smooth_shares(spent, np.array([2.0, 0.0]), np.array([0.5, 0.5]), 2.0)
    np.testing.assert_allclose(shares, [[0.625, 0.375], [0.5, 0.5]])


@pytest.mark.parametrize("concentration", [0.5, 3.0, 10.0])
def test_the_concentration_is_found_again(concentration):
    """Drawn from a Dirichlet-multinomial, it comes back within a fifth."""
    random = np.random.default_rng(2)
    shares = np.array([0.5, 0.3, 0.2])
    own = random.dirichlet(concentration * shares, 4000)
    counts = np.array([random.multinomial(12, each) for each in own], dtype=float)
    assert fit_concentration(counts, shares) == pytest.approx(concentration, rel=0.2)


def test_windows_by_hand(tmp_path):
    """Returns are deducted, newcomers told apart, days after the last one left out."""
    rows = [
        ("a", FIRST_DAY, "tea", "Tea", 10, 2),
        ("a", FIRST_DAY + DAY, "tea", "Tea", 20, 4),
        ("a", FIRST_DAY + 2 * DAY, "tea", "Tea", -5, -1),
        ("b", FIRST_DAY + 2 * DAY, "cake", "", 7, 1),
        ("a", FIRST_DAY + 3 * DAY, "tea", "Tea", 99, 9),
    ]
    sold = sum_window(read_shop(tmp_path, rows), FIRST_DAY, 2)
    columns = ["money", "pieces", "known_money", "known_pieces", "lines"]
    assert sold.loc["Tea", columns].tolist() == [15, 3, 15, 3, 1]
    assert sold.loc[NOT_GIVEN, columns].tolist() == [7, 1, 0, 0, 1]


def test_demand_adds_up_to_the_forecast(tables, keys):
    """Whatever is expected of the customers is expected of the categories together."""
    predicted = pd.Series(np.random.default_rng(4).gamma(2, 10, len(keys)), index=keys)
    shares = share_customers(tables, CUTOFF, keys)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    demand = expect_demand(tables, CUTOFF, 60, predicted, shares)
    assert demand["known_money"].sum() == pytest.approx(predicted.sum())
    np.testing.assert_allclose(demand["known_pieces"] * demand["price"], demand["known_money"])
    np.testing.assert_allclose(demand["known_money"] + demand["new_money"], demand["money"])
    assert demand.loc[NOT_GIVEN, "price"] == pytest.approx(2.5)
    assert demand.loc["Tea", "price"] == pytest.approx(10.0)


def test_whoever_bought_before_the_data_begin_is_no_newcomer(tables, keys):
    """With a single period of history all seem new in it; in its later half they are known."""
    cutoff = FIRST_DAY + 89 * DAY
    shares = share_customers(tables, cutoff, keys)
    demand = expect_demand(tables, cutoff, 90, pd.Series(0.0, index=keys), shares)
    halves = sum_window(tables, cutoff - 45 * DAY, 45)
    expected = 2 * (halves["money"] - halves["known_money"]).sum()
    assert demand["new_money"].sum() == pytest.approx(expected)
    assert expected < 0.35 * sum_window(tables, FIRST_DAY - DAY, 90)["money"].sum()


def test_demand_follows_who_is_expected_to_buy(tables, keys):
    """Where only tea drinkers come back, garden things are little asked for."""
    shares = share_customers(tables, CUTOFF, keys)
    ids = pd.read_parquet(tables.folder / "customers.parquet").set_index("customer_key")
    drinks = ids["customer_id"].str[1:].astype(int).reindex(keys) % 2 == 0
    demand = expect_demand(tables, CUTOFF, 60, drinks.astype(float) * 10, shares)
    assert demand.loc["Tea", "known_money"] > 5 * demand.loc["Garden", "known_money"]


def test_later_rows_change_nothing(tables, keys, tmp_path):
    """Demand as of a day is the same whatever is in the files after it."""
    alone = read_shop(tmp_path, [row for row in draw_rows() if row[1] <= CUTOFF])
    predicted = pd.Series(1.0, index=keys)
    told = []
    for each in (tables, alone):
        shares = share_customers(each, CUTOFF, keys)
        told.append(expect_demand(each, CUTOFF, 60, predicted, shares))
        told.append(expect_products(each, CUTOFF, 60, told[-1]))
        told.append(measure_newcomers(each, CUTOFF, 40))
    pd.testing.assert_frame_equal(told[0], told[3])
    pd.testing.assert_frame_equal(told[1], told[4])
    assert told[2] == told[5]


def test_products_divide_their_category(tables, keys):
    """Products with lines enough share in their category as they sold lately."""
    shares = share_customers(tables, CUTOFF, keys)
    demand = expect_demand(tables, CUTOFF, 60, pd.Series(5.0, index=keys), shares)
    products = expect_products(tables, CUTOFF, 60, demand)
    assert (products["lines"] >= FEWEST_LINES).all()
    cake = products[products["category"] == NOT_GIVEN]
    assert cake["money"].tolist() == pytest.approx([demand.loc[NOT_GIVEN, "money"]])


def test_a_range_is_that_of_the_parts_and_of_newcomers():
    """By hand: a bound of 10 either way, newcomers off by 5 %, in quadrature."""
    keys = pd.Index([1, 2])
    demand = pd.DataFrame(
        {"known_money": [100.0], "new_money": [40.0], "money": [140.0], "price": [2.0]},
        index=pd.Index(["Tea"], name="category"),
    )
    seen = []

    def bound(predicted: pd.Series, variance: pd.Series | None) -> TotalInterval:
        seen.append(variance)
        total = float(predicted.sum())
        return TotalInterval(total, total - 10, total + 10, 0.9, 1.0, Sentence("-"))

    shares = pd.DataFrame({"Tea": [0.5, 1.0]}, index=keys)
    predicted = pd.Series([100.0, 50.0], index=keys)
    variance = pd.Series([4.0, 1.0], index=keys)
    table = bound_demand(demand, predicted, shares, variance, bound, 0.05, 0.9)
    reach = np.hypot(10, 1.6448536 * 0.05 * 40)
    assert table["low_money"].tolist() == pytest.approx([140 - reach])
    assert table["high_pieces"].tolist() == pytest.approx([(140 + reach) / 2])
    assert seen[0].tolist() == [0.5 * (4 + 100**2) - 50**2, 1.0]
    alone = bound_demand(demand, predicted, shares, None, bound, None, 0.9)
    assert alone[["low_money", "high_money"]].to_numpy().tolist() == [[130.0, 150.0]]


def test_errors_by_hand(tables, keys):
    """The test compares the forecast with the period before; the actual is what was sold."""
    predicted = pd.Series(8.0, index=keys)
    tested = try_demand(tables, CUTOFF, 60, predicted)
    assert tested is not None
    assert tested.guesses == ("forecast", "last_period")
    sold = sum_window(tables, CUTOFF, 60)["money"]
    before = sum_window(tables, CUTOFF - 60 * DAY, 60)["money"]
    wape = (before - sold).abs().sum() / sold.sum()
    assert tested.error("last_period", "money") == pytest.approx(wape)
    assert tested.best("money") == min(
        tested.guesses, key=lambda guess: tested.error(guess, "money")
    )
    assert tested.newcomers_share == pytest.approx(0.0, abs=0.05)


def test_many_categories_are_gathered(tmp_path):
    """Beyond the largest, the others are one group and nothing is lost."""
    rows = [
        (f"c{number % 9}", FIRST_DAY + (number % 100) * DAY, f"p{number % 60}",
         f"k{number % 60}", 1.0 + number % 60, 1)
        for number in range(600)
    ]  # fmt: skip
    tables = read_shop(tmp_path, rows)
    keys = pd.Index(pd.read_parquet(tables.folder / "customers.parquet")["customer_key"])
    shares = share_customers(tables, FIRST_DAY + 99 * DAY, keys)
    assert len(shares.columns) == MOST_CATEGORIES
    demand = expect_demand(tables, FIRST_DAY + 99 * DAY, 50, pd.Series(10.0, index=keys), shares)
    assert OTHERS in demand.index
    assert demand["known_money"].sum() == pytest.approx(90.0)
    assert demand["price"].notna().all()
    tested = try_demand(tables, FIRST_DAY + 49 * DAY, 50, pd.Series(10.0, index=keys))
    assert tested is not None
    sold = sum_window(tables, FIRST_DAY + 49 * DAY, 50)["money"].sum()
    assert tested.by_category["actual_money"].sum() == pytest.approx(sold)
