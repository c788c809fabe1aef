"""Window plans on shops of known length, and what is said when none fits."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, NoRepeatBuyers, TooFewCustomers
from clv_core.features.windows import WindowPlan, plan_backtest, plan_windows
from clv_core.settings import WindowSettings
from tests.core.features.shops import make_orders, write_shop

CDNOW = Path(__file__).parents[4] / "shared" / "data" / "cdnow" / "CDNOW_sample.txt"
FIRST = dt.date(2022, 1, 1)


def day(number: int) -> dt.date:
    """Return the day so many days after the first."""
    return FIRST + dt.timedelta(days=number)


def steady_shop(folder: Path, days: int, customers: int = 60) -> Tables:
    """Write a shop in which all customers buy on the first days and then in turn."""
    early = [(who, str(day(0)), 10.0) for who in range(customers)]
    later = [(number % customers, str(day(number)), 10.0) for number in range(1, days + 1)]
    return write_shop(folder, orders=make_orders(*early, *later))


@pytest.mark.parametrize(
    ("days", "horizon_days"),
    [(1300, 365), (730, 180), (545, 90), (364, 60), (181, 30), (100, 30), (58, 30)],
)
def test_chosen_horizon(tmp_path, days, horizon_days):
    """The longest horizon that trains, validates and tests is chosen."""
    plan = plan_windows(steady_shop(tmp_path, days), WindowSettings())
    assert plan.horizon_days == horizon_days
    assert plan.holdout_cutoff == day(days - horizon_days)
    assert plan.forecast_cutoff == day(days)


def test_two_years(tmp_path):
    """Two years of orders hold everything at 180 days."""
    plan = plan_windows(steady_shop(tmp_path, 730), WindowSettings())
    assert (plan.training_horizon_days, plan.validation_horizon_days) == (180, 180)
    assert plan.validation_cutoff == day(370)
    assert plan.training_cutoffs(day(370)) == tuple(day(70 + 30 * step) for step in range(5))
    assert len(plan.training_cutoffs(plan.forecast_cutoff)) == 9


@pytest.mark.parametrize("days", [1300, 730, 545, 181, 100, 58])
@pytest.mark.parametrize("spacing_days", [7, 30, 91])
def test_training_windows_close_in_time(tmp_path, days, spacing_days):
    """Training cutoffs are distinct, ordered, spaced, and their labels close by the cutoff."""
    settings = WindowSettings(snapshot_spacing_days=spacing_days, max_snapshots=5)
    plan = plan_windows(steady_shop(tmp_path, days), settings)
    for cutoff in (plan.validation_cutoff, plan.holdout_cutoff, plan.forecast_cutoff):
        if cutoff is None:
            continue
        cutoffs = plan.training_cutoffs(cutoff)
        steps = [(later - sooner).days for sooner, later in itertools.pairwise(cutoffs)]
        assert len(cutoffs) <= 5
        assert all(spacing_days <= step <= 91 for step in steps)
        assert all(plan.earliest_cutoff <= training for training in cutoffs)
        horizon = dt.timedelta(days=plan.training_horizon_days)
        assert not cutoffs or cutoffs[-1] + horizon == cutoff


def test_six_months_cut_in_the_middle(tmp_path):
    """89 days of history and a horizon of 90 train and validate on a third, 30 days."""
    settings = WindowSettings(cutoff=day(89), horizon_days=90)
    plan = plan_windows(steady_shop(tmp_path, 181), settings)
    assert (plan.training_horizon_days, plan.validation_horizon_days) == (30, 30)
    assert plan.validation_cutoff == day(59)
    assert plan.training_cutoffs(day(59)) == (day(29),)
    assert "windows of 30 days" in " ".join(map(str, plan.reasons))


def test_validation_at_full_horizon_beside_shorter_training(tmp_path):
    """Where only training lacks room, the model is still chosen at the full horizon."""
    settings = WindowSettings(cutoff=day(400), horizon_days=180)
    plan = plan_windows(steady_shop(tmp_path, 600), settings)
    assert (plan.training_horizon_days, plan.validation_horizon_days) == (133, 180)
    assert len(plan.training_cutoffs(day(220))) == 1 + (220 - 133 - 60) // 30


def test_no_room_for_validation(tmp_path):
    """A short history trains, if at all, without a validation window, and says so."""
    plan = plan_windows(steady_shop(tmp_path, 100), WindowSettings())
    assert plan.validation_cutoff is plan.validation_horizon_days is None
    assert "no room for a validation window" in " ".join(map(str, plan.reasons))


def test_training_waits_for_customers(tmp_path):
    """No training cutoff lies before the fiftieth customer's first purchase."""
    newcomers = [(who, str(day(4 * who)), 10.0) for who in range(100)]
    again = [(who, str(day(4 * who + 2)), 10.0) for who in range(100)]
    last = [(0, str(day(730)), 10.0)]
    tables = write_shop(tmp_path, orders=make_orders(*newcomers, *again, *last))
    plan = plan_windows(tables, WindowSettings(horizon_days=90))
    assert plan.earliest_cutoff == day(4 * 49)


def test_cdnow(tmp_path):
    """CDNOW's 39 weeks of history train and validate on 91 days of a 273-day horizon."""
    if not CDNOW.is_file():
        pytest.skip("the CDNOW sample is not beside the project (../shared/data)")
    raw = pd.read_csv(CDNOW, sep=r"\s+", header=None)
    rows = zip(raw[1].tolist(), raw[2].astype(str), raw[4].tolist(), strict=True)
    settings = WindowSettings(cutoff=dt.date(1997, 9, 30), horizon_days=273)
    plan = plan_windows(write_shop(tmp_path, orders=make_orders(*rows)), settings)
    assert (plan.training_horizon_days, plan.validation_horizon_days) == (91, 91)
    assert plan.validation_cutoff == dt.date(1997, 7, 1)
    assert len(plan.training_cutoffs(plan.validation_cutoff)) == 2
    assert len(plan.training_cutoffs(plan.holdout_cutoff)) == 5


def test_backtest_ignores_what_came_after(tmp_path):
    """A backtest's plan is the same with and without the rows after its cutoff."""
    whole = steady_shop(tmp_path / "whole", 600)
    cut = steady_shop(tmp_path / "cut", 395)
    plans = [plan_backtest(shop, day(400), 180, WindowSettings()) for shop in (whole, cut)]
    assert plans[0] == plans[1]
    assert plans[0].forecast_cutoff == plans[0].holdout_cutoff == day(400)
    assert plans[0].training_horizon_days == 133


def test_json_round_trip(tmp_path):
    """A plan survives JSON, with and without a validation window."""
    for days in (730, 58):
        plan = plan_windows(steady_shop(tmp_path / str(days), days), WindowSettings())
        assert WindowPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize(
    ("settings", "remedy", "works"),
    [
        (
            WindowSettings(cutoff=day(380), horizon_days=90),
            "cutoff from 2022-01-29 to 2022-11-02",
            WindowSettings(cutoff=dt.date(2022, 11, 2), horizon_days=90),
        ),
        (
            WindowSettings(cutoff=day(20), horizon_days=90),
            "cutoff from 2022-01-29",
            WindowSettings(cutoff=dt.date(2022, 1, 29), horizon_days=90),
        ),
        (
            WindowSettings(horizon_days=800),
            "at most 367 days",
            WindowSettings(horizon_days=367),
        ),
        (
            WindowSettings(cutoff=day(393)),
            "cutoff from 2022-01-29 to 2023-01-01",
            WindowSettings(cutoff=dt.date(2023, 1, 1)),
        ),
    ],
)
def test_remedy_works(tmp_path, settings, remedy, works):
    """What is named where a window does not fit does fit."""
    tables = steady_shop(tmp_path, 395)
    with pytest.raises(HistoryTooShort, match=remedy):
        plan_windows(tables, settings)
    assert plan_windows(tables, works).horizon_days > 0


def test_last_days_set_the_horizon(tmp_path):
    """A cutoff less than 30 days before the end is tested on the days that are left."""
    plan = plan_windows(steady_shop(tmp_path, 395), WindowSettings(cutoff=day(380)))
    assert plan.horizon_days == 15


def test_a_month_of_orders_is_too_short(tmp_path):
    """Thirty days of orders cannot be tested at all."""
    with pytest.raises(HistoryTooShort, match="Bring at least 36 days"):
        plan_windows(steady_shop(tmp_path, 30), WindowSettings())


def test_too_few_customers(tmp_path):
    """Twenty-nine customers are refused, thirty are not."""
    with pytest.raises(TooFewCustomers, match="Only 29 customers"):
        plan_windows(steady_shop(tmp_path / "29", 200, customers=29), WindowSettings())
    plan_windows(steady_shop(tmp_path / "30", 200, customers=30), WindowSettings())


def test_nobody_came_back(tmp_path):
    """A shop whose customers bought on one day each by the cutoff is refused."""
    rows = [(who, f"{day(who)} 10:00", 10.0) for who in range(200)]
    twice_a_day = [(who, f"{day(who)} 18:00", 10.0) for who in range(200)]
    back_too_late = [(0, f"{day(199)}", 10.0)]
    tables = write_shop(tmp_path, orders=make_orders(*rows, *twice_a_day, *back_too_late))
    with pytest.raises(NoRepeatBuyers, match="on two days"):
        plan_windows(tables, WindowSettings())


def test_no_window_opens_before_anybody_came_back(tmp_path):
    """Where the first return is late, validation and training wait for it or are left out."""
    once = [(who, str(day(who)), 10.0) for who in range(200)]
    back = [(who, str(day(460 + who)), 10.0) for who in range(100)]
    shop = write_shop(tmp_path, orders=make_orders(*once, *back))
    plan = plan_windows(shop, WindowSettings(horizon_days=60))
    assert plan.holdout_cutoff == day(499)
    assert plan.earliest_cutoff == day(460)
    assert plan.validation_cutoff is None
