"""Cohorts of a shop small enough to count by hand, and when their margin pays for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.economic_settings import EconomicSettings
from clv_core.evaluation.totals import TotalInterval
from clv_core.segments.cohort_outlook import continue_curve, name_cohort, sum_cohorts
from clv_core.segments.cohorts import (
    MEASURES,
    Cohorts,
    assign_cohorts,
    average_retention,
    average_revenue,
    find_first_purchases,
    lay_out_cells,
    measure_cohorts,
    pick_active,
    trace_activity,
)
from clv_core.segments.payback import cost_cohorts, count_won, list_missing, measure_payback
from clv_core.segments.periods import Unit, open_period
from clv_core.sentences import Sentence

LAST_DAY = dt.date(2024, 4, 15)  # April is half over
JANUARY, MARCH = pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 3, 1)
# customer, day, amount: 1 and 2 are won in January, 3 and 4 in March, nobody in February.
ORDERS = [
    (1, "2024-01-05", 10.0),
    (1, "2024-01-20", 30.0),
    (1, "2024-03-02", 20.0),
    (1, "2024-03-09", -5.0),  # a return
    (2, "2024-01-31 23:59:59", 40.0),
    (2, "2024-03-31", 8.0),
    (2, "2024-04-10", 7.0),
    (3, "2024-02-20", -2.0),  # of goods that the data do not hold
    (3, "2024-03-01", 50.0),
    (4, "2024-03-15", 12.0),
    (5, "2024-03-15", -9.0),  # never bought
    (6, "2024-04-16", 99.0),  # after the last day
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Return the tables of the tiny shop."""
    folder = tmp_path_factory.mktemp("tiny_shop")
    orders = pd.DataFrame(ORDERS, columns=["customer_key", "order_time", "amount"])
    orders["order_time"] = pd.to_datetime(orders["order_time"], format="ISO8601")
    orders["is_return"] = orders["amount"] < 0
    orders.to_parquet(folder / "orders.parquet")
    return Tables(folder, dt.date(2024, 1, 5), LAST_DAY, 6, len(orders))


@pytest.fixture(scope="module")
def cohorts(shop: Tables) -> Cohorts:
    """Return its monthly cohorts."""
    return measure_cohorts(shop, LAST_DAY, "month")


@pytest.fixture(scope="module")
def first(shop: Tables) -> pd.Series:
    """Return its customers' first purchases."""
    return find_first_purchases(shop, LAST_DAY)


@pytest.mark.parametrize(
    ("measure", "january", "march"),
    [
        ("active", [2, 0, 2, np.nan], [2, np.nan]),
        ("retention", [1, 0, 1, np.nan], [1, np.nan]),
        ("orders", [3, 0, 2, np.nan], [2, np.nan]),
        ("net_revenue", [80, 0, 23, np.nan], [60, np.nan]),
        ("cumulative_per_customer", [40, 40, 51.5, np.nan], [30, np.nan]),
    ],
)
def test_the_matrix_is_the_one_counted_by_hand(
    cohorts: Cohorts, measure: str, january: list[float], march: list[float]
) -> None:
    """A month in which nobody bought is 0; April, which is not over, is not a number."""
    matrix = lay_out_cells(cohorts, measure)
    assert list(matrix.index) == [JANUARY, MARCH]
    assert list(matrix.columns) == [0, 1, 2, 3]
    np.testing.assert_array_equal(matrix.loc[JANUARY], january)
    np.testing.assert_array_equal(matrix.loc[MARCH], [*march, np.nan, np.nan])


def test_a_period_that_is_not_over_is_kept_apart_with_what_is_known(cohorts: Cohorts) -> None:
    """The half April of the January cohort holds one order and is marked as not over."""
    unfinished = cohorts.cells[~cohorts.cells["is_over"]]
    assert list(unfinished["period"]) == [3, 1]
    assert list(unfinished["active"]) == [1, 0]
    assert list(unfinished["net_revenue"]) == [7.0, 0.0]


def test_a_period_is_over_on_its_last_day(shop: Tables) -> None:
    """With the last day of March as the last day of data, March counts and nobody saw April."""
    matrix = lay_out_cells(measure_cohorts(shop, dt.date(2024, 3, 31), "month"), "active")
    assert matrix.loc[MARCH].tolist()[:1] == [2.0]
    assert matrix.columns.tolist() == [0, 1, 2]


def test_all_cells_add_up_to_what_the_customers_brought(cohorts: Cohorts) -> None:
    """Whoever bought is in one cohort, and every order of theirs in one cell."""
    assert cohorts.sizes.tolist() == [2, 2]
    assert cohorts.cells["net_revenue"].sum() == 10 + 30 + 20 - 5 + 40 + 8 + 7 - 2 + 50 + 12
    assert cohorts.cells["orders"].sum() == 8


@pytest.mark.parametrize("unit", ["week", "month", "quarter"])
def test_customers_and_cells_agree_on_the_cohorts(shop: Tables, first: pd.Series, unit) -> None:
    """The periods of customers, told by dates, are those of the cells, told by the engine."""
    assigned = assign_cohorts(first, unit)
    sizes = measure_cohorts(shop, LAST_DAY, unit).sizes
    assert assigned.value_counts().sort_index().to_dict() == sizes.to_dict()
    assert list(assigned.index) == [1, 2, 3, 4]


def test_the_customers_behind_a_cell_are_those_it_counts(shop: Tables, cohorts: Cohorts) -> None:
    """Every cell's number of active customers is the number of customers it opens."""
    active = pick_active(trace_activity(shop, LAST_DAY, "month")).collect("pandas").to_native()
    active["period"] = active["at"] - active["cohort"]
    active["cohort"] = [pd.Timestamp(open_period(at, "month")) for at in active["cohort"]]
    found = active.groupby(["cohort", "period"])["customer_key"].agg(list)
    for cell in cohorts.cells.itertuples():
        assert len(found.get((cell.cohort, cell.period), [])) == cell.active
    assert found[JANUARY, 0] == [1, 2]
    assert found[JANUARY, 3] == [2]


def test_averages_count_customers_and_only_what_is_over(cohorts: Cohorts) -> None:
    """Month 1 is over for January alone; revenue adds up from means of the same customers."""
    assert average_retention(cohorts).tolist() == [1.0, 0.0, 1.0]
    assert average_revenue(cohorts).tolist() == [35.0, 35.0, 46.5]


@pytest.mark.parametrize(("unit", "alias"), [("week", "W-SUN"), ("month", "M"), ("quarter", "Q")])
def test_a_larger_random_shop_gives_what_pandas_gives(
    tmp_path: Path, unit: Unit, alias: str
) -> None:
    """The same matrix by another way: periods of pandas, counted row by row."""
    random = np.random.default_rng(5)
    orders = pd.DataFrame({"customer_key": random.integers(0, 200, 1500)})
    days = pd.to_timedelta(random.integers(0, 500, 1500), "D")
    orders["order_time"] = pd.Timestamp(2023, 1, 15) + days
    orders["amount"] = random.integers(-20, 80, 1500).astype(float)
    orders["is_return"] = orders["amount"] < 0
    orders.to_parquet(tmp_path / "orders.parquet")
    last_day = dt.date(2024, 4, 30)
    found = measure_cohorts(Tables(tmp_path, last_day, last_day, 200, 1500), last_day, unit)

    orders = orders[orders["order_time"] < "2024-05-01"]
    bought = orders[~orders["is_return"]]
    won = bought.groupby("customer_key")["order_time"].min().dt.to_period(alias)
    orders = orders[orders["customer_key"].isin(won.index)]
    cohort = orders["customer_key"].map(won).astype(won.dtype)
    numbers = [
        times.astype("int64") for times in (orders["order_time"].dt.to_period(alias), cohort)
    ]
    period = (numbers[0] - numbers[1]).clip(lower=0).rename("period")
    groups = [cohort.dt.start_time.rename("cohort"), period]
    cells = found.cells.set_index(["cohort", "period"])
    revenue = orders["amount"].groupby(groups).sum().reindex(cells.index, fill_value=0.0)
    customers = orders["customer_key"].where(~orders["is_return"])
    active = customers.groupby(groups).nunique().reindex(cells.index, fill_value=0)
    assert cells["net_revenue"].tolist() == pytest.approx(revenue.tolist())
    assert cells["active"].tolist() == active.tolist()


def test_every_measure_can_be_laid_out(cohorts: Cohorts) -> None:
    """All five matrices have the same shape and mark the same cells."""
    known = [lay_out_cells(cohorts, measure).notna() for measure in MEASURES]
    assert all(one.equals(known[0]) for one in known)


@pytest.fixture(scope="module")
def outlook(cohorts: Cohorts, first: pd.Series) -> pd.DataFrame:
    """Return what the cohorts brought and are expected to bring; March alone has a range."""
    forecast = pd.DataFrame({"predicted": [4.0, 6.0, 30.0, 10.0]}, index=[1, 2, 3, 4])
    total = TotalInterval(40.0, 20.0, 60.0, 0.8, 1.0, Sentence("of a test"))
    assigned = assign_cohorts(first, "month")
    return sum_cohorts(cohorts, assigned, forecast, {name_cohort(MARCH): total})


def test_forecasts_add_up_by_cohort_and_are_shared_among_its_customers(
    outlook: pd.DataFrame,
) -> None:
    """January brought 110 and March 60; 10 and 40 are expected."""
    assert outlook["net_revenue"].tolist() == [110.0, 60.0]
    assert outlook["expected"].tolist() == [10.0, 40.0]
    assert outlook["so_far"].tolist() == [55.0, 30.0]
    march = outlook.loc[MARCH, ["further", "further_low", "further_high"]]
    assert march.tolist() == [20.0, 10.0, 30.0]
    assert np.isnan(outlook.loc[JANUARY, "further_low"])


def test_the_curve_goes_on_where_the_data_end(cohorts: Cohorts, outlook: pd.DataFrame) -> None:
    """On 15 April March is half a month past its own end; 365.25 days are twelve months."""
    curve = continue_curve(cohorts, outlook, MARCH, 365)
    assert curve["period"].tolist() == pytest.approx([0.5, 0.5 + 365 / 365.25 * 12])
    assert curve["value"].tolist() == [30.0, 50.0]
    assert curve["low"].tolist() == [30.0, 40.0]
    assert curve["high"].tolist() == [30.0, 60.0]


@pytest.mark.parametrize(
    ("january_cost", "march_cost", "standings", "periods"),
    [
        (20.0, 15.0, ["paid_back", "paid_back"], [0, 0]),  # margin 20 and 15 in their own month
        (20.5, 24.9, ["paid_back", "expected"], [2, np.nan]),  # 25.75 by the end of March
        (27.5, 26.0, ["paid_back", "possible"], [3, np.nan]),  # 27.5 on the last day of data
        (40.0, 31.0, ["not_within", "not_within"], [np.nan, np.nan]),
    ],
)
def test_payback_is_the_first_month_in_which_margin_reaches_the_cost(
    cohorts: Cohorts, outlook: pd.DataFrame, january_cost, march_cost, standings, periods
) -> None:
    """Half of revenue is margin: a customer of January has brought 20, 20, 25.75 and 27.5."""
    costs = pd.Series([january_cost, march_cost], index=[JANUARY, MARCH])
    table = measure_payback(cohorts, outlook, costs, margin_rate=0.5)
    assert table["standing"].tolist() == standings
    np.testing.assert_array_equal(table["period"], periods)


def test_the_way_to_payback_and_the_ratios_follow_from_margin_and_cost(
    cohorts: Cohorts, outlook: pd.DataFrame
) -> None:
    """March lacks 7.5 of 22.5 and is expected to bring 10 more: three quarters of the days."""
    costs = pd.Series([20.0, 22.5], index=[JANUARY, MARCH])
    march = measure_payback(cohorts, outlook, costs, margin_rate=0.5).loc[MARCH]
    assert march["share_of_horizon"] == pytest.approx(0.75)
    ratios = march[["ratio_so_far", "ratio", "ratio_low", "ratio_high"]].tolist()
    assert ratios == pytest.approx([15 / 22.5, 25 / 22.5, 20 / 22.5, 30 / 22.5])


def test_customers_that_cost_nothing_have_paid_and_have_no_ratio(
    cohorts: Cohorts, outlook: pd.DataFrame
) -> None:
    """A cost of 0 is reached at once; nothing is divided by it."""
    costs = pd.Series([0.0, np.nan], index=[JANUARY, MARCH])
    table = measure_payback(cohorts, outlook, costs, margin_rate=0.5)
    assert table["standing"].tolist() == ["paid_back", "unknown"]
    assert table["ratio"].isna().all()


def test_costs_by_month_are_averaged_over_the_customers_of_a_quarter(first: pd.Series) -> None:
    """Two customers of January at 10 and two of March at 30 cost 20 each; a gap is no cost."""
    assigned = assign_cohorts(first, "quarter")
    known = EconomicSettings(acquisition_cost=30.0, acquisition_costs={"2024-01": 10.0})
    assert cost_cohorts(count_won(first, assigned), known).tolist() == [20.0]
    partly = EconomicSettings(acquisition_costs={"2024-01": 10.0})
    assert cost_cohorts(count_won(first, assigned), partly).isna().all()


def test_what_is_missing_for_payback_is_said() -> None:
    """Margin and cost are asked for by name; costs by month alone are enough."""
    assert len(list_missing(EconomicSettings())) == 2
    assert "margin" in str(list_missing(EconomicSettings(acquisition_cost=5.0))[0])
    told = EconomicSettings(margin_rate=0.4, acquisition_costs={"2024-01": 10.0})
    assert list_missing(told) == ()
