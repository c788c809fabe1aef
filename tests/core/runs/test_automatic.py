"""Automatic mode: time kept in reserve, settings taken only where they lead beyond chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.errors import InvalidSetting
from clv_core.features.windows import plan_windows
from clv_core.model_settings import BoostedSettings
from clv_core.models.boosted import BoostedForecaster
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import TrainingData
from clv_core.models.stacking import weigh_by_buyers
from clv_core.models.statistical import ParetoNbdForecaster
from clv_core.pipeline import backtest_shop, forecast_value_table
from clv_core.runs.automatic import Tuner, tune_or_keep
from clv_core.runs.automatic_reserve import Reserve, estimate_growth, find_fixed
from clv_core.runs.folder import RunFolder, write_run
from clv_core.runs.rehearsal import Rehearsal, Shelf, count_buyers
from clv_core.runs.trials import Budget
from clv_core.settings import RunSettings
from tests.conftest import QUICK_SETTINGS
from tests.value_tables import simulate_people, write_value_table

WEAK = BoostedSettings(trees=10, learning_rate=0.001)  # hardly more than the mean for everyone
# One more window would take longer than there is time.
RESERVE = Reserve(3000.0, {"boosted_trees": 0.1}, {}, (1.0, 1.0), 0.1)


def rehearse_trees(tables: Tables, settings: RunSettings) -> tuple[Rehearsal, pd.DataFrame, Tuner]:
    """Rehearse the window before the holdout with boosted trees alone."""
    plan = plan_windows(tables, settings.window)
    cutoff, days = plan.validation_cutoff, plan.validation_horizon_days
    assert cutoff is not None
    assert days is not None
    shelf = Shelf(tables, plan, has_months=False)
    data, expectation = shelf.training_data(cutoff, days)
    trees = BoostedForecaster(settings.boosted, settings.seed).fit(data)
    rehearsal = Rehearsal(
        phase="validation",
        snapshot=data.history,
        newest_training=data.labelled[-1],
        expectation=expectation,
        forecasters={"boosted_trees": trees},
        predictions={"boosted_trees": trees.predict(data.history)},
        left_out={},
        labelled=data.labelled,
    )
    outcome = shelf.outcome(cutoff, days)
    tuner = Tuner(shelf, plan, outcome, Budget(10_000.0), RESERVE, most_trials=5)
    return rehearsal, outcome, tuner


def test_the_reserve_grows_with_the_rows() -> None:
    """Twice and three times the rows: five times what grows, twice what does not."""
    reserve = Reserve(
        data_s=1.0,
        fits_s={"boosted_trees": 2.0, "network": 6.0},
        fixed_s={"network": 4.0},
        growth=(2.0, 3.0),
        conclusion_s=3.0,
    )
    assert reserve.seconds() == pytest.approx(1.3 * (5 * (1 + 2 + 2) + 2 * 4 + 3))
    slower = reserve.seconds({"network": 10.0})
    assert slower == pytest.approx(1.3 * (5 * (1 + 2 + 6) + 2 * 4 + 3))


def test_epochs_tell_what_a_fit_takes_beside_them() -> None:
    """Three epochs of 2 s in a fit of 20 s leave 14 s for compiling."""
    rows = [{"model": "network", "epoch": n, "seconds": 10.0 + 2 * n} for n in (1, 2, 3)]
    rows.append({"model": "boosted_trees", "epoch": 10, "loss": 1.0})
    assert find_fixed({"network": 20.0, "boosted_trees": 5.0}, rows) == {"network": 14.0}


def test_later_rehearsals_have_more_to_learn_from(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Growth is measured in customers times snapshots, never below 1."""
    rehearsal, _, tuner = rehearse_trees(small_tables[0], QUICK_SETTINGS)
    plan = tuner.plan
    same, later, last = estimate_growth(
        plan, rehearsal, (rehearsal.snapshot.day, plan.holdout_cutoff, plan.forecast_cutoff)
    )
    assert same == 1.0
    assert 1.0 <= later <= last
    teaching = [len(snapshot.features) for snapshot in rehearsal.labelled]
    known = plan.training_cutoffs(plan.holdout_cutoff)
    assert later <= len(known) * small_tables[0].customer_count / sum(teaching)


def test_settings_that_lead_beyond_chance_are_taken(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Trees that had hardly learnt are replaced, in the forecast of the window too."""
    settings = QUICK_SETTINGS.model_copy(update={"boosted": WEAK})
    rehearsal, outcome, tuner = rehearse_trees(small_tables[0], settings)
    tuning = tune_or_keep(tuner, settings, rehearsal)
    assert "was taken" in str(tuning.account[0])
    assert tuning.settings.boosted != WEAK
    assert tuning.settings.boosted.trees == WEAK.trees
    taken = tuning.rehearsal.forecasters["boosted_trees"]
    assert isinstance(taken, BoostedForecaster)
    assert taken.settings == tuning.settings.boosted
    told = tuning.rehearsal.predictions["boosted_trees"].spend
    pd.testing.assert_series_equal(told, taken.predict(rehearsal.snapshot).spend)
    before = rehearsal.predictions["boosted_trees"].spend
    actual = outcome["future_spend"]
    assert (told - actual).abs().mean() < (before - actual).abs().mean()


def test_taken_settings_leave_the_ensemble_weighed_by_its_buyers(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """With other trees in it the ensemble still leans on Pareto/NBD, as it did before."""
    settings = QUICK_SETTINGS.model_copy(update={"boosted": WEAK})
    rehearsal, _, tuner = rehearse_trees(small_tables[0], settings)
    data = TrainingData(rehearsal.snapshot, rehearsal.labelled)
    fitted = {**rehearsal.forecasters, "pareto_nbd": ParetoNbdForecaster().fit(data)}
    tuning = tune_or_keep(tuner, settings, replace(rehearsal, forecasters=fitted))
    assert tuning.settings.boosted != WEAK
    ensemble = tuning.rehearsal.forecasters["ensemble"]
    assert isinstance(ensemble, MeanForecaster)
    names = [member.name for member in ensemble.members_]
    expected = weigh_by_buyers(names, "pareto_nbd", count_buyers(data))
    assert expected["pareto_nbd"] > expected["boosted_trees"]
    assert dict(zip(names, ensemble.weights_, strict=True)) == pytest.approx(expected)


def test_without_time_to_spare_the_defaults_stay(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """What must follow goes first."""
    rehearsal, _, tuner = rehearse_trees(small_tables[0], QUICK_SETTINGS)
    tuner.reserve = replace(RESERVE, conclusion_s=10_000.0)
    tuning = tune_or_keep(tuner, QUICK_SETTINGS, rehearsal)
    assert tuning.settings == QUICK_SETTINGS
    assert tuning.rehearsal is rehearsal
    assert "no time was left" in str(tuning.account[0])


def test_without_a_window_before_the_test_nothing_is_compared(
    small_tables: tuple[Tables, QualityReport], tmp_path: Path
) -> None:
    """A short history leaves the settings as they are; the run goes through and says so."""
    tables, quality = small_tables
    early = tables.first_day + dt.timedelta(days=60)
    told = {"window": {"cutoff": early, "horizon_days": 90}}
    plain = RunSettings.check({**QUICK_SETTINGS.model_dump(), **told})
    result = backtest_shop(tables, plain.model_copy(update={"automatic_minutes": 1.0}))
    write_run(result, tables, quality, tmp_path)
    kept = RunFolder(tmp_path)
    assert "no window before the test" in str(kept.tuning()[0])
    assert kept.tuning() == result.tuning
    assert kept.settings() == plain


def test_a_value_table_has_no_automatic_mode(tmp_path: Path) -> None:
    """The error says what to do instead."""
    table, _ = write_value_table(simulate_people(150, seed=6), tmp_path)
    with pytest.raises(InvalidSetting, match="no automatic mode"):
        forecast_value_table(table, RunSettings(automatic_minutes=1.0))
