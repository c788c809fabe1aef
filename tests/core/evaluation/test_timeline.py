"""The cut of days as rows."""

import datetime as dt

from clv_core.evaluation.timeline import lay_out_windows
from clv_core.features.windows import WindowPlan

PLAN = WindowPlan(
    horizon_days=100,
    training_horizon_days=100,
    validation_horizon_days=50,
    holdout_cutoff=dt.date(2024, 9, 1),
    validation_cutoff=dt.date(2024, 7, 13),
    forecast_cutoff=dt.date(2024, 12, 10),
    earliest_cutoff=dt.date(2024, 4, 1),
    max_snapshots=3,
    snapshot_spacing_days=20,
)


def test_windows_lie_where_the_plan_says():
    """Test and forecast are as long as the horizon, validation as its own window."""
    rows = lay_out_windows(PLAN, dt.date(2024, 1, 1)).set_index("role")
    assert tuple(rows.loc["history"]) == (dt.date(2024, 1, 1), dt.date(2024, 9, 1))
    assert tuple(rows.loc["validation"]) == (dt.date(2024, 7, 13), dt.date(2024, 9, 1))
    assert tuple(rows.loc["test"]) == (dt.date(2024, 9, 1), dt.date(2024, 12, 10))
    assert tuple(rows.loc["forecast"]) == (dt.date(2024, 12, 10), dt.date(2025, 3, 20))


def test_no_training_day_lies_in_the_test():
    """Outcomes that taught the tested models end where the test begins."""
    rows = lay_out_windows(PLAN, dt.date(2024, 1, 1)).set_index("role")
    assert rows.loc["training", "end"] == rows.loc["test", "start"]
    assert rows.loc["training", "start"] == min(PLAN.training_cutoffs(PLAN.holdout_cutoff))


def test_a_plan_without_validation_has_no_such_row():
    """What does not exist is not drawn."""
    bare = WindowPlan(**(PLAN.__dict__ | {"validation_cutoff": None}))
    assert "validation" not in set(lay_out_windows(bare, dt.date(2024, 1, 1))["role"])
