"""A real result held against orders that came after it, by hand."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import HistoryTooShort, InvalidSetting
from clv_core.evaluation.curves import decile_calibration
from clv_core.monitoring.comparison import number_deciles
from clv_core.monitoring.findings import LookBack
from clv_core.monitoring.look_back import look_back
from clv_core.runs.folder import RunFolder
from tests.core.monitoring.shops import Row, add_orders, after, read, write_tables

HORIZON_DAYS = 90


@pytest.fixture(scope="module")
def earlier(small_tables: tuple[Tables, QualityReport]) -> Tables:
    """Return what the result was made from."""
    return small_tables[0]


@pytest.fixture(scope="module")
def ids(small_run: RunFolder) -> pd.Series:
    """Return the shop's ids of the result's customers, highest forecast first."""
    customers = small_run.customers()
    assert customers is not None
    return customers["customer_id"].loc[small_run.forecast().index]


@pytest.fixture(scope="module")
def cutoff(small_run: RunFolder) -> dt.date:
    """Return the last day that the result saw."""
    return dt.date.fromisoformat(small_run.manifest()["plan"]["forecast_cutoff"])


@pytest.fixture(scope="module")
def rows(ids: pd.Series, cutoff: dt.date) -> tuple[Row, ...]:
    """Return what happens after the cutoff: three of the result's customers and a stranger."""
    first, second, last = ids.iloc[0], ids.iloc[1], ids.iloc[-1]
    return (
        (first, after(cutoff, 1), 100.0),
        (first, after(cutoff, 90), 50.0),
        (second, after(cutoff, 30), 40.0),
        (second, after(cutoff, 40), -10.0),
        (last, after(cutoff, 91), 1000.0),  # after the horizon
        ("Stranger", after(cutoff, 10), 70.0),
        ("Stranger", after(cutoff, 100), 5.0),
    )


@pytest.fixture(scope="module")
def found(
    small_run: RunFolder,
    ids: pd.Series,
    earlier: Tables,
    rows: tuple[Row, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> LookBack:
    """Return what looking back shows when all days have passed."""
    newer = add_orders(earlier, tmp_path_factory.mktemp("newer"), *rows)
    return look_back(small_run, ids, newer, earlier)


def test_what_came_in_is_that_of_the_forecast_customers_in_the_forecast_days(
    found: LookBack, small_run: RunFolder
) -> None:
    """100 + 50 + 40 − 10 by two buyers, by id although keys differ; the rest is apart."""
    forecast = small_run.forecast()
    total = found.total
    assert found.days == found.horizon_days == HORIZON_DAYS
    assert found.way is None
    assert total["actual"] == pytest.approx(180.0)
    assert total["buyers"] == 2
    assert total["forecast"] == pytest.approx(forecast["predicted"].sum())
    assert total["ratio"] == pytest.approx(180.0 / forecast["predicted"].sum())
    assert total["expected_buyers"] == pytest.approx(forecast["p_buy"].sum())
    assert found.customers == found.matched == len(forecast)
    assert (found.new_customers, found.new_revenue) == (1, pytest.approx(70.0))


def test_groups_are_those_of_the_result_and_add_up(found: LookBack, small_run: RunFolder) -> None:
    """Tiers and tenths each hold everybody once; the money lies where its customers are."""
    forecast = small_run.forecast()
    for kind in ("value_tier", "marketing_tier", "decile"):
        rows = found.take(kind)
        assert rows["customers"].sum() == len(forecast)
        assert rows["actual"].sum() == pytest.approx(180.0)
        assert rows["forecast"].sum() == pytest.approx(forecast["predicted"].sum())
        assert (rows["low"] <= rows["forecast"]).all()
        assert (rows["forecast"] <= rows["high"]).all()
    tiers = found.take("value_tier").set_index("group")
    assert tiers.loc["high", "actual"] == pytest.approx(180.0)
    assert tiers.loc["low", "covered_share"] == pytest.approx(
        (forecast.loc[forecast["value_tier"] == "low", "low"] <= 0).mean()
    )
    assert found.take("decile")["group"].tolist() == [str(number) for number in range(1, 11)]


def test_tenths_are_the_same_in_tables_and_means(found: LookBack, small_run: RunFolder) -> None:
    """What numbers the customers divides them as the calibration does, ties included."""
    predicted = small_run.forecast()["predicted"].round(0)
    numbers = number_deciles(predicted)
    means = decile_calibration(predicted, predicted)
    assert predicted.groupby(numbers).mean().tolist() == means["predicted_mean"].tolist()
    totals = found.take("decile")
    assert (totals["forecast"] / totals["customers"]).tolist() == pytest.approx(
        found.deciles["predicted_mean"].tolist()
    )


def test_ranges_of_single_customers_are_those_told(found: LookBack, small_run: RunFolder) -> None:
    """Inside is counted on the bounds that the result told."""
    forecast = small_run.forecast()
    actual = pd.Series(0.0, index=forecast.index)
    actual.iloc[:2] = (150.0, 30.0)
    inside = actual.between(forecast["low"], forecast["high"])
    assert found.coverage is not None
    assert found.coverage.covered_share == pytest.approx(inside.mean())


def test_the_model_in_use_stands_beside_plain_rivals(found: LookBack) -> None:
    """The scoreboard holds them all on the same days, and each decisive measure is told."""
    board = found.scoreboard
    assert set(board.models) == {"past_spend", "past_rate", "pareto_nbd", found.model}
    assert board.cutoff == found.cutoff
    assert board.horizon_days == HORIZON_DAYS
    told = " ".join(str(sentence) for sentence in found.findings)
    for measure in ("Normalised Gini", "Spearman rank correlation", "Mean absolute error"):
        assert measure in told


def test_an_untouched_past_is_said_to_be_so(found: LookBack) -> None:
    """Nothing before the cutoff differs."""
    assert found.past is not None
    assert (found.past.customers, found.past.changed_share) == (0, 0.0)
    assert any("The past is as it was" in str(told) for told in found.findings)


def test_everything_comes_back_from_json_and_names_nobody(found: LookBack, ids: pd.Series) -> None:
    """Written and read it is the same, and holds none of the shop's ids."""
    text = found.to_json()
    again = LookBack.from_json(text)
    assert again.to_json() == text
    assert again.total == found.total
    assert again.findings == found.findings
    pd.testing.assert_frame_equal(again.features, found.features)
    assert not [one for one in ids if one in text]


def test_a_part_of_the_days_is_held_against_its_part_of_the_forecast(
    small_run: RunFolder, ids: pd.Series, earlier: Tables, cutoff: dt.date, tmp_path: Path
) -> None:
    """After 30 of 90 days less is forecast, in range order, and it is said how."""
    newer = add_orders(earlier, tmp_path, (ids.iloc[0], after(cutoff, 30), 60.0))
    part = look_back(small_run, ids, newer, earlier)
    whole = float(small_run.forecast()["predicted"].sum())
    total = part.total
    assert part.days == 30
    assert part.way is not None
    assert part.caveats[0] == part.way
    # Rates and leaving only fall: the first third of the days brings a third at least.
    assert whole / 3 <= total["forecast"] < 0.6 * whole
    assert total["low"] < total["forecast"] < total["high"]
    assert total["expected_buyers"] < small_run.forecast()["p_buy"].sum()
    assert total["actual"] == pytest.approx(60.0)
    assert part.coverage is not None
    assert "60 more days" in str(part.advice) or "Train again" in str(part.advice)


def test_a_changed_past_is_counted_in_orders_and_money(
    small_run: RunFolder, ids: pd.Series, earlier: Tables, cutoff: dt.date, tmp_path: Path
) -> None:
    """One order gone, one come late and one paid back in part: three customers."""
    orders = read(earlier, "orders")
    orders = orders[orders["amount"] > 20].drop_duplicates("customer_key")
    gone = orders.iloc[0]
    keys = {key: name for key, name in ids.items() if key != gone["customer_key"]}
    late, refunded = list(keys.values())[:2]
    newer = add_orders(
        earlier,
        tmp_path,
        (late, after(cutoff, -20), 33.0),
        (refunded, after(cutoff, -10), -7.0),
        (late, after(cutoff, 100), 1.0),
        drops=[int(gone["order_key"])],
    )
    for known in (earlier, None):  # by the orders, and by what the result kept of them
        past = look_back(small_run, ids, newer, known).past
        assert past is not None
        assert past.customers == 3
        assert (past.orders_added, past.orders_gone) == (1, 1)
        assert past.money_added == pytest.approx(33.0)
        assert past.money_gone == pytest.approx(gone["amount"] + 7.0)
        assert past.changed_share == pytest.approx((gone["amount"] + 40.0) / past.money)


def test_orders_that_begin_after_the_cutoff_leave_the_past_open(
    small_run: RunFolder, ids: pd.Series, earlier: Tables, cutoff: dt.date, tmp_path: Path
) -> None:
    """Nobody's past is called changed; who is missing counts as having bought nothing."""
    orders = read(earlier, "orders").iloc[:2].copy()
    orders["order_time"] = pd.to_datetime([after(cutoff, 5), after(cutoff, 95)])
    orders["amount"], orders["is_return"] = 20.0, False
    customers = read(earlier, "customers")
    kept = customers[customers["customer_key"].isin(orders["customer_key"])]
    newer = write_tables(tmp_path, orders, kept)
    found = look_back(small_run, ids, newer, earlier)
    assert found.past is None
    assert found.features.empty
    assert found.matched == len(kept)
    assert found.total["actual"] == pytest.approx(20.0)
    told = " ".join(str(caveat) for caveat in found.caveats)
    assert f"{found.customers - len(kept)} customers of the forecast are not in" in told
    assert "The newer orders begin on" in told
    assert np.isnan(found.shop["before"]).all()


def test_what_cannot_be_compared_is_refused(
    small_run: RunFolder, ids: pd.Series, earlier: Tables, cutoff: dt.date, tmp_path: Path
) -> None:
    """No later days, another currency, no customer in common, a result without days."""
    newer = add_orders(earlier, tmp_path / "newer", (ids.iloc[0], after(cutoff, 3), 5.0))
    with pytest.raises(HistoryTooShort, match="The newer orders end on"):
        look_back(small_run, ids, earlier)
    with pytest.raises(InvalidSetting, match="in USD, the newer orders are in EUR"):
        look_back(small_run, ids, replace(newer, currency="EUR"))
    with pytest.raises(InvalidSetting, match="hold none of the customers"):
        look_back(small_run, ids + "x", newer)
    shutil.copytree(small_run.folder, tmp_path / "run")
    manifest = json.loads((tmp_path / "run/manifest.json").read_text("utf-8"))
    (tmp_path / "run/manifest.json").write_text(json.dumps({**manifest, "shape": "value_table"}))
    with pytest.raises(InvalidSetting, match="forecasts no days"):
        look_back(RunFolder(tmp_path / "run"), ids, newer)
