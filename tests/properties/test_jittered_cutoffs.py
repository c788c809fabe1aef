"""Moved training cutoffs never let a forecast see what it is to forecast."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from clv_core.features.windows import WindowPlan
from clv_core.settings import RunSettings, WindowSettings

FIRST = dt.date(2023, 1, 1)


@st.composite
def plans(draw: st.DrawFn) -> WindowPlan:
    """Plans of all lengths, spacings and jitters."""
    horizon, history = draw(st.integers(7, 365)), draw(st.integers(0, 1500))
    holdout = FIRST + dt.timedelta(days=history)
    return WindowPlan(
        horizon_days=horizon,
        training_horizon_days=draw(st.integers(7, horizon)),
        validation_horizon_days=None,
        holdout_cutoff=holdout,
        validation_cutoff=None,
        forecast_cutoff=holdout + dt.timedelta(days=horizon),
        earliest_cutoff=FIRST,
        max_snapshots=draw(st.integers(1, 20)),
        snapshot_spacing_days=draw(st.integers(7, 90)),
        cutoff_jitter_days=draw(st.integers(0, 182)),
        jitter_seed=draw(st.integers(0, 2**31 - 1)),
    )


@settings(max_examples=200, deadline=None)
@given(plan=plans())
def test_label_windows_close_before_the_forecast_begins(plan):
    """As many cutoffs as without jitter, in order, none too early, no window still open."""
    even = replace(plan, cutoff_jitter_days=0)
    for cutoff in (plan.holdout_cutoff, plan.forecast_cutoff):
        moved = plan.training_cutoffs(cutoff)
        assert moved == plan.training_cutoffs(cutoff)
        assert len(moved) == len(even.training_cutoffs(cutoff))
        assert all(sooner < later for sooner, later in itertools.pairwise(moved))
        closes = [day + dt.timedelta(days=plan.training_horizon_days) for day in moved]
        assert all(day <= cutoff for day in closes)
        assert all(day >= plan.earliest_cutoff for day in moved)
        apart = zip(moved, even.training_cutoffs(cutoff), strict=True)
        assert all(abs((one - other).days) <= plan.cutoff_jitter_days for one, other in apart)


PLAN = WindowPlan(90, 90, None, dt.date(2025, 6, 30), None, dt.date(2025, 9, 28), FIRST, 9, 30)


def test_days_are_moved_and_the_seed_says_how():
    """Even steps of a month become uneven ones, other ones by another seed."""
    moved = replace(PLAN, cutoff_jitter_days=10, jitter_seed=1)
    cutoffs = moved.training_cutoffs(PLAN.holdout_cutoff)
    steps = {(later - sooner).days for sooner, later in itertools.pairwise(cutoffs)}
    assert len(steps) > 3
    other = replace(moved, jitter_seed=2)
    assert other.training_cutoffs(PLAN.holdout_cutoff) != cutoffs


def test_plans_and_settings_of_before_still_load():
    """What was stored without a jitter has none, and the options that came with it are off."""
    stored = PLAN.to_json()
    assert WindowPlan.from_json(json.loads(json.dumps(stored))) == PLAN
    del stored["cutoff_jitter_days"], stored["jitter_seed"]
    assert WindowPlan.from_json(stored) == PLAN
    before = RunSettings.from_json(
        '{"window": {"horizon_days": 90, "max_snapshots": 9, "snapshot_spacing_days": 30},'
        ' "matrix": {"scaling": "min_max", "categories": "one_hot", "embedding_width": 4,'
        ' "most_categories": 50}}'
    )
    assert before.window == WindowSettings(horizon_days=90)
    matrix = before.matrix
    assert (matrix.selection, matrix.crosses, matrix.compression) == ("none", "none", "none")
