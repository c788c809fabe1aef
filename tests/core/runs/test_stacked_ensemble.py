"""Weights of the ensemble in a run: learnt on the window before the test, used after it."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.windows import plan_windows
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import ignore_report
from clv_core.models.stacking import learn_weights
from clv_core.runs.steps import Steps
from tests.conftest import QUICK_SETTINGS


def test_weights_come_from_the_window_before(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """In the window that teaches them members count alike; at the holdout as it taught."""
    settings = QUICK_SETTINGS.check(
        {**QUICK_SETTINGS.model_dump(), "ensemble": {"weights": "stacked"}}
    )
    plan = plan_windows(small_tables[0], settings.window)
    steps = Steps(small_tables[0], plan, settings, ignore_report, rehearsals=2)
    validation = steps.validate()
    assert validation is not None
    told = validation.rehearsal.predictions
    names = ("pareto_nbd", "boosted_trees", "network")
    expected = learn_weights(
        {name: told[name].spend.to_numpy(np.float64) for name in names},
        validation.outcome["future_spend"].to_numpy(np.float64),
    )
    before = validation.rehearsal.forecasters["ensemble"]
    after = steps.rehearse("holdout", plan.holdout_cutoff).forecasters["ensemble"]
    assert isinstance(before, MeanForecaster)
    assert isinstance(after, MeanForecaster)
    np.testing.assert_allclose(before.weights_, 1 / 3)
    assert dict(zip(names, after.weights_, strict=True)) == pytest.approx(expected)
    assert len(set(expected.values())) > 1
