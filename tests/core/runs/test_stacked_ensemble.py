"""Weights of the ensemble in a run: learnt on the window before the test, used after it."""

from __future__ import annotations

import numpy as np
import pytest

from clv_core.cleaning.report import QualityReport
from clv_core.cleaning.tables import Tables
from clv_core.features.windows import plan_windows
from clv_core.model_settings import EnsembleSettings
from clv_core.models.ensemble import MeanForecaster
from clv_core.models.forecaster import ignore_report
from clv_core.models.stacking import learn_weights
from clv_core.runs.rehearsal import restack
from clv_core.runs.steps import Steps, weigh_members
from tests.conftest import QUICK_SETTINGS


def test_weights_come_from_the_window_before(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """In the window that teaches them buyers alone weigh; at the holdout what it taught."""
    plan = plan_windows(small_tables[0], QUICK_SETTINGS.window)
    steps = Steps(small_tables[0], plan, QUICK_SETTINGS, ignore_report, rehearsals=2)
    validation = steps.validate()
    assert validation is not None
    told = validation.rehearsal.predictions
    before = validation.rehearsal.forecasters["ensemble"]
    assert isinstance(before, MeanForecaster)
    assert before.stack_ is None
    names = [member.name for member in before.members_]
    assert names == ["pareto_nbd", "boosted_trees", "network"]
    assert before.weights_[0] > before.weights_[1] == before.weights_[2]
    expected = learn_weights(
        {name: told[name].spend.to_numpy(np.float64) for name in names},
        validation.outcome["future_spend"].to_numpy(np.float64),
        dict(zip(names, before.weights_, strict=True)),
    )
    after = steps.rehearse("holdout", plan.holdout_cutoff).forecasters["ensemble"]
    assert isinstance(after, MeanForecaster)
    assert after.stack_ is not None
    assert dict(zip(names, after.stack_.weights, strict=True)) == pytest.approx(expected)
    again = restack(validation.rehearsal, expected).forecasters["ensemble"]
    assert isinstance(again, MeanForecaster)
    assert again.stack_ is not None
    np.testing.assert_array_equal(again.stack_.weights, after.stack_.weights)


def test_weights_by_buyers_alone_stack_nothing(
    small_tables: tuple[Tables, QualityReport],
) -> None:
    """Where settings say so, the window before the test teaches no weights."""
    weights = EnsembleSettings(weights="by_buyers")
    settings = QUICK_SETTINGS.model_copy(update={"ensemble": weights})
    plan = plan_windows(small_tables[0], settings.window)
    steps = Steps(small_tables[0], plan, settings, ignore_report, rehearsals=1)
    assert weigh_members(steps.validate(), settings) is None
