"""Bounds and totals of a run: which window teaches them, and how far they are stretched."""

from __future__ import annotations

import pandas as pd
import pytest

from clv_core.evaluation.chances import ChanceCalibration
from clv_core.evaluation.coverage import Coverage
from clv_core.evaluation.ranges import Ranges
from clv_core.models.baselines import PastRate
from clv_core.models.expectation import ExpectationModel
from clv_core.runs.certainty import Window, measure_certainty
from clv_core.runs.rehearsal import Rehearsal
from clv_core.settings import RunSettings
from tests.simulated import simulate_purchases, take_snapshot

SETTINGS = RunSettings()
PURCHASES = simulate_purchases(300, 5)


def rehearse_past_rate(phase: str, day: int, horizon_days: int, knows: bool = True) -> Window:
    """Forecast by past rate from a day, beside what came; or without being able to."""
    snapshot = take_snapshot(PURCHASES, day, horizon_days, label=True)
    assert snapshot.future_spend is not None
    assert snapshot.future_orders is not None
    outcome = pd.DataFrame(
        {"future_spend": snapshot.future_spend, "future_orders": snapshot.future_orders}
    )
    model = PastRate()
    rehearsal = Rehearsal(
        phase=phase,
        snapshot=snapshot,
        newest_training=snapshot,
        expectation=ExpectationModel.fit(snapshot, horizon_days),
        forecasters={"past_rate": model} if knows else {},
        predictions={"past_rate": model.predict(snapshot)} if knows else {},
        left_out={},
    )
    return rehearsal, outcome


def test_bounds_are_stretched_by_the_horizon_and_not_by_later_customers() -> None:
    """Past rate over 120 days is four times that over 30, whoever has joined since."""
    validation = rehearse_past_rate("validation", 400, 30)
    holdout = rehearse_past_rate("holdout", 450, 120)
    final, _ = rehearse_past_rate("forecast", 700, 120)
    found = measure_certainty("past_rate", validation, holdout, final, SETTINGS)
    assert found.scale == pytest.approx(4.0)
    again = measure_certainty("past_rate", validation, holdout, holdout[0], SETTINGS)
    pd.testing.assert_frame_equal(found.holdout_bounds, again.holdout_bounds)


def test_the_holdout_teaches_where_validation_could_not_fit_the_model() -> None:
    """Bounds exist, but no coverage is claimed for the window that taught them."""
    validation = rehearse_past_rate("validation", 400, 90, knows=False)
    holdout = rehearse_past_rate("holdout", 490, 90)
    final, _ = rehearse_past_rate("forecast", 580, 90)
    found = measure_certainty("past_rate", validation, holdout, final, SETTINGS)
    assert found.bounds.notna().all(axis=None)
    assert found.coverage is None


def test_no_bounds_are_made_up_for_a_holdout_without_the_model() -> None:
    """A model fitted on validation and at the end, but not between, has no held-out bounds."""
    validation = rehearse_past_rate("validation", 400, 90)
    holdout = rehearse_past_rate("holdout", 490, 90, knows=False)
    final, _ = rehearse_past_rate("forecast", 580, 90)
    found = measure_certainty("past_rate", validation, holdout, final, SETTINGS)
    assert found.bounds.notna().all(axis=None)
    assert found.holdout_bounds.isna().all(axis=None)
    assert found.coverage is None
    tested = measure_certainty(
        "past_rate", validation, rehearse_past_rate("holdout", 490, 90), final, SETTINGS
    )
    assert isinstance(tested.coverage, Coverage)


def test_a_backtest_learns_no_bounds_from_the_outcome_it_forecasts() -> None:
    """Without validation, the held-out window cannot bound the forecast of that same window."""
    holdout = rehearse_past_rate("holdout", 490, 90)
    found = measure_certainty("past_rate", None, holdout, holdout[0], SETTINGS)
    assert found.bounds.isna().all(axis=None)
    assert found.total is None
    final, _ = rehearse_past_rate("forecast", 580, 90)
    assert measure_certainty("past_rate", None, holdout, final, SETTINGS).total is not None


def rehearse_pareto(phase: str, day: int, horizon_days: int) -> Window:
    """Forecast by Pareto/NBD from a day, with what came and two earlier training windows."""
    purchases = simulate_purchases(900, 6)
    snapshot = take_snapshot(purchases, day, horizon_days, label=True)
    assert snapshot.future_spend is not None
    expectation = ExpectationModel.fit(snapshot, horizon_days)
    earlier = [take_snapshot(purchases, day - back, 60, label=True) for back in (120, 60)]
    rehearsal = Rehearsal(
        phase=phase,
        snapshot=snapshot,
        newest_training=snapshot,
        expectation=expectation,
        forecasters={"pareto_nbd": expectation.forecaster_},
        predictions={"pareto_nbd": expectation.forecaster_.predict(snapshot)},
        left_out={},
        labelled=tuple(ExpectationModel.fit(one, 60).attach(one) for one in earlier),
    )
    outcome = {"future_spend": snapshot.future_spend, "future_orders": snapshot.future_orders}
    return rehearsal, pd.DataFrame(outcome)


def test_a_model_with_chances_gets_ranges_and_its_chances_are_measured() -> None:
    """Ranges and totals for the forecast, coverage by tier and marks of chances for the test."""
    validation, holdout = (
        rehearse_pareto("validation", 400, 90),
        rehearse_pareto("holdout", 490, 90),
    )
    final, _ = rehearse_pareto("forecast", 580, 90)
    found = measure_certainty("pareto_nbd", validation, holdout, final, SETTINGS)
    assert isinstance(found.interval, Ranges)
    assert found.coverage is not None
    assert found.coverage.covered_share > 0.75
    assert set(found.coverage.by_tier["tier"]) == {"high", "middle", "low"}
    assert found.measured_chances is not None
    changed = ["as_given"] if found.chances != ChanceCalibration() else []
    assert list(found.measured_chances["name"]) == ["in_use", *changed, "pareto_nbd"]
    assert found.total is not None
    assert found.spread is not None
    assert found.spread.windows == 4  # validation, holdout and the two training windows
    assert found.total.low < found.total.expected < found.total.high
    told = found.tell_holdout(holdout[0].predictions, "pareto_nbd")
    pd.testing.assert_series_equal(told["pareto_nbd"].p_buy, found.holdout_p_buy)


def test_what_came_in_the_holdout_moves_none_of_its_bounds_or_chances() -> None:
    """Tripling what held-out customers brought changes the coverage, not what was told."""
    validation, holdout = (
        rehearse_pareto("validation", 400, 90),
        rehearse_pareto("holdout", 490, 90),
    )
    final, _ = rehearse_pareto("forecast", 580, 90)
    other = (holdout[0], holdout[1].assign(future_spend=holdout[1]["future_spend"] * 3 + 1))
    one, two = (
        measure_certainty("pareto_nbd", validation, window, final, SETTINGS)
        for window in (holdout, other)
    )
    pd.testing.assert_frame_equal(one.holdout_bounds, two.holdout_bounds)
    pd.testing.assert_frame_equal(one.bounds, two.bounds)
    assert one.chances == two.chances
    assert one.coverage != two.coverage
