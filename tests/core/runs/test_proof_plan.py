"""Which windows and seeds a run is tested anew on."""

from __future__ import annotations

from clv_core.cleaning.tables import Tables
from clv_core.features.windows import WindowPlan
from clv_core.runs.proof_plan import count_trainings
from tests.conftest import QUICK_SETTINGS
from tests.core.runs.conftest import lay_out


def test_windows_go_back_a_horizon_each_and_seeds_lie_apart(
    tables: Tables, newest: WindowPlan
) -> None:
    """The run is the first of both; nothing it holds is done again."""
    plan = lay_out(tables, newest, 2, 3)
    first, second = plan.windows
    assert first == newest
    assert (first.holdout_cutoff - second.holdout_cutoff).days == newest.horizon_days
    assert [seed - QUICK_SETTINGS.seed for seed in plan.seeds] == [0, 1000, 2000]
    assert "do not overlap" in str(plan.reasons[0])
    units = list(plan.units())
    assert sum(unit.kind == "window" for unit in units) == 5
    assert sum(unit.kind == "forecast" for unit in units) == 2
    assert plan.files == ((), ("events",))
    assert len({unit.name for unit in units}) == len(units)
    half = [unit for unit in units if unit.kind in ("window", "forecast")]
    assert 0 < count_trainings(half, newest) < count_trainings(units, newest)


def test_windows_overlap_where_history_is_short_and_it_is_said(
    tables: Tables, newest: WindowPlan
) -> None:
    """As many as wanted, or as many as models could learn for."""
    plan = lay_out(tables, newest, 12, 1)
    assert len(plan.windows) > 2
    told = " ".join(map(str, plan.reasons))
    apart = (plan.windows[0].holdout_cutoff - plan.windows[1].holdout_cutoff).days
    assert ("overlap: they begin" in told) == (apart < newest.horizon_days)
    assert ("of the 12 windows" in told) == (len(plan.windows) < 12)
    assert all(window.training_cutoffs(window.holdout_cutoff) for window in plan.windows)


def test_a_validation_that_is_the_next_test_is_made_once(
    tables: Tables, newest: WindowPlan
) -> None:
    """With the run's seed its validation is not at hand, with others it is."""
    plan = lay_out(tables, newest, 2, 2)
    rounds = {(u.label, u.seed): u.rehearsals for u in plan.units() if u.kind == "window"}
    own, other = plan.seeds
    older = plan.windows[1].holdout_cutoff.isoformat()
    assert plan.carries(1)
    assert rounds[older, own] == 2
    assert rounds[older, other] == 1
